"""The process around idxlint: its terminal, its working folder, other programs. Imports `model`."""
