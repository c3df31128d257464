"""What tests share: lint a text as one file, or run the command as a user would."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from idxlint import rulebook
from idxlint.config.configuration import Config
from idxlint.engine.ending import settled
from idxlint.engine.judge import Selection, replay
from idxlint.engine.judged_file import judge_file
from idxlint.engine.parsed_file import parse_file
from idxlint.engine.request import Request
from idxlint.model import Direction, Finding, Migration, Rule, Source
from idxlint.runners.registry import PROFILES
from idxlint.runners.shared.profile import Place
from idxlint.sql.state.schema import Schema

BOOK = rulebook.load()


def lint(
    sql: str, before: str = "", config: Config | None = None, path: str = "db/2.sql", runner: str = "psql"
) -> list[Finding]:
    """The findings in a text as a runner reads it, after another file has built the schema."""
    settings = config or Config()
    selection = Selection.of(BOOK.rules, settings)
    schema = Schema()
    if before:
        replay(parse_file(migration("db/1.sql", before)), schema, selection)
    parsed = parse_file(migration(path, sql, runner))
    judged = judge_file(parsed, schema, selection, Request((), BOOK, settings))
    return sorted(settled(judged, schema).findings, key=lambda f: f.key)


def selecting(rule: Rule) -> Config:
    """The configuration that runs a rule beside those that are on by themselves."""
    return Config(select=frozenset(("default", rule.name)))


def names(sql: str, before: str = "", config: Config | None = None, runner: str = "psql") -> list[str]:
    """The names of the rules that speak, in the order of their places."""
    return [finding.rule.name for finding in lint(sql, before, config, runner=runner)]


def migration(path: str, sql: str, runner: str = "psql", direction: Direction = Direction.UP) -> Migration:
    """A text as the file of a runner."""
    profiles = {profile.name: profile for profile in PROFILES}
    source = Source(path, sql)
    return Migration(source, profiles[runner].read(source, Place(Path(path), direction)), "db", runner)


def times(examples: int) -> int:
    """How many examples a property is tried on: so many a run, and as many times more as a night has time for."""
    return examples * int(os.environ.get("IDXLINT_EXAMPLES_TIMES", "1"))


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
