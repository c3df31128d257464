"""What tests share: lint a text as one file, or run the command as a user would."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from idxlint import catalogue
from idxlint.engine import Request, one
from idxlint.judge import Selection, prepare, replay
from idxlint.model import Finding, Migration, Source, Span, Unit
from idxlint.settings import Config
from idxlint.sql.schema import Schema

BOOK = catalogue.load()


def lint(sql: str, before: str = "", config: Config | None = None, path: str = "db/2.sql") -> list[Finding]:
    """The findings in a text, after another file has built the schema."""
    settings = config or Config()
    selection = Selection.of(BOOK.rules, settings)
    schema = Schema()
    if before:
        replay(prepare(_migration("db/1.sql", before)), schema, selection)
    prepared = prepare(_migration(path, sql))
    return sorted(one(prepared, schema, selection, Request((), BOOK, settings)).findings, key=lambda f: f.key)


def names(sql: str, before: str = "", config: Config | None = None) -> list[str]:
    """The names of the rules that speak, in the order of their places."""
    return [finding.rule.name for finding in lint(sql, before, config)]


def _migration(path: str, sql: str) -> Migration:
    return Migration(Source(path, sql), (Unit(Span(0, len(sql))),), "db")


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run idxlint in a folder of its own, as a process."""

    def go(*arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "idxlint", *arguments],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            env={**os.environ, **(env or {})},
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return go
