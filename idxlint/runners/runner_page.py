"""The page about the migration tools, made from their profiles."""

from collections.abc import Iterator, Sequence

from idxlint.model import Send, Wrap
from idxlint.runners.shared.profile import Profile

_WRAP = {Wrap.NONE: "no", Wrap.UNIT: "each file or section", Wrap.RUN: "the whole run"}
_SEND = {Send.STATEMENT: "one by one", Send.SIMPLE: "as one message", Send.PIPELINE: "as one pipeline"}
_HEAD = """# The migration tools

How each tool runs a file. This page is generated from the profiles in `idxlint/runners/`.
`idxlint runners` shows which tool was detected in a project, and how.

| tool | `runner:` | order | transaction around | statements sent | \
opt-out from the transaction | its own lock | source |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


def page(profiles: Sequence[Profile]) -> str:
    """The page as Markdown."""
    return _HEAD + "".join(_rows(profiles))


def _rows(profiles: Sequence[Profile]) -> Iterator[str]:
    for profile in profiles:
        leave = "not needed" if profile.wrap is Wrap.NONE else profile.leave or "not possible"
        if profile.alone:
            leave += "; a statement that cannot run inside a transaction block must be alone"
        lock = profile.lock.message if profile.lock else "harmless"
        cells = (
            profile.full,
            f"`{profile.name}`",
            profile.order.says,
            _WRAP[profile.wrap],
            _SEND[profile.send],
            leave,
            lock,
            profile.source,
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
