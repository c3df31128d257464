"""The baseline: written, merged, read, and what is said of a broken one."""

import json
from pathlib import Path

import pytest

from idxlint.engine import baseline
from idxlint.engine.baseline import Baseline, BaselineError
from idxlint.model import By, Direction, Finding, Hit, Kind, Rule, Severity, Source, Span, fingerprint

RULE = Rule("index-not-concurrent", "IDX101", "", Severity.ERROR, Kind.BLOCKS, default=True, page="")


def finding(path: str, subject: str, ordinal: int = 0) -> Finding:
    """A finding about a subject in a file."""
    mark = fingerprint(RULE.id, path, subject, ordinal)
    hit = Hit("m", Span(0, 1), subject)
    return Finding(RULE, hit, Severity.ERROR, Source(path, "x"), Span(0, 1), Direction.UP, "psql", True, mark)


def test_fingerprint() -> None:
    """It names rule, file, subject and number, and where one ends and the next begins."""
    marks = {
        fingerprint("IDX101", "a", "b", 0),
        fingerprint("IDX101", "a", "b", 1),
        fingerprint("IDX101", "ab", "", 0),
        fingerprint("IDX101", "\udc80", "b", 0),
        fingerprint("IDX102", "a", "b", 0),
    }

    assert {16} == {len(mark) for mark in marks}
    assert len(marks) == 5


def test_written_text(tmp_path: Path) -> None:
    """One finding a line, sorted, with what a reader needs."""
    path = tmp_path / "baseline.json"
    findings = [finding("db/2.sql", 'public."a b"'), finding("db/1.sql", "public.é\x1b")]
    baseline.write(path, findings)
    lines = sorted(f'    "{one.fingerprint}": ' for one in findings)

    text = path.read_text("utf-8")
    assert lines == [line[: len(lines[0])] for line in text.splitlines()[3:5]]
    assert {"IDX101 db/1.sql public.é\\x1b", 'IDX101 db/2.sql public."a b"'} == {
        *json.loads(text)["findings"].values()
    }
    assert [path] == [*tmp_path.iterdir()]


def test_known_findings_go(tmp_path: Path) -> None:
    """What is in the file is suppressed; an equal finding more, or another path, is new."""
    path = tmp_path / "baseline.json"
    old = [finding("a.sql", "t"), finding("b.sql", "t")]
    baseline.write(path, old)
    new = [finding("a.sql", "t", 1), finding("c.sql", "t")]
    outcome = baseline.apply(baseline.read(path), [*old, *new])

    assert tuple(new) == outcome.kept
    assert [(one, By.BASELINE) for one in old] == [(entry.finding, entry.by) for entry in outcome.suppressed]
    assert outcome.stale == 0


def test_stale() -> None:
    """Entries that match nothing are counted, but only those of files that were read."""
    known = Baseline({"1": "IDX101 my db/a.sql t", "2": "IDX101 b.sql t x", "3": "IDX101 c.sql t"})

    assert baseline.apply(known, []).stale == 3
    assert baseline.apply(known, [], {"my db/a.sql", "b.sql"}).stale == 2


def test_link_and_mode_stay(tmp_path: Path) -> None:
    """A baseline behind a link is written where the link leads."""
    (tmp_path / "real.json").write_text("", "utf-8")
    (tmp_path / "link.json").symlink_to("real.json")
    baseline.write(tmp_path / "link.json", [])

    assert (tmp_path / "link.json").is_symlink()
    assert Baseline({}) == baseline.read(tmp_path / "real.json")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"<<<<<<< ours", "line 1: not JSON: "),
        (b"\xff", "is not UTF-8: byte 0"),
        (b"[]", "not a baseline: "),
        (b'{"version": 2, "findings": {}}', "version: 2 is not supported"),
        (b'{"version": "1", "findings": {}}', "version: '1' is not supported"),
        (
            b'{"version": [' + b"1, " * 99 + b'1], "findings": {}}',
            f"version: [{'1, ' * 19}1… is not supported",
        ),
        (b'{"version": 1, "findings": {"a": 1}}', "findings: a is not text"),
        (b"[" * 200_000, "not a baseline: nested too deeply"),
    ],
)
def test_wrong_text(tmp_path: Path, text: bytes, error: str) -> None:
    """What is wrong with a baseline is one line that begins with its path."""
    path = tmp_path / "baseline.json"
    path.write_bytes(text)
    with pytest.raises(BaselineError) as caught:
        baseline.read(path)

    assert str(caught.value).startswith(f"{path}: {error}")
    assert len(str(caught.value).splitlines()) == 1


def test_no_file(tmp_path: Path) -> None:
    """A missing file is told how to write one, and a folder is none."""
    with pytest.raises(BaselineError, match=r": no such file; `idxlint baseline` writes it$"):
        baseline.read(tmp_path / "missing.json")
    with pytest.raises(BaselineError, match=r"is a folder, not a file$"):
        baseline.read(tmp_path)
    with pytest.raises(BaselineError, match=r"cannot be written: no such file or directory$"):
        baseline.write(tmp_path / "missing" / "baseline.json", [])
