"""Tools that are npm packages."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.live.database import Database


def install(folder: Path, *packages: str) -> Path:
    """A folder with the packages in it."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder), *packages]
    try:
        done = subprocess.run(command, capture_output=True, check=False, cwd=folder, timeout=25)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not answer")
    if done.returncode:
        pytest.skip(f"npm could not install {', '.join(packages)}")
    return folder


def url(database: Database, name: str = "app") -> str:
    """The database as node-postgres is told of it."""
    return f"postgres://postgres@{quote(str(database.server.socket), safe='')}/{name}"
