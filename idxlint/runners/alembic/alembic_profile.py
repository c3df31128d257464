"""Alembic: upgrade() and downgrade() of a revision, read without running them; one transaction a run."""

from collections.abc import Sequence
from pathlib import Path

from idxlint.model import Send, Source, Unit, Wrap
from idxlint.runners.alembic.alembic_opt_out import LEAVE
from idxlint.runners.shared.orders import by_file
from idxlint.runners.shared.profile import Place, Profile


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The units of a file; the reader is imported where there is one to read, which most runs have not."""
    from idxlint.runners.alembic import revisions

    return revisions.read(source, place)


def arrange(files: Sequence[Path]) -> Sequence[Path]:
    """The files in the order in which they run."""
    from idxlint.runners.alembic import revisions

    return revisions.arrange(files)


ALEMBIC = Profile(
    name="alembic",
    title="Alembic",
    read=read,
    wrap=Wrap.RUN,
    send=Send.SIMPLE,
    order=by_file("down_revision in the files"),
    leave=LEAVE,
    source="sqlalchemy/alembic: alembic/runtime/migration.py, alembic/operations/toimpl.py",
    marker=r"\A(?=[\s\S]*?^revision\b)(?=[\s\S]*?^down_revision\b)",
    configs=("alembic.ini",),
    manifests=(("pyproject.toml", "[tool.alembic]"),),
    names=r".*\.py",
    layout=r"(?:^|/)versions/[^/]*\.py\Z",
    suffixes=(".py",),
    arrange=arrange,
)
