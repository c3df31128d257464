"""The rule book: one Markdown page a rule, its facts in the front matter, its examples in fences.

Every `check` loads all pages, so that loading is spare: the facts that each run needs are words on one line
and are read without YAML, whose import costs more than the reading. Claims, mirrors and examples are read
when they are asked for, and `verify` holds the two ways of reading together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from idxlint.model import LOCK_MODES, Example, Failure, Kind, LockClaim, Rule, Safety, Severity

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_ID = re.compile(r"IDX[1-9][0-9]{2}\Z")
_RELEASES = re.compile(r"(1[2-8])(?:(\+)|-(1[2-8]))?\Z")
_FENCE = r"(?m)^```(.*)\n((?:(?!```).*\n)*?)```[ \t]*$"
_PLAIN = re.compile(r""" (?:"([^"\\]+)"|([A-Za-z][^:#"\[\]{}]*))\Z""")
_GENERATED = ("README.md", "runners.md")
_FLAGS = {"true": True, "false": False}
_LATER = frozenset({"locks", "options", "mirrors"})
_KINDS = ("before", "bad", "fixed", "good")


class RuleBookError(Failure):
    """A page of the rule book is not as the grammar has it; one line with file and key."""


@dataclass(frozen=True)
class Book:
    """All rules, in the order of their ids."""

    rules: tuple[Rule, ...]

    def rule(self, word: str) -> Rule | None:
        """The rule with this name, id or former name; ids in any case."""
        found = self._by_word.get(word) or self._by_word.get(word.upper())
        return found or self._by_word.get(word.lower())

    def names(self) -> Mapping[str, str]:
        """Every name, id and former name, and the name of the rule that it means."""
        return {word: rule.name for word, rule in self._by_word.items()}

    def nearest(self, word: str) -> str | None:
        """The name or id that was most likely meant."""
        from difflib import get_close_matches

        if word.upper().startswith("IDX"):
            found = get_close_matches(word.upper(), [rule.id for rule in self.rules], 1, 0.7)
        else:
            found = get_close_matches(word.lower(), [rule.name for rule in self.rules], 1)
        return found[0] if found else None

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
            page for page in folder.iterdir() if page.name.endswith(".md") and page.name not in _GENERATED
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
    if not _NAME.match(name):
        raise RuleBookError(f"rules/{file}: a page's name is words in lower case with dashes between them")
    facts = _quick(page) or _slow(file, page)
    for key in facts:
        if key not in _FACTS:
            raise RuleBookError(f"rules/{file}: {key} is not a key; the keys are {', '.join(_FACTS)}")
    for key in _REQUIRED:
        if key not in facts:
            raise RuleBookError(f"rules/{file}: {key} is missing")
    values = {key: _typed(file, key, value) for key, value in facts.items() if key not in _LATER}
    return Rule(name=name, page=page, **{"default": True, **values})


def verify(rule: Rule) -> None:
    """Read a whole page the slow way; raises RuleBookError where it is wrong or says something else."""
    file = f"{rule.name}.md"
    for key, value in _slow(file, rule.page).items():
        typed = _typed(file, key, value)
        if key not in _LATER and typed != getattr(rule, key):
            raise RuleBookError(f"rules/{file}: {key}: {value!r} is not {_ALLOWED[key]}")
    examples(rule)


def claims(rule: Rule) -> tuple[LockClaim, ...]:
    """What the page says its bad statements lock."""
    found: tuple[LockClaim, ...] = _fact(rule, "locks")
    return found


def mirrors(rule: Rule) -> tuple[tuple[str, str], ...]:
    """The same rule in other linters: pairs of a linter and its name for it."""
    found: tuple[tuple[str, str], ...] = _fact(rule, "mirrors")
    return found


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
        if key in _LATER:
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
        return _FACTS[key](value)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise RuleBookError(f"rules/{file}: {key}: {value!r} is not {_ALLOWED[key]}") from None


def _examples(rule: Rule) -> Iterator[Example]:
    before = last = ""
    for fence in re.finditer(_FENCE, rule.page):
        language, _, kind = fence[1].strip().partition(" ")
        if language != "sql" or not kind:
            continue
        line = rule.page.count("\n", 0, fence.start(2)) + 1
        if kind not in _KINDS:
            raise RuleBookError(f"rules/{rule.name}.md:{line - 1}: sql {kind}: a block is {_one_of(_KINDS)}")
        if kind == "fixed" and last != "bad":
            raise RuleBookError(
                f"rules/{rule.name}.md:{line - 1}: sql fixed: it comes right after a bad block"
            )
        last = kind
        if kind == "before":
            before = fence[2]
        else:
            yield Example(kind, fence[2], line, before)


def _one_of(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _line(value: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(value)
    return value


def _flag(value: bool) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _matching(shape: re.Pattern[str], value: str) -> str:
    if not shape.match(value):
        raise ValueError(value)
    return value


def _releases(value: object) -> tuple[int, int]:
    found = _RELEASES.match(str(value))
    if not found:
        raise ValueError(value)
    low = int(found[1])
    high = 18 if found[2] else int(found[3] or low)
    return (low, high)


def _claims(value: list[dict[Any, str]]) -> tuple[LockClaim, ...]:
    # A bare `on` is true to YAML 1.1, as a key too.
    claims = tuple(
        LockClaim(**{"on" if key is True else key: _line(text) for key, text in claim.items()})
        for claim in value
    )
    if any(claim.mode not in LOCK_MODES for claim in claims):
        raise ValueError(value)
    return claims


def _lines(value: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_line(text) for text in value)


def _pairs(value: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((_line(key), _line(text)) for key, text in value.items())


_FACTS: Mapping[str, Callable[[Any], object]] = {
    "id": partial(_matching, _ID),
    "summary": _line,
    "severity": lambda word: {level.word: level for level in Severity}[word],
    "kind": Kind,
    "default": _flag,
    "since": _line,
    "fix": lambda word: None if word in (None, "none") else Safety(word),
    "postgres": _releases,
    "runner": partial(_matching, _NAME),
    "locks": _claims,
    "options": _lines,
    "aliases": _lines,
    "mirrors": _pairs,
}
_REQUIRED = ("id", "summary", "severity", "kind")
_ALLOWED = {
    "id": "IDX and three digits",
    "summary": "one line of text",
    "severity": "error, warning or note",
    "kind": _one_of(tuple(Kind)),
    "default": "true or false",
    "since": 'a release in quotes, such as "0.1"',
    "fix": "safe, unsafe or none",
    "postgres": "a range of 12 to 18, such as 12-18 or 14+",
    "runner": "a name in lower case with dashes between its words",
    "locks": "a list of {on, mode, during} with PostgreSQL's names of the modes",
    "options": "a list of names",
    "aliases": "a list of names",
    "mirrors": "a map from a linter to its name of the rule",
}
