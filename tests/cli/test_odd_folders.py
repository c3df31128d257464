"""Folders that hold more than files: pipes, devices, sockets, links, and names that nobody expects."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import Ran

LIMIT = 20
"""Seconds after which a run counts as hanging."""

GOOD = "CREATE TABLE orders (id bigint PRIMARY KEY, status text);\n"
BAD = "CREATE INDEX orders_status_idx ON orders (status);\n"
PIPE = "is a pipe, not a regular file"
DEVICE = "is a device, not a regular file"
Idxlint = Callable[..., Ran]


@pytest.fixture
def idxlint(tmp_path: Path) -> Idxlint:
    """Run idxlint in a folder, and not for ever; it says what it has to say without a traceback."""

    def go(*words: str, start: Path = tmp_path) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "idxlint", *words],
            cwd=start,
            input=b"",
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace"))
        assert "Traceback" not in ran.err
        return ran

    return go


def no_file(kind: str, path: Path) -> None:
    """Put something into a folder that is no regular file."""
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.relpath(path))
    else:
        path.symlink_to(kind)


def said(ran: Ran) -> list[str]:
    """The lines on standard error."""
    return [line.removeprefix("idxlint: ") for line in ran.err.splitlines()]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("pipe", PIPE),
        ("socket", "is a socket, not a regular file"),
        ("/dev/zero", DEVICE),
        ("/dev/tty", DEVICE),
        ("2.sql", "too many levels of symbolic links"),
        ("/proc/self/mem", "input/output error"),
    ],
)
@pytest.mark.parametrize("asked", ["db", "db/*.sql"])
def test_no_regular_file(
    tmp_path: Path, idxlint: Idxlint, monkeypatch: pytest.MonkeyPatch, kind: str, why: str, asked: str
) -> None:
    """What walking finds that is no regular file is one line and exit code 3; the other files are judged."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "db").mkdir()
    (tmp_path / "db/1.sql").write_text(GOOD)
    no_file(kind, tmp_path / "db/2.sql")
    ran = idxlint("check", asked)

    assert (3, [f"db/2.sql: {why}"]) == (ran.code, said(ran))
    assert ran.out.endswith("0 gaps in 1 file, 1 statement\n")


def test_pipe_by_name(tmp_path: Path, idxlint: Idxlint) -> None:
    """A pipe that is named is refused as well: what detection would read of it would be gone."""
    os.mkfifo(tmp_path / "1.sql")
    ran = idxlint("check", "1.sql")

    assert (3, [f"1.sql: {PIPE}"]) == (ran.code, said(ran))


def test_folder_named_like_a_file(tmp_path: Path, idxlint: Idxlint) -> None:
    """A folder named 2.sql is walked like any other."""
    (tmp_path / "db/2.sql").mkdir(parents=True)
    (tmp_path / "db/2.sql/1.sql").write_text(GOOD)
    ran = idxlint("check", "db")

    assert (0, []) == (ran.code, said(ran))
    assert ran.out.endswith("in 1 file, 1 statement\n")


@pytest.mark.parametrize(
    ("name", "words", "line"),
    [
        ("idxlint.yaml", (), f"idxlint.yaml: cannot be read: {PIPE}"),
        ("settings.yaml", ("--config", "settings.yaml"), f"settings.yaml: cannot be read: {PIPE}"),
        ("settings.toml", ("--config", "settings.toml"), f"settings.toml: cannot be read: {PIPE}"),
        ("known.json", ("--baseline", "known.json"), f"known.json: cannot be read: {PIPE}"),
    ],
)
def test_settings_that_are_a_pipe(
    tmp_path: Path, idxlint: Idxlint, name: str, words: tuple[str, ...], line: str
) -> None:
    """A configuration and a baseline that are no regular files are one line and exit code 2."""
    (tmp_path / "1.sql").write_text(GOOD)
    os.mkfifo(tmp_path / name)
    ran = idxlint("check", *words, "1.sql")

    assert (2, [line]) == (ran.code, said(ran))


def test_standard_baseline_that_is_a_pipe(tmp_path: Path, idxlint: Idxlint) -> None:
    """The baseline in its standard place is not passed over for being a pipe."""
    (tmp_path / "1.sql").write_text(GOOD)
    os.mkfifo(tmp_path / "idxlint-baseline.json")
    ran = idxlint("check", "1.sql")

    assert (2, [f"{tmp_path}/idxlint-baseline.json: cannot be read: {PIPE}"]) == (ran.code, said(ran))


PROJECT_FILES = (
    "package.json", "package-lock.json", "Cargo.toml", "go.mod", "pom.xml", "flyway.conf", "1.sql.conf",
    "application.properties", "application.conf", "metadata.toml", "metadata.yaml", "pyproject.toml",
    "requirements.txt", "alembic.ini", "liquibase.properties", "env.py", "apps.py", "changelog.xml", "down.sql",
)  # fmt: skip
"""Files that detection, settings and readers look into."""


@pytest.mark.parametrize(
    "runner", ["", "flyway", "diesel", "sourcegraph", "prisma", "play", "liquibase", "yoyo"]
)
def test_project_files_that_are_pipes(tmp_path: Path, idxlint: Idxlint, runner: str) -> None:
    """Manifests, settings and files beside a migration are passed over where they are no regular files."""
    for name in PROJECT_FILES:
        os.mkfifo(tmp_path / name)
    (tmp_path / "1.sql").write_text(GOOD)
    (tmp_path / "up.sql").write_text("CREATE INDEX CONCURRENTLY i ON elsewhere (a);\n")
    ran = idxlint("check", "--runner", runner, "1.sql", "up.sql") if runner else idxlint("check", "1.sql")

    assert ran.code in (0, 1)
    assert ran.err == ""


@pytest.mark.parametrize(
    ("app", "name", "text"),
    [
        ("shop/migrations", "0001_a.py", "class Migration(migrations.Migration):\n    operations = []\n"),
        ("alembic/versions", "1_a.py", "revision = '1'\ndown_revision = None\ndef upgrade(): pass\n"),
    ],
)
def test_python_migrations_beside_pipes(
    tmp_path: Path, idxlint: Idxlint, app: str, name: str, text: str
) -> None:
    """The neighbours of Python migrations are read only where they are regular files."""
    (tmp_path / app).mkdir(parents=True)
    (tmp_path / app / name).write_text(text)
    for beside in ("0002_b.py", "../env.py", "../apps.py", "../alembic.ini"):
        os.mkfifo(tmp_path / app / beside)
    ran = idxlint("check", app)

    assert (3, [f"{app}/0002_b.py: {PIPE}"]) == (ran.code, said(ran))


CHANGELOG = """<databaseChangeLog>{include}
  <changeSet id="1" author="a"><sqlFile path="{path}" relativeToChangelogFile="true"/></changeSet>
</databaseChangeLog>
"""


@pytest.mark.parametrize(
    ("include", "path", "line"),
    [
        ('<include file="pipe.sql" relativeToChangelogFile="true"/>', "1.sql", "line 1: include pipe.sql"),
        ("", "pipe.sql", "line 2: sqlFile pipe.sql:"),
    ],
)
def test_changelog_that_names_a_pipe(
    tmp_path: Path, idxlint: Idxlint, include: str, path: str, line: str
) -> None:
    """A changelog that includes a pipe, or takes its SQL out of one, cannot be read."""
    (tmp_path / "db.xml").write_text(CHANGELOG.format(include=include, path=path))
    (tmp_path / "1.sql").write_text(GOOD)
    os.mkfifo(tmp_path / "pipe.sql")
    ran = idxlint("check", "db.xml")

    assert (3, [f"db.xml: {line} {PIPE}"]) == (ran.code, said(ran))


def test_changelog_that_is_a_pipe(tmp_path: Path, idxlint: Idxlint) -> None:
    """A changelog itself is looked at before it is opened, as is the journal of Drizzle."""
    (tmp_path / "changelog").mkdir()
    os.mkfifo(tmp_path / "changelog/db.xml")
    (tmp_path / "drizzle/meta").mkdir(parents=True)
    (tmp_path / "drizzle/0000_a.sql").write_text(GOOD)
    os.mkfifo(tmp_path / "drizzle/meta/_journal.json")

    assert [f"changelog/db.xml: {PIPE}"] == said(idxlint("check", "changelog"))
    assert ["_journal.json in drizzle/meta: is not a Drizzle journal"] == said(idxlint("check", "drizzle"))


def test_file_without_a_size(tmp_path: Path, idxlint: Idxlint) -> None:
    """A file of /proc says that it has no bytes, and is read all the same."""
    (tmp_path / "1.sql").symlink_to("/proc/self/cmdline")
    ran = idxlint("check", "1.sql")

    assert ran.code == 1
    assert " in 1 file, " in ran.out


@pytest.mark.parametrize("name", ["a" * 300 + ".sql", "a/" * 3000 + "1.sql"])
def test_name_that_is_too_long(idxlint: Idxlint, name: str) -> None:
    """A name that no file can have is one line."""
    ran = idxlint("check", name)

    assert (3, [f"{name}: file name too long"]) == (ran.code, said(ran))


def test_path_that_is_too_long(tmp_path: Path, idxlint: Idxlint) -> None:
    """Folders that are nested deeper than a path can say are one line and no pass."""
    here = os.open(tmp_path, os.O_RDONLY)
    name = "d" * 200
    for _ in range(25):
        os.mkdir(name, dir_fd=here)
        deeper = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    ran = idxlint("check", ".")

    assert ran.code == 3
    assert [True] == [line.endswith(": file name too long") for line in said(ran)]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_names_that_are_not_utf_8_or_differ_in_case(tmp_path: Path, idxlint: Idxlint) -> None:
    """Each file counts, whatever bytes its name has, and where only the case of a letter differs."""
    for name in (b"\xff1.sql", b"A.sql", b"a.sql"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(f"{BAD}")
    ran = idxlint("check", ".", "--format", "json")

    assert ran.code == 1
    assert '"files": 3' in ran.out


def test_folder_that_cannot_be_listed() -> None:
    """A folder that cannot be listed is one line and no pass; its file can be named all the same."""
    with TemporaryDirectory() as name:
        here = Path(name)
        (here / "db").mkdir()
        (here / "db/1.sql").write_text(GOOD)
        here.chmod(0o755)
        (here / "db").chmod(0o311)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        if nobody and not _reachable(here, nobody):
            pytest.skip("nobody else may run idxlint")
        ran = [
            subprocess.run(
                [sys.executable, "-m", "idxlint", "check", path],
                cwd=here,
                capture_output=True,
                timeout=LIMIT,
                check=False,
                **nobody,  # type: ignore[call-overload]
            )
            for path in ("db", "db/1.sql")
        ]
        (here / "db").chmod(0o755)

    assert (3, b"idxlint: db: permission denied\n") == (ran[0].returncode, ran[0].stderr)
    assert (0, b"") == (ran[1].returncode, ran[1].stderr)


def _reachable(folder: Path, account: dict[str, object]) -> bool:
    """Whether another account can run this interpreter in a folder."""
    try:
        done = subprocess.run(  # type: ignore[call-overload]
            [sys.executable, "-c", "import idxlint"], cwd=folder, capture_output=True, check=False, **account
        )
    except OSError:
        return False
    return bool(done.returncode == 0)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that a link in a folder `here/db` leads to."""
    victim = tmp_path / "elsewhere/victim.sql"
    victim.parent.mkdir()
    victim.write_text(BAD)
    (tmp_path / "here/db").mkdir(parents=True)
    return victim


@pytest.mark.parametrize("asked", ["db", "db/*.sql", "db/1.sql", "**/*.sql"])
def test_fix_through_a_link(tmp_path: Path, outside: Path, idxlint: Idxlint, asked: str) -> None:
    """No fix is written through a link to a file outside of what was given and of the repository."""
    (tmp_path / "here/db/1.sql").symlink_to(outside)
    ran = idxlint("check", "--unsafe-fixes", asked, start=tmp_path / "here")
    refused = "db/1.sql: leads out of the folders that were given and of the repository; not written"

    assert [refused, "fixed 0 findings in 0 files"] == said(ran)
    assert outside.read_text() == BAD


def test_fix_through_a_linked_folder(tmp_path: Path, outside: Path, idxlint: Idxlint) -> None:
    """A glob that follows a link to a folder leads out as well."""
    (tmp_path / "here/db/linked").symlink_to(outside.parent)
    ran = idxlint("check", "--unsafe-fixes", "db/*/*.sql", start=tmp_path / "here")

    assert "fixed 0 findings in 0 files" in said(ran)
    assert outside.read_text() == BAD


@pytest.mark.parametrize("root", ["here", "."])
def test_fix_through_a_link_inside(tmp_path: Path, outside: Path, idxlint: Idxlint, root: str) -> None:
    """A link that stays in the repository, or under the folders that were given, is followed."""
    (tmp_path / root / ".git").mkdir()
    inside = outside if root == "." else tmp_path / "here/shared.sql"
    inside.write_text(BAD)
    (tmp_path / "here/db/1.sql").symlink_to(inside)
    ran = idxlint("check", "--unsafe-fixes", "db", start=tmp_path / "here")

    assert "fixed 0 findings" not in ran.err
    assert inside.read_text() != BAD


def test_many_files(tmp_path: Path, idxlint: Idxlint) -> None:
    """A folder of very many files is walked once, and ends."""
    (tmp_path / "db").mkdir()
    for number in range(20_000):
        os.close(os.open(tmp_path / f"db/{number}.txt", os.O_CREAT))
    (tmp_path / "db/1.sql").write_text(GOOD)
    ran = idxlint("check", "db")

    assert (0, "") == (ran.code, ran.err)
