"""The folder that a command was started in."""

from pathlib import Path

from idxlint.model import ExitCode, Failure


def working_folder() -> Path:
    """The folder that printed paths are relative to; Failure where it has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise Failure("the working folder no longer exists", ExitCode.NOTHING_READ) from None
