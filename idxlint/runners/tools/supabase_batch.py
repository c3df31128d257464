"""Supabase CLI before 2.109: each file, and the row about it, in one pipeline."""

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.profile import Place, Profile, Versions
from idxlint.runners.shared.statement_heads import pipelined, several

_INSTEAD = "put the statement alone into a migration of its own"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One batch a file with a single Sync behind it (ExecBatch in pkg/migration/file.go)."""
    del place
    text = source.text
    found = misread(text, _INSTEAD)
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE,
            send=Send.PIPELINE,
            messages=pipelined(text),
            misread=found if found and several(text) else (),
        ),
    )


SUPABASE_BATCH = Profile(
    name="supabase-batch",
    title="Supabase CLI",
    read=read,
    wrap=Wrap.NONE,
    send=Send.PIPELINE,
    versions=Versions(before=(2, 109)),
    alone=True,
    source="supabase/cli: pkg/migration/file.go",
)
