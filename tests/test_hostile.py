"""A hostile repository: what its files are called and what stands in them changes no output, and runs nothing."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from lxml import etree

from idxlint.model import FileGap, Gap, Reason, Report, Source, Span, Unread, printable
from idxlint.reporters import EXPLAIN_REPORTERS, FORMATS
from tests.conftest import Run
from tests.helpers.reports import commands, prose, rendered, written
from tests.reporters.test_reporters import TEXT, finding

EVIL = (
    "a\nb",
    "a\r\n::error::b",
    "::error::x",
    " ::stop-commands::x",
    "\n::add-mask::x",
    "##[error]x",
    "##[add-mask]x",
    "##vso[task.complete result=Failed]x",
    "##teamcity[buildStop]",
    "%0A::error::x%25",
    "file=x,line=1::y",
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned #",
    "| touch pwned",
    "'single' \"double\"",
    "back\\slash\\n",
    "--output=pwned",
    "--format",
    "-rf",
    "```",
    "```\n# x",
    "**b** _i_ ~~s~~ [l](javascript:x)",
    "![i](x) | t | \\| x",
    "- [ ] t",
    "<script>alert(1)<",
    "<!-- idxlint -->",
    "]]> <a&b;> &lt;",
    "@octocat #1 GH-1 o#2",
    ":tada: https:x www.x.y a@b.c",
    "${{ secrets.X }} {{x}} {0}",
    "\x1b[2J\x1b]0;t\x07",
    "\x9b31m \x7f \x08",
    "a\u202eb\u2066c\u200b",
    "\u2028\u2029\x85\x0b\x0c",
    "é索𐐀 \ufffe",
    "a:b: c",
    "#%41?q=1",
)
"""Names of indexes, tables and files, and comments; none is longer than PostgreSQL's 63 bytes."""

Pair = tuple[str, str]


def file_name(text: str) -> str:
    """A file of that name, as far as there can be one."""
    return text.replace("/", "") + ".sql"


PATHS = [*map(file_name, EVIL), "caf\udce9.sql"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What idxlint writes about such a repository, by format."""
    folder, home = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("hostile")
    for path, evil in zip(PATHS, (*EVIL, "x"), strict=True):
        quoted = evil.replace('"', '""')
        comment = evil.replace("*/", "")
        (home / path).write_text(
            f'/* {comment} */\nCREATE INDEX "{quoted}" ON "{quoted}" (a); -- {comment.splitlines()[0]}\n',
            "utf-8",
            newline="",
        )
    asked = [f"--format={name}={folder / name}" for name in FORMATS]
    done = subprocess.run(
        [sys.executable, "-m", "idxlint", "check", ".", *asked],
        cwd=home,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (1, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert sorted(PATHS) == sorted(path.name for path in home.iterdir())
    return {name: (folder / name).read_bytes().decode("utf-8") for name in FORMATS}


@pytest.fixture
def expected(out: dict[str, str]) -> list[Pair]:
    """The path and the message of each finding, in the order of the report."""
    found = [(one["path"], one["message"]) for one in json.loads(out["json"])["findings"]]

    assert sorted(PATHS) == [path for path, _ in found]
    assert all(message.startswith("building ") for _, message in found)
    return found


def gitlab(text: str) -> list[Pair]:
    """What GitLab reads."""
    return [(one["location"]["path"], one["description"]) for one in json.loads(text)]


def rdjson(text: str) -> list[Pair]:
    """What reviewdog reads."""
    return [(one["location"]["path"], one["message"]) for one in json.loads(text)["diagnostics"]]


def sarif(text: str) -> list[Pair]:
    """What code scanning reads; a backslash before a bracket keeps it from being a link's."""
    return [
        (
            os.fsdecode(unquote_to_bytes(one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])),
            re.sub(r"\\([\\\[\]])", r"\1", said) if "](" in (said := one["message"]["text"]) else said,
        )
        for one in json.loads(text)["runs"][0]["results"]
    ]


@pytest.mark.parametrize("read", [gitlab, rdjson, sarif], ids=lambda read: read.__name__)
def test_json_formats(out: dict[str, str], expected: list[Pair], read: Callable[[str], list[Pair]]) -> None:
    """The paths are the files' own, byte by byte; the messages are what may be shown."""
    found = read(out[read.__name__])
    unlinked = [(path, printable(message)) for path, message in expected]

    assert [path for path, _ in unlinked] == [path for path, _ in found]
    assert [message for _, message in unlinked] == [
        message.replace("\\[", "[").replace("\\]", "]") if "](" in message else message
        for _, message in found
    ]


def test_junit(out: dict[str, str], expected: list[Pair]) -> None:
    """Each file is one test case with one failure."""
    found = [
        (case.get("name"), [failure.get("message") for failure in case])
        for case in etree.fromstring(out["junit"].encode()).iter("testcase")
    ]

    assert sorted(found) == sorted(
        (printable(path), [f"IDX101 error: {printable(message)}"]) for path, message in expected
    )


def test_github(out: dict[str, str], expected: list[Pair]) -> None:
    """Ten annotations and the one about the others, which are lines that the runner takes for nothing."""
    found = commands(out["github"])
    plain = out["github"].splitlines()[len(found) :]

    assert ["error"] * 10 + ["notice"] == [command.name for command in found]
    assert [printable(message) for _, message in expected[:10]] == [
        command.data.split("\n")[0] for command in found[:10]
    ]
    assert [printable(path) for path, _ in expected[:10]] == [
        printable(command.properties["file"]) for command in found[:10]
    ]
    assert len(plain) == len(expected) - 10 + 1
    for (path, message), line in zip(expected[10:], plain, strict=False):
        assert line.startswith(f"{printable(path)}:")
        assert line.endswith(f" IDX101 error: {printable(message)}")


def test_text(out: dict[str, str], expected: list[Pair]) -> None:
    """Each finding is one line with its statement below."""
    heads = [line for line in out["text"].split("\n") if line.endswith(" [index-not-concurrent]")]

    assert len(heads) == len(expected)
    for (path, message), line in zip(expected, heads, strict=True):
        assert re.fullmatch(
            re.escape(printable(path))
            + r":\d+:\d+ IDX101 error: "
            + re.escape(printable(message))
            + r" \[.*",
            line,
        )


def test_markdown(out: dict[str, str], expected: list[Pair]) -> None:
    """Each finding is a paragraph that shows its path and message, and nothing of it works."""
    page = rendered(out["markdown"])
    found = [part for part in page.iter("p") if len(part) and part[0].text == "error"]

    assert len(found) == len(expected)
    for (path, message), part in zip(expected, found, strict=True):
        place, shown = part.text_content().replace("\u200b", "").split("\n", 1)
        assert place.startswith(f"error IDX101 index-not-concurrent in {printable(path)}:")
        assert shown == printable(message)
    assert {element.tag for element in page.iter()} <= {
        *"html body div h3 table thead tbody tr th td p strong code pre br details summary sub".split(),
        etree.Comment,
    }
    assert ["<!-- idxlint -->"] == re.findall(r"(?m)^<!-- idxlint -->$", out["markdown"])
    assert [] == re.findall(r"@\w|#\d|(?i:gh)-\d|://|www\.|(?<!:):[a-z]+:", prose(page))


@pytest.mark.parametrize("name", FORMATS)
def test_no_control_and_no_command(out: dict[str, str], name: str) -> None:
    """Nothing reaches a terminal but text, and no CI server but the one that is meant finds a command."""
    harmless(name, out[name])


def harmless(name: str, text: str) -> None:
    """Only printable characters, ends of lines and XML's indentation; commands only in GitHub's format."""
    kinds = {unicodedata.category(c) for c in text if c not in "\n\t"}

    assert set() == kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert name == "github" or [] == commands(text)
    assert not re.search(r"(?i)##(vso|teamcity)?\[", text)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("evil", EVIL)
def test_what_nobody_judged(name: str, evil: str) -> None:
    """The same for an input that could not be read, for a gap and for a fix's text."""
    source = Source(evil, f"{TEXT}{evil}")
    gap = FileGap(source, Gap(Span(len(TEXT), len(source.text)), Reason.TEMPLATE, evil))
    text = written(name, Report((finding(source, 15, 20),), gaps=(gap,), unread=(Unread(evil, evil),)))

    harmless(name, text)
    if name == "github":
        assert ["error", "error", "notice"] == [command.name for command in commands(text)]


def test_unreadable(tmp_path: Path, run: Run) -> None:
    """Files that cannot be read are in every report, and a line each on standard error."""
    repository = tmp_path / "r"
    repository.mkdir()
    for path in PATHS:
        (repository / path).symlink_to("nowhere")
    ran = run("check", "r", *(f"--format={name}={name}" for name in FORMATS))
    said = sorted(printable(f"r/{path}: no such file or directory") for path in PATHS)

    assert (3, "") == (ran.code, ran.out)
    assert said == sorted(line.removeprefix("idxlint: ") for line in ran.err.split("\n")[:-1])
    harmless("text", ran.err)
    for name in FORMATS:
        text = (tmp_path / name).read_text("utf-8")
        harmless(name, text)
        assert text.count("no such file or directory") >= len(PATHS)


def test_options_that_are_names(tmp_path: Path, run: Run) -> None:
    """Behind -- a name is a name."""
    (tmp_path / "--output=pwned.sql").write_text("CREATE INDEX i ON t (a);\n")

    assert run("check", "--", "--output=pwned.sql").out.startswith("--output=pwned.sql:1:8 IDX101")
    assert ["--output=pwned.sql"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("name", EXPLAIN_REPORTERS)
def test_explained(tmp_path: Path, run: Run, name: str) -> None:
    """What explain says of such a repository is text, and it writes nothing into it."""
    repository = tmp_path / "r"
    repository.mkdir()
    for path, evil in zip(PATHS, (*EVIL, "x"), strict=True):
        quoted = evil.replace('"', '""')
        (repository / path).write_text(
            f'BEGIN;\nDROP TABLE "{quoted}";\nCOMMIT;\n{evil}\n', "utf-8", newline=""
        )
    ran = run("explain", "r", "--format", name, "--output", "report", "--html", "page")
    text = (tmp_path / "report").read_text("utf-8")

    assert (0, "", "") == ran
    assert sorted(PATHS) == sorted(path.name for path in repository.iterdir())
    harmless(name, text)
    harmless("html", (tmp_path / "page").read_text("utf-8"))
    assert len(PATHS) <= text.count("DROP TABLE")
