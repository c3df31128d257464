"""The reports of live mode for people say everything once; JSON says all of it."""

import json
from dataclasses import replace

import pytest

from idxlint.model.evidence import Claim, Crash, Notice, ObservedStatement, Proof, Status
from tests.helpers.live_hostile import only, rendered
from tests.helpers.live_report import DROP_PROOF, PLAIN_PROOF, SILENT_PROOF, UNIQUE_PROOF

PEOPLE = ("text", "markdown", "html")
VALID = Claim("all 9 indexes are valid afterwards", Status.CONFIRMED)
NO_AMCHECK = Claim(
    "every row is in the index (amcheck)", Status.SKIPPED, 'extension "amcheck" is not available'
)
OWN = Claim("it takes SHARE on the table", Status.CONFIRMED)
FIRST = replace(PLAIN_PROOF, claims=(OWN, VALID, NO_AMCHECK))
SECOND = replace(DROP_PROOF, path=FIRST.path, claims=(VALID, NO_AMCHECK))
OTHER = replace(DROP_PROOF, claims=(VALID, NO_AMCHECK))
UNSEEN = (
    Claim("nobody waits while an index is built", Status.SKIPPED, "no other session can see its table yet"),
)
NOT_THERE = Notice("NOTICE", 'index "i" does not exist, skipping')


def aside(line: int, sql: str = "CREATE INDEX i ON new (x)", path: str = "m/1.sql", **more: object) -> Proof:
    """Index work that no rule speaks about, on a table that nobody else can see."""
    return Proof(path, line, sql, UNSEEN, original=replace(ObservedStatement(0, line, sql, 0, 1), **more))  # type: ignore[arg-type]


def crash(kill: str, stop: str, **more: object) -> Crash:
    """A crash that the second run repairs."""
    return replace(Crash("fixed", "x", stop, kill, "57014", ("i",), "", ()), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PEOPLE)
def test_new_tables_are_one_line(name: str) -> None:
    """What could block nobody is counted in one line with its places, behind the findings, and not shown."""
    text = rendered(name, only(aside(14), aside(22), PLAIN_PROOF, aside(8, path="m/2.sql")))
    line = "3 index statements on new tables: nobody to block (m/1.sql:14,22, m/2.sql:8)"

    assert 1 == text.count(line)
    assert text.index("index-not-concurrent") < text.index(line)
    assert "CREATE INDEX i ON new" not in text


@pytest.mark.parametrize(
    "more",
    [
        {"sqlstate": "42P01", "error": "no such table"},
        {"table": "public.new"},
        {"notices": (Notice("NOTICE", 'relation "i" already exists, skipping'),)},
    ],
    ids=lambda more: next(iter(more)),
)
@pytest.mark.parametrize("name", PEOPLE)
def test_what_has_something_to_say_is_shown(name: str, more: dict[str, object]) -> None:
    """A refusal, a probed table and a message of the server keep a statement out of that line."""
    text = rendered(name, only(aside(14, **more)))  # type: ignore[arg-type]

    assert "nobody to block" not in text
    assert "CREATE INDEX i ON new" in text


@pytest.mark.parametrize("name", PEOPLE)
def test_a_guard_is_one_line(name: str) -> None:
    """A DROP that finds nothing is counted apart, and among the statements of a fix it is one short sentence."""
    text = rendered(name, only(aside(3, "DROP INDEX IF EXISTS i", notices=(NOT_THERE,)), UNIQUE_PROOF))

    assert "1 DROP: nothing to drop (m/1.sql:3)" in text
    assert "an; there was nothing to drop" in text
    assert "does not exist, skipping" not in text


@pytest.mark.parametrize("name", PEOPLE)
def test_what_is_true_of_a_file_is_said_once(name: str) -> None:
    """Findings of one file share what holds for all of it; another file says it for itself."""
    text = rendered(name, only(FIRST, SECOND, OTHER))

    assert 2 == text.count(VALID.text)
    assert 1 == text.count("with all its fixes")
    assert 1 == text.count(OWN.text)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_check_that_the_server_lacks_is_said_once(name: str) -> None:
    """However many files there are, amcheck is missing once."""
    assert 1 == rendered(name, only(FIRST, SECOND, OTHER)).count(NO_AMCHECK.text)


@pytest.mark.parametrize("name", PEOPLE)
def test_two_findings_about_a_statement_share_its_evidence(name: str) -> None:
    """The second one has its own claims and what is not confirmed, and leads to the evidence above it."""
    doubt = Claim("nobody waits", Status.INCONCLUSIVE, "no concurrent statement finished")
    first = replace(PLAIN_PROOF, claims=(OWN, doubt))
    again = replace(first, id="IDX402", rule="if-not-exists-hides-invalid")
    text = rendered(name, only(first, again))

    assert 1 == text.lower().count("the statement and the fix above")
    assert (1, 2) == (text.count(OWN.text), text.count(doubt.reason))
    assert 1 == text.count('svg class="wide"') or name != "html"


@pytest.mark.parametrize("name", PEOPLE)
def test_findings_come_first(name: str) -> None:
    """Index work that no rule speaks about stands behind the findings."""
    text = rendered(name, only(SILENT_PROOF, PLAIN_PROOF))

    assert text.index("IDX101") < text.index("no finding")


def test_json_folds_nothing() -> None:
    """Machines get every proof with every claim, in the order in which the files run."""
    proofs = (aside(14), FIRST, SECOND, OTHER)
    (run,) = json.loads(rendered("json", only(*proofs)))["runs"]

    assert [14, 4, 3, 3] == [proof["line"] for proof in run["proofs"]]
    assert [1, 3, 2, 2] == [len(proof["claims"]) for proof in run["proofs"]]


WAITS = ("waits for writers, before the build", "waits for old snapshots")
LEFT = "left INVALID i; run again: repaired"
EACH = f"each time it {LEFT}"


@pytest.mark.parametrize(
    ("crashes", "lines"),
    [
        ([crash("a cancel", WAITS[1])], [f"stopped by a cancel (57014) where it {WAITS[1]}; {LEFT}"]),
        (
            [crash(kill, stop) for kill in ("a cancel", "statement_timeout") for stop in WAITS],
            [f"stopped 4 times, by a cancel (57014) or statement_timeout (57014) in each of 2 waits; {EACH}"],
        ),
        (
            [crash("a cancel", WAITS[0]), crash("lock_timeout", WAITS[1], first="55P03")],
            [
                (
                    "stopped twice, by a cancel (57014) or lock_timeout (55P03) "
                    f"where it {WAITS[0]} or where it {WAITS[1]}; {EACH}"
                )
            ],
        ),
        (
            [crash("lock_timeout", stop, first="", left=()) for stop in WAITS],
            ["could not be interrupted by lock_timeout in any of 2 waits"],
        ),
        (
            [crash("duplicate rows", "builds", first="23505"), crash("a cancel", WAITS[0])],
            [
                f"stopped by duplicate rows (23505) where it builds; {LEFT}",
                f"stopped by a cancel (57014) where it {WAITS[0]}; {LEFT}",
            ],
        ),
        (
            [
                crash("a cancel", WAITS[0]),
                crash("a cancel", WAITS[1], end=("i",), second="42P07 it is there"),
            ],
            [
                f"stopped by a cancel (57014) where it {WAITS[0]}; {LEFT}",
                (
                    f"stopped by a cancel (57014) where it {WAITS[1]}; left INVALID i; "
                    "run again: still INVALID i (it said 42P07 it is there)"
                ),
            ],
        ),
    ],
    ids=["one", "all", "some", "none", "builds", "apart"],
)
def test_crashes_that_came_out_alike(crashes: list[Crash], lines: list[str]) -> None:
    """They are one sentence, which counts them; any difference in what came of them makes another."""
    text = rendered("text", only(replace(PLAIN_PROOF, crashes=tuple(crashes))))

    assert [f"  crash: fixed: {line}" for line in lines] == [
        line for line in text.splitlines() if line.startswith("  crash: ")
    ]


@pytest.mark.parametrize("name", ["markdown", "html"])
@pytest.mark.parametrize(("end", "words"), [((), "a crash: repaired"), (("i",), "a crash: not repaired")])
def test_the_table_says_what_crashes_came_to(name: str, end: tuple[str, ...], words: str) -> None:
    """A look at the table tells a leftover from its repair."""
    proof = replace(PLAIN_PROOF, crashes=(crash("a cancel", WAITS[0], end=end),))

    assert 1 == rendered(name, only(proof)).count(words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("html", "nobody waited</span><br>blocks only during a catalog change"),
        ("html", "INSERT, UPDATE, DELETE had to wait for a part of the fix that builds nothing."),
        ("markdown", "nobody waited<br>INSERT, UPDATE, DELETE waited while nothing was built |"),
    ],
)
def test_a_lock_for_the_catalogue_is_told_from_a_build(name: str, words: str) -> None:
    """Where a fix ends with a short lock, no report makes that a build which makes all wait."""
    assert PLAIN_PROOF.original is not None
    short = replace(PLAIN_PROOF.original, builds=())

    assert words in rendered(name, only(replace(PLAIN_PROOF, fixed=(*PLAIN_PROOF.fixed, short))))


def test_many_names_are_cut() -> None:
    """A line has four relations of a mode and counts the others."""
    locks = tuple(
        replace(PLAIN_PROOF.fixed[0].stops[0].locks[0], relation=f"t{number}") for number in range(9)
    )
    stop = replace(PLAIN_PROOF.fixed[0].stops[0], locks=locks)
    fixed = replace(PLAIN_PROOF.fixed[0], stops=(stop,))

    assert "SHARE UPDATE EXCLUSIVE on t0, t1, t2, t3 and 5 more;" in rendered(
        "text", only(replace(PLAIN_PROOF, fixed=(fixed,)))
    )
