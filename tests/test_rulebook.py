"""The rule book: its grammar, what is wrong with a page, and idxlint's own pages."""

from dataclasses import replace
from pathlib import Path

import pytest

from idxlint import rulebook
from idxlint.model import Example, Kind, LockClaim, Safety, Severity, StoppedBy
from idxlint.rulebook import RuleBookError
from idxlint.runners.registry import PROFILES
from tests.conftest import BOOK

FACTS = """\
id: IDX101
summary: index is built plainly
severity: error
kind: blocks
fix: unsafe
since: "0.1"
postgres: "14+"
locks:
  - {on: table, mode: SHARE, during: the whole build}
mirrors: {squawk: require-concurrent-index-creation}
"""
BODY = """\
## What happens
```sql before
CREATE TABLE t (a int);
```
```sql bad
CREATE INDEX i ON t (a);
```
```sql fixed
CREATE INDEX CONCURRENTLY i ON t (a);
```
```text
no example
```
```sql
SELECT 'no example either';
```
```sql before
```
```sql good
SELECT 1;
SELECT 2;
```
"""


def book(folder: Path, **pages: str) -> rulebook.Book:
    """The book of pages whose front matter is given; underscores in a name stand for dashes."""
    for name, facts in pages.items():
        text = f"---\n{facts}---\n{BODY}"
        (folder / f"{name.replace('_', '-')}.md").write_text(text, "utf-8")
    (folder / "README.md").write_text("not a page", "utf-8")
    return rulebook.load(folder)


def test_facts(tmp_path: Path) -> None:
    """Words in the front matter become types."""
    (rule,) = book(tmp_path, index_plain=FACTS).rules

    assert (
        rule.name,
        rule.id,
        rule.severity,
        rule.kind,
    ) == ("index-plain", "IDX101", Severity.ERROR, Kind.BLOCKS)
    assert (rule.fix, rule.since, rule.postgres, rule.default) == (Safety.UNSAFE, "0.1", (14, 18), True)
    assert rule.body == BODY


def test_facts_of_few(tmp_path: Path) -> None:
    """What most rules do not say has a value all the same: the usual one."""
    special = (
        "whole_file: true\nunjudged: true\nbeyond_file: true\nfix_repairs: false\n"
        "stopped_by: duplicate rows\nno_proof: only the tool knows\n"
    )
    pages = book(tmp_path, plain=FACTS, special=FACTS.replace("101", "102") + special)

    assert [
        (False, False, False, True, StoppedBy.CANCEL, ""),
        (True, True, True, False, StoppedBy.DUPLICATES, "only the tool knows"),
    ] == [
        (
            rule.whole_file,
            rule.unjudged,
            rule.beyond_file,
            rule.fix_repairs,
            rule.stopped_by,
            rule.no_proof,
        )
        for rule in pages.rules
    ]


def test_runner(tmp_path: Path) -> None:
    """The tool whose files the examples are; psql where the page does not say."""
    pages = book(tmp_path, index_plain=FACTS, other=FACTS.replace("101", "102") + "runner: golang-migrate\n")
    known = {profile.name for profile in PROFILES}

    assert [rule.runner for rule in pages.rules] == ["psql", "golang-migrate"]
    assert set() == {rule.runner for rule in BOOK.rules} - known


def test_claims_and_mirrors(tmp_path: Path) -> None:
    """Nested facts are read when they are asked for; `on` is a key here, whatever YAML thinks."""
    (rule,) = book(tmp_path, index_plain=FACTS + "hazards: [H-1, H-30]\n").rules

    assert (LockClaim("table", "SHARE", "the whole build"),) == rulebook.claims(rule)
    assert rulebook.mirrors(rule) == (("squawk", "require-concurrent-index-creation"),)
    assert ("H-1", "H-30") == rulebook.hazards(rule)


def test_examples(tmp_path: Path) -> None:
    """A before block is deployed for all that follow, until the next one; lines are those of the file."""
    (rule,) = book(tmp_path, index_plain=FACTS).rules
    table = "CREATE TABLE t (a int);\n"

    assert (
        Example("bad", "CREATE INDEX i ON t (a);\n", 18, table),
        Example("fixed", "CREATE INDEX CONCURRENTLY i ON t (a);\n", 21, table),
        Example("good", "SELECT 1;\nSELECT 2;\n", 32, ""),
    ) == rulebook.examples(rule)


def test_names(tmp_path: Path) -> None:
    """A rule answers to its name, its id in any case, and the names that it had."""
    pages = book(tmp_path, index_plain=FACTS + "aliases: [plain-index]\n")

    assert {"index-plain", "IDX101", "plain-index"} == {*pages.names()}
    for word in ("index-plain", "idx101", "PLAIN-INDEX"):
        assert pages.rules[0] == pages.rule(word)
    assert pages.rule("index") is None


def test_nearest(tmp_path: Path) -> None:
    """A misspelt name or id has a nearest one, and nonsense has none."""
    pages = book(tmp_path, index_plain=FACTS, other=FACTS.replace("101", "402"))

    assert (
        pages.nearest("index-plane"),
        pages.nearest("idx042"),
        pages.nearest("zzz"),
    ) == ("index-plain", "IDX402", None)


def test_order_and_table(tmp_path: Path) -> None:
    """Rules stand in the order of their ids, and the table links their pages."""
    off = "id: IDX100\nsummary: a | b\nseverity: note\nkind: waste\ndefault: false\nfix: none\n"

    assert rulebook.table(book(tmp_path, index_plain=FACTS, zebra=off), "rules/") == (
        "| id | name | severity | fires on | fix |\n"
        "|---|---|---|---|---|\n"
        "| IDX100 | [zebra](rules/zebra.md) | note, off | a \\| b |  |\n"
        "| IDX101 | [index-plain](rules/index-plain.md) | error | index is built plainly | unsafe |\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("kind: blocks\n", "", "kind is missing"),
        (
            "kind: blocks",
            "kind: blocking",
            "kind: 'blocking' is not blocks, refused, leftover, waste or self",
        ),
        ("kind:", "sort: x\nkind:", "sort is not a key; the keys are id, summary"),
        ("IDX101", "IDX1", "id: 'IDX1' is not IDX and three digits"),
        ("severity: error", "severity: fatal", "severity: 'fatal' is not error, warning or note"),
        ("fix: unsafe", "fix: often", "fix: 'often' is not safe, unsafe or none"),
        ('"14+"', '"9.6"', "postgres: '9.6' is not a range of 12 to 18"),
        ("kind:", "runner: Goose\nkind:", "runner: 'Goose' is not a name in lower case"),
        ("id:", "id: [", "front matter: "),
        ("id: IDX101", "default: 3\nid: IDX101", "default: 3 is not true or false"),
        ("id:", "whole_file: often\nid:", "whole_file: 'often' is not true or false"),
        ("id:", "unjudged: 1\nid:", "unjudged: 1 is not true or false"),
        ("id:", "beyond_file: []\nid:", "beyond_file: [] is not true or false"),
        ("id:", "fix_repairs: 'no'\nid:", "fix_repairs: 'no' is not true or false"),
        (
            "id:",
            "stopped_by: a storm\nid:",
            "stopped_by: 'a storm' is not a cancel, duplicate rows or a timeout of the file",
        ),
        ("id:", "no_proof:\nid:", "no_proof: None is not one line of text"),
    ],
)
def test_wrong_page(tmp_path: Path, old: str, new: str, error: str) -> None:
    """What is wrong with a page is said with its file and key."""
    with pytest.raises(RuleBookError) as caught:
        book(tmp_path, index_plain=FACTS.replace(old, new, 1))

    assert str(caught.value).startswith(f"rules/index-plain.md: {error}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("mode: SHARE", "mode: SHARED", "locks: "),
        ("on: table", "at: table", "locks: "),
        ("{squawk: require-concurrent-index-creation}", "[squawk]", "mirrors: "),
    ],
)
def test_wrong_nested_facts(tmp_path: Path, old: str, new: str, error: str) -> None:
    """Nested facts are held against the grammar when they are asked for."""
    (rule,) = book(tmp_path, index_plain=FACTS.replace(old, new)).rules

    with pytest.raises(RuleBookError, match=f"^rules/index-plain.md: {error}"):
        assert [*rulebook.claims(rule), *rulebook.mirrors(rule)]


def test_wrong_fences(tmp_path: Path) -> None:
    """A misspelt fence would be an example that no test runs, so it is an error with its line."""
    (rule,) = book(tmp_path, index_plain=FACTS).rules
    path = tmp_path / "index-plain.md"
    for old, new, error in (
        ("sql good", "sql goood", ":31: sql goood: a block is before, bad, fixed or good"),
        ("sql bad", "sql good", ":20: sql fixed: it comes right after a bad block"),
    ):
        wrong = rulebook.read(path.name, rule.page.replace(old, new))
        with pytest.raises(RuleBookError) as caught:
            rulebook.examples(wrong)
        assert f"rules/index-plain.md{error}" == str(caught.value)


def test_one_word_two_rules(tmp_path: Path) -> None:
    """Two pages with one id are refused."""
    with pytest.raises(RuleBookError, match="IDX101 also means"):
        book(tmp_path, index_plain=FACTS, other=FACTS)


def test_no_pages(tmp_path: Path) -> None:
    """An empty folder, a missing one, a page without front matter and a bad file name are refused."""
    with pytest.raises(RuleBookError, match=r"^rules: there is no page in it$"):
        rulebook.load(tmp_path)
    with pytest.raises(RuleBookError, match=r"^rules: "):
        rulebook.load(tmp_path / "missing")
    for name, text in (("plain.md", "# Title\n"), ("Plain_Page.md", f"---\n{FACTS}---\n")):
        with pytest.raises(RuleBookError, match=f"^rules/{name}: a page"):
            rulebook.read(name, text)


def test_own_pages() -> None:
    """Every page of idxlint is right, and its quick reading is that of YAML, which a comment calls for."""
    for rule in BOOK.rules:
        by_yaml = rulebook.read(f"{rule.name}.md", rule.page.replace("---\n", "---\n# read by YAML\n", 1))

        assert replace(by_yaml, page=rule.page) == rule
        assert all(lock.during for lock in rulebook.claims(rule))
        assert all(map(all, rulebook.mirrors(rule)))
        assert rulebook.examples(rule) or rule.kind is Kind.SELF
        assert rule.body.startswith("## What happens\n")
