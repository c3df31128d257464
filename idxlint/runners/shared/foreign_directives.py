"""Directives of other tools: to a tool that has its own they are plain comments."""

import re
from collections.abc import Iterator

from idxlint.model import Misread, Source, Span, Unit
from idxlint.runners.shared.profile import Place

_DIRECTIVES = (
    ("goose", r"--[ \t]*\+goose[ \t]+no[ \t]+transaction"),
    ("dbmate", r"--[ \t]*migrate:(?:up|down)\b[^\r\n]*\btransaction:[ \t]*false"),
    ("sqlx", r"--[ \t]*no-transaction"),
    ("tern", r"----[ \t]*tern:[ \t]*disable-tx"),
    ("sql-migrate", r"--[ \t]*\+migrate[ \t]+(?:up|down)[ \t]+notransaction"),
    ("Atlas", r"--[ \t]*atlas:txmode[ \t]+none"),
    ("graphile-migrate", r"--![ \t]*no-transaction"),
    ("Liquibase", r"--[ \t]*(?:changeset\b[^\r\n]*[ \t])?runInTransaction[:=][ \t]*\"?false"),
    ("Flyway", r"--[ \t]*(?:flyway:)?executeInTransaction[ \t]*=[ \t]*false"),
    ("yoyo", r"--[ \t]*transactional:[ \t]*false"),
    ("migratus", r"--[ \t]*:disable-transaction"),
    ("codd", r"--[ \t]*codd:[^\r\n]*\bno-txn"),
    ("Evolve", r"--[ \t]*evolve-tx-off"),
    ("the Supabase CLI", r"--[ \t]*pg-delta:[ \t]*transaction=false"),
    ("postgres-migrations", r"--[ \t]*postgres-migrations[ \t]+disable-transaction"),
    ("Bytebase", r"--[ \t]*txn-mode[ \t]*=[ \t]*off"),
)
_PATTERN = "|".join(rf"(?P<t{at}>{pattern}\b)" for at, (_, pattern) in enumerate(_DIRECTIVES))
_CONCURRENT = (
    r"--[^\r\n]*|/\*.*?\*/"
    r"|(?P<hit>\b(?:INDEX|TABLE|SCHEMA|DATABASE|PARTITION\s+\S+)\s+CONCURRENTLY\b"
    r"|\bREINDEX\s*\([^)]*\bCONCURRENTLY\b|\bREINDEX\s+(?:SCHEMA|DATABASE|SYSTEM)\b"
    r"|(?:\A|;)\s*VACUUM\b|\bALTER\s+SYSTEM\b|\b(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE)\b)"
)


def unclaimed(source: Source, place: Place) -> tuple[Unit, ...]:
    """A file without the markers of its tool, which would run nothing of it: read, so that nothing is lost."""
    return (Unit(Span(0, len(source.text)), place.direction),)


def comments(text: str, span: Span) -> Iterator[tuple[int, str]]:
    """The comments that fill lines of their own: where each begins, and its text up to the end of the line."""
    at = text.find("--", *span)
    while at >= 0:
        stop = text.find("\n", at, span.end)
        stop = span.end if stop < 0 else stop
        if not text[text.rfind("\n", 0, at) + 1 : at].strip():
            yield at, text[at:stop].removesuffix("\r")
        at = text.find("--", stop, span.end)


def directives(text: str, span: Span) -> Iterator[tuple[int, str]]:
    """Those comments that could be about a transaction; every tool's directive has one of two words in it."""
    said = text[slice(*span)].lower()
    if "transaction" in said or "tx" in said:
        for at, comment in comments(text, span):
            said = comment.lower()
            if "transaction" in said or "tx" in said:
                yield at, comment


def foreign(text: str, span: Span, own: str, advice: str) -> tuple[Misread, ...]:
    """What stands there for another tool. own: whose directives are not foreign; advice: what would be read."""
    misreads: list[Misread] = []
    for at, comment in directives(text, span):
        match = re.match(_PATTERN, comment, re.IGNORECASE)
        if match and match.lastgroup:
            tool = _DIRECTIVES[int(match.lastgroup[1:])][0]
            if tool != own:
                misreads.append(Misread(Span(at, at + match.end()), f"it is a directive of {tool}; {advice}"))
    return tuple(misreads)


def concurrent(text: str, span: Span) -> bool:
    """Whether a part of a file has a command that PostgreSQL refuses in a transaction block."""
    pattern = re.compile(_CONCURRENT, re.IGNORECASE | re.DOTALL)
    return any(match["hit"] for match in pattern.finditer(text[slice(*span)]))
