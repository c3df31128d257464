"""What git says of a change: which migrations are reported on, and since which commit.

It makes a narrower request out of a request of `engine`, and imports `runners`, `config`, `system` and `model`.
"""
