"""The rule book: one Markdown page a rule, its facts in the front matter, its examples in fences.

Every `check` loads all pages, so that loading is spare: the facts that each run needs are words on one line
and are read without YAML, whose import costs more than the reading. Claims, mirrors and examples are read
when they are asked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from idxlint.model import Example, Failure, LockClaim, Rule
from idxlint.model.front_matter import KEYS, NAME, one_of

_FENCE = r"(?m)^```(.*)\n((?:(?!```).*\n)*?)```[ \t]*$"
_PLAIN = re.compile(r""" (?:"([^"\\]+)"|([A-Za-z][^:#"\[\]{}]*))\Z""")
_NO_RULES = ("README.md", "hazards.md", "runners.md")
_REQUIRED = tuple(key for key, about in KEYS.items() if about.required)
_LATE = frozenset(key for key, about in KEYS.items() if about.late)
_FLAGS = {"true": True, "false": False}
_KINDS = ("before", "bad", "fixed", "good")


class RuleBookError(Failure):
    """A page of the rule book is not as the grammar has it; one line with file and key."""


@dataclass(frozen=True)
class Book:
    """All rules, in the order of their ids."""

    rules: tuple[Rule, ...]

    def rule(self, word: str) -> Rule | None:
        """The rule with this name, id or former name; ids in any case."""
        rules = (self._by_word.get(spelling) for spelling in (word, word.upper(), word.lower()))
        return next(filter(None, rules), None)

    def names(self) -> Mapping[str, str]:
        """Every name, id and former name, and the name of the rule that it means."""
        return {word: rule.name for word, rule in self._by_word.items()}

    def nearest(self, word: str) -> str | None:
        """The name or id that was most likely meant."""
        from difflib import get_close_matches

        if word.upper().startswith("IDX"):
            words = get_close_matches(word.upper(), [rule.id for rule in self.rules], 1, 0.7)
        else:
            words = get_close_matches(word.lower(), [rule.name for rule in self.rules], 1)
        return words[0] if words else None

    @cached_property
    def _by_word(self) -> dict[str, Rule]:
        words: dict[str, Rule] = {}
        for rule in self.rules:
            for word in (rule.name, rule.id, *rule.aliases):
                if word in words:
                    raise RuleBookError(f"rules/{rule.name}.md: {word} also means {words[word].name}")
                words[word] = rule
        return words


def root() -> Path:
    """The wheel carries rules/ as idxlint/_rules; a checkout has it beside the package."""
    package = Path(__file__).parent
    packaged = package / "_rules"
    return packaged if packaged.is_dir() else package.parent / "rules"


def load(folder: Path | None = None) -> Book:
    """The rule book in a folder; idxlint's own without one."""
    folder = root() if folder is None else folder
    try:
        pages = [
            page for page in folder.iterdir() if page.name.endswith(".md") and page.name not in _NO_RULES
        ]
        texts = [page.read_text("utf-8") for page in pages]
    except (OSError, UnicodeDecodeError) as error:
        raise RuleBookError(f"rules: {error}") from None
    rules = [read(page.name, text) for page, text in zip(pages, texts, strict=True)]
    if not rules:
        raise RuleBookError("rules: there is no page in it")
    book = Book(tuple(sorted(rules, key=lambda rule: rule.id)))
    book.names()  # two rules with one name are found out here, not at the first question
    return book


def read(file: str, page: str) -> Rule:
    """The rule of one page; file is its name, which is the rule's name and `.md`."""
    name = file.removesuffix(".md")
    if not NAME.match(name):
        raise RuleBookError(f"rules/{file}: a page's name is words in lower case with dashes between them")
    facts = _quick(page) or _slow(file, page)
    for key in facts:
        if key not in KEYS:
            raise RuleBookError(f"rules/{file}: {key} is not a key; the keys are {', '.join(KEYS)}")
    for key in _REQUIRED:
        if key not in facts:
            raise RuleBookError(f"rules/{file}: {key} is missing")
    values = {key: _typed(file, key, value) for key, value in facts.items() if key not in _LATE}
    return Rule(name=name, page=page, **{"default": True, **values})


def claims(rule: Rule) -> tuple[LockClaim, ...]:
    """What the page says its bad statements lock."""
    locks: tuple[LockClaim, ...] = _fact(rule, "locks")
    return locks


def hazards(rule: Rule) -> tuple[str, ...]:
    """The rows of `rules/hazards.md` that the rule is about."""
    rows: tuple[str, ...] = _fact(rule, "hazards")
    return rows


def mirrors(rule: Rule) -> tuple[tuple[str, str], ...]:
    """The same rule in other linters: pairs of a linter and its name for it."""
    pairs: tuple[tuple[str, str], ...] = _fact(rule, "mirrors")
    return pairs


def examples(rule: Rule) -> tuple[Example, ...]:
    """The fenced SQL of a page; a `before` block is deployed for all that follow, until the next one."""
    return tuple(_examples(rule))


def table(book: Book, folder: str = "") -> str:
    """The rule table in Markdown, ended by a newline; folder: where the pages are, seen from the reader."""
    lines = ["| id | name | severity | fires on | fix |", "|---|---|---|---|---|"]
    for rule in book.rules:
        severity = rule.severity.word if rule.default else f"{rule.severity.word}, off"
        summary = rule.summary.replace("|", "\\|")
        name = f"[{rule.name}]({folder}{rule.name}.md)"
        lines.append(f"| {rule.id} | {name} | {severity} | {summary} | {rule.fix or ''} |")
    return "\n".join(lines) + "\n"


def _quick(page: str) -> dict[str, Any] | None:
    """The front matter where it is words on one line each; None where it takes YAML to say."""
    opened, closed, _ = page.partition("\n---\n")
    if not closed or not opened.startswith("---\n"):
        return None
    facts: dict[str, Any] = {}
    for line in opened[4:].split("\n"):
        if line.startswith((" ", "-")):
            continue
        key, _, value = line.partition(":")
        if key in _LATE:
            facts[key] = None
        elif key not in facts and (plain := _PLAIN.match(value)):
            facts[key] = _FLAGS.get(plain[2], plain[1] or plain[2])
        else:
            return None
    return facts


def _slow(file: str, page: str) -> dict[Any, Any]:
    opened, closed, _ = page.partition("\n---\n")
    if not closed or not opened.startswith("---\n"):
        raise RuleBookError(f"rules/{file}: a page starts with its front matter, between two lines of ---")
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        facts = yaml.load(opened[4:], Loader=loader)  # noqa: S506, both are safe loaders
    except yaml.YAMLError as error:
        raise RuleBookError(f"rules/{file}: front matter: {' '.join(str(error).split())}") from None
    if not isinstance(facts, dict):
        raise RuleBookError(f"rules/{file}: front matter: it is not a list of keys and values")
    return facts


def _fact(rule: Rule, key: str) -> Any:
    file = f"{rule.name}.md"
    facts = _slow(file, rule.page)
    return _typed(file, key, facts[key]) if key in facts else ()


def _typed(file: str, key: str, value: Any) -> Any:
    try:
        return KEYS[key].typed(value)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise RuleBookError(f"rules/{file}: {key}: {value!r} is not {KEYS[key].allowed}") from None


def _examples(rule: Rule) -> Iterator[Example]:
    before = last = ""
    for fence in re.finditer(_FENCE, rule.page):
        language, _, kind = fence[1].strip().partition(" ")
        if language != "sql" or not kind:
            continue
        line = rule.page.count("\n", 0, fence.start(2)) + 1
        if kind not in _KINDS:
            raise RuleBookError(f"rules/{rule.name}.md:{line - 1}: sql {kind}: a block is {one_of(_KINDS)}")
        if kind == "fixed" and last != "bad":
            raise RuleBookError(
                f"rules/{rule.name}.md:{line - 1}: sql fixed: it comes right after a bad block"
            )
        last = kind
        if kind == "before":
            before = fence[2]
        else:
            yield Example(kind, fence[2], line, before)
