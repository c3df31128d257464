"""Patterns for paths, as `.gitignore` has taught people to write them."""

import re
from dataclasses import dataclass, field
from functools import cache

_KEPT = 10_000
_SPECIAL = re.compile(r"[*?\[]")


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern means a file, both with forward slashes and relative to the same folder.

    `*` and `?` stay inside one name, `**` crosses folders. A pattern without a slash means that name at
    any depth. A pattern that means a folder means everything below it.
    """
    return _compiled(pattern).means(path)


@dataclass(slots=True)
class _Automaton:
    """A pattern as a state for each of its parts, all of which are followed at once.

    A regular expression would try the ways to spread a path over the stars one after another, and their number
    grows exponentially. Here a set of states is one integer, in which the bit of a state is set, so that a
    path costs its length times that of the pattern.

    skips: states that may be left without a character; over: those from which the next one may be left out too
    stays: those that take any character; names: those that take any but a slash
    crosses: those that a slash leaves; singles: those that one character other than a slash leaves
    letters: the states that a character leaves; sets: expressions for a character, and their states
    needed: a text that every path has which the pattern means
    """

    size: int = 0
    skips: int = 0
    over: int = 0
    stays: int = 0
    names: int = 0
    crosses: int = 0
    singles: int = 0
    letters: dict[str, int] = field(default_factory=dict)
    sets: list[tuple[re.Pattern[str], int]] = field(default_factory=list)
    needed: str = ""
    moves: dict[tuple[int, str], int] = field(default_factory=dict)

    def means(self, path: str) -> bool:
        """Whether the whole path, or a folder that it is in, can be read as the pattern."""
        if self.needed not in path:
            return False
        end, states, moves = 1 << self.size, self._reached(1), self.moves
        for character in path:
            if character == "/" and states & end:
                return True
            after = moves.get((states, character))
            if after is None:
                after = self._after(states, character)
            if not after:
                return False
            states = after
        return bool(states & end)

    def _after(self, states: int, character: str) -> int:
        """The states that a character leads to; kept, for the next path is much like this one."""
        leaving = self.letters.get(character, 0)
        if character == "/":
            kept, leaving = self.stays, leaving | self.crosses
        else:
            kept, leaving = self.stays | self.names, leaving | self.singles
            leaving |= sum(state for pattern, state in self.sets if pattern.match(character))
        after = self._reached(states & kept | (states & leaving) << 1)
        if len(self.moves) < _KEPT:
            self.moves[states, character] = after
        return after

    def _reached(self, states: int) -> int:
        """The states with those that no character leads to from them."""
        while True:
            more = states | (states & self.skips) << 1 | (states & self.over) << 2
            if more == states:
                return states
            states = more

    def folders(self) -> None:
        """Any number of folders, none included: a state before them and one among them."""
        state = 1 << self.size
        if self.size > 1 and self.over & state >> 2:
            return  # twice any number is any number
        self.skips |= state
        self.over |= state
        self.stays |= state << 1
        self.crosses |= state << 1
        self.size += 2

    def any(self, *, deep: bool) -> None:
        """Any characters; deep: slashes as well."""
        state = 1 << self.size
        if self.size and (self.skips & self.stays) & state >> 1:
            return  # whatever it is, the state before takes it
        self.skips |= state
        if deep:
            self.stays |= state
        else:
            self.names |= state
        self.size += 1

    def literally(self, text: str) -> None:
        """These very characters."""
        for character in text:
            self.letters[character] = self.letters.get(character, 0) | 1 << self.size
            self.size += 1
        if len(text) > len(self.needed):
            self.needed = text

    def single(self, pattern: str | None = None) -> None:
        """One character other than a slash, any or one that an expression takes."""
        if pattern is None:
            self.singles |= 1 << self.size
        else:
            self.sets.append((re.compile(pattern), 1 << self.size))
        self.size += 1


@cache
def _compiled(pattern: str) -> _Automaton:
    trimmed = pattern.removeprefix("./").rstrip("/")
    anchored = "/" in trimmed
    trimmed = trimmed.lstrip("/")
    try:
        return _translated(trimmed, anchored)
    except re.error:  # a set that means nothing, such as [z-a], stands for itself
        made = _Automaton()
        if not anchored:
            made.folders()
        made.literally(trimmed)
        return made


def _translated(pattern: str, anchored: bool) -> _Automaton:
    made = _Automaton()
    if pattern in ("", "."):
        made.any(deep=True)
        return made
    if not anchored:
        made.folders()
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            made.folders()
            at += 3
        elif pattern.startswith("**", at):
            made.any(deep=True)
            at += 2
        elif pattern[at] == "*":
            made.any(deep=False)
            at += 1
        elif pattern[at] == "?":
            made.single()
            at += 1
        elif pattern[at] == "[" and (end := _set_end(pattern, at)) > 0:
            made.single(_character_set(pattern[at + 1 : end]))
            at = end + 1
        else:
            stop = _literal_end(pattern, at)
            made.literally(pattern[at:stop])
            at = stop
    return made


def _literal_end(pattern: str, at: int) -> int:
    """Where the characters end that stand for themselves; the first does, whatever it is."""
    match = _SPECIAL.search(pattern, at + 1)
    return match.start() if match else len(pattern)


def _set_end(pattern: str, at: int) -> int:
    """Where the bracket is that closes a set; one that stands first is in the set."""
    first = at + 2 if pattern[at + 1 : at + 2] in ("!", "^") else at + 1
    return pattern.find("]", first + 1)


def _character_set(inside: str) -> str:
    negated = inside[0] in "!^"
    body = inside[1:] if negated else inside
    # A dash between two characters is a range; the other signs mean themselves.
    safe = re.sub(r"([\\\[\]^&~|])", r"\\\1", body)
    return f"[{'^' if negated else ''}{safe}]"
