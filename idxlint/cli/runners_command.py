"""`idxlint runners`: which tool runs each folder here, and what says so."""

from idxlint.cli.collect import collected
from idxlint.cli.options import FileOptions
from idxlint.model import ExitCode, printable
from idxlint.runners.registry import PROFILES
from idxlint.system import console


def runners(options: FileOptions) -> ExitCode:
    """Show the tool of each history, then all tools that idxlint knows."""
    files = collected(options)
    for unread in files.unread:
        console.say(str(unread))
    histories: dict[str, str] = {}
    for plan in files.plans:
        assumed = "assumed: " if plan.assumed else ""
        histories.setdefault(plan.history or ".", f"{plan.profile.full} ({assumed}{plan.evidence})")
    console.emit(f"{printable(folder)}: {printable(tool)}\n" for folder, tool in histories.items())
    width = max(len(profile.name) for profile in PROFILES)
    known = (f"  {profile.name:<{width}}  {profile.full}\n" for profile in PROFILES)
    console.emit(["\n" if histories else "", "known runners:\n", *known])
    return ExitCode.NOTHING_READ if files.unread else ExitCode.CLEAN
