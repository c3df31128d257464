"""SQL inside Python files: read off the syntax tree, never executed."""
