"""Identifiers as SQLAlchemy writes them, and Liquibase is taken to: quoted where they are reserved or not plain."""

from idxlint.sql.text import quoted

_RESERVED = frozenset(
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create"
    " current_catalog current_date current_role current_time current_timestamp current_user default deferrable"
    " desc distinct do else end except false fetch for foreign from grant group having in initially intersect"
    " into leading limit localtime localtimestamp new not null of off offset old on only or order placing"
    " primary references returning select session_user some symmetric table then to trailing true union unique"
    " user using variadic when where window with authorization between binary cross current_schema freeze full"
    " ilike inner is isnull join left like natural notnull outer over overlaps right similar verbose"
    " tablesample lateral".split()
)


def ident(name: str) -> str:
    """An identifier, quoted where it is a reserved word (sqlalchemy/dialects/postgresql/base.py) or not plain."""
    return f'"{name}"' if name in _RESERVED else quoted(name)


def dotted(schema: str | None, name: str) -> str:
    """A name with its schema, if it has one."""
    return f"{ident(schema)}.{ident(name)}" if schema else ident(name)
