"""The session and the schema that a statement meets, built up by replaying operations.

Imports `model`, `sql.text` and `sql.meaning`.
"""
