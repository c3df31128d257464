"""What the databases of a server share, so that a migration played on many copies must not make it twice."""

import re

_WHOLE = re.compile(
    r"(?:create|drop)\s+(?:database|tablespace|subscription)\b|alter\s+system\b"
    r"|alter\s+(?:role|user)\s.*\s(?:set|reset)\s",
    re.IGNORECASE | re.DOTALL,
)
_ROLE = re.compile(r"(?:create|drop)\s+(?:role|group|user(?!\s+mapping\b))\s", re.IGNORECASE)
_TAG = "$idxlint$"

WITHHELD = "it changes the whole server, so it is not sent"


def changes_server(sql: str) -> bool:
    """Whether a statement is about more than the database, and would be felt by the copies beside it."""
    return bool(_WHOLE.match(sql))


def repeatable(sql: str) -> str:
    """A statement as it is sent: a role that a copy has made already is made, one that it needs stays.

    The exception of a DO block costs the transaction nothing (PL/pgSQL, Trapping Errors).
    """
    if not _ROLE.match(sql) or _TAG in sql:
        return sql
    known = "duplicate_object OR unique_violation OR undefined_object OR dependent_objects_still_exist"
    return f"DO {_TAG} BEGIN {sql}\n; EXCEPTION WHEN {known} THEN NULL; END {_TAG}"
