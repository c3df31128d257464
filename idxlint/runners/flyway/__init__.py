"""Flyway with what a project sets for it, and Evolve, which takes Flyway's file names. Imports `runners.shared`."""
