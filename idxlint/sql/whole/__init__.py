"""Statements read completely, with what they only lock: operations. Imports `model`, `sql.text` and `sql.meaning`."""
