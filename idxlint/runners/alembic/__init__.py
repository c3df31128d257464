"""Alembic's revisions as the SQL that they send: op calls, executed text, and where a revision leaves the transaction.

Imports `runners.python` and `runners.shared`; only the profile and the opt-out are loaded with the registry.
"""
