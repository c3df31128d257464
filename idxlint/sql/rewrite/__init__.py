"""The safe form of a statement as edits of its own text. Imports `model` and the three rooms of `sql` before it."""
