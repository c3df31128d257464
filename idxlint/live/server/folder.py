"""The private folder of a server: one that is locked belongs to somebody alive, any other of ours is swept.

It is ours, and locked as long as this process lives, however it ends. Inside: `log`, what the server says;
`run`, the data and the socket, which belong to the server's account; `programs`, copies for an account that
cannot reach the programs where they are.
"""

import fcntl
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path

from idxlint.live.server.binaries import NoServer
from idxlint.model import record
from idxlint.system import shell

PREFIX = "idxlint-pg-"
SHORT = Path("/tmp")  # noqa: S108, a private folder is made in it
MEMORY = Path("/dev/shm")  # noqa: S108, the same
ROOM = 1 << 30
"""Bytes that have to be free in memory: a server and the copies of a run take a tenth of that."""

SECONDS_TO_STOP = 10.0
# The address of a Unix socket has 108 bytes on Linux and 104 on macOS, with a zero at the end.
_LONGEST = 103
_SOCKET = f"{PREFIX}12345678/run/.s.PGSQL.65535"


@record
class Folder:
    """A private folder. lock: the open descriptor that holds the lock on it."""

    path: Path
    lock: int

    @property
    def run(self) -> Path:
        """What belongs to the server's account."""
        return self.path / "run"

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.run / "data"

    @property
    def log(self) -> Path:
        """The server's words."""
        return self.path / "log"


def create(account: shell.Account | None) -> Folder:
    """A new folder that no sweep takes away; NoServer where there is no place for it."""
    places = _places()
    parent = next((place for place in places if _fits(place, account)), None)
    if parent is None:
        tried = " and ".join(map(str, places))
        raise NoServer(f"no folder for a temporary server: {tried} cannot be used; set TMPDIR to another")
    folder = None
    try:
        while folder is None:  # a sweep may have come between making it and locking it
            folder = _locked(Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)))
        folder.run.mkdir(0o700)
        if account is not None:
            os.chown(folder.run, account.uid, account.gid)
            folder.path.chmod(0o711)
    except OSError as error:
        if folder is not None:
            remove(folder)
        raise NoServer(f"no folder for a temporary server: {parent}: {error.strerror}") from None
    return folder


def remove(folder: Folder) -> None:
    """Nothing is left; what a dying program still writes is waited for."""
    for _ in range(20):
        shutil.rmtree(folder.path, ignore_errors=True)
        if not folder.path.exists():
            break
        time.sleep(0.05)
    os.close(folder.lock)


def sweep() -> None:
    """Stop the servers and remove the folders of those who were killed before they could do it themselves."""
    for place in dict.fromkeys((*_places(), MEMORY)):
        for path in place.glob(f"{PREFIX}*"):
            folder = _orphan(path)
            if folder is not None:
                _stop(folder)
                remove(folder)


def _places() -> tuple[Path, ...]:
    """Where the folder may be; measured: a database is copied in memory six times as fast as on a disk."""
    named = any(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP"))
    first = () if named or not _roomy(MEMORY) else (MEMORY,)
    try:
        return tuple(dict.fromkeys((*first, Path(tempfile.gettempdir()), SHORT)))
    except OSError:
        return (*first, SHORT)


def _roomy(place: Path) -> bool:
    """Whether there is much room, and programs may be run; a container's /dev/shm often has neither."""
    try:
        usage = os.statvfs(place)
    except OSError:
        return False
    free = usage.f_bavail * usage.f_frsize
    return free >= ROOM and not usage.f_flag & getattr(os, "ST_NOEXEC", 0) and os.access(place, os.W_OK)


def _fits(place: Path, account: shell.Account | None) -> bool:
    """Whether a socket's path fits and can be written down (libpq cuts it at commas), and the server gets there."""
    text = str(place)
    if len(os.fsencode(place / _SOCKET)) > _LONGEST or "," in text or not text.isprintable():
        return False
    return account is None or reachable(place)


def reachable(path: Path) -> bool:
    """Whether every folder on the way lets everybody pass."""
    try:
        way = (path, *path.resolve(strict=True).parents)
        return all(part.stat().st_mode & 0o001 for part in way)
    except OSError:
        return False


def _locked(path: Path) -> Folder | None:
    """The folder that we have just made; None where a sweep was quicker."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError:
        return Folder(path, lock)  # a file system without locks: no sweep gets a lock either
    if os.fstat(lock).st_nlink == 0 or not path.exists():
        os.close(lock)
        return None
    return Folder(path, lock)


def _orphan(path: Path) -> Folder | None:
    """A folder of ours that nobody alive holds; never one of somebody else, nor what a link leads to."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Folder(path, lock)
    except OSError:
        pass
    os.close(lock)
    return None


def _stop(folder: Folder) -> None:
    """The server of a folder is gone; the first line of postmaster.pid is its process."""
    try:
        pid = int((folder.data / "postmaster.pid").read_text("utf-8", "replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + SECONDS_TO_STOP
        if _serves(pid, folder):
            os.kill(pid, number)
        while _serves(pid, folder) and time.monotonic() < deadline:
            time.sleep(0.01)


def _serves(pid: int, folder: Folder) -> bool:
    """Whether a process is the server of this folder: the number may be another program's by now."""
    try:
        owner = folder.data.stat().st_uid
        uid, command = _process(pid)
    except (OSError, ValueError, shell.Stopped):
        return False
    return uid == owner and "postgres" in command and f"/{folder.path.name}/run/data" in command


def _process(pid: int) -> tuple[int, str]:
    """Whose process it is, and its command line; an error where there is none."""
    here = Path(f"/proc/{pid}")
    if Path("/proc/self/cmdline").exists():
        return here.stat().st_uid, here.joinpath("cmdline").read_text("utf-8", "replace").replace("\0", " ")
    said = shell.run(["ps", "-ww", "-o", "uid=,command=", "-p", str(pid)]).out.decode(errors="replace")
    uid, command = said.strip().split(None, 1)
    return int(uid), command
