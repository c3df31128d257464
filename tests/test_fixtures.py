"""A small repository for each migration tool, and the report beside it: `python -m tests.test_fixtures` writes it."""

import re
from pathlib import Path

import pytest

from tests.test_docs import said

FIXTURES = Path(__file__).parent.parent / "fixtures"
FOLDERS = sorted(file.parent for file in FIXTURES.glob("*/expected.txt") if file.parent.name != "demo")
STALE = "is not what the program says; `python -m tests.test_fixtures` writes it, read the difference"


def report(folder: Path) -> str:
    """What idxlint says in a folder."""
    return said("check", ".", "--color", "never", folder=folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_report(folder: Path) -> None:
    """A fixture's report is the one beside it."""
    expected = (folder / "expected.txt").read_text("utf-8")

    assert expected == report(folder), f"fixtures/{folder.name}/expected.txt {STALE}"


def test_every_folder_is_named() -> None:
    """The README has a row for each folder, in their order, and for nothing else."""
    rows = re.findall(
        r"(?m)^\| \[([\w-]+)\]\(([\w/-]+)\) \| [^|]+ \| [^|]+ \|$",
        (FIXTURES / "README.md").read_text("utf-8"),
    )

    assert [name for name, _ in rows] == sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())
    assert all((FIXTURES / link).is_dir() and link.split("/")[0] == name for name, link in rows)


def main() -> None:
    """Write every report; a folder takes part once it has an expected.txt, an empty one too."""
    for folder in FOLDERS:
        (folder / "expected.txt").write_text(report(folder), "utf-8")


if __name__ == "__main__":
    main()
