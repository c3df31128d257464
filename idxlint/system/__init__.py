"""The process around idxlint: the terminal, exit codes, other programs."""
