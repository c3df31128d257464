"""The safe form of a statement as edits of its own text. Imports `sql.state` and what it stands on."""
