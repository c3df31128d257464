"""Everything that knows SQL, in four rooms: `text`, `meaning`, `state`, `rewrite`; each imports only those before it.

Beside them it imports `model`. The only importer of pglast and sqlglot.
"""
