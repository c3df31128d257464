"""Whose SQL a refused text is: one line for a file instead of a hundred syntax errors."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from idxlint.model import Gap, Reason

# Words that only this dialect has, or has where PostgreSQL refuses them: looked for in refused text only.
_MARKERS = {
    "MySQL": (
        r"`[\w$]+`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bUNSIGNED\b|\bCHARSET\b|\bCHARACTER\s+SET\b|\bMODIFY\b"
        r"|\bCHANGE\s+COLUMN\b|\bDROP\s+INDEX\s+[\w.]+\s+ON\b|\bDROP\s+(?:FOREIGN|PRIMARY)\s+KEY\b"
        r"|\bALTER\s+TABLE\s+\S+\s+DROP\s+INDEX\b|\bON\s+UPDATE\s+(?:CURRENT_TIMESTAMP|NOW)\b|\bLOCK\s+TABLES\b"
        r"|^\s*DELIMITER\b|\bDATE_ADD\s*\(|\bUPDATE\s+\w+\s+(?:\w+\s+)?(?:INNER\s+)?JOIN\b|\bINSERT\s+IGNORE\b"
        r"|\bRENAME\s+TABLE\b"
    ),
    "SQLite": (
        r"\bAUTOINCREMENT\b|\bPRAGMA\b|\bWITHOUT\s+ROWID\b|\bINSERT\s+OR\s+(?:REPLACE|IGNORE)\b|\bsqlite_\w+"
    ),
    "T-SQL": (
        r"\[[A-Za-z_]\w*\]\s*[.(]|\[dbo\]|\bdbo\.|^\s*GO\s*$|\bIDENTITY\s*\(\s*\d|\bDECLARE\s+@|\bEXEC\s+sp_"
        r"|\bOBJECT_ID\s*\(|\bBEGIN\s+TRAN\b|\b(?:NON)?CLUSTERED\b|\bNVARCHAR\b"
        r"|\bSET\s+(?:NOCOUNT|ANSI_NULLS|QUOTED_IDENTIFIER)\b"
    ),
    "Oracle": (
        r"\bN?VARCHAR2\b|\bNUMBER\s*\(|^\s*/\s*$|\bSYSDATE\b|\bEXECUTE\s+IMMEDIATE\b|\bFROM\s+DUAL\b|\bNOCACHE\b"
    ),
    "Snowflake": (
        r"\bCREATE\s+OR\s+REPLACE\s+TABLE\b|\bVARIANT\b|\bFILE\s+FORMAT\b|\bCOPY\s+INTO\b|\bWAREHOUSE\b"
    ),
    "BigQuery": r"`[\w-]+\.[\w-]+(?:\.[\w*-]+)?`|\bSTRUCT\s*<|\bARRAY\s*<|\bOPTIONS\s*\(|\bSAFE_CAST\b",
    "ClickHouse": (
        r"\bENGINE\s*=?\s*(?:\w*MergeTree|Log|Memory|Kafka|Distributed)\b|\bLowCardinality\s*\("
        r"|\bNullable\s*\(|\bON\s+CLUSTER\b"
    ),
    "Redshift": r"\bDISTKEY\b|\bSORTKEY\b|\bDISTSTYLE\b|\bENCODE\s+\w+",
    "CockroachDB": (
        r"\w@\w+|\bSTORING\s*\(|\bUSING\s+HASH\b(?=\s+WITH)|\bFAMILY\s+\S+\s*\(|\bALTER\s+PRIMARY\s+KEY\b"
        r"|\bPRIMARY\s+KEY\s*\([^)]*\b(?:ASC|DESC)\b|\bINDEX\s+\w*\s*\("
    ),
}
_COMPILED = {name: re.compile(marker, re.IGNORECASE | re.MULTILINE) for name, marker in _MARKERS.items()}
# The names that sqlglot has; it knows no CockroachDB.
_SQLGLOT = {"T-SQL": "tsql", "CockroachDB": ""}
_SAMPLE = 12
_LONG = 20_000


def merged(text: str, gaps: list[Gap], count: int) -> list[Gap]:
    """The gaps, with syntax errors that mean another dialect turned into gaps that say so.

    count: how many statements PostgreSQL took; where most are taken, the rest is broken PostgreSQL
    """
    refused = [gap for gap in gaps if gap.reason is Reason.SYNTAX and gap.span.start < gap.span.end]
    if not refused or len(refused) * 10 < count:
        return gaps
    name = _name([text[gap.span.start : gap.span.end] for gap in refused])
    if not name:
        return gaps
    message = f"this looks like {name}, not PostgreSQL"
    return [
        replace(gap, reason=Reason.DIALECT, message=message) if gap.reason is Reason.SYNTAX else gap
        for gap in gaps
    ]


def _name(refused: list[str]) -> str:
    """The dialect with the most pieces to show for it, if sqlglot reads them as that; empty for none."""
    marked = {
        name: [sql for sql in refused if pattern.search(sql, 0, _LONG)] for name, pattern in _COMPILED.items()
    }
    for name in sorted(marked, key=lambda name: -len(marked[name])):
        if len(marked[name]) * 4 >= len(refused) and _confirmed(
            marked[name], _SQLGLOT.get(name, name.lower())
        ):
            return name
    return ""


def _confirmed(pieces: list[str], dialect: str) -> bool:
    """Whether sqlglot reads at least half of the pieces in a dialect that it knows."""
    sample = [sql for sql in pieces if len(sql) <= _LONG][:_SAMPLE]
    if not dialect or not sample:
        return bool(pieces)
    with _silence():
        return sum(_reads(sql, dialect) for sql in sample) * 2 >= len(sample)


def _reads(sql: str, dialect: str) -> bool:
    import sqlglot

    try:
        statements = sqlglot.parse(sql, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    except MemoryError:
        raise
    except Exception:  # sqlglot is a guesser here: whatever it stumbles over is no confirmation
        return False
    return all(
        statement is not None and not isinstance(statement, sqlglot.exp.Command) for statement in statements
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep sqlglot's warnings about what it does not know from standard error."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before
