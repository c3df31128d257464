"""Reports for the tests of the formats, and how each format is read again."""

import re
from dataclasses import replace
from typing import NamedTuple

import cmarkgfm
from cmarkgfm.cmark import Options
from lxml import html

from idxlint.model import (
    By,
    Direction,
    FileGap,
    Finding,
    Gap,
    Hit,
    Reason,
    Report,
    Severity,
    Source,
    Span,
    Suppressed,
    Unread,
)
from idxlint.reporters import REPORTERS
from tests.reporters.test_reporters import NAMELESS, TEXT, finding

PATH = "db/0042.sql"
SOURCE = Source(PATH, TEXT)
FOUND = finding(SOURCE, 15, 20)
GAP = FileGap(SOURCE, Gap(Span(59, 65), Reason.TEMPLATE, "nobody knows"))
FULL = Report(
    (FOUND, finding(SOURCE, 15, 20, NAMELESS, fix=None)),
    (Suppressed(finding(SOURCE, 8, 14), By.BASELINE, "it was there"),),
    (GAP,),
    (Unread("db/0043.sql", "permission denied"),),
    1,
    4,
    3,
    paths=(PATH,),
)
"""One of everything."""


def written(name: str, report: Report) -> str:
    """A report in a format."""
    return "".join(REPORTERS[name](report, False))


def rendered(markdown: str) -> html.HtmlElement:
    """Markdown as GitHub's own renderer makes HTML of it, tags of its author included."""
    return html.fromstring(
        cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    )


def prose(page: html.HtmlElement) -> str:
    """The text of a page in which GitHub looks for mentions and references: all but code."""
    return "".join(str(text) for text in page.xpath("//text()[not(ancestor::code or ancestor::pre)]"))


def many(count: int, severity: Severity = Severity.ERROR, message: str = "m") -> Report:
    """A report of equally bad findings in as many files."""
    rule = replace(FOUND.rule, severity=severity)
    found = tuple(
        Finding(
            rule,
            Hit(f"{message} {at}", Span(15, 20), "s", FOUND.hit.fix),
            severity,
            Source(f"{at}.sql", TEXT),
            Span(8, 57),
            Direction.UP,
            "psql",
            True,
            f"{at:016}",
        )
        for at in range(count)
    )
    return Report(found, files=count, paths=tuple(f"{at}.sql" for at in range(count)))


class Command(NamedTuple):
    """A line of a log that GitHub's runner takes for a command."""

    name: str
    properties: dict[str, str]
    data: str


_COMMAND = re.compile(r"\s*::(\w+)(?: ([^\n]*?))?::(.*)")
_OLD = re.compile(r"##\[(\w+)")
_CODES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def commands(log: str) -> list[Command]:
    """The commands in a log as GitHub's runner reads them: the newer spelling, and none of the older one."""
    assert _OLD.search(log) is None
    found: list[Command] = []
    for line in log.split("\n"):
        if match := _COMMAND.match(line):
            pairs = (pair.partition("=") for pair in (match[2] or "").split(",") if pair)
            properties = {key: _decoded(value) for key, _, value in pairs}
            found.append(Command(match[1], properties, _decoded(match[3])))
    return found


def _decoded(text: str) -> str:
    return re.sub("|".join(_CODES), lambda code: _CODES[code[0]], text)
