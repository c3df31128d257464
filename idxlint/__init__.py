"""idxlint: index migrations that neither take a PostgreSQL table down nor leave a broken index behind."""

__version__ = "0.1.0"
