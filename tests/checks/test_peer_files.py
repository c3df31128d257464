"""Files that make the other linters stumble: one odd line costs that line, and nothing else."""

from pathlib import Path
from typing import NamedTuple

import pytest

from idxlint.config.configuration import Config
from idxlint.engine.judge import Selection
from idxlint.engine.judged_file import judge_file
from idxlint.engine.parsed_file import parse_file
from idxlint.engine.request import Request
from idxlint.runners import load
from idxlint.runners.plan import plan
from idxlint.sql.state.schema import Schema
from tests.conftest import BOOK, names

BUILD, BROKEN, UNSURE = "index-not-concurrent", "not-parsed", "not-judged"
INDEX = "CREATE INDEX i ON t (a);\n"


class Said(NamedTuple):
    """What linting a file's bytes says: rules with their lines and columns, and reasons of gaps."""

    findings: list[tuple[str, int, int]]
    gaps: list[str]


def said(data: bytes | str) -> Said:
    """Lint bytes as the file db/1.sql."""
    raw = data.encode() if isinstance(data, str) else data
    migration = load(plan(Path("db/1.sql"), "db/1.sql"), raw)
    selection = Selection.of(BOOK.rules, Config())
    judged = judge_file(parse_file(migration), Schema(), selection, Request((), BOOK, Config()))
    findings = [
        (finding.rule.name, *finding.source.position(finding.hit.at.start))
        for finding in sorted(judged.findings, key=lambda finding: finding.key)
    ]
    return Said(findings, [str(entry.gap.reason) for entry in judged.gaps])


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        pytest.param("\\set x 1\n", ["psql"], id="set"),
        pytest.param("\\i other.sql\n", ["psql"], id="include"),
        pytest.param("\\c app\n", ["psql"], id="connect"),
        pytest.param("\\if :x\n\\echo it's\n\\endif\n", ["psql"] * 3, id="if"),
        pytest.param("SELECT 1 \\gexec\n", ["psql"], id="gexec"),
        pytest.param("COPY t FROM stdin;\n1\tit's; --\n\\.\n", ["psql"], id="copy"),
        pytest.param("COPY t FROM stdin;\n\\.\n", ["psql"], id="copy of no rows"),
        pytest.param("ALTER TABLE {{ t }} ADD c int;\n", [], id="braces"),
        pytest.param("ALTER TABLE ${t} ADD c int;\n", [], id="dollar braces"),
        pytest.param('ALTER TABLE :t ADD :"c" int;\n', [], id="colon"),
        pytest.param("ALTER TABLE @t@ ADD c int;\n", [], id="at signs"),
        pytest.param("SELECT * FROM t WHERE a = %s;\n", [], id="percent"),
    ],
)
def test_index_behind_an_odd_line(text: str, gaps: list[str]) -> None:
    """The build in the line behind it is found where it stands, and nothing is made up."""
    found = said(text + INDEX)

    assert [(BUILD, text.count("\n") + 1, 8)] == found.findings
    assert gaps == found.gaps


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        pytest.param("CREATE INDEX i ON ${schema}.t (a);", 1, 8, id="dollar braces"),
        pytest.param("CREATE INDEX i ON {{ schema }}.t (a);", 1, 8, id="braces"),
        pytest.param("CREATE INDEX i ON :schema.t (a);", 1, 8, id="colon"),
        pytest.param('CREATE INDEX i ON :"schema".t (a);', 1, 8, id="quoted colon"),
        pytest.param("CREATE INDEX i ON @schema@.t (a);", 1, 8, id="at signs"),
        pytest.param("/* é😀 */ CREATE INDEX i ON t (a);", 1, 17, id="multi-byte columns"),
        pytest.param("SELECT 'é';\r\nCREATE INDEX i ON t (a);\r\n", 2, 8, id="CRLF"),
        pytest.param("-- one\rCREATE INDEX i ON t (a);\r", 2, 8, id="lone CR"),
        pytest.param("-- one\r\n\rCREATE INDEX i ON t (a)", 3, 8, id="mixed line ends"),
    ],
)
def test_place(sql: str, line: int, column: int) -> None:
    """The finding stands at the word, in lines and code points."""
    assert Said([(BUILD, line, column)], []) == said(sql)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param(b"\xef\xbb\xbf" + INDEX.encode(), 1, id="UTF-8 BOM"),
        pytest.param(b"-- caf\xe9\n" + INDEX.encode(), 2, id="Latin-1 comment"),
        pytest.param(INDEX.encode("utf-16"), 1, id="UTF-16 with BOM"),
        pytest.param(INDEX.encode("utf-16-le"), 1, id="UTF-16 LE"),
        pytest.param(INDEX.encode("utf-16-be"), 1, id="UTF-16 BE"),
    ],
)
def test_encoding(data: bytes, line: int) -> None:
    """A file is read in the encoding that it is in."""
    assert Said([(BUILD, line, 8)], []) == said(data)


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        pytest.param(f"{INDEX}CREATE TABEL x;\n{INDEX}", [BUILD, BROKEN, BUILD], id="in the middle"),
        pytest.param(f"CREATE TABLE x (a int\n;\n{INDEX}", [BROKEN, BUILD], id="parenthesis left open"),
        pytest.param(f"{INDEX}SELECT 'never closed", [BUILD, BROKEN], id="quote left open"),
        pytest.param(f"SELECT 1\n{INDEX}", [BROKEN, BUILD], id="semicolon left out"),
        pytest.param(f"{INDEX}\0\n{INDEX}", [BUILD, BROKEN, BUILD], id="NUL between statements"),
        pytest.param(f"COMMENT ON TABLE t IS 'a\0b';\n{INDEX}", [BROKEN, BUILD], id="NUL in a literal"),
    ],
)
def test_broken_text(text: str, findings: list[str]) -> None:
    """What PostgreSQL refuses is told, and what stands around it is judged."""
    assert findings == [name for name, _, _ in said(text).findings]


@pytest.mark.parametrize(
    "text", ["", "\n", " \t\r\n", "-- nothing\n", "/* a /* nested */ one */", ";;", "\ufeff"]
)
def test_nothing_to_say(text: str) -> None:
    """An empty file, and one with only comments, is clean."""
    assert Said([], []) == said(text)


def test_generated_build_is_not_judged() -> None:
    r"""What a query hands to \gexec is known when it runs, so it is said that nobody looked."""
    sql = "SELECT format('CREATE INDEX ON %I (a)', t) FROM list \\gexec\n"

    assert [UNSURE] == [name for name, _, _ in said(sql).findings]


def test_template_around_statements() -> None:
    """Control tags of a template are gaps, and what they wrap is judged."""
    found = said("{% if x %}\n" + INDEX + "{% endif %}\n")

    assert [(BUILD, 2, 8)] == found.findings
    assert ["template", "template"] == found.gaps


def test_another_dialect_is_one_note() -> None:
    """A MySQL file is told apart with one line, not a hundred."""
    table = "CREATE TABLE `{}` (`id` int unsigned AUTO_INCREMENT) ENGINE=InnoDB;\n"

    assert [BROKEN] == [name for name, _, _ in said("".join(map(table.format, "abc"))).findings]


def test_a_string_that_a_function_gets_is_not_executed() -> None:
    """The text of a log is no statement; what a function makes of a string is, where it is executed."""
    body = "DO $$ BEGIN {} EXECUTE format('SELECT done(%L, %L)', job, step) INTO step; END $$;"
    log = "step := add_step(job, format('Drop index %s from %s', name, part));"
    made = "command := pick(format('DROP INDEX %I', name)); EXECUTE command || ';';"
    pattern = "command := pick('DROP INDEX %I'); EXECUTE format(command, name);"

    assert [] == names(body.format(log))
    assert [UNSURE] == names(body.format(made))
    assert [UNSURE] == names(body.format(pattern))
