"""Flyway: one transaction a file, unless it sees for itself that there can be none."""

import re
from pathlib import Path

from idxlint.model import Direction, Lock, Send, Source, Span, Unit, Wrap
from idxlint.runners.flyway.dotted_versions import FLYWAY_ORDER
from idxlint.runners.flyway.flyway_settings import script, settings, version
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.profile import Place, Profile
from idxlint.runners.shared.statement_heads import heads

_LOCK = Lock(
    "Flyway's lock is an open transaction on another connection, and the build waits for its snapshot"
    " until somebody ends it; set flyway.postgresql.transactional.lock=false",
    hangs=True,
)
_ALONE = (
    r"(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY\b"
    r"|(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)\b"
    r"|ALTER SYSTEM\b|REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)\b|VACUUM\b|DISCARD ALL\b"
)
_DIRECTIVE = r"\bexecuteInTransaction\s*[:=]\s*false\b"
_NONE = "directives in the file have no effect"
_HINT = r"\b(?:CONCURRENTLY|DATABASE|TABLESPACE|SUBSCRIPTION|SYSTEM|SCHEMA|VACUUM|DISCARD)\b"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit, sent statement by statement; U files undo, all others do.

    Without a transaction if `executeInTransaction=false` stands in `<file>.conf`; else if all of its statements are
    on Flyway's list (PostgreSQLParser.detectCanExecuteInTransaction). Some on it, some not: refused, or without a
    transaction if `mixed` is on. REINDEX and DETACH PARTITION with CONCURRENTLY are not on that list.
    """
    set_, name = settings(place.path.parent), place.path.name
    leave = f"put `executeInTransaction=false` in a file {name}.conf beside it"
    said = script(place.path) or set_.get("executeintransaction")
    alone, others = _kinds(source.text) if said is None else (said == "false", False)
    free = alone and (said is not None or not others or set_.get("mixed") == "true")
    refused = alone and not free
    wrapped = Wrap.RUN if set_.get("group") == "true" else Wrap.UNIT
    return (
        Unit(
            Span(0, len(source.text)),
            Direction.DOWN if re.match(r"U[0-9][0-9._]*__", name) else Direction.UP,
            Wrap.NONE if alone else wrapped,
            Send.STATEMENT,
            leave=leave,
            misread=() if free else misread(source.text, leave, "Flyway", _DIRECTIVE, _NONE),
            lock=_lock(place.path),
            refuses_mixed=refused,
        ),
    )


def _lock(path: Path) -> Lock | None:
    """Flyway's own lock, unless the project has it taken in another way, or before 9.1.2 (flyway/flyway#3497)."""
    set_ = settings(path.parent)
    other = set_.get("postgresqltransactionallock") == "false"
    return None if other or () < version(set_.get("version", "")) < (9, 1, 2) else _LOCK


def _kinds(text: str) -> tuple[bool, bool]:
    """Whether a text has statements that Flyway runs without a transaction, and others."""
    if not re.search(_HINT, text, re.IGNORECASE):
        return False, True
    alone = others = False
    for _, words in heads(text):
        if re.match(_ALONE, words):
            alone = True
        else:
            others = True
        if alone and others:
            break
    return alone, others


FLYWAY = Profile(
    name="flyway",
    title="Flyway",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=FLYWAY_ORDER,
    leave="put `executeInTransaction=false` in a file <script>.conf beside it",
    lock=_LOCK,
    source="flyway/flyway: PostgreSQLParser.java, PostgreSQLConfigurationExtension.java, ParserSqlScript.java,"
    " MigrationVersion.java, ResolvedMigrationComparator.java",
    configs=("flyway.conf", "conf/flyway.conf", "flyway.toml"),
    manifests=(
        ("pom.xml", "flyway"),
        ("build.gradle", "flyway"),
        ("build.gradle.kts", "flyway"),
        ("application.properties", "flyway"),
        ("application.yml", "flyway"),
        ("application.yaml", "flyway"),
        ("*compose*.y*ml", "flyway/flyway"),
    ),
    beside=("{}.conf",),
    names=r"(?:[VUB][0-9][0-9._]*|R)__.*\.sql",
    layout=r"(?:^|/)(?:db/migration/(?:[^/]+/)*R__[^/]*|[VUB][0-9][0-9._]*__[^/]*)\.sql\Z",
)
