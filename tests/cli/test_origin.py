"""`idxlint init` names the very idxlint that runs it, as far as pip has written down where it came from."""

import json
from pathlib import Path

import pytest

from idxlint import __version__
from tests.helpers.repos import Repo

COMMIT = "c0ffee" * 6 + "c0ff"
GIT = {"vcs": "git", "commit_id": COMMIT}
UNKNOWN = f"uses: OWNER/idxlint@v{__version__}"


@pytest.mark.parametrize(
    ("said", "uses"),
    [
        ({"url": "https://github.com/example/fork.git", "vcs_info": GIT}, f"uses: example/fork@{COMMIT}"),
        (
            {"url": "https://me:secret@github.com/example/fork", "vcs_info": GIT},
            f"uses: example/fork@{COMMIT}",
        ),
        ({"url": "https://gitlab.example/example/fork", "vcs_info": GIT}, f"uses: OWNER/idxlint@{COMMIT}"),
        ({"url": "ssh://git@github.com/example/fork", "vcs_info": GIT}, UNKNOWN),
        ({"url": "file:///somewhere", "dir_info": {"editable": True}}, UNKNOWN),
        ({"url": "https://github.com/example/fork", "vcs_info": {"vcs": "git"}}, UNKNOWN),
        (["something", "else"], UNKNOWN),
    ],
)
def test_address(said: object, uses: str, tmp_path: Path) -> None:
    """Installed from git it is the address, without a password, and the commit; else the release and a gap to fill."""
    info = tmp_path / "site" / f"idxlint-{__version__}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: idxlint\nVersion: {__version__}\n", "utf-8")
    (info / "direct_url.json").write_text(json.dumps(said), "utf-8")
    repo = Repo(tmp_path / "repo")
    repo.commit(migrations="SELECT 1;\n")
    ran = repo.run("init", "db", "--ci", "github", env={"PYTHONPATH": str(tmp_path / "site")})

    assert f"      - {uses}\n" in ran.out
    assert "secret" not in ran.out
