"""The rule book as the live tests read it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RULES = Path(__file__).parents[2] / "rules"
FENCE = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SQLSTATE = re.compile(r"`([0-9][0-9A-Z]{4})`")


@dataclass(frozen=True, slots=True)
class Block:
    """One fence; before: what is already deployed there; bad: the block that a fixed one repairs."""

    page: str
    kind: str
    sql: str
    line: int
    before: str
    bad: str = ""

    def __str__(self) -> str:
        """The id of a test."""
        return f"{self.page}:{self.line}-{self.kind}"


@dataclass(frozen=True, slots=True)
class Page:
    """A rule's page: its facts and its SQL."""

    name: str
    facts: dict[str, Any]
    text: str
    blocks: tuple[Block, ...]

    @property
    def majors(self) -> range:
        """The releases that the rule speaks about."""
        low, _, high = str(self.facts.get("postgres", "12-18")).removesuffix("+").partition("-")
        return range(int(low), int(high or 18) + 1)

    @property
    def sqlstates(self) -> frozenset[str]:
        """The error codes that the page names."""
        return frozenset(SQLSTATE.findall(self.text))


def read(path: Path) -> Page:
    """One page, its fences in order."""
    whole = path.read_text(encoding="utf-8")
    _, front, text = whole.split("---\n", 2)
    blocks: list[Block] = []
    before = bad = ""
    for fence in FENCE.finditer(whole):
        language, kind, sql = fence.groups()
        if language != "sql":
            continue
        if kind == "before":
            before = sql
            continue
        line = whole.count("\n", 0, fence.start()) + 2
        blocks.append(Block(path.stem, kind or "recipe", sql, line, before, bad if kind == "fixed" else ""))
        bad = sql if kind == "bad" else bad
    return Page(path.stem, yaml.safe_load(front), text, tuple(blocks))


PAGES = {
    path.stem: read(path)
    for path in sorted(RULES.glob("*.md"))
    if path.read_text(encoding="utf-8").startswith("---\n")
}
BLOCKS = tuple(block for page in PAGES.values() for block in page.blocks)
