"""What a migration tool replaces before PostgreSQL sees the text."""

import pytest

from idxlint.sql.text import parse
from tests.helpers.reading import gaps, statements


@pytest.mark.parametrize(
    "written",
    [
        "${schema}",
        "${a:b}",
        "{{ x }}",
        "{{ .Schema }}",
        ":schema",
        ':"schema"',
        ":'schema'",
        "@schema@",
        "%(schema)s",
        "%s",
        "{schema}",
        "{}",
        "<%= x %>",
        "$(schema)",
        "#{x}",
        "$schema",
    ],
)
def test_placeholders(written: str) -> None:
    """A placeholder is an identifier of equal length to the parser, and its name can be restored."""
    text = (
        f"SELECT 1; DROP TABLE {written}; SELECT 'é{written}'"
        if "'" not in written
        else f"DROP TABLE {written}"
    )
    parsed = parse(text)
    drop = next(one for one in parsed.statements if one.sql.startswith("DROP"))
    assert () == parsed.gaps
    assert f"DROP TABLE {written}" == text[drop.start : drop.end]
    assert {drop.sql.removeprefix("DROP TABLE ").lower(): written} == parsed.placeholders


def test_a_placeholder_is_a_part_of_its_name() -> None:
    """The name goes on before and behind it, folded as the parser folds it."""
    parsed = parse("CREATE INDEX Idx_${p}_A ON ${s}.t (a)")
    assert {"idx___p__a": "Idx_${p}_A", "__s_": "${s}"} == parsed.placeholders


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT a[1:n], b::int FROM :s.t", "SELECT a[1:n], b::int FROM _s.t"),
        ("CREATE INDEX ${concurrently} i ON t (a)", "CREATE INDEX                 i ON t (a)"),
        ("COMMENT ON TABLE t IS :'why'", "COMMENT ON TABLE t IS  'why'"),
        ("COMMENT ON TABLE t IS ${why}", "COMMENT ON TABLE t IS '_why'"),
        (
            "CREATE INDEX {{ if .X }}CONCURRENTLY{{ end }} i ON t (a)",
            "CREATE INDEX            CONCURRENTLY          i ON t (a)",
        ),
        ("SELECT '${a}' FROM ${b}", "SELECT '${a}' FROM __b_"),
        ("SELECT $1, 1 %2", "SELECT $1, 1 %2"),
    ],
)
def test_what_placeholders_become(text: str, expected: str) -> None:
    """Identifiers first, then nothing, strings and numbers; literals keep theirs."""
    assert [expected] == statements(text)


@pytest.mark.parametrize(
    ("tag", "end"),
    [
        ("{% if x %}", "{% endif %}"),
        ("{{- if .X }}", "{{ end -}}"),
        ("<% if x %>", "<% end %>"),
        ('{{ template "a.sql" . }}', "{# it's #}"),
    ],
)
def test_template_tags_are_gaps(tag: str, end: str) -> None:
    """What steers a template stands for no SQL, and the statements between are read."""
    text = f"{tag}\nCREATE INDEX i ON t (a);\n{end}\n"
    expected = [("template", f"a template tag, not SQL: {one}", one) for one in (tag, end)]
    assert ["CREATE INDEX i ON t (a)"] == statements(text)
    assert expected == gaps(text)


def test_a_placeholder_for_whole_statements_is_a_gap() -> None:
    """Nobody knows what it stands for."""
    assert [("template", "${all} stands for SQL that is not here", "${all}")] == gaps("${all};\nSELECT 1;")


def test_a_broken_statement_with_placeholders_is_a_template() -> None:
    """It is PostgreSQL's message all the same."""
    assert [("template", 'syntax error at or near "TABEL"', "CREATE TABEL ${a}")] == gaps(
        "CREATE TABEL ${a};"
    )


def test_the_mark_of_play_is_a_gap() -> None:
    """Its dashes make the rest of the line a comment."""
    text = "# --- !Ups\nCREATE INDEX i ON t (a);\n# --- !Downs\nDROP INDEX i;"
    assert ["CREATE INDEX i ON t (a)", "DROP INDEX i"] == statements(text)
    assert ["#", "#"] == [gap for _, _, gap in gaps(text)]
