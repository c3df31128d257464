"""Liquibase's changelogs as the SQL that they send."""
