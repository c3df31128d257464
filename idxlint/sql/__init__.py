"""Everything that knows SQL: the only importer of pglast and sqlglot."""
