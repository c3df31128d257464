"""What a project wants of idxlint: the configuration as a value, and its reader. Imports `model`."""
