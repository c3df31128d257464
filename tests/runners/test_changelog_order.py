"""Liquibase runs files in the order of a root changelog's includes: what that does to what is known of a table."""

from pathlib import Path

import pytest

from idxlint.runners.files import collect
from tests.conftest import Run
from tests.runners.test_changelog import master


def formatted(sql: str) -> str:
    """A file of formatted SQL."""
    return f"--liquibase formatted sql\n--changeset me:1 runInTransaction:false\n{sql}\n"


def xml(*rows: str) -> str:
    """A root changelog."""
    return master("\n".join(rows))


def include(name: str) -> str:
    """An include of a file beside the changelog."""
    return f"<include file='{name}' relativeToChangelogFile='true'/>"


def write(folder: Path, files: dict[str, str]) -> None:
    """The files of a repository."""
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def ordered(folder: Path, *paths: str) -> list[list[str]]:
    """The files in the order in which they run, a list for each history."""
    plans, unread = collect(paths or ["db"], folder, lambda _: False)
    assert [] == unread
    histories: dict[str, list[str]] = {}
    for plan in plans:
        assert "liquibase" == plan.profile.name
        histories.setdefault(plan.history, []).append(plan.shown.removeprefix("db/changelog/"))
    return list(histories.values())


A, B, C = (formatted(f"DROP TABLE {name};") for name in "abc")
ALL = "<includeAll path='changes' relativeToChangelogFile='true'/>"
ORDERS: dict[str, tuple[dict[str, str], list[list[str]]]] = {
    "includes": (
        {"r.xml": xml(include("c.sql"), include("x/a.sql"), include("b.sql")), "x/a.sql": A, "b.sql": B, "c.sql": C},
        [["c.sql", "x/a.sql", "b.sql", "r.xml"]]),
    "YAML": (
        {"r.yaml": "databaseChangeLog:\n- include: {file: c.sql, relativeToChangelogFile: true}\n"
                   "- include: {file: b.sql, relativeToChangelogFile: true}\n", "b.sql": B, "c.sql": C},
        [["c.sql", "b.sql", "r.yaml"]]),
    "includeAll by the text of the paths": (
        {"r.xml": xml(ALL), "changes/9.sql": A, "changes/10.sql": B, "changes/1/z.sql": C},
        [["changes/1/z.sql", "changes/10.sql", "changes/9.sql", "r.xml"]]),
    "includeAll with limits": (
        {"r.xml": xml(ALL.replace("path", "maxDepth='1' endsWithFilter='.sql' path")), "changes/b.sql": A,
         "changes/a.xml": xml("<changeSet/>"), "changes/1/z.sql": C},
        [["changes/a.xml"], ["changes/1/z.sql"], ["changes/b.sql", "r.xml"]]),
    "an include of an include": (
        {"r.xml": xml(include("n/n.xml"), include("a.sql")), "n/n.xml": xml(include("c.sql")), "n/c.sql": C,
         "a.sql": A},
        [["n/c.sql", "n/n.xml", "a.sql", "r.xml"]]),
    "twice": ({"r.xml": xml(include("b.sql"), include("a.sql"), include("b.sql")), "a.sql": A, "b.sql": B},
              [["b.sql", "a.sql", "r.xml"]]),
    "not included": ({"r.xml": xml(include("b.sql")), "a.sql": A, "b.sql": B, "10.sql": C},
                     [["10.sql", "a.sql"], ["b.sql", "r.xml"]]),
    "its own change sets": (
        {"r.xml": xml(include("b.sql"), "<changeSet id='1'/>", include("a.sql")), "a.sql": A, "b.sql": B},
        [["b.sql", "r.xml", "a.sql"]]),
    "two roots that share": (
        {"r.xml": xml(include("b.sql"), include("a.sql")), "s.xml": xml(include("c.sql"), include("a.sql")),
         "a.sql": A, "b.sql": B, "c.sql": C},
        [["b.sql", "a.sql", "r.xml", "c.sql", "s.xml"]]),
    "no root": ({"b.sql": B, "a.sql": A}, [["a.sql", "b.sql"]]),
    "includeAll of its own folder": (
        {"r.xml": xml(ALL.replace("changes", ".")), "a.sql": A}, [["a.sql", "r.xml"]]),
    "not XML": ({"r.xml": "<databaseChangeLog> include", "a.sql": A}, [["a.sql", "r.xml"]]),
}  # fmt: skip


@pytest.mark.parametrize("name", ORDERS)
def test_order(name: str, tmp_path: Path) -> None:
    """An include takes its place, includeAll sorts by path, and what no root includes goes by name."""
    files, expected = ORDERS[name]
    write(tmp_path, {f"db/changelog/{path}": text for path, text in files.items()})

    assert expected == ordered(tmp_path)


def test_over_folders(run: Run, tmp_path: Path) -> None:
    """What an earlier include has made is known, whatever the folders and the names; the command says the order."""
    files = {
        "db/changelog/root.xml": xml(include("z/1.sql"), include("a/2.sql")),
        "db/changelog/z/1.sql": formatted("CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a));"),
        "db/changelog/a/2.sql": formatted("DROP INDEX CONCURRENTLY k;"),
        "db/changelog/a/3.sql": formatted("DROP INDEX CONCURRENTLY k;"),
    }
    write(tmp_path, files)

    assert [
        "db/changelog/a: Liquibase (a marker in 2.sql; in order of name, because no root changelog includes it)",
        "db/changelog/root.xml: Liquibase (a marker in 1.sql; in the order of db/changelog/root.xml)",
    ] == run("runners", "db").out.splitlines()[:2]
    assert ["db/changelog/a/2.sql"] == [
        line.split(":")[0] for line in run("check", "db").out.splitlines() if "IDX302" in line
    ]


def test_a_file_without_a_header(run: Run, tmp_path: Path) -> None:
    """The include says who runs a file that nothing else tells of."""
    write(
        tmp_path,
        {"db/changelog/root.xml": xml(include("sql/1.sql")), "db/changelog/sql/1.sql": "DROP TABLE a;"},
    )

    assert "db/changelog/root.xml: Liquibase (db/changelog/root.xml includes it)" in run("runners", "db").out


@pytest.mark.parametrize("settings", ["", "changeLogFile=main.xml\n"])
def test_root_that_is_not_asked_for(settings: str, tmp_path: Path) -> None:
    """A root changelog above the paths counts: by its name, or because liquibase.properties names it."""
    root = "main.xml" if settings else "db/db.changelog-master.xml"
    paths = [f"{'db/' if settings else ''}changelog/{name}.sql" for name in "ba"]
    files = {root: xml(*map(include, paths)), "db/changelog/a.sql": A, "db/changelog/b.sql": B}
    write(tmp_path, {**files, "liquibase.properties": settings})

    assert [["b.sql", "a.sql"]] == ordered(tmp_path, "db/changelog")


def test_through_a_file_that_is_not_asked_for(tmp_path: Path) -> None:
    """An include is followed through files that are not read themselves."""
    files = {
        "db/changelog/root.xml": xml(include("n/more.xml")),
        "db/changelog/n/more.xml": xml(include("sql/b.sql"), include("sql/a.sql")),
        "db/changelog/n/sql/a.sql": A,
        "db/changelog/n/sql/b.sql": B,
        "liquibase.properties": "changelogFile=db/changelog/root.xml\n",
    }
    write(tmp_path, files)

    assert [["n/sql/b.sql", "n/sql/a.sql"]] == ordered(tmp_path, "db/changelog/n/sql")


def test_properties_come_first(tmp_path: Path) -> None:
    """Of two roots that share files the one that is configured gives the order."""
    files = {
        "db/changelog/a.xml": xml(include("1.sql"), include("2.sql")),
        "db/changelog/b.xml": xml(include("2.sql"), include("1.sql")),
        "db/changelog/1.sql": A,
        "db/changelog/2.sql": B,
        "liquibase.properties": "changelog-file: db/changelog/b.xml\n",
    }
    write(tmp_path, files)

    assert [["2.sql", "1.sql", "b.xml", "a.xml"]] == ordered(tmp_path)


CIRCLES = {
    "itself": (
        {"r.xml": xml("<property/>", include("r.xml"))},
        "r.xml: line 3: include r.xml leads back to itself",
    ),
    "two": (
        {"r.xml": xml(include("s.xml")), "s.xml": xml(include("r.xml"))},
        "s.xml: line 2: include r.xml leads back to itself",
    ),
    "under a root": (
        {
            "r.xml": xml(include("n/s.xml")),
            "n/s.xml": xml(include("t.xml")),
            "n/t.xml": xml(include("s.xml")),
        },
        "n/t.xml: line 2: include s.xml leads back to itself",
    ),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_circle(name: str, run: Run, tmp_path: Path) -> None:
    """A changelog that includes itself is one line, and the gate does not pass."""
    files, line = CIRCLES[name]
    write(tmp_path, {f"db/changelog/{path}": text for path, text in files.items()})
    ran = run("check", "db")

    assert (3, "", f"idxlint: db/changelog/{line}\n") == ran


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        (include("no.sql"), "line 2: include no.sql does not exist"),
        (include("n" * 5000), f"line 2: include {'n' * 5000} does not exist"),
        ("<changeSet id='1'>\n<sqlFile path='no.sql'/></changeSet>", "line 3: sqlFile no.sql does not exist"),
    ],
)
def test_missing(inner: str, line: str, run: Run, tmp_path: Path) -> None:
    """What does not exist is one line, beside the report on the rest."""
    write(tmp_path, {"db/changelog/r.xml": xml(inner, include("a.sql")), "db/changelog/a.sql": A})
    ran = run("check", "db")

    assert 3 == ran.code
    assert f"idxlint: db/changelog/r.xml: {line}\n" == ran.err
    assert "in 1 file" in ran.out


def test_many_paths_through_few_files(tmp_path: Path) -> None:
    """Files that are included again and again are gone through once."""
    files = {f"db/changelog/{n}.xml": xml(*[include(f"{n + 1}.xml")] * 2) for n in range(60)}
    write(tmp_path, {**files, "db/changelog/60.xml": xml("<changeSet/>")})

    assert [[f"{n}.xml" for n in range(60, -1, -1)]] == ordered(tmp_path)
