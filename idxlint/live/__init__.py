"""Live mode: run migrations on a throw-away PostgreSQL and watch what they do there."""
