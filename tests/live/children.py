"""Processes that have a server, and what one of them may leave behind."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from idxlint.live.server import folder
from idxlint.live.server.binaries import available

from .server import installed

NOBODY = pwd.getpwnam("nobody").pw_uid


class Child:
    """A process with a server, in a TMPDIR."""

    def __init__(self, place: Path, user: int = os.geteuid(), *, nohup: bool = False) -> None:
        """Return once its server is up."""
        candidates = (
            binaries
            for binaries in (*installed(), *available())
            if user == 0 or folder.reachable(binaries.bin)
        )
        binaries = next(candidates, None)
        if binaries is None:
            pytest.skip("no PostgreSQL where an ordinary user can reach it")
        command = [sys.executable, "-m", "tests.live.child", str(user), "cluster"]
        command += [str(binaries.bin), str(binaries.major)]
        self.process = subprocess.Popen(
            ["nohup", *command] if nohup else command,
            env={**os.environ, "TMPDIR": str(place)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.run = Path(self.line())
        self.line()
        self.postmaster = int((self.run / "data" / "postmaster.pid").read_text().split()[0])

    def line(self) -> str:
        """What it says next."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def tell(self, words: str) -> None:
        """Have it do something."""
        assert self.process.stdin is not None
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def end(self, *signals: int, words: str = "") -> int:
        """Its exit code after words or signals."""
        if words:
            self.tell(words)
        for number in signals:
            self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


def left(place: Path, *postmasters: int) -> list[str]:
    """What is there of servers: files, processes, and memory that outlives a process."""
    segments = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return [
        *map(str, place.glob("*")),
        *(f"process {pid}" for pid in processes(place)),
        *(f"segment {words[1]}" for words in segments if int(words[4]) in postmasters),
    ]


def processes(place: Path) -> list[int]:
    """Who was started with this path in the command."""
    pids = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if os.fsencode(place) in path.read_bytes():
                pids.append(int(path.parent.name))
        except OSError:
            continue
    return pids
