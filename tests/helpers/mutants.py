"""Migrations of every tool with something broken in them: the fixtures, cut, doubled, spliced and misspelt."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from idxlint.config.configuration import Config
from idxlint.runners import Plan, collect

FIXTURES = Path(__file__).parents[2] / "fixtures"
_WORDS = (
    "BEGIN;", "COMMIT;", "ROLLBACK;", "SAVEPOINT s;", "CONCURRENTLY", "IF NOT EXISTS", "UNIQUE", "INDEX", ";", "'",
    '"', "$$", "$a$", "/*", "*/", "--", "(", ")", "[", "]", "{", "}", "{{", "}}", "${x}", ":v", "\\", "\\\\", "\n",
    "\r\n", "\r", "\t", " ", "\0", "\ufeff", "\u2028", "é", "😀", "`", "%", "#", "<", ">", "<!--", "]]>", "&amp;",
    "- ", ": ", "*a", "&a ", '"""', "r'", "f'{x}'", "\\i x.sql\n", "\\gexec\n", "COPY t FROM stdin;\n", "\\.\n",
    "SET lock_timeout = '1s';\n", "DROP TABLE t;\n", "ALTER TABLE t ", "CREATE TABLE IF NOT EXISTS t (a int);\n",
    "CREATE INDEX CONCURRENTLY i ON t (a);\n", "CREATE UNIQUE INDEX i ON t (a);\n", "REINDEX TABLE t;\n",
    "DO $$ BEGIN EXECUTE 'DROP INDEX i'; END $$;\n", "ADD CONSTRAINT c UNIQUE (a)", "-- idxlint: ignore[IDX101] ",
    "-- idxlint: ignore[index-not-concurrent] because x\n", "-- +goose Down\n", "-- migrate:down\n",
    "-- atlas:txmode none\n", "--;;\n", "-- no-transaction\n", "CREATE INDEX i ON t (a)" * 20,
)  # fmt: skip
_ODD_BYTES = (b"\xff", b"\x80", b"\xc3", b"\xed\xa0\x80", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a")


class Mutant(NamedTuple):
    """A planned file, and what is read instead of it."""

    plan: Plan
    data: bytes


def seeds(folder: Path = FIXTURES) -> tuple[Plan, ...]:
    """Every migration of every fixture, with the tool that runs it."""
    plans: list[Plan] = []
    for tree in sorted(path for path in folder.iterdir() if path.is_dir()):
        plans += collect([str(tree)], tree, Config().excluded)[0]
    return tuple(plans)


def mutants(plans: Sequence[Plan], count: int, seed: int) -> Iterator[Mutant]:
    """So many mutants, the same for the same seed; each tool gets as many as any other."""
    chance = random.Random(seed)  # noqa: S311, nothing secret
    texts = {plan: plan.path.read_bytes().decode("utf-8", "surrogateescape") for plan in plans}
    tools = sorted({plan.profile.name for plan in plans})
    of_tool = {tool: [plan for plan in plans if plan.profile.name == tool] for tool in tools}
    everything = [*texts.values()]
    for number in range(count):
        plan = chance.choice(of_tool[tools[number % len(tools)]])
        text = texts[plan]
        for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 8))):
            text = _changed(text, everything, chance)
        data = text.encode("utf-8", "surrogateescape")
        if chance.random() < 0.05:
            at = chance.randint(0, len(data))
            data = data[:at] + chance.choice(_ODD_BYTES) + data[at:]
        yield Mutant(plan, data)


def _changed(text: str, others: Sequence[str], chance: random.Random) -> str:
    """One change: a word in, a stretch out, twice, elsewhere, in capitals, or out of another file."""
    start = chance.randint(0, len(text))
    end = min(len(text), start + int(chance.expovariate(1 / 30)))
    piece = text[start:end]
    match chance.randrange(9):
        case 0 | 1 | 2:
            return text[:start] + chance.choice(_WORDS) + text[start:]
        case 3:
            return text[:start] + text[end:]
        case 4:
            return text[:end] + piece * chance.choice((1, 1, 2, 50)) + text[end:]
        case 5:
            at = chance.randint(0, len(text))
            return text[:at] + piece + text[at:]
        case 6:
            return text[:start] + piece.swapcase() + text[end:]
        case 7:
            other = chance.choice(others)
            at = chance.randint(0, len(other))
            return text[:start] + other[at : at + int(chance.expovariate(1 / 200))] + text[end:]
        case _:
            return text[:start] + chance.choice(_WORDS) + text[end:]
