"""Whatever the documents say that can be computed is computed: `python -m tests.test_docs` writes it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from idxlint import __version__, rulebook
from idxlint.cli.ci_files import CI, lines
from idxlint.cli.main import cli
from idxlint.cli.origin import OWNER, Origin
from idxlint.config import load
from idxlint.runners import runner_page
from idxlint.runners.registry import PROFILES
from tests.action.workflow import ACTION
from tests.conftest import BOOK, names

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DEMO = ROOT / "fixtures" / "demo"
RELEASED = Origin(f"https://github.com/{OWNER}", f"v{__version__}")
SHOWN = "migrations/0002_filter_orders.sql"
EXPLAINED = "migrations/0006_add_coupons.sql"
DOCUMENTS = (
    README,
    ROOT / "rules" / "README.md",
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
)
HAZARDS = ROOT / "rules" / "hazards.md"
PAGES = sorted((ROOT / "rules").glob("*.md"))
STALE = (
    "is not what the program says; `python -m tests.test_docs` writes it, read the difference and commit it"
)
_BLOCK = re.compile(r"(?s)(<!-- begin ([\w-]+) -->\n)(.*?)(<!-- end \2 -->)")
_FENCE = re.compile(r"(?ms)^```([\w-]+)[^\n]*\n(.*?)^```$")
_LINK = re.compile(r"\]\(([^)#\s]+)")
_HAZARD = re.compile(r"(?m)^\| (H-\w+) \| (.*?) \| ?(.*?) ?\|$")
_RULE = re.compile(r"IDX[1-9]\d{2}\b|(?<=ignore\[)[\w-]+|(?<=idxlint rule )[\w-]+")


def said(*arguments: str, folder: Path = DEMO) -> str:
    """What idxlint prints in a folder: the checkout's idxlint, not one that happens to be installed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "idxlint", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


def blocks() -> dict[str, str]:
    """The generated parts of the README by the names of their markers."""
    migration = (DEMO / SHOWN).read_text("utf-8")
    return {
        "demo-input": f"```sql\n{migration}```\n",
        "demo-output": f"```console\n$ idxlint check {SHOWN}\n{said('check', SHOWN)}```\n",
        "action": "\n".join([*_inputs_and_outputs(), ""]),
        "rules": rulebook.table(BOOK, "rules/"),
        **{ci: f"```yaml\n{CI[ci](RELEASED).text}```\n" for ci in ("gitlab", "pre-commit")},
        "any": f"```sh\n{lines(RELEASED)}```\n",
        "help": f"```text\n{said('check', '--help')}```\n",
        "explain-output": f"```console\n$ idxlint explain {EXPLAINED}\n{said('explain', EXPLAINED)}```\n",
        "explain-help": f"```text\n{said('explain', '--help')}```\n",
        "live-help": f"```text\n{said('live', '--help')}```\n",
    }


def _inputs_and_outputs() -> Iterator[str]:
    yield "<details><summary>All inputs and outputs of the action</summary>\n"
    yield "| input | default | what it is |\n|---|---|---|"
    for name, facts in ACTION["inputs"].items():
        default = f"`{facts['default']}`" if facts["default"] else ""
        yield f"| `{name}` | {default} | {facts['description']} |"
    yield "\n| output | what it is |\n|---|---|"
    for name, facts in ACTION["outputs"].items():
        yield f"| `{name}` | {facts['description']} |"
    yield "\n</details>"


def readme() -> str:
    """The README with its generated parts as they have to be."""
    generated = blocks()
    return _BLOCK.sub(lambda found: found[1] + generated[found[2]] + found[4], README.read_text("utf-8"))


def rule_book() -> str:
    """The entrance of the rule book: all rules, and the same rules in other linters."""
    linters = sorted({linter for rule in BOOK.rules for linter, _ in rulebook.mirrors(rule)})
    return "\n".join(
        [
            "# The rule book\n",
            "One page a rule. Every SQL block on a page runs as a test: what is called bad is reported,",
            "what is called good or fixed is not, and both run on real servers. This table is generated.\n",
            rulebook.table(BOOK),
            "## Coming from another linter\n",
            f"| {' | '.join(['here', *linters])} |",
            "|---" * (len(linters) + 1) + "|",
            *_elsewhere(linters),
            "",
        ]
    )


def _elsewhere(linters: list[str]) -> Iterator[str]:
    for rule in BOOK.rules:
        mirrors = dict(rulebook.mirrors(rule))
        if mirrors:
            yield f"| [{rule.name}]({rule.name}.md) | {' | '.join(mirrors.get(one, '') for one in linters)} |"


def hazards() -> str:
    """The page of hazards with the rules for each row; one that no rule is about says why itself."""
    rules: dict[str, list[str]] = {}
    for rule in BOOK.rules:
        for row in rulebook.hazards(rule):
            rules.setdefault(row, []).append(f"[{rule.id}]({rule.name}.md)")
    page = HAZARDS.read_text("utf-8")
    rows = set(_HAZARD.findall(page))
    assert {*rules} <= {row for row, _, _ in rows}, (
        "a rule names a hazard that rules/hazards.md does not have"
    )
    return _HAZARD.sub(
        lambda row: f"| {row[1]} | {row[2]} | {', '.join(rules.get(row[1], [row[3]]))} |", page
    )


def test_every_hazard_has_a_rule_or_a_reason() -> None:
    """What no rule is about says why."""
    rows = _HAZARD.findall(HAZARDS.read_text("utf-8"))

    assert [] == [row for row, _, rules in rows if not rules.startswith(("[IDX", "none: "))]


def generated() -> dict[Path, str]:
    """Every document that is generated, whole or in parts."""
    return {
        README: readme(),
        ROOT / "rules" / "README.md": rule_book(),
        HAZARDS: hazards(),
        ROOT / "rules" / "runners.md": runner_page.page(PROFILES),
        DEMO / "expected.txt": said("check", "migrations"),
    }


@pytest.mark.parametrize("name", ["demo-input", "demo-output", "explain-output", "action", "rules"])
def test_readme_block(name: str) -> None:
    """What the README shows is what the program prints."""
    shown = {found[2]: found[3] for found in _BLOCK.finditer(README.read_text("utf-8"))}

    assert blocks()[name] == shown[name], f"README.md: {name} {STALE}"


@pytest.mark.parametrize("name", ["help", "explain-help", "live-help"])
def test_readme_help(name: str) -> None:
    """The help in the README is the help; where its lines break is up to click."""
    shown = {found[2]: found[3] for found in _BLOCK.finditer(README.read_text("utf-8"))}

    assert blocks()[name].split() == shown[name].split(), f"README.md: {name} {STALE}"


@pytest.mark.parametrize("name", ["live.svg", "live-crash.svg"])
def test_readme_picture(name: str) -> None:
    """A picture of the README is there, is well-formed, says in words what it shows, and loads nothing."""
    path = ROOT / ".github" / name
    text = path.read_text("utf-8")
    picture = ET.fromstring(text)  # noqa: S314, our own

    assert f"](.github/{name})" in README.read_text("utf-8")
    assert "{http://www.w3.org/2000/svg}svg" == picture.tag
    assert "orders_status_idx" in (picture.findtext("{http://www.w3.org/2000/svg}title") or "")
    assert {"http://www.w3.org/2000/svg"} == set(re.findall(r"https?://[^\"]+", text))


def test_readme_has_no_other_block() -> None:
    """Each marker is filled by this test."""
    shown = [found[2] for found in _BLOCK.finditer(README.read_text("utf-8"))]

    assert sorted(blocks()) == sorted(shown)


def test_rule_book() -> None:
    """The entrance of the rule book lists what is in it."""
    assert rule_book() == (ROOT / "rules" / "README.md").read_text("utf-8"), f"rules/README.md {STALE}"


def test_runners() -> None:
    """The page about the migration tools is made from their profiles."""
    page = ROOT / "rules" / "runners.md"

    assert runner_page.page(PROFILES) == page.read_text("utf-8"), f"rules/runners.md {STALE}"


def test_hazards() -> None:
    """Each row of hazards says the rules whose pages name it."""
    assert hazards() == HAZARDS.read_text("utf-8"), f"rules/hazards.md {STALE}"


def test_demo() -> None:
    """The demo's report is the one beside it."""
    expected = (DEMO / "expected.txt").read_text("utf-8")

    assert expected == said("check", "migrations"), f"fixtures/demo/expected.txt {STALE}"


def test_readme_sql_is_silent() -> None:
    """SQL in the README, but for the demo, is SQL that idxlint has nothing against."""
    text = _BLOCK.sub("", README.read_text("utf-8"))
    found = [fence[2] for fence in _FENCE.finditer(text) if fence[1] == "sql"]

    assert found
    assert [] == [name for sql in found for name in names(sql)]


def test_readme_configuration(tmp_path: Path) -> None:
    """The configuration in the README is one, and has all keys."""
    (shown,) = [fence[2] for fence in _FENCE.finditer(README.read_text("utf-8")) if "fail_on:" in fence[2]]
    (tmp_path / "idxlint.yaml").write_text(shown, "utf-8")
    read = load.load(tmp_path, None, BOOK.names())
    keys = {key for key in load.Config.__slots__ if key[0] != "_"} - {"file", "root", "start"}

    assert read.file is not None
    assert keys == set(re.findall(r"^(\w+):", shown, re.MULTILINE))


def test_readme_action() -> None:
    """What the README shows of the action uses inputs that it has."""
    (shown,) = [
        fence[2] for fence in _FENCE.finditer(README.read_text("utf-8")) if "uses: OWNER/idxlint@" in fence[2]
    ]

    assert set() == set(yaml.safe_load(shown)[-1]["with"]) - set(ACTION["inputs"])


def test_readme_options() -> None:
    """Every option of check is in the README."""
    options = {option for parameter in cli.commands["check"].params for option in parameter.opts}
    text = README.read_text("utf-8")

    assert set() == {option for option in options if option.startswith("--") and option not in text}


def test_readme_commands() -> None:
    """Every command is in the README, and each that it shows exists."""
    text = "\n".join(
        fence[2] for fence in _FENCE.finditer(README.read_text("utf-8")) if fence[1] != "console"
    )
    shown = set(re.findall(r"^(?:- run: )?idxlint (\w+)", text, re.MULTILINE))

    assert shown <= set(cli.commands)
    assert set() == {name for name in cli.commands if f"idxlint {name}" not in README.read_text("utf-8")}


def test_readme_is_short() -> None:
    """The depth is one click away; what is generated may grow with the program."""
    assert len(_BLOCK.sub("", README.read_text("utf-8")).splitlines()) < 235


@pytest.mark.parametrize(
    "document", sorted({*DOCUMENTS, *PAGES}), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_links(document: Path) -> None:
    """A link to a file of the repository leads to one."""
    links = [link for link in _LINK.findall(document.read_text("utf-8")) if "://" not in link]

    assert [] == [link for link in links if not (document.parent / link).exists()]


@pytest.mark.parametrize(
    "document", sorted({*DOCUMENTS, *PAGES}), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_rules_that_are_named(document: Path) -> None:
    """Whoever names a rule names one that exists."""
    words = set(_RULE.findall(document.read_text("utf-8"))) - {"NAME"}

    assert set() == words - set(BOOK.names())


def main() -> None:
    """Write everything that is generated."""
    for path, text in generated().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
