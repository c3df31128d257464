"""Liquibase's changelogs in XML, YAML and JSON: what is read out of them, and what is refused."""

import json
from pathlib import Path

import pytest
import yaml

from idxlint.model import Direction, Send, Source, Unit, UnreadError, Wrap
from idxlint.runners.liquibase.liquibase_profile import read
from idxlint.runners.shared.profile import Place
from tests.conftest import Run, lint

Values = dict[str, object]
SUFFIXES = ("xml", "yaml", "json")
CHANGES: dict[str, tuple[str, Values, list[Values], list[str]]] = {
    "index": (
        "createIndex",
        {"tableName": "t", "schemaName": "s", "indexName": "I_x", "unique": True},
        [{"name": "a", "descending": True}, {"name": "order"}, {"name": "lower(b)", "computed": True}],
        ['CREATE UNIQUE INDEX "I_x" ON s.t (a DESC, "order", lower(b))'],
    ),
    "plain index": ("createIndex", {"tableName": "T"}, [{"name": "a"}], ["CREATE INDEX ON t (a)"]),
    "property": ("dropIndex", {"indexName": "${p}_idx"}, [], ["DROP INDEX ${p}_idx"]),
    "unique": (
        "addUniqueConstraint",
        {"tableName": "t", "columnNames": "a, b", "constraintName": "u"},
        [],
        ["ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b)"],
    ),
    "key": (
        "addPrimaryKey",
        {"tableName": "t", "columnNames": "a", "constraintName": "k", "forIndexName": "i"},
        [],
        ["ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i"],
    ),
    "no unique": (
        "dropUniqueConstraint",
        {"tableName": "t", "constraintName": "u"},
        [],
        ["ALTER TABLE t DROP CONSTRAINT u"],
    ),
    "no key": ("dropPrimaryKey", {"tableName": "t"}, [], ["ALTER TABLE t DROP CONSTRAINT t_pkey"]),
    "foreign key": (
        "addForeignKeyConstraint",
        {
            "baseTableName": "t",
            "baseColumnNames": "a",
            "constraintName": "f",
            "referencedTableName": "o",
            "referencedColumnNames": "id",
            "validate": False,
        },
        [],
        ["ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES o (id) NOT VALID"],
    ),
    "not null": (
        "addNotNullConstraint",
        {"tableName": "t", "columnName": "a"},
        [],
        ["ALTER TABLE t ALTER COLUMN a SET NOT NULL"],
    ),
    "column": (
        "addColumn",
        {"tableName": "t"},
        [{"name": "a", "type": "int(11)", "constraints": {"unique": True, "nullable": False}}],
        ["ALTER TABLE t ADD COLUMN a int NOT NULL", "ALTER TABLE t ADD UNIQUE (a)"],
    ),
    "table": (
        "createTable",
        {"tableName": "t"},
        [
            {"name": "id", "type": "bigint", "constraints": {"primaryKey": True, "primaryKeyName": "k"}},
            {"name": "a", "type": "BIGINT UNSIGNED", "constraints": {"unique": True}},
        ],
        ["CREATE TABLE t (id bigint, a text, CONSTRAINT k PRIMARY KEY (id), UNIQUE (a))"],
    ),
    "no table": ("dropTable", {"tableName": "t", "cascadeConstraints": True}, [], ["DROP TABLE t CASCADE"]),
    "rename": ("renameTable", {"oldTableName": "t", "newTableName": "u"}, [], ["ALTER TABLE t RENAME TO u"]),
    "no columns": (
        "dropColumn",
        {"tableName": "t"},
        [{"name": "a"}, {"name": "b"}],
        ["ALTER TABLE t DROP COLUMN a", "ALTER TABLE t DROP COLUMN b"],
    ),
    "type": (
        "modifyDataType",
        {"tableName": "t", "columnName": "a", "newDataType": "varchar(9)"},
        [],
        ["ALTER TABLE t ALTER COLUMN a TYPE varchar(9)"],
    ),
    "sql": ("sql", {"sql": "SELECT ';'; DROP INDEX i;"}, [], ["SELECT ';'", "DROP INDEX i"]),
    "whole sql": ("sql", {"sql": "DROP A; DROP B", "splitStatements": False}, [], ["DROP A; DROP B"]),
    "delimiter": ("sql", {"sql": "A; B@@C", "endDelimiter": "@@"}, [], ["A; B", "C"]),
    "sql for another": ("sql", {"sql": "SELECT 1", "dbms": "oracle"}, [], []),
    "no index work": ("insert", {"tableName": "t"}, [{"name": "a", "value": "1"}], []),
}


def attributes(values: Values) -> str:
    """Values as XML has them."""
    plain = {name: value for name, value in values.items() if not isinstance(value, dict) and name != "sql"}
    return "".join(
        f' {name}="{str(value).lower() if value in (True, False) else value}"'
        for name, value in plain.items()
    )


def element(name: str, values: Values, columns: list[Values]) -> str:
    """A change in XML."""
    inner = str(values.get("sql", ""))
    for column in columns:
        constraints = column.get("constraints")
        under = f"<constraints{attributes(constraints)}/>" if isinstance(constraints, dict) else ""
        inner += f"<column{attributes(column)}>{under}</column>"
    return f"<{name}{attributes(values)}>{inner}</{name}>"


def changelog(suffix: str, name: str, values: Values, columns: list[Values], settings: Values) -> str:
    """A changelog with one change."""
    if suffix == "xml":
        body = f"<changeSet id='1' author='me'{attributes(settings)}>{element(name, values, columns)}</changeSet>"
        return f'<?xml version="1.0"?>\n<databaseChangeLog xmlns="x">\n{body}\n</databaseChangeLog>\n'
    change = {name: {**values, "columns": [{"column": column} for column in columns]} if columns else values}
    change_set = {"id": "1", "author": "me", **settings, "changes": [change]}
    tree = {"databaseChangeLog": [{"changeSet": change_set}]}
    return json.dumps(tree, indent="\t") if suffix == "json" else yaml.safe_dump(tree, width=1000)


def units(text: str, suffix: str, folder: Path = Path("changelog")) -> tuple[Unit, ...]:
    """The units of a changelog."""
    name = f"a.{suffix}"
    return read(Source(name, text), Place(folder / name, Direction.UP))


def refusal(text: str, suffix: str, folder: Path = Path("changelog")) -> str:
    """The line that says why a file is not read."""
    with pytest.raises(UnreadError) as caught:
        units(text, suffix, folder)
    return str(caught.value)


def master(inner: str) -> str:
    """A changelog in XML; what is given starts on line 2."""
    return f"<databaseChangeLog>\n{inner}\n</databaseChangeLog>\n"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("case", CHANGES)
def test_changes(case: str, suffix: str) -> None:
    """A change means the same SQL in each syntax."""
    name, values, columns, expected = CHANGES[case]
    found = units(changelog(suffix, name, values, columns, {}), suffix)

    assert expected == [piece.sql for unit in found for piece in unit.pieces]
    assert all(unit.wrap is Wrap.UNIT for unit in found)
    whole = {"splitStatements", "endDelimiter"} & values.keys()
    assert all(unit.send is (Send.PIPELINE if whole else Send.STATEMENT) for unit in found)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("said", "wrap"), [("FALSE", Wrap.NONE), (False, Wrap.NONE), ("True", Wrap.UNIT)])
def test_opting_out(said: object, wrap: Wrap, suffix: str) -> None:
    """The runInTransaction is a boolean in any case, and its place is known."""
    text = changelog(suffix, "dropIndex", {"indexName": "i"}, [], {"runInTransaction": said})
    (unit,) = units(text, suffix)

    assert wrap is unit.wrap
    assert (unit.opted_out is not None) is (wrap is Wrap.NONE)
    if unit.opted_out:
        assert text[unit.opted_out.start :].lstrip('"').startswith("runInTransaction")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("dbms", "count"),
    [("mysql, h2", 0), ("postgresql,h2", 1), ("!postgresql", 0), ("!oracle", 1), ("all", 1), ("none", 0)],
)
def test_dbms(dbms: str, count: int, suffix: str) -> None:
    """A change set for other databases is left out."""
    found = units(changelog(suffix, "dropIndex", {"indexName": "i"}, [], {"dbms": dbms}), suffix)

    assert count == len(found)


def test_rollback_is_not_up() -> None:
    """What takes a change set back is not run."""
    text = master("<changeSet id='1'><rollback><dropIndex indexName='i'/></rollback></changeSet>")

    assert () == units(text, "xml")


def test_places() -> None:
    """A finding stands at the SQL itself, or at the tag that means it; in code points."""
    sql = "CREATE INDEX CONCURRENTLY i ON t (a)"
    text = master(
        f"<!-- é -->\n<changeSet id='ü'><sql>{sql};</sql>\n  <createIndex tableName='é'/></changeSet>"
    )
    (unit,) = units(text, "xml")

    assert [sql, "<createIndex tableName='é'/>"] == [text[slice(*piece.span)] for piece in unit.pieces]
    assert [True, False] == [piece.verbatim for piece in unit.pieces]


def test_finding() -> None:
    """A concurrent build in the runner's transaction is told with the words of the syntax."""
    text = master("<changeSet id='1'><sql>CREATE INDEX CONCURRENTLY i ON t (a)</sql></changeSet>")
    (finding,) = lint(text, path="changelog/a.xml", runner="liquibase")

    assert "concurrently-in-transaction" == finding.rule.name
    assert 'runInTransaction="false"' in finding.hit.message


def test_sql_file(tmp_path: Path) -> None:
    """A file is read beside the changelog or from a folder above it; without one there is a clear line."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "db" / "changelog"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("DROP INDEX i; DROP INDEX j")
    (tmp_path.parent / "outside.txt").write_text("DROP INDEX k")
    for path in ("a.txt' relativeToChangelogFile='true", "db/changelog/a.txt", "classpath:changelog/a.txt"):
        (unit,) = units(master(f"<changeSet id='1'><sqlFile path='{path}'/></changeSet>"), "xml", folder)
        assert ["DROP INDEX i", "DROP INDEX j"] == [piece.sql for piece in unit.pieces]
    for path in ("none.txt", "../../../outside.txt"):
        text = master(f"<changeSet id='1'>\n<sqlFile path='{path}'/></changeSet>")
        assert f"a.xml: line 3: sqlFile {path} does not exist" == refusal(text, "xml", folder)


def test_include(tmp_path: Path) -> None:
    """An included file has to be there, but for what a jar may hold."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "b.xml").touch()

    assert "a.xml: line 2: include no.xml does not exist" == refusal(
        master("<include file='no.xml'/>"), "xml", tmp_path
    )
    text = "databaseChangeLog:\n- include:\n    file: no.xml\n    relativeToChangelogFile: true\n"
    assert "a.yaml: line 2: include no.xml does not exist" == refusal(text, "yaml", tmp_path)
    for fine in ("b.xml", "classpath:db/c.xml", "${folder}/c.xml"):
        assert () == units(master(f"<include file='{fine}'/>"), "xml", tmp_path)


BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<databaseChangeLog>&b;</databaseChangeLog>
"""


@pytest.mark.parametrize(
    ("text", "suffix", "line"),
    [
        (BOMB, "xml", "line 2: a DTD is not supported"),
        ("<databaseChangeLog>\n<changeSet>\n", "xml", "line 3: not XML: no element found"),
        ("<databaseChangeLog>\n</a>", "xml", "line 2: not XML: mismatched tag"),
        ("databaseChangeLog:\n- a: [\n", "yaml", "line 3: not YAML: "),
        ("a: !!python/object:os.system\ndatabaseChangeLog: *no\n", "yml", "line 2: not YAML: "),
        ('{"databaseChangeLog": [\n}', "json", "line 2: not JSON: "),
        ('{"databaseChangeLog": \n\x00', "json", "line 2: not JSON: "),
        ("databaseChangeLog: " + "[" * 5000, "yaml", "line 1: not YAML: nested too deeply"),
    ],
)
def test_refused(text: str, suffix: str, line: str) -> None:
    """What is broken, or would blow up, is one line."""
    said = refusal(text, suffix)

    assert said.startswith(f"a.{suffix}: {line}")
    assert "\n" not in said


def test_aliases_without_end() -> None:
    """A YAML file that says itself over and over is given up."""
    rows = ["a0: &a0 {sql: x}", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
    text = "\n".join([*rows, "databaseChangeLog: *a11"])

    assert "endless aliases" in refusal(text, "yaml")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_changelog(suffix: str) -> None:
    """Any other file gives nothing, broken or not."""
    assert () == units("<a", suffix)


def test_marker(run: Run, tmp_path: Path) -> None:
    """The changelog itself says who runs it; what lies beside it is left alone."""
    folder = tmp_path / "changelog"
    folder.mkdir()
    (folder / "a.yaml").write_text(changelog("yaml", "createIndex", {"tableName": "t"}, [{"name": "a"}], {}))
    (folder / "other.json").write_text("{")
    ran = run("check", ".")

    assert 1 == ran.code
    assert "changelog/a.yaml:" in ran.out
    assert "" == ran.err
