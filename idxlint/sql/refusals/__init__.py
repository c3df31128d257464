"""What PostgreSQL refuses for the words of a statement alone. Imports `model`, `sql.text` and `sql.meaning`."""
