"""Made-up rows for the tables of a throw-away database."""
