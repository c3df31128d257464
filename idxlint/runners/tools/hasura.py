"""Hasura: each file is one run_sql, which is one transaction."""

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_INSTEAD = "Hasura has no opt-out: run the statement by hand, outside the migrations"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit a file, sent whole; up.sql and down.sql are files of their own."""
    text = source.text
    misreads = misread(text, _INSTEAD)
    return (Unit(Span(0, len(text)), place.direction, Wrap.UNIT, Send.SIMPLE, misread=misreads),)


HASURA = Profile(
    name="hasura",
    title="Hasura",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_INTEGER,
    source="https://hasura.io/docs/latest/api-reference/schema-api/run-sql/, hasura/graphql-engine#2939,"
    " hasura/graphql-engine: cli/migrate/source/migration.go",
    manifests=(("config.yaml", "metadata_directory"),),
    names=r"(?:up|down)\.sql",
    layout=r"(?:^|/)migrations/(?:[^/]+/)?[0-9]{13}_[^/]*/(?:up|down)\.sql\Z",
)
