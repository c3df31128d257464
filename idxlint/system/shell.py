"""The one door to other programs: no shell, no inherited input, a time limit."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from idxlint.model import record, value

Word = str | Path
Process = subprocess.Popen


class Stopped(Exception):
    """A program could not be started, or did not end in time; one line."""


@value
class Ran:
    """What a program left behind. code: its exit code, negative for the signal that ended it."""

    code: int
    out: bytes
    err: bytes


@record
class Account:
    """Whom root runs a program as, by number, without any other group and with private files."""

    name: str
    uid: int
    gid: int


def run(
    command: Sequence[Word],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    seconds: float = 60,
    account: Account | None = None,
    apart: bool = False,
) -> Ran:
    """Run a program to its end; Stopped where it cannot be started or takes longer than some seconds.

    apart: in a session of its own, so that Ctrl-C reaches only us.
    """
    try:
        done = subprocess.run(  # noqa: S603, a list of words, never a shell
            command,
            cwd=cwd,
            input=stdin,
            env=env,
            capture_output=True,
            timeout=seconds,
            check=False,
            start_new_session=apart,
            **_as(account),
        )
    except subprocess.TimeoutExpired:
        raise Stopped(f"{_name(command)}: did not finish within {seconds:g} s") from None
    except OSError as error:
        raise Stopped(f"{_name(command)}: {(error.strerror or str(error)).lower()}") from None
    return Ran(done.returncode, done.stdout, done.stderr)


def start(
    command: Sequence[Word],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
) -> "Process[bytes]":
    """Start a program in a session of its own, so that Ctrl-C reaches only us; log: where its words go."""
    try:
        with log.open("ab") as file:
            return subprocess.Popen(  # noqa: S603
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                **_as(account),
            )
    except OSError as error:
        raise Stopped(f"{_name(command)}: {(error.strerror or str(error)).lower()}") from None


def end(process: "Process[bytes]", number: int, seconds: float) -> None:
    """End a program with a signal, after some seconds without any mercy."""
    process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _as(account: Account | None) -> dict[str, Any]:
    """What has a program run as somebody else."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": [], "umask": 0o077}


def _name(command: Sequence[Word]) -> str:
    return Path(command[0]).name
