"""What a statement does to an index, or to what carries one: operations. Imports `model`, `sql.text` and pglast."""
