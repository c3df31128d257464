"""`idxlint runners`: which tool runs each folder here, and what says so."""

from idxlint.cli.collect import collected, foreign
from idxlint.cli.options import FileOptions
from idxlint.model import ExitCode, printable
from idxlint.runners.registry import PROFILES
from idxlint.system import console


def runners(options: FileOptions) -> ExitCode:
    """Show the tool of each history, then all tools that idxlint knows."""
    files = collected(options)
    for entry in files.unread:
        console.say(str(entry))
    if unread := foreign(files):
        console.say(unread)
    histories: dict[str, str] = {}
    for plan in sorted(files.plans, key=lambda plan: bool(plan.left_out)):
        assumed = "assumed: " if plan.assumed else ""
        tool = f"{plan.profile.full} ({assumed}{plan.evidence})"
        histories.setdefault(plan.history or ".", f"left out, for {plan.left_out}" if plan.left_out else tool)
    console.emit(f"{printable(folder)}: {printable(tool)}\n" for folder, tool in histories.items())
    width = max(len(profile.name) for profile in PROFILES)
    known = (f"  {profile.name:<{width}}  {profile.full}\n" for profile in PROFILES)
    console.emit(["\n" if histories else "", "known runners:\n", *known])
    return ExitCode.NOTHING_READ if files.unread or unread else ExitCode.CLEAN
