"""Fixes written into files, and distrusted: the result is parsed and linted again."""
