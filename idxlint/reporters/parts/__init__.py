"""Pieces that several reporters share: snippets, diffs, Markdown, JSON. Imports `model`."""
