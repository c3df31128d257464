"""Flyway, its settings, and Evolve, which takes Flyway's files."""
