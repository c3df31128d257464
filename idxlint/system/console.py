"""What reaches a terminal, a pipe or a file."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from idxlint.model import Failure, printable


def complain(error: Failure) -> int:
    """Say on standard error what went wrong, and give the exit code."""
    say(str(error))
    return error.code


def say(line: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"idxlint: {printable(line)}\n")


def emit(pieces: Iterable[str], output: str | None = None, *, utf8: bool = False, said: str = "") -> None:
    """Write pieces of text to standard output or to a file.

    utf8: whatever the terminal's encoding is
    said: the option that named the file, for the line that says what is wrong
    """
    if output is not None:
        try:
            with Path(output).open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                file.writelines(pieces)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Failure(f"{said or f'--output {output}'}: {reason}") from None
        return
    stream = sys.stdout
    if utf8 and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    elif hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    for piece in pieces:
        stream.write(piece)


def interactive() -> bool:
    """Whether somebody can see a question and answer it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(question: str) -> bool:
    """Ask on the terminal; whatever is not a yes is a no."""
    # Not by input(), which writes to the standard error that is kept from PostgreSQL's parser.
    sys.stdout.write(f"{question} [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def flush() -> None:
    """Bring everything out now, while a closed pipe can still be noticed."""
    sys.stdout.flush()


def coloured(choice: str, stream: TextIO) -> bool:
    """Whether to paint: as asked, else on a terminal unless NO_COLOR is set (no-color.org)."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
