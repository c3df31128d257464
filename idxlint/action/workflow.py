"""What GitHub's runner reads: workflow commands on standard output, and environment files.

Source of the syntax and the limits: GitHub's manual, "Workflow commands for GitHub Actions".
"""

import os
import secrets
import sys
from pathlib import Path

from idxlint.model import printable

SUMMARY = 1024 * 1024
"""How many bytes a step's summary may have; with more, GitHub shows nothing of it."""


def error(line: str) -> None:
    """A line in the log and an annotation that say why the step fails."""
    _command("error", line)


def notice(line: str) -> None:
    """A line in the log and an annotation about something that fails nothing."""
    _command("notice", line)


def _command(name: str, line: str) -> None:
    data = printable(line).replace("%", "%25")
    sys.stdout.write(f"::{name} title=idxlint::{data}\n")
    sys.stdout.flush()


def commands(text: str) -> None:
    """Commands that are written already, as they are."""
    sys.stdout.write(text)
    sys.stdout.flush()


def words(data: bytes) -> None:
    """What another program said, for people: no word of it is a command."""
    if not data:
        return
    token = secrets.token_hex(16)
    text = data.decode("utf-8", "backslashreplace").rstrip("\n")
    sys.stdout.write(f"::stop-commands::{token}\n{text}\n::{token}::\n")
    sys.stdout.flush()


def output(name: str, value: str | int) -> None:
    """Set an output of the step; the value may have several lines."""
    end = secrets.token_hex(16)
    _append("GITHUB_OUTPUT", f"{name}<<{end}\n{value}\n{end}\n")


def summary(text: str) -> None:
    """Show Markdown on the page of the run, or say that there is too much of it."""
    if len(text.encode("utf-8", "replace")) >= SUMMARY:
        text = "idxlint: the report is too long for a summary; see the log."
    _append("GITHUB_STEP_SUMMARY", f"{text}\n")


def _append(variable: str, text: str) -> None:
    path = os.environ.get(variable)
    if path:
        with Path(path).open("a", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
