"""Django's migrations as the SQL that they send. Imports `runners.python`."""
