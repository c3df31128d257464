"""PostgreSQL's own statements: what `effects` calls known, it knows as the server does."""

import os
from pathlib import Path

import pytest

from .regression_suite import report, run
from .server import installed, running

pytestmark = pytest.mark.live

FOLDER = os.environ.get("IDXLINT_REGRESS", "")
KNOWN = 0.98
"""The least share of DDL that has to be known."""

MAJOR = 17


@pytest.mark.skipif(not FOLDER, reason="IDXLINT_REGRESS names no folder with PostgreSQL's regression suite")
def test_suite_agrees_with_the_lock_table() -> None:
    """Nearly all DDL is known, and what is known is what the server does."""
    found = [binaries for binaries in installed() if binaries.major == MAJOR]
    if not found:
        pytest.skip(f"no PostgreSQL {MAJOR}")
    with running(found[0]) as server:
        tally = run(server.dsn(), Path(FOLDER), MAJOR)

    print(report(tally))
    ddl = tally.known["ddl"] + tally.unknown["ddl"]
    assert ddl
    assert tally.known["ddl"] / ddl >= KNOWN
