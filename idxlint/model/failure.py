"""What ends a command: one line, and the exit code that it means."""

from enum import IntEnum

from idxlint.model.gap import Unread


class ExitCode(IntEnum):
    """The exit codes, whatever the format."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    NOTHING_READ = 3
    NO_SERVER = 4


class Failure(Exception):
    """An error that ends the command with one line on standard error; a subclass has an exit code of its own."""

    code = ExitCode.USAGE

    def __init__(self, line: str, code: ExitCode | None = None) -> None:
        super().__init__(line)
        self.code = self.code if code is None else code


class UnreadError(Failure):
    """An input that cannot be read."""

    code = ExitCode.NOTHING_READ

    def __init__(self, path: str, reason: str) -> None:
        self.unread = Unread(path, reason)
        super().__init__(str(self.unread))
