"""Fixes, applied to files and checked: the result is parsed and linted again before it is written.

It stands on `engine`, which judges each text, and imports `runners`, `sql` and `model`.
"""
