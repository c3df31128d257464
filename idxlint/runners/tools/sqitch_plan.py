"""The order of sqitch.plan, which is the only one that Sqitch knows (App/Sqitch/Plan.pm)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from idxlint.runners.shared.profile import Chain
from idxlint.runners.shared.project_files import content, upwards

PLAN = "sqitch.plan"
_SUFFIX = ".sql"


def chains(files: Mapping[Path, str]) -> Sequence[Chain]:
    """The scripts that each plan above them names: deploy, revert and verify of a change stand together."""
    scripts: dict[Path, dict[str, list[Path]]] = {}
    for file in sorted(file.resolve() for file in files):
        plan = next((place / PLAN for place in upwards(file.parent) if (place / PLAN).is_file()), None)
        parts = file.relative_to(plan.parent).parts if plan else ()
        if plan and len(parts) > 1:
            change = "/".join(parts[1:]).removesuffix(_SUFFIX)
            scripts.setdefault(plan, {}).setdefault(change, []).append(file)
    return [Chain(plan, _ordered(plan, named)) for plan, named in scripts.items()]


def _ordered(plan: Path, scripts: Mapping[str, list[Path]]) -> tuple[Path, ...]:
    names = dict.fromkeys(_changes(content(plan)))
    return tuple(file for name in names for file in scripts.get(name, ()))


def _changes(text: str) -> Iterator[str]:
    """The scripts of a plan's changes; one that is reworked later has the next tag in its name until then."""
    entries = [
        match[1] for match in re.finditer(r"^[ \t]*[+-]?[ \t]*(@?[^\s%#@+-][^\s#]*)", text, re.MULTILINE)
    ]
    for place, entry in enumerate(entries):
        if entry.startswith("@"):
            continue
        rest = entries[place + 1 :]
        if entry in rest:
            tags = (later for later in rest[: rest.index(entry)] if later.startswith("@"))
            yield from (entry + tag for tag in tags)
        else:
            yield entry
