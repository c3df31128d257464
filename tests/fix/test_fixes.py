"""Fixes: what each writes, what is left alone, and that nothing else in the file changes."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idxlint.fix.apply import FixError, Linted, improve, write
from idxlint.fix.line_diff import diff
from idxlint.model import Direction, Edit, Finding, Fix, Hit, Safety, Severity, Source, Span
from tests.conftest import BOOK, times
from tests.helpers.fixes import improved, judged
from tests.helpers.recipes import RECIPES, TABLES, Recipe

INDEX = "CREATE INDEX i ON t (a);"
LEFT = {
    "index needed later": f"BEGIN;\n{INDEX}\nCOMMENT ON INDEX I IS 'x';\nCOMMIT;\n",
    "constraint referenced later": (
        "BEGIN;\nALTER TABLE t ADD CONSTRAINT k UNIQUE (a);\nCREATE TABLE r (x int REFERENCES t (a));\nCOMMIT;\n"
    ),
    "unique index inferred later": (
        "BEGIN;\nCREATE UNIQUE INDEX i ON t (a);\nINSERT INTO t VALUES (1) ON CONFLICT (a) DO NOTHING;\nCOMMIT;\n"
    ),
    "table renamed later": f"BEGIN;\n{INDEX}\nALTER TABLE t RENAME TO u;\nCOMMIT;\n",
    "column dropped later": "BEGIN;\nDROP INDEX old_a;\nALTER TABLE t DROP COLUMN a;\nCOMMIT;\n",
    "index renamed later": "BEGIN;\nREINDEX INDEX old_a;\nALTER INDEX old_a RENAME TO x;\nCOMMIT;\n",
    "table copied later": (
        "BEGIN;\nALTER TABLE t ADD CONSTRAINT k UNIQUE (a);\nCREATE TABLE n (LIKE t INCLUDING INDEXES);\nCOMMIT;\n"
    ),
    "index that stands": "CREATE UNIQUE INDEX IF NOT EXISTS old_a ON t (c);",
    "concurrent index that stands": "CREATE INDEX CONCURRENTLY IF NOT EXISTS old_a ON t (c);",
    "rolled back": f"BEGIN;\n{INDEX}\nROLLBACK;\n",
    "rolled back to a savepoint": f"BEGIN;\nSAVEPOINT s;\n{INDEX}\nROLLBACK TO s;\nCOMMIT;\n",
    "prepared": f"BEGIN;\n{INDEX}\nPREPARE TRANSACTION 'x';\n",
    "never committed": f"BEGIN;\n{INDEX}\n",
    "in a body": f"DO $$ BEGIN {INDEX} END $$;",
    "in a string": "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON t (a)'; END $$;",
    "partitioned": "CREATE INDEX i ON p (a);",
    "exclusion": "ALTER TABLE t ADD EXCLUDE USING gist (b WITH &&);",
    "new primary key column": "ALTER TABLE t ADD COLUMN d bigserial PRIMARY KEY;",
    "whole system": "REINDEX SYSTEM d;",
    "some a constraint's": "DROP INDEX old_a, t_key;",
    "schema with elements": "CREATE SCHEMA s CREATE INDEX i ON t (a);",
}
PIECES = st.sampled_from(
    [
        *(recipe.text.rstrip().rstrip(";") for name, recipe in RECIPES.items() if "no semicolon" not in name),
        "BEGIN", "COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "SAVEPOINT s", "ROLLBACK TO s", "SELECT 'é😀'",
        "SET lock_timeout = '5s'", "SET LOCAL statement_timeout = 1000", "RESET ALL", "CREATE TABLE n (a int)",
        "CREATE INDEX i ON n (a)", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "VACUUM t", "DROP TABLE t",
        "ALTER TABLE t RENAME TO n", "ALTER TABLE ${x}.t ADD UNIQUE (a)", "CREATE TABEL x", "-- note\nSELECT 1",
        "DO $$ BEGIN CREATE INDEX i ON t (a); END $$", "COMMENT ON INDEX i IS 'x'", "\\set x 1\nSELECT 1",
    ]
)  # fmt: skip
FILES = st.builds(
    lambda pieces, between, last: between.join(pieces) + last,
    st.lists(PIECES, max_size=7),
    st.sampled_from([";\n", "; ", ";\r\n", ";\r", ";", "\n;\n", " /* x */; -- y\n"]),
    st.sampled_from(["", ";", ";\n", "; -- end"]),
)


def cases(table: dict[str, str] | dict[str, Recipe]) -> list[object]:
    """One test for each row."""
    return [pytest.param(row, id=name) for name, row in table.items()]


@pytest.mark.parametrize("recipe", cases(RECIPES))
def test_recipe(recipe: Recipe) -> None:
    """The fixed text is the one that a person would write, nothing is left to say, and it stays as it is."""
    fixed = improved(recipe.text, TABLES)

    assert recipe.fixed == fixed.text
    assert [] == [finding.rule.name for finding in judged(fixed.text, TABLES).findings]
    assert () == fixed.refused


@pytest.mark.parametrize("text", cases(LEFT))
def test_left_alone(text: str) -> None:
    """Where a rewriting could break the migration there is none."""
    assert judged(text, TABLES).findings
    assert text == improved(text, TABLES).text
    assert () == improved(text, TABLES).refused


def test_safe_level() -> None:
    """--fix alone leaves what needs a second look."""
    text = f"CREATE INDEX CONCURRENTLY ON t (a);\n{INDEX}\n"

    fixed = improved(text, TABLES, Safety.SAFE)

    assert f"CREATE INDEX CONCURRENTLY t_a_idx ON t (a);\n{INDEX}\n" == fixed.text
    assert fixed.count == 1


@given(FILES)
@settings(max_examples=times(300), deadline=None)
def test_fixing_any_file(text: str) -> None:
    """It parses as well as before, brings nothing new, ends, and takes nothing else away."""
    before = judged(text, TABLES)
    fixed = improved(text, TABLES)
    after = judged(fixed.text, TABLES)

    assert after.gaps <= before.gaps
    assert {*subjects(after)} <= {*subjects(before)}
    assert len(before.findings) - len(after.findings) == fixed.count
    assert fixed.text == improved(fixed.text, TABLES).text


@given(FILES)
@settings(max_examples=times(200), deadline=None)
def test_edits_stay_in_their_place(text: str) -> None:
    """Edits lie in the file, do not overlap, and everything between them is kept to the letter."""
    for finding in judged(text, TABLES).findings:
        edits = sorted(finding.hit.fix.edits) if finding.hit.fix else []
        bounds = [place for edit in edits for place in (edit.start, edit.end)]

        assert sorted(bounds) == bounds
        assert all(0 <= place <= len(text) for place in bounds)
        assert [edit for edit in edits if edit.text != text[edit.start : edit.end]] == edits


def subjects(linted: Linted) -> list[tuple[str, str]]:
    """Rule and subject of each finding."""
    return [(finding.rule.id, finding.hit.subject) for finding in linted.findings]


def finding(subject: str, edit: Edit) -> Finding:
    """A finding whose fix is one edit."""
    (rule, *_) = BOOK.rules
    hit = Hit("m", Span(edit.start, edit.end), subject, Fix("fix it", Safety.SAFE, (edit,)))
    return Finding(
        rule, hit, Severity.ERROR, Source("a", ""), Span(0, 1), Direction.UP, "psql", True, subject
    )


def found(*pairs: tuple[str, Edit], gaps: int = 0) -> Linted:
    """Findings by their subjects."""
    return Linted([finding(*pair) for pair in pairs], gaps)


@pytest.mark.parametrize(
    ("then", "refused"),
    [
        pytest.param(found(), [], id="ends well"),
        pytest.param(found(("y", Edit(0, 0, ""))), ["x"], id="brings another"),
        pytest.param(found(("x", Edit(0, 1, "b"))), ["x"], id="changes nothing"),
        pytest.param(found(gaps=1), ["x"], id="does not parse"),
    ],
)
def test_distrust(then: Linted, refused: list[str]) -> None:
    """A fix is taken only if the finding goes, no other comes, and all of it can be judged."""
    linted = {"a": found(("x", Edit(0, 1, "b"))), "b": then}

    fixed = improve("a", linted.__getitem__, Safety.SAFE)

    assert refused == [one.hit.subject for one in fixed.refused]
    assert fixed.text == ("a" if refused else "b")


def test_one_bad_fix_spares_the_others() -> None:
    """Where fixes fail together, each is tried by itself."""

    def lint(text: str) -> Linted:
        good = [("good", Edit(0, 1, "A"))] if text[0] == "a" else []
        bad = [("bad" if text[2] == "b" else "worse", Edit(2, 3, "B"))]
        return found(*good, *bad)

    fixed = improve("a b", lint, Safety.SAFE)

    assert ("A b", 1) == (fixed.text, fixed.count)
    assert ["bad"] == [one.hit.subject for one in fixed.refused]


def test_many_bad_fixes_end() -> None:
    """However many fixes bring a gap, the attempts are few, and those that are not written are told of."""
    text, tries = "a " * 5_000, 0

    def lint(tried: str) -> Linted:
        nonlocal tries
        tries += 1
        findings = [(str(at), Edit(2 * at, 2 * at + 1, "b")) for at in range(1_000)]
        return found(*(() if tried != text else findings), gaps=int(tried != text))

    fixed = improve(text, lint, Safety.SAFE)

    assert (text, 0) == (fixed.text, fixed.count)
    assert 1_000 == len(fixed.refused)
    assert tries < 100


def test_a_fix_that_spoils_what_it_writes_is_known() -> None:
    """What a fix brings into its own text tells which one it is: the others are written in two passes."""
    text, tries = "a " * 1_000, 0

    def lint(tried: str) -> Linted:
        nonlocal tries
        tries += 1
        left = [
            (f"{at}", Edit(at, at + 1, "b" if at % 4 else "c"))
            for at in range(0, 2_000, 2)
            if tried[at] == "a"
        ]
        return found(*left, *((f"new {at}", Edit(at, at, "")) for at, one in enumerate(tried) if one == "c"))

    fixed = improve(text, lint, Safety.SAFE)

    assert (500, 500) == (fixed.count, len(fixed.refused))
    assert "a b " * 500 == fixed.text
    assert tries < 10


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "latin-1"),
    ],
)
def test_written_as_it_was_read(tmp_path: Path, bom: bytes, encoding: str) -> None:
    """Byte order mark, encoding, mode, link and line ends stay; nothing is left beside the file."""
    path, link = tmp_path / "1.sql", tmp_path / "link.sql"
    source = Source("1.sql", "-- é\r\nold", encoding, bom)
    path.write_bytes(source.encoded(source.text))
    path.chmod(0o640)
    link.symlink_to("1.sql")

    write(link, source, "-- é\r\nnew")

    assert bom + "-- é\r\nnew".encode(encoding) == path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert {path, link} == {*tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("held", "encoding", "text", "error"),
    [
        pytest.param(b"other", "utf-8", "new", "changed since it was read; nothing written", id="changed"),
        pytest.param(
            b"old", "latin-1", "€", "the fix cannot be written in its encoding, latin-1", id="encoding"
        ),
        pytest.param(None, "utf-8", "new", "cannot be written: no such file or directory", id="gone"),
    ],
)
def test_not_written(tmp_path: Path, held: bytes | None, encoding: str, text: str, error: str) -> None:
    """What cannot be replaced stays as it is, and one line says why."""
    path = tmp_path / "1.sql"
    if held is not None:
        path.write_bytes(held)

    with pytest.raises(FixError) as caught:
        write(path, Source("1.sql", "old", encoding), text)

    assert f"1.sql: {error}" == str(caught.value)
    assert ([] if held is None else [held]) == [one.read_bytes() for one in tmp_path.iterdir()]


def test_replaced_at_once(tmp_path: Path) -> None:
    """Whoever has the file open reads the old one to its end."""
    path = tmp_path / "1.sql"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        write(path, Source("1.sql", "old"), "new")

        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"


def test_diff() -> None:
    """A unified diff that patch takes, also without a last line end."""
    end = "\\ No newline at end of file\n"
    shown = "".join(diff(Source("a.sql", "a\nb"), "a\nc", [[Edit(2, 3, "c")]]))

    assert f"--- a.sql\n+++ a.sql\n@@ -1,2 +1,2 @@\n a\n-b\n{end}+c\n{end}" == shown
