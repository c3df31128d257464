"""From a text to its statements without losing a character. Imports `model` only; the one importer of sqlglot."""
