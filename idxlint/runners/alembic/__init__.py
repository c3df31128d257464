"""Alembic's revisions as the SQL that they send. Imports `runners.python`."""
