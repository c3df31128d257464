"""A PostgreSQL server to try things on: a throw-away one, or one that somebody lends."""
