"""Pieces that several reporters share."""
