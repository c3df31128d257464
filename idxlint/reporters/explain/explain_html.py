"""An explanation as one page that needs nothing else: each transaction with its statements, and beside them the locks.

The bars are a picture of what stands in the table and at each statement; who cannot see them loses nothing.
"""

from collections.abc import Iterator, Sequence

from idxlint import __version__
from idxlint.model import FileGap
from idxlint.model.explained import Explained, Explanation, HeldLock, LockStretch
from idxlint.reporters.explain.explain_style import PAGE
from idxlint.reporters.explain.explain_words import (
    LIMITS,
    REFUSED,
    UNKNOWN,
    blocks,
    doing,
    grip,
    lasting,
    row,
    summary,
    title,
    under,
)
from idxlint.reporters.explain.explained_parts import Numbered, ReportPart, grouped, parts
from idxlint.reporters.explain.lock_lanes import MOST, Bar, Lane, bars, lanes, row_of
from idxlint.reporters.parts.page import cell, head, safe, sql, top
from idxlint.reporters.parts.phrases import NONE, counted, lines, one_line, sentence

_KEY = (
    ("readers", "reads and writes wait"),
    ("writers", "writes wait"),
    ("nobody", "no query waits"),
)
_MOST_LINES = 8
_LONGEST = 2_000


def render(explanation: Explanation) -> Iterator[str]:
    """The whole page."""
    count = counted(len(explanation.sent), "statement")
    yield from top(f"idxlint explain: {count}", PAGE)
    yield f'<header><p class="kicker">idxlint explain</p><h1>What {count} would lock</h1>\n'
    yield f"<p>{safe(summary(explanation))}</p>\n"
    yield from (f'<p class="not">Not read: {safe(str(unread))}</p>\n' for unread in explanation.unread)
    yield f'<p class="limits">{safe(LIMITS)}</p>\n<ul class="key">'
    for style, words in _KEY:
        yield f'<li><span class="bar {style}" aria-hidden="true"></span>{words}</li>'
    yield "</ul></header>\n"
    for path, its in parts(explanation):
        if its:
            yield f"<section><h2>{safe(path)}</h2>\n"
            for part in its:
                yield from _part(part, explanation.statements)
            yield "</section>\n"
    yield f"<footer>Written by idxlint {__version__}.</footer>\n</main></body></html>\n"


def _part(part: ReportPart, statements: tuple[Explained, ...]) -> Iterator[str]:
    yield "<article>"
    if part.statements:
        said = title(part.transaction, part.statements[0].statement)
        yield f"<h3>{safe(sentence(said))}</h3>\n"
    its = lanes(part.transaction) if part.transaction else []
    if its:
        yield from _held(its, statements)
    drawn = sum(lane.number > 0 for lane in its) or 1
    yield f'<div class="plan" role="list" style="--lanes:{drawn}">\n'
    for number in range(1, drawn + 1) if its else ():
        yield f'<div class="lane" style="grid-column:{number}" aria-hidden="true">{number}</div>'
    for place, item in enumerate(part.items, 2):
        yield from _item(item, place)
    yield from map(_bar, bars(part, its))
    yield "</div></article>\n"


def _held(its: Sequence[Lane], statements: tuple[Explained, ...]) -> Iterator[str]:
    """The strongest lock on each table, how long it is held, and the work meanwhile."""
    yield f'<table class="held">{head("lane", "lock", "held from", "meanwhile")}<tbody>\n'
    for number, through in ((lane.number, one) for lane in its for one in lane.rows):
        lock = through.lock
        said = f"{_mode(lock)} on {_name(lock.relation)}<br>{safe(blocks(lock))}"
        yield f"<tr>{cell('lane', str(number or NONE))}{cell('lock', said)}"
        yield cell("held from", safe(lasting(through, statements)))
        yield f"{cell('meanwhile', safe(under(through, statements)) or 'nothing')}</tr>\n"
    yield "</tbody></table>\n"
    if len(its) > MOST:
        yield f'<p class="quiet">Lanes are drawn for the first {MOST} tables.</p>\n'


def _item(item: Numbered | FileGap, place: int) -> Iterator[str]:
    """A row: its line, its text, and what is said of it."""
    statement = item.statement if isinstance(item, Numbered) else None
    busy = " busy" if statement and _works(statement) else ""
    inner = " inner" if statement and statement.runs == "function" else ""
    yield f'<div class="band{busy}" style="grid-row:{place}" aria-hidden="true"></div>'
    yield f'<div class="item{inner}" role="listitem" style="grid-row:{place}">'
    yield f'<span class="line">{row_of(item)}</span>'
    if isinstance(item, Numbered):
        yield _text(item.statement.sql) + "".join(_said(item.statement))
    else:
        start, end = item.gap.span
        yield _text(item.source.text[start : min(end, start + _LONGEST)])
        yield f'<p><span class="unknown">not read</span>: {safe(item.gap.message)}</p>'
    yield "</div>\n"


def _text(text: str) -> str:
    """A statement as it stands in its file, not all of it where it is long."""
    shown = lines(text[:_LONGEST])
    if len(text) <= _LONGEST and len(shown) <= _MOST_LINES:
        return sql(text)
    return sql("\n".join(one_line(line, 200) for line in shown[:_MOST_LINES]) + "\n…")


def _said(statement: Explained) -> Iterator[str]:
    if not statement.known:
        yield f'<p class="unknown">{safe(UNKNOWN)}</p>'
    if statement.refused:
        yield f'<p class="not">{safe(REFUSED)}</p>'
    for locks in grouped(statement.locks):
        lock = locks[0]
        yield f"<p>{_mode(lock)}{safe(grip(locks, statement))}</p>"
    if done := [*doing(statement)]:
        yield f"<p>{safe(row(done))}</p>"


def _works(statement: Explained) -> bool:
    return statement.rows or any(
        lock.work in ("scan", "build", "rewrite") and not lock.new for lock in statement.locks
    )


def _name(relation: str) -> str:
    """A relation, which may be broken behind a dot or an underscore."""
    return f"<code>{safe(relation).replace('.', '.<wbr>').replace('_', '_<wbr>')}</code>"


def _mode(lock: HeldLock | LockStretch) -> str:
    return f'<span class="mode {_style(lock)}">{safe(lock.mode)}</span>'


def _style(lock: HeldLock | LockStretch) -> str:
    if lock.new or not lock.blocks:
        return "nobody"
    return "readers" if "SELECT" in lock.blocks else "writers"


def _bar(bar: Bar) -> str:
    place = f"grid-column:{bar.lane};grid-row:{bar.first + 1}/{bar.last + 2}"
    words = safe(f"{bar.lock.mode} on {bar.lock.relation}; {blocks(bar.lock)}")
    label = safe(bar.lock.mode) if bar.last > bar.first else ""
    return f'<div class="bar {_style(bar.lock)}" style="{place}" title="{words}" aria-hidden="true">{label}</div>\n'
