"""Liquibase: formatted SQL, and changelogs in XML, YAML and JSON with their includes, as the SQL that they send.

Imports `runners.shared`, `sql.meaning` and `sql.text`; what reads changelogs is loaded where there is one.
"""
