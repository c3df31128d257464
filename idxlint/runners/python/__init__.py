"""Migrations written in Python: SQL and its places, read off the syntax tree without running anything.

For the readers of Alembic and Django, which stand on it; imports `runners.shared`, `model` and `sql.meaning`.
"""
