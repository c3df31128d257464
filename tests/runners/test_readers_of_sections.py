"""What the readers of Liquibase, Atlas, yoyo and their like make of a text."""

from pathlib import Path

import pytest

from idxlint.model import Direction, Send, Source, Unit, UnreadError, Wrap
from idxlint.runners.liquibase import liquibase_profile
from idxlint.runners.sections import node_pg_migrate, play_evolutions
from idxlint.runners.shared.profile import Place, Read
from idxlint.runners.tools import atlas, morph, sourcegraph, yoyo

BOM = b"\xef\xbb\xbf"
NOWHERE = Path("/nowhere")


def units(read: Read, text: str, bom: bytes = b"", path: Path = NOWHERE / "1.sql") -> tuple[Unit, ...]:
    """The units of a file."""
    return read(Source(path.name, text, "utf-8", bom), Place(path, Direction.UP))


def seen(read: Read, text: str) -> list[tuple[str, str]]:
    """The directions and texts of the units of a file."""
    found = units(read, text)
    return [(unit.direction.value, text[unit.span.start : unit.span.end].strip()) for unit in found]


@pytest.mark.parametrize(
    ("line", "wrap", "send"),
    [
        ("--changeset a:1", Wrap.UNIT, Send.STATEMENT),
        ("-- ChangeSet a:1 RUNINTRANSACTION:FALSE", Wrap.NONE, Send.STATEMENT),
        ("--changeset a:1 runInTransaction:no", Wrap.NONE, Send.STATEMENT),
        ("--changeset a:1 runInTransaction:true", Wrap.UNIT, Send.STATEMENT),
        ("--changeset a:1 runInTransaction: false", Wrap.UNIT, Send.STATEMENT),
        ("--changeset a:1 runInTransaction:false splitStatements:false", Wrap.NONE, Send.PIPELINE),
        ('--changeset "a b":"c d" dbms:postgresql,h2', Wrap.UNIT, Send.STATEMENT),
        ("--changeset a:1 dbms:!oracle", Wrap.UNIT, Send.STATEMENT),
    ],
)
def test_changeset(line: str, wrap: Wrap, send: Send) -> None:
    """A changeset's own line says how it is run."""
    (unit,) = units(liquibase_profile.read, f"--liquibase formatted sql\n\n{line}\nSELECT 1;\n")

    assert (unit.wrap, unit.send) == (wrap, send)


@pytest.mark.parametrize("dbms", ["oracle", "oracle,mysql", "!postgresql"])
def test_changeset_for_others(dbms: str) -> None:
    """A changeset for other databases is not run."""
    assert (
        units(liquibase_profile.read, f"--liquibase formatted sql\n--changeset a:1 dbms:{dbms}\nSELECT 1;\n")
        == ()
    )


def test_no_changeset() -> None:
    """A header alone is no migration."""
    assert units(liquibase_profile.read, "--liquibase formatted sql\n-- later\n") == ()


def test_rollbacks() -> None:
    """A rollback of one line is text of the file, one that is spread over several lines is not."""
    text = (
        "--liquibase formatted sql\r\n--changeset a:1\r\nSELECT 1;\r\n"
        "--rollback DROP TABLE a\r\n--rollback CASCADE;\r\n"
        "--rollback DROP INDEX b;\r\n--rollback empty\r\n/* liquibase rollback\r\nDROP INDEX c;\r\n*/\r\n"
    )
    assert [said for way, said in seen(liquibase_profile.read, text) if way == "down"] == [
        "DROP INDEX b;",
        "DROP INDEX c;",
    ]


@pytest.mark.parametrize("mark", ["GO", "/", r"\n/", ";;", "//"])
def test_end_delimiter(mark: str) -> None:
    """A changeset is cut at its own delimiter."""
    shown = mark.removeprefix(r"\n")
    text = f"--liquibase formatted sql\n--changeset a:1 endDelimiter:{mark}\nSELECT 4\n{shown}\nSELECT 3\n{shown}\n"

    assert [said for _, said in seen(liquibase_profile.read, text) if said] == ["SELECT 4", "SELECT 3"]


@pytest.mark.parametrize(
    ("text", "wrap"),
    [
        ("-- atlas:txmode none\n\nSELECT 1;", Wrap.NONE),
        ("# licence\n-- atlas:txmode none\n \t\nSELECT 1;", Wrap.NONE),
        ("-- atlas:txmode none", Wrap.NONE),
        ("-- atlas:txmode none\nSELECT 1;", Wrap.UNIT),
        ("\n-- atlas:txmode none\n\nSELECT 1;", Wrap.UNIT),
        ("-- atlas:txmode none\r\n\r\nSELECT 1;", Wrap.UNIT),
        ("-- atlas:TXMODE none\n\nSELECT 1;", Wrap.UNIT),
    ],
)
def test_atlas(text: str, wrap: Wrap) -> None:
    """The directive counts in a header of comments that a blank line ends; otherwise it is told of."""
    (unit,) = units(atlas.read, text)

    assert unit.wrap is wrap
    assert len(unit.misread) == (wrap is Wrap.UNIT)


def test_atlas_delimiter() -> None:
    """What stands between two delimiters is one message."""
    text = "-- atlas:delimiter \\n--\\n\nSELECT 1; SELECT 2;\n--\nSELECT 3;\n"
    (unit,) = units(atlas.read, text)

    assert [text[span.start : span.end] for span in unit.messages] == ["SELECT 1; SELECT 2;", "SELECT 3;\n"]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        pytest.param(atlas.read, "-- atlas:txmode none\n\nSELECT 1;", id="atlas"),
        pytest.param(morph.read, "-- morph:nontransactional\nSELECT 1;", id="morph"),
        pytest.param(yoyo.read, "-- transactional: false\nSELECT 1;", id="yoyo"),
    ],
)
def test_byte_order_mark(read: Read, text: str) -> None:
    """These tools do not take the mark away, so that the first line is no directive."""
    assert units(read, text)[0].wrap is Wrap.NONE
    (unit,) = units(read, text, BOM)

    assert unit.wrap is Wrap.UNIT
    assert unit.misread
    assert unit.directive is None


@pytest.mark.parametrize(
    ("text", "wrap"),
    [
        ("\n-- by name\n--transactional:FALSE\nSELECT 1;", Wrap.NONE),
        ("-- depends: a\r\n-- transactional: false\r\nSELECT 1;", Wrap.NONE),
        ("-- Transactional: false\nSELECT 1;", Wrap.UNIT),
        ("/* by name */\n-- transactional: false\nSELECT 1;", Wrap.UNIT),
        ("SELECT 1;\n-- transactional: false\n", Wrap.UNIT),
    ],
)
def test_yoyo(text: str, wrap: Wrap) -> None:
    """The key is in lower case, among the comments before the first statement."""
    (unit,) = units(yoyo.read, text)

    assert unit.wrap is wrap
    assert len(unit.misread) == (wrap is Wrap.UNIT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1;", [("up", "SELECT 1;")]),
        (
            "--Up Migration\nA\n-- DOWN  migration\nB",
            [("up", "--Up Migration\nA"), ("down", "-- DOWN  migration\nB")],
        ),
        (
            "-- Down Migration\nB\n---- up migration\nA",
            [("up", "---- up migration\nA"), ("down", "-- Down Migration\nB")],
        ),
    ],
)
def test_halves(text: str, expected: list[tuple[str, str]]) -> None:
    """node-pg-migrate cuts a file in halves, in either order."""
    assert seen(node_pg_migrate.read, text) == expected


def test_evolutions() -> None:
    """Markers may be indented and repeated; what stands before the first is not run."""
    text = "# About\n# --- !Ups\nA;\n#!Downs\nB;\n  -- !Ups again\nC;"

    assert seen(play_evolutions.read, text) == [("up", "A;"), ("down", "B;"), ("up", "C;")]


@pytest.mark.parametrize(("text", "where"), [("name: [x\n", " in line 2"), ("name: 2024-99-99\n", "$")])
def test_broken_metadata(tmp_path: Path, text: str, where: str) -> None:
    """Broken YAML is one line that says where, if that is known."""
    (tmp_path / "metadata.yaml").write_text(text, "utf-8")

    with pytest.raises(UnreadError, match=rf"up\.sql: its metadata\.yaml is not valid YAML{where}"):
        units(sourcegraph.read, "SELECT 1;", path=tmp_path / "up.sql")
