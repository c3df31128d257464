"""Real git repositories for tests, and idxlint run in them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import Ran

CLEAN = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}  # fmt: skip
_CI = re.compile(r"GIT_|GITHUB_|GITLAB_|CI|BITBUCKET_|TF_BUILD|SYSTEM_|BUILDKITE|JENKINS_|CHANGE_|CIRCLE")


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """The environment without what a CI service or a hook has put there."""
    return {**{name: said for name, said in os.environ.items() if not _CI.match(name)}, **CLEAN, **more}


def command(words: Sequence[str], folder: Path, env: Mapping[str, str], timeout: int = 60) -> Ran:
    """What a command says, away from the settings of whoever runs the tests. timeout: in seconds."""
    done = subprocess.run(
        words, cwd=folder, env=environment(env), capture_output=True, check=False, timeout=timeout
    )
    return Ran(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode())


class Repo:
    """A repository in a folder."""

    def __init__(self, root: Path, *flags: str) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        if not (root / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main", *flags)

    def git(self, *words: str) -> str:
        """What git says; an error where it fails."""
        ran = self.attempt(*words)
        assert ran.code == 0, ran.err
        return ran.out.strip()

    def attempt(self, *words: str) -> Ran:
        """What git says, also where it fails."""
        return command(["git", *words], self.root, {})

    def write(self, **files: str) -> "Repo":
        """Write migrations: db/<name>.sql for each name."""
        for name, text in files.items():
            self.put(f"db/{name}.sql", text)
        return self

    def put(self, path: str, text: str) -> Path:
        """Write a file."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def commit(self, **files: str) -> str:
        """Write migrations and commit all there is; the commit's id."""
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "more")
        return self.git("rev-parse", "HEAD")

    def run(self, *words: str, folder: Path | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """Run idxlint; it ends with no traceback, and with lines of its own on standard error."""
        ran = command([sys.executable, "-m", "idxlint", *words], folder or self.root, env or {})
        assert "Traceback" not in ran.err
        assert all(line.startswith("idxlint: ") for line in ran.err.splitlines())
        return ran

    def check(
        self, *words: str, paths: tuple[str, ...] = ("db",), env: Mapping[str, str] | None = None
    ) -> Ran:
        """Run `idxlint check` on db."""
        return self.run("check", *paths, *words, env=env)

    def report(
        self, *words: str, paths: tuple[str, ...] = ("db",), env: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The report as JSON, of a run that went well."""
        ran = self.check("--format", "json", *words, paths=paths, env=env)
        assert ran.code in (0, 1), ran.err
        return dict(json.loads(ran.out))

    def found(
        self, *words: str, paths: tuple[str, ...] = ("db",), env: Mapping[str, str] | None = None
    ) -> list[str]:
        """The findings: file and index, in their order."""
        findings = self.report(*words, paths=paths, env=env)["findings"]
        return [f"{Path(one['path']).name} {one['subject'].rpartition('.')[2]}" for one in findings]


def table(name: str) -> str:
    """A statement that makes a table."""
    return f"CREATE TABLE {name} (a int);\n"


def index(name: str, number: int = 1) -> str:
    """A statement that builds an index on a table: what has a finding, if the table is old."""
    column = "a" if number == 1 else f"a{number}"
    return f"CREATE INDEX {name}_{number} ON {name} ({column});\n"


OLD = index("old")


def started(root: Path) -> Repo:
    """A repository with one migration that has a finding, and a branch to work on."""
    repo = Repo(root)
    repo.commit(m1=table("t") + OLD)
    repo.git("switch", "--quiet", "--create", "work")
    return repo
