"""A copy of the package and of its rule book, to which something is added, and which runs as a process."""

import filecmp
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import idxlint
from tests.conftest import Ran

ROOT = Path(idxlint.__file__).parent.parent
_COPIED = ("idxlint", "rules")


class Scratch:
    """The copy: files of the package are in `root`, migrations in `work`."""

    def __init__(self, folder: Path) -> None:
        self.root, self.work = folder / "scratch", folder / "work"
        self.work.mkdir()
        for part in _COPIED:
            copytree(ROOT / part, self.root / part, ignore=ignore_patterns("__pycache__"))

    def write(self, path: str, text: str) -> None:
        """Write a file of the package or a page of the book."""
        (self.root / path).write_text(text, "utf-8")

    def insert(self, path: str, before: str, line: str) -> None:
        """Write a line in front of the first line that starts with a text."""
        lines = (self.root / path).read_text("utf-8").splitlines()
        at = next(number for number, text in enumerate(lines) if text.startswith(before))
        self.write(path, "".join(f"{text}\n" for text in (*lines[:at], line, *lines[at:])))

    def replace(self, path: str, old: str, new: str) -> None:
        """Write a file of the package with one text in the place of another, which it has once."""
        text = (self.root / path).read_text("utf-8")
        assert 1 == text.count(old)
        self.write(path, text.replace(old, new))

    def touched(self) -> set[str]:
        """The files that are not as they are in this checkout, and the new ones."""
        files = [
            path.relative_to(self.root)
            for part in _COPIED
            for path in (self.root / part).rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        ]
        return {
            path.as_posix()
            for path in files
            if not (ROOT / path).is_file() or not filecmp.cmp(ROOT / path, self.root / path, shallow=False)
        }

    def run(self, *arguments: str) -> Ran:
        """Run the copy's idxlint over the migrations."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "idxlint", *arguments],
            cwd=self.work,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=300,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
