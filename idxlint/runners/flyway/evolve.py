"""Evolve: one transaction a file, which goes to the server as one Npgsql command."""

import re

from idxlint.model import Edit, Send, Source, Span, Unit, Wrap
from idxlint.runners.flyway.dotted_versions import EVOLVE_ORDER
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.profile import Place, Profile
from idxlint.runners.shared.statement_heads import pipelined

_LEAVE = "put `-- evolve-tx-off` on the first line of the file"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit; `evolve-tx-off` anywhere in the first line, in any case, takes it out of the transaction."""
    del place
    text, line = source.text, first_line(source.text)
    out = line if re.search("evolve-tx-off", text[line.start : line.end], re.IGNORECASE) else None
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE if out else Wrap.UNIT,
            send=Send.PIPELINE,
            messages=pipelined(text) if out else (),
            leave=_LEAVE,
            directive=None if out else Edit(0, 0, "-- evolve-tx-off\n"),
            opted_out=out,
            misread=()
            if out
            else misread(text, _LEAVE, "Evolve", "evolve-tx-off", "it is not on the first line"),
        ),
    )


EVOLVE = Profile(
    name="evolve",
    title="Evolve",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.PIPELINE,
    order=EVOLVE_ORDER,
    leave=_LEAVE,
    alone=True,
    source="lecaillon/Evolve: MigrationScript.cs, DatabaseHelper.cs, MigrationVersion.cs, FileMigrationLoader.cs",
    marker=r"^--.*\bevolve-tx-off\b",
    manifests=(
        ("Directory.Packages.props", '"Evolve"'),
        ("Directory.Build.props", '"Evolve"'),
        (".config/dotnet-tools.json", '"evolve.tool"'),
        ("*.csproj", '"Evolve"'),
        ("*.fsproj", '"Evolve"'),
    ),
    names=r"(?:V[0-9][0-9._]*|R)__.*\.sql",
)
