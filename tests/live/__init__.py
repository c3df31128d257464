"""The rule book, measured on real servers."""
