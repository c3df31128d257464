"""Comments that silence a finding, and what is wrong with them.

    -- idxlint: ignore[index-not-concurrent] because the table has twelve rows
    -- idxlint: ignore-file[index-not-concurrent] because this seeds an empty database

An ignore is about the statement it stands in, the one that ends on its line, or the one that comes next.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from idxlint.model import By, Finding, Gap, Hit, Reason, Rule, Span, Suppressed, record
from idxlint.rulebook import Book
from idxlint.sql.text.scanner import marks

UNUSED = "unused-ignore"
NO_REASON = "ignore-without-reason"
_SPELLING = "idxlint: ignore[NAME] because REASON"
_LINE = re.compile(r"[^\r\n]+")
_DIRECTIVE = re.compile(r"idxlint:\s*ignore(-file)?\s*\[([^\[\]]*)\]\s*(.*?)\s*\Z")
_MEANT = re.compile(r"idxlint(?::|[\s-]+(?:ignore|disable|skip|noqa|off|allow|nolint|suppress)\b)")
_MEANT_LATER = re.compile(r"\bidxlint[:\s-]\s*ignore(?:-file)?\s*\[.*")
_REASON = re.compile(r"because\b[\s:]*(.*\w.*)\Z")
_WORD = re.compile(r"[^\s,]+")
_INSIDE = re.compile(r"[^\r\n]")
_END = re.compile(r"[\r\n]")


class Named(NamedTuple):
    """A rule as an ignore names it, and where."""

    word: str
    at: Span


@record
class Ignore:
    """What one line of a comment says to idxlint.

    span: the comment
    at: the words of the line
    names: none where the line is meant as an ignore but is not written as one
    reason: empty where there is none, and then the ignore does not count
    """

    span: Span
    at: Span
    names: tuple[Named, ...]
    reason: str
    whole_file: bool


class Fault(NamedTuple):
    """What is wrong with an ignore: the name of the rule that says so, and its hit."""

    rule: str
    hit: Hit


@record
class Outcome:
    """The findings that stay, those that are silenced, and what is wrong with the ignores themselves."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()
    faults: tuple[Fault, ...] = ()


def visible(text: str, gaps: Iterable[Gap]) -> str:
    """The text with blanks for psql's commands and data: their quotes and dashes are none of SQL's."""
    if "idxlint" not in text:
        return text
    pieces: list[str] = []
    at = 0
    for span in sorted(gap.span for gap in gaps if gap.reason is Reason.PSQL):
        if span.start >= at:
            pieces += (text[at : span.start], _INSIDE.sub(" ", text[span.start : span.end]))
            at = span.end
    return "".join((*pieces, text[at:]))


def read(text: str) -> tuple[Ignore, ...]:
    """The ignores of a file, in their order; what stands in a literal is no comment."""
    if "idxlint" not in text:
        return ()
    return tuple(ignore for span in _comments(text) for ignore in _ignores(text, span))


def apply(
    text: str,
    findings: Sequence[Finding],
    ignores: Sequence[Ignore],
    statements: Iterable[Span],
    book: Book,
    selected: Collection[str],
    *,
    part: bool = False,
) -> Outcome:
    """Silence what the ignores of a file are about.

    findings: those of the file
    statements: at least all that a finding is about, in order; a statement that is left out can own no ignore
    selected: the names of the rules that have run; an ignore of another one cannot be unused
    part: the text is a part of a file only, where no ignore-file counts
    """
    if not ignores:
        return Outcome(tuple(findings))
    places, index = _Places(text, statements), _Findings(findings)
    faults: list[Fault] = []
    for ignore in ignores:
        fault = _fault(text, ignore, book, heads=not part and places.heads(ignore.span))
        if fault is not None:
            faults.append(fault)
            continue
        scope = Span(0, len(text) + 1) if ignore.whole_file else places.owner(ignore.span)
        for name in ignore.names:
            rule = book.rule(name.word)
            if not index.silence(rule, scope, ignore.reason):
                faults += _unmatched(ignore, name, book, selected)
    silenced = index.silenced
    kept = tuple(finding for at, finding in enumerate(findings) if at not in silenced)
    suppressed = tuple(Suppressed(findings[at], By.COMMENT, silenced[at]) for at in sorted(silenced))
    return Outcome(kept, suppressed, tuple(faults))


def _comments(text: str) -> Iterator[Span]:
    for lexeme in marks(text):
        if lexeme.kind in ("line", "block") and text.find("idxlint", lexeme.start, lexeme.end) >= 0:
            yield Span(lexeme.start, lexeme.end)


def _ignores(text: str, span: Span) -> Iterator[Ignore]:
    end = span.end - 2 if text.startswith("/*", span.start) and text.endswith("*/", 0, span.end) else span.end
    for line in _LINE.finditer(text, span.start, end):
        said = line[0].lstrip(" \t-/*#")
        start = line.end() - len(said)
        if directive := _DIRECTIVE.match(said):
            names = tuple(
                Named(word[0], Span(start + word.start(), start + word.end()))
                for word in _WORD.finditer(said, directive.start(2), directive.end(2))
            )
            reason = _REASON.match(directive[3])
            at = Span(start, start + len(said.rstrip()))
            yield Ignore(span, at, names, reason[1] if reason else "", directive[1] is not None)
        elif meant := _MEANT.match(said) or _MEANT_LATER.search(said):
            at = Span(start + meant.start(), start + len(said.rstrip()))
            yield Ignore(span, at, (), "", whole_file=False)


class _Around(NamedTuple):
    """The code around a comment.

    line: where the comment's own line starts
    code: where the last code before it ends
    ended: the same, but before a semicolon
    following: where the next code starts
    """

    line: int
    code: int
    ended: int
    following: int


class _Places:
    """Where the statements of a file stand, for finding the one that a comment is about."""

    def __init__(self, text: str, statements: Iterable[Span]) -> None:
        self._outer: list[Span] = []
        for span in sorted(statements, key=lambda span: (span.start, -span.end)):
            if not self._outer or span.start >= self._outer[-1].end:
                self._outer.append(span)
        self._starts = [span.start for span in self._outer]
        self._around = _surroundings(text)
        self._head = _head(text)

    def heads(self, comment: Span) -> bool:
        """Whether a comment stands before the first statement."""
        return comment.start <= self._head

    def owner(self, comment: Span) -> Span | None:
        """The statement that a comment is about."""
        at = bisect_right(self._starts, comment.start) - 1
        before = self._outer[at] if at >= 0 else None
        reached = before.end if before else 0
        if comment.start < reached:
            return before
        line, code, ended, following = self._around[comment.start]
        if line < code or (before and line <= reached):
            # Something ended on the comment's own line, and the comment belongs to that.
            return before if ended <= reached else None
        at = bisect_left(self._starts, following)
        if at < len(self._starts) and self._starts[at] == following:
            return self._outer[at]
        # Behind the last word of a statement, but before its semicolon.
        return before if code <= reached else None


def _surroundings(text: str) -> dict[int, _Around]:
    """What stands around each comment that speaks of idxlint, by the place of the comment."""
    comments: dict[int, _Around] = {}
    waiting: list[int] = []
    lines = text.replace("\r", "\n")
    code = ended = 0
    for lexeme in marks(text):
        if lexeme.kind in ("line", "block"):
            if text.find("idxlint", lexeme.start, lexeme.end) >= 0:
                line = lines.rfind("\n", 0, lexeme.start) + 1
                comments[lexeme.start] = _Around(line, code, ended, len(text))
                waiting.append(lexeme.start)
            continue
        piece = text[lexeme.start : lexeme.end]
        if piece.isspace():
            continue
        first = lexeme.end - len(piece.lstrip())
        comments.update((at, comments[at]._replace(following=first)) for at in waiting)
        waiting.clear()
        # One semicolon ends a statement; what stands before it is that statement's.
        ended = code if lexeme.kind == "semicolon" else lexeme.start + len(piece.rstrip())
        code = lexeme.start + len(piece.rstrip())
    return comments


def _head(text: str) -> int:
    """Where the first statement starts; psql's own commands are none."""
    skipped = 0
    for lexeme in marks(text):
        if text.startswith("\\", lexeme.start) and lexeme.start >= skipped:
            skipped = end.start() if (end := _END.search(text, lexeme.start)) else len(text)
        elif lexeme.kind not in ("line", "block"):
            piece = text[max(lexeme.start, skipped) : lexeme.end]
            if piece.strip():
                return lexeme.end - len(piece.lstrip())
    return len(text)


class _Findings:
    """The findings of a file by rule and by the place of their statements; silenced: why, by their numbers."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.silenced: dict[int, str] = {}
        self._told: set[tuple[str, Span]] = set()
        self._rules: dict[str, list[tuple[int, int]]] = {}
        for number, finding in enumerate(findings):
            self._rules.setdefault(finding.rule.name, []).append((finding.statement.start, number))
        for row in self._rules.values():
            row.sort()

    def silence(self, rule: Rule | None, scope: Span | None, reason: str) -> bool:
        """Silence a rule's findings about a statement; whether there are any. A comment may be about none."""
        if rule is None or scope is None or rule.name not in self._rules:
            return False
        row = self._rules[rule.name]
        first, last = bisect_left(row, (scope.start, 0)), bisect_left(row, (scope.end, 0))
        if (rule.name, scope) not in self._told:  # another ignore need not silence all of them again
            self._told.add((rule.name, scope))
            for _, number in row[first:last]:
                self.silenced.setdefault(number, reason)
        return first < last


def _fault(text: str, ignore: Ignore, book: Book, *, heads: bool) -> Fault | None:
    """Why an ignore has no effect at all."""
    said = text[ignore.at.start : ignore.at.end]
    if not ignore.names:
        known = (rule.name for word in re.findall(r"[\w-]+", said) if (rule := book.rule(word)))
        spelling = _SPELLING.replace("NAME", next(known, "NAME"))
        return Fault(
            UNUSED, Hit(f"comment ignores nothing; the syntax is `{spelling}`", ignore.at, _cut(said))
        )
    words = ", ".join(name.word for name in ignore.names)
    if not ignore.reason:
        spelling = f"idxlint: ignore{'-file' if ignore.whole_file else ''}[{words}] because …"
        help_ = (f"write `{spelling}` with a fact that can be checked later",)
        message = f"ignore of {words} gives no reason, so it has no effect"
        return Fault(NO_REASON, Hit(message, ignore.at, words, help=help_))
    if ignore.whole_file and not heads:
        message = f"ignore-file of {words} comes after the first statement, so it has no effect"
        return Fault(UNUSED, Hit(message, ignore.at, words, help=("move it to the top of the file",)))
    return None


def _unmatched(ignore: Ignore, name: Named, book: Book, selected: Collection[str]) -> Iterator[Fault]:
    rule = book.rule(name.word)
    if rule is None:
        near = book.nearest(name.word)
        meant = f"; did you mean {near}?" if near else ""
        yield Fault(UNUSED, Hit(f"{name.word} is not a rule{meant}", name.at, name.word))
    elif rule.name in selected:
        where = "in this file" if ignore.whole_file else "in its statement"
        yield Fault(UNUSED, Hit(f"ignore of {name.word} matches nothing {where}", name.at, name.word))


def _cut(said: str) -> str:
    return said if len(said) <= 60 else said[:59] + "…"
