"""What PostgreSQL refuses for its words alone: forms of later releases. Imports `model` and `sql.text`."""
