"""Django: operations written in Python, one transaction a migration unless its class says atomic = False."""

from collections.abc import Sequence
from pathlib import Path

from idxlint.model import Send, Source, Unit, Wrap
from idxlint.runners.django.django_opt_out import LEAVE
from idxlint.runners.shared.orders import by_file
from idxlint.runners.shared.profile import Place, Profile


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The units of a file; the reader is imported where there is one to read, which most runs have not."""
    from idxlint.runners.django import migrations

    return migrations.read(source, place)


def arrange(files: Sequence[Path]) -> Sequence[Path]:
    """The files in the order in which they run."""
    from idxlint.runners.django import migrations

    return migrations.arrange(files)


DJANGO = Profile(
    name="django",
    title="Django",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=by_file("dependencies in the files"),
    leave=LEAVE,
    alone=True,
    source="django/django: db/migrations/{migration,executor}.py, db/backends/postgresql/{schema,operations}.py",
    marker=r"^class Migration\((?:\w+\.)*Migration\)",
    configs=("manage.py",),
    layout=r"(?:^|/)migrations/\d{4}_\w+\.py\Z",
    suffixes=(".py",),
    arrange=arrange,
)
