"""What `idxlint explain` found, for people and machines. Imports `model` and `reporters.parts`."""
