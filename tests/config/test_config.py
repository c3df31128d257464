"""The configuration: where it is found, what it means, and the one line that says what is wrong."""

import time
from pathlib import Path

import pytest

from idxlint.config.configuration import Options, PerPath
from idxlint.config.load import Config, ConfigError, chosen, load
from idxlint.model import Kind, Rule, Severity

NAMES = {
    "index-not-concurrent": "index-not-concurrent",
    "IDX101": "index-not-concurrent",
    "drop-index-not-concurrent": "drop-index-not-concurrent",
    "IDX102": "drop-index-not-concurrent",
    "retry-not-safe": "retry-not-safe",
    "IDX408": "retry-not-safe",
}
FULL = """\
paths: [db]
exclude: ["*.bak.sql", db/old]
runner: {db/fly/**: psql, "**": psql}
postgres: 17
fail_on: never
select: [default, IDX4]
ignore: [idx102]
severity: {retry-not-safe: error}
per_path:
  db/seed/**: {ignore: [IDX101], severity: {IDX408: off}}
down: off
start_after: "0042"
baseline: .idxlint-baseline.json
options: {lock_timeout: 5s, statement_timeout: 0}
"""
BUILD = Rule("index-not-concurrent", "IDX101", "", Severity.ERROR, Kind.BLOCKS, default=True, page="")
DROP = Rule("drop-index-not-concurrent", "IDX102", "", Severity.ERROR, Kind.BLOCKS, default=True, page="")
RETRY = Rule("retry-not-safe", "IDX408", "", Severity.NOTE, Kind.LEFTOVER, default=False, page="")


def read(folder: Path, text: str, name: str = "idxlint.yaml") -> Config:
    """The configuration of a folder with this file in it."""
    (folder / name).write_text(text, "utf-8")
    return load(folder, None, NAMES)


def test_defaults(tmp_path: Path) -> None:
    """Without a file everything has a default, and so it has with an empty one."""
    assert Config(root=tmp_path, start=tmp_path) == load(tmp_path, None, NAMES)
    assert Config(tmp_path / "idxlint.yaml", tmp_path, tmp_path) == read(tmp_path, "# nothing yet\n")


def test_every_key(tmp_path: Path) -> None:
    """Every key is read, and becomes a type."""
    assert read(tmp_path, FULL) == Config(
        file=tmp_path / "idxlint.yaml",
        root=tmp_path,
        start=tmp_path,
        paths=("db",),
        exclude=("*.bak.sql", "db/old"),
        runner=(("db/fly/**", "psql"), ("**", "psql")),
        postgres=17,
        fail_on=None,
        select=frozenset({"default", "retry-not-safe"}),
        ignore=frozenset({"drop-index-not-concurrent"}),
        severity={"retry-not-safe": Severity.ERROR},
        per_path=(PerPath("db/seed/**", frozenset({"index-not-concurrent"}), {"retry-not-safe": None}),),
        down="off",
        start_after="0042",
        baseline=tmp_path / ".idxlint-baseline.json",
        options=Options(lock_timeout="5s"),
    )


def test_toml_is_the_same(tmp_path: Path) -> None:
    """The table in pyproject.toml takes the same keys, and one without it is passed over."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "pyproject.toml").write_text('[project]\nname = "idxlint-user"\n', "utf-8")
    read(tmp_path, '[tool.idxlint]\nrunner = "psql"\nfail_on = "error"\n', "pyproject.toml")
    config = load(tmp_path / "inner", None, NAMES)

    assert (tmp_path, (("**", "psql"),), Severity.ERROR) == (config.root, config.runner, config.fail_on)


def test_explicit(tmp_path: Path) -> None:
    """A file that is named is read, and no other."""
    read(tmp_path, "postgres: 12\n")
    read(tmp_path, "postgres: 18\n", "other.yaml")

    assert load(tmp_path, Path("other.yaml"), NAMES).postgres == 18


def test_rules_that_run(tmp_path: Path) -> None:
    """select, ignore and severity say together which rules run."""
    assert [Config().runs(rule) for rule in (BUILD, DROP, RETRY)] == [True, True, False]
    for text, expected in (
        (FULL, [True, False, True]),
        ("select: [all]", [True, True, True]),
        ("select: [IDX1]", [True, True, False]),
        ("select: []", [False, False, False]),
        ("severity: {IDX101: off}", [False, True, False]),
    ):
        config = read(tmp_path, text)
        assert expected == [config.runs(rule) for rule in (BUILD, DROP, RETRY)]


def test_levels_and_paths(tmp_path: Path) -> None:
    """Patterns are relative to the folder of the file, paths of findings to the working folder."""
    read(tmp_path, FULL)
    (tmp_path / "db").mkdir()
    config = load(tmp_path / "db", None, NAMES)

    assert config.silenced(BUILD, "seed/1.sql") == "db/seed/**"
    assert config.silenced(BUILD, "1.sql") is None
    assert config.silenced(RETRY, "seed/1.sql") == "db/seed/**"
    assert config.level(RETRY, "1.sql", Severity.NOTE) == Severity.ERROR
    assert config.level(BUILD, "1.sql", Severity.WARNING) == Severity.WARNING
    assert [config.excluded(path) for path in ("old/x/1.sql", "x/1.bak.sql", "1.sql")] == [True, True, False]
    assert config.runner_of("../1.sql") == "psql"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("fail_onn: x", "fail_onn is not a key; did you mean fail_on?"),
        ("zzz: x", "zzz is not a key; the keys are paths, exclude, runner, postgres, fail_on, select, "),
        ("fail_on: eror", "fail_on: eror is not one of error, warning, note, never; did you mean error?"),
        ("postgres: 11", "postgres: 11 is not a whole number from 12 to 18"),
        ("postgres: '15'", "postgres: 15 is not a whole number"),
        ("postgres: true", "postgres: True is not a whole number"),
        ("paths: db", "paths: db is not a list"),
        ("paths: [1]", "paths: 1 is not a string"),
        ("runner: flyway", "runner: flyway is not one of psql"),
        ("runner: {db: pqsl}", "runner.db: pqsl is not one of psql; did you mean psql?"),
        ("select: [index-not-concurent]", "select: index-not-concurent is not a rule; did you mean index-"),
        ("select: [IDX7]", "select: IDX7 is not a rule"),
        ("ignore: [all]", "ignore: all is not a rule; only select accepts it"),
        ("severity: {IDX101: fatal}", "severity.IDX101: fatal is not one of error, warning, note, off"),
        ("severity: [IDX101]", "severity: ['IDX101'] is not a map"),
        ("per_path: {a: {ignored: []}}", "per_path.a: ignored is not a key; did you mean ignore?"),
        ("down: on", "down: True is not one of report, note, off"),
        ("start_after: 0042", "start_after: 34 is not a string; put it in quotes"),
        ("options: {lock_timeout: soon}", "options.lock_timeout: soon is not a time"),
        ("options: {lock_timeot: 5s}", "options: lock_timeot is not a key; did you mean lock_timeout?"),
        ("paths: [a]\npaths: [b]", "line 2: not YAML: paths is given twice"),
        ("paths: [", "line 1: not YAML: "),
        ("{[a]: b}", "line 1: not YAML: "),
        ("- a", "['a'] is not a map of keys to values"),
        ("start_after: 2024-99-99", "not YAML: month must be in 1..12"),
        ('start_after: 1\n"\\e[31m": 2', "\\x1b[31m is not a key"),
        (f"postgres: 0x{'f' * 6000}", f"postgres: 0x{'f' * 57}… is not a whole number"),
        (f"options: {{lock_timeout: 0x{'f' * 6000}}}", f"options.lock_timeout: 0x{'f' * 57}… is not a time"),
        ("down: &a [*a]", "down: [[...]] is not one of"),
        (f"start_after: '{'1' * 6000}'", f"start_after: {'1' * 59}… is not a name that a file can have"),
    ],
)
def test_wrong_value(tmp_path: Path, text: str, error: str) -> None:
    """What is wrong is one line with the file, the key, what is allowed, and what was meant."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)

    assert (f"idxlint.yaml: {error}", 1) == (
        str(caught.value)[: len(error) + 14],
        len(str(caught.value).splitlines()),
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[tool.idxlint]\nx = 1", "x is not a key"),
        ("[tool.idxlint", "not TOML: "),
        (f"[tool.idxlint]\npostgres = {'1' * 6000}", "not TOML: Exceeds the limit"),
        ("[tool]\nidxlint = 3", "tool.idxlint: 3 is not a map of keys to values"),
    ],
)
def test_wrong_toml(tmp_path: Path, text: str, error: str) -> None:
    """The same for pyproject.toml."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, "pyproject.toml")

    assert str(caught.value).startswith(f"pyproject.toml: {error}")


@pytest.mark.parametrize("key", ["runner", "down", "postgres", "select", "options", "start_after"])
def test_aliases_of_aliases(tmp_path: Path, key: str) -> None:
    """A value that a few lines of aliases make larger than any memory is refused in a moment."""
    levels = "".join(f"  - &a{level} [*a{level - 1}, *a{level - 1}]\n" for level in range(1, 60))
    before = time.process_time()
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"{key}:\n  - &a0 [x, x]\n{levels}")

    assert str(caught.value).startswith(f"idxlint.yaml: {key}: [")
    assert len(str(caught.value)) < 200
    assert time.process_time() - before < 5


def test_merges_of_merges(tmp_path: Path) -> None:
    """A mapping that is merged twice, over and over, has its keys once; the last value of a key counts."""
    levels = "".join(
        f"  &m{level} p{level}: &v{level}\n    <<: [*v{level - 1}, *v{level - 1}]\n" for level in range(1, 40)
    )
    before = time.process_time()
    config = read(tmp_path, f"per_path:\n  p0: &v0 {{ignore: [IDX101]}}\n{levels}")

    assert [(entry.pattern, len(entry.ignore)) for entry in config.per_path] == [
        (f"p{at}", 1) for at in range(40)
    ]
    assert time.process_time() - before < 5


def test_wrong_file(tmp_path: Path) -> None:
    """A folder, a missing file, bytes that are no text, and a name that nobody reads."""
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "bytes.yaml").write_bytes(b"paths: [\xff]")
    (tmp_path / "bare.toml").write_text("x = 1", "utf-8")
    for name, error in (
        ("folder.yaml", "is a folder, not a file"),
        ("missing.yaml", "cannot be read: no such file or directory"),
        ("bytes.yaml", "is not UTF-8: byte 8 is 0xff"),
        ("bare.toml", "has no [tool.idxlint]"),
    ):
        with pytest.raises(ConfigError) as caught:
            load(tmp_path, Path(name), NAMES)
        assert f"{name}: {error}" == str(caught.value)
    with pytest.raises(ConfigError, match=r"^idxlint.yml: ignored; rename it to idxlint.yaml$"):
        read(tmp_path, "", "idxlint.yml")


def test_broken_file_of_others(tmp_path: Path) -> None:
    """A pyproject.toml that does not speak of idxlint may be as broken as it likes."""
    assert read(tmp_path, "[[[", "pyproject.toml").file is None


def test_chosen() -> None:
    """The command line's words go through the same door."""
    assert frozenset({"retry-not-safe"}) == chosen(["IDX40"], NAMES, "--select")
    with pytest.raises(ConfigError, match=r"^--select: al is not a rule; did you mean all\?$"):
        chosen(["al"], NAMES, "--select")
