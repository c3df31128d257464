"""Run a migration as its tool does, and watch what it does to others."""
