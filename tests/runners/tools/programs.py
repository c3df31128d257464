"""Migration tools as programs: out of the package indexes, each into a folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

REFUSED = "cannot run inside a transaction block"
PIPELINE = "cannot be executed within a pipeline"  # PostgreSQL before 18 about a pipeline
INSTALL_SECONDS = 180
RUN_SECONDS = 30


def unavailable(why: str) -> NoReturn:
    """Skip what cannot be tried here; CI installs everything, so there it is a failure."""
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


def from_npm(folder: Path, *packages: str) -> Path:
    """The folder of the packages' programs.

    Nothing that a package wants to run when it is installed is run: whatever it needs has to be inside.
    """
    npm = from_system("npm", "npm")
    (folder / "package.json").write_text('{"private": true}', "utf-8")
    quiet = ("--no-save", "--no-audit", "--no-fund", "--ignore-scripts")
    _install([str(npm), "install", *quiet, *packages], folder)
    return folder / "node_modules" / ".bin"


def from_pypi(folder: Path, *packages: str) -> Path:
    """The folder of the programs of an environment with the packages in it, its `python` among them."""
    _install([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    _install([*pip, "install", "--quiet", "--no-compile", *packages], folder)
    return folder / "bin"


def from_system(name: str, package: str) -> Path:
    """A program that a package of Debian brings."""
    found = shutil.which(name)
    if not found:
        unavailable(f"{name} is not installed; Debian's package is {package}")
    return Path(found)


def _install(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, cwd=folder, text=True, timeout=INSTALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        unavailable(f"not done after {INSTALL_SECONDS} s: {' '.join(command)}")
    if done.returncode:
        unavailable(f"{' '.join(command)}: {done.stderr[-500:]}")


def said(*command: str | Path, cwd: Path, **environment: str) -> str:
    """All that a program prints, away from the user's own settings; how it fails is part of it."""
    done = subprocess.run(
        command,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "HOME": str(cwd), **environment},
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=RUN_SECONDS,
    )
    return done.stdout + done.stderr


def refused(printed: str) -> bool:
    """Whether PostgreSQL refused a statement in a transaction or in a pipeline."""
    return REFUSED in printed or PIPELINE in printed
