"""Supabase CLI: since 2.109 one transaction, but alone what cannot be in one; before, each file as one pipeline."""

import re
from collections.abc import Iterator

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.misread_directives import misread, misread_unless_alone
from idxlint.runners.shared.orders import BY_TEXT
from idxlint.runners.shared.profile import Place, Profile, Versions
from idxlint.runners.shared.statement_heads import controls, heads, pipelined

_DIRECTIVE = "-- pg-delta: transaction=false"
_ANY = r"\bpg-delta:\s*transaction\s*=\s*false\b"
_LEAVE = f"put `{_DIRECTIVE}` on the first line of the file"
_INSTEAD = "put the statement into a migration of its own"
_ALONE = (
    r"(?:CREATE(?: UNIQUE)?|DROP) INDEX CONCURRENTLY\b|REINDEX\b.* CONCURRENTLY\b|VACUUM\b|ALTER SYSTEM\b|CLUSTER\b"
    r"|(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)\b|DISCARD\b|ALTER TABLE .*\bDETACH PARTITION .*CONCURRENTLY"
)
_HINT = r"\b(?:CONCURRENTLY|VACUUM|ALTER\s+SYSTEM|CLUSTER|DATABASE|TABLESPACE|SUBSCRIPTION|DISCARD)\b"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit. A statement on the CLI's list ends the batch before it and runs alone (isPipelineIncompatible).

    As it is written, statement by statement: a file with its own BEGIN or COMMIT, and one with the directive as its
    whole first line.
    """
    del place
    text, line = source.text, first_line(source.text)
    whole = Span(0, len(text))
    if text[line.start : line.end] == _DIRECTIVE:
        return (Unit(whole, send=Send.STATEMENT, leave=_LEAVE, opted_out=line),)
    if controls(text):
        return (Unit(whole, send=Send.STATEMENT, leave=_LEAVE),)
    messages = tuple(_messages(text))
    return (
        Unit(
            whole,
            wrap=Wrap.NONE if messages else Wrap.UNIT,
            send=Send.STATEMENT,
            messages=messages,
            leave=_LEAVE,
            misread=misread(text, _LEAVE, "the Supabase CLI", _ANY, "it is not the whole first line"),
        ),
    )


def _messages(text: str) -> Iterator[Span]:
    """The batches and what runs alone between them; nothing where the file is one batch."""
    if not re.search(_HINT, text, re.IGNORECASE):
        return
    start, end, alone = 0, 0, False
    for span, words in heads(text):
        if re.match(_ALONE, words):
            alone = True
            if start < span.start:
                yield Span(start, span.start)
            yield span
            start = span.end
        end = span.end
    if alone and start < end:
        yield Span(start, len(text))


def read_batch(source: Source, place: Place) -> tuple[Unit, ...]:
    """One batch a file, and the row about it, with a single Sync behind them (ExecBatch in pkg/migration/file.go)."""
    del place
    text = source.text
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE,
            send=Send.PIPELINE,
            messages=pipelined(text),
            misread=misread_unless_alone(text, _INSTEAD),
        ),
    )


SUPABASE_BATCH = Profile(
    name="supabase-batch",
    title="Supabase CLI",
    read=read_batch,
    wrap=Wrap.NONE,
    send=Send.PIPELINE,
    order=BY_TEXT,
    versions=Versions(before=(2, 109)),
    alone=True,
    source="supabase/cli: pkg/migration/file.go, pkg/migration/list.go",
)

SUPABASE = Profile(
    name="supabase",
    title="Supabase CLI",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_TEXT,
    versions=Versions((2, 109), older=SUPABASE_BATCH, packages=("supabase",), action="supabase/setup-cli"),
    leave=_LEAVE,
    source="supabase/cli: pkg/migration/file.go, pkg/migration/list.go, #5671, #6276, #6347",
    configs=("supabase/config.toml",),
    names=r"[0-9]{14}_.*\.sql",
    layout=r"(?:^|/)supabase/migrations/[0-9]+_[^/]*\.sql\Z",
)
