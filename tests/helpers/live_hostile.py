"""Reports that try to be something else, and the door to the formats."""

from dataclasses import replace

from idxlint.model.evidence import Claim, Crash, LiveReport, Notice, Proof, Status, Unplayed, Unseeded
from idxlint.reporters import LIVE_REPORTERS
from tests.helpers.live_report import NEW, UNIQUE_PROOF

EVIL = (
    "a`b``c|d\\|e<b>@octocat</b> #1 ![x](http://evil.example) www.evil.example\n::error::x\r\n"
    "</details></code></svg></style><script>alert(1)</script>&lt; '\" ]]> --> "
    "\x1b[31m\u202e\x00\ufffe\udce9\u2028$x$ ~~y~~"
)
"""A name that tries to be Markdown, HTML, XML, a workflow command, an escape sequence, and is not even UTF-8."""


def rendered(name: str, report: LiveReport, colour: bool = False) -> str:
    """A report in a format."""
    return "".join(LIVE_REPORTERS[name](report, colour))


def only(*proofs: Proof) -> LiveReport:
    """A report of one server that says nothing but some proofs."""
    return LiveReport((replace(NEW, proofs=proofs, unplayed=(), unseeded=()),))


def hostile() -> LiveReport:
    """A report in which everything that a file or a server can choose is hostile."""
    seen = replace(
        UNIQUE_PROOF.fixed[1],
        sql=EVIL,
        table=EVIL,
        sqlstate="23505",
        error=EVIL,
        notices=(Notice("NOTICE", EVIL),),
    )
    stops = tuple(
        replace(stop, name=EVIL, locks=tuple(replace(lock, relation=EVIL) for lock in stop.locks))
        for stop in seen.stops
    )
    seen = replace(seen, stops=stops)
    index = replace(UNIQUE_PROOF.fixed_indexes[0], name=EVIL, table=EVIL, definition=EVIL)
    crash = Crash("fixed", EVIL, EVIL, "cancel", "57014", (EVIL,), EVIL, (EVIL,), (EVIL,))
    claims = tuple(Claim(EVIL, status, EVIL) for status in Status)
    proof = Proof(
        EVIL, 1, EVIL, claims, "r", "IDX000", EVIL, seen, (seen, seen), (crash,), (index,), (index,)
    )
    run = replace(
        NEW,
        origin=EVIL,
        proofs=(proof,),
        unplayed=(Unplayed(EVIL, 1, EVIL, EVIL),),
        unseeded=(Unseeded(EVIL, EVIL),),
    )
    return LiveReport((run, run), (EVIL,))
