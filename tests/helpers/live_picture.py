"""The pictures of the README, drawn from what a server says: `python -m tests.helpers.live_picture` writes them.

They are evidence of a real run; times differ a little whenever they are drawn again.
"""

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from idxlint.cli.episodes import episodes
from idxlint.live.proof.history import run_histories
from idxlint.live.server.binaries import chosen
from idxlint.live.server.cluster import cluster
from idxlint.model import printable
from idxlint.model.evidence import LiveReport, LiveRun
from idxlint.reporters.live.live_text import render
from idxlint.reporters.live.timeline import document
from idxlint.reporters.parts.page import PALETTE
from tests.live.live_runs import by_rule, request

HOME = Path(__file__).parents[2] / ".github"
TIMELINE = HOME / "live.svg"
RECORDING = HOME / "live-crash.svg"

SHOP = "CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, email text);\n"
PLAIN = "CREATE INDEX orders_status_idx ON orders (status);\n"
ADVISED = (
    "SET lock_timeout = '1s';\nSET statement_timeout = '5s';\n"
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_status_idx ON orders (status);\n"
)
"""What squawk advises for the plain statement: CONCURRENTLY, timeouts, and IF NOT EXISTS."""

_WIDTH = 104
_LETTER, _LINE = 7.25, 18
_STYLE = """\
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink);white-space:pre}
.command{font-weight:700}
.quiet{fill:var(--quiet)}
.bad{fill:var(--bad);font-weight:700}
.good{fill:var(--good);font-weight:700}
"""


@contextmanager
def shops(files: Mapping[str, str]) -> Iterator[Path]:
    """A folder with a shop and some migrations behind it."""
    with TemporaryDirectory() as folder:
        for name, text in {"0001_shop.sql": SHOP, **files}.items():
            Path(folder, name).write_text(text, "utf-8")
        yield Path(folder)


def seen(name: str, sql: str, *, crash: bool) -> LiveRun:
    """What the newest server here says of a migration on the shop."""
    with shops({name: sql}) as folder, cluster(chosen((), ())[0]) as server:
        everything = request(folder, runners={"": "psql"})
        (asked,) = (plan.shown for plan in everything.plans if plan.shown.endswith(name))
        return run_histories(server, "", tuple(episodes(everything, [asked])), crash=crash)


def crashes(name: str, sql: str, script: str) -> Iterator[str]:
    """The lines of the report that say what crashes leave; script: original or fixed."""
    said = "".join(render(LiveReport((seen(name, sql, crash=True),)), encoding="utf-8")).splitlines()
    lines = [line.strip() for line in said if line.startswith(f"  crash: {script}: ")]
    yield from (f"$ idxlint live --crash {name}", *lines)


def recording(lines: Iterator[str]) -> str:
    """Lines of a terminal as a picture, light or dark as its reader has it; long ones go on in the next."""
    rows = [row for line in lines for row in _rows(line)]
    width, height = _WIDTH * _LETTER + 32, len(rows) * _LINE + 28
    texts = "".join(
        f'<text class="{_style(row)}" x="16" y="{28 + number * _LINE}">{escape(printable(row))}</text>'
        for number, row in enumerate(rows)
    )
    title = escape(printable(" ".join(row.strip() for row in rows)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" width="{width:g}" '
        f'height="{height}" role="img" aria-labelledby="words"><title id="words">{title}</title>'
        f'<style>{PALETTE}{_STYLE}</style><rect width="100%" height="100%" style="fill:var(--panel)"/>'
        f"{texts}</svg>\n"
    )


def _rows(line: str) -> Iterator[str]:
    """A line broken where a sentence has a semicolon, then where it is too long."""
    if not line.startswith("crash:"):
        yield line
        return
    for number, part in enumerate(line.split("; ")):
        indent = "    " if number else ""
        yield from textwrap.wrap(part, _WIDTH, initial_indent=indent, subsequent_indent="    ")


def _style(row: str) -> str:
    if row.startswith("$"):
        return "command"
    if not row.startswith("    run again:"):
        return "" if row.startswith(("crash", " ")) else "quiet"
    return "bad" if "still INVALID" in row else "good"


def _lines() -> Iterator[str]:
    yield "$ cat advised.sql"
    yield from ADVISED.splitlines()
    yield from crashes("advised.sql", ADVISED, "original")
    yield ""
    yield "$ cat plain.sql"
    yield from PLAIN.splitlines()
    yield from crashes("plain.sql", PLAIN, "fixed")


def main() -> None:
    """Write both."""
    TIMELINE.write_text(document(by_rule(seen("plain.sql", PLAIN, crash=False))["IDX101"]), "utf-8")
    RECORDING.write_text(recording(_lines()), "utf-8")


if __name__ == "__main__":
    main()
