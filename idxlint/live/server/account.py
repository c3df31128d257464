"""Whom the server runs as: PostgreSQL refuses to run as root, so root gives it to somebody without rights."""

import os
import pwd
import shutil
from pathlib import Path

from idxlint.live.server.binaries import Binaries, NoServer
from idxlint.live.server.folder import Folder
from idxlint.system import shell

_NAMES = ("nobody", "postgres", "daemon")
# What a server does not need to start and to run SQL; ICU's data and the time zones it does.
_LEFT_OUT = shutil.ignore_patterns("*.a", "*.h", "pgxs", "pkgconfig", "doc", "man", "locale")


def unprivileged() -> shell.Account | None:
    """The account for the server when we are root, else None; NoServer where root may become nobody else."""
    if os.geteuid() != 0:
        return None
    for name in _NAMES:
        try:
            entry = pwd.getpwnam(name)
            account = shell.Account(name, entry.pw_uid, entry.pw_gid)
            if account.uid and shell.run(["/bin/sh", "-c", ":"], cwd=Path("/"), account=account).code == 0:
                return account
        except (KeyError, shell.Stopped):
            continue
    raise NoServer(
        f"PostgreSQL does not run as root, and root cannot switch to {', '.join(_NAMES)}; "
        "run idxlint as an ordinary user"
    )


def programs(binaries: Binaries, account: shell.Account | None, folder: Folder) -> Path:
    """The programs where the account can run them: in place, or linked or copied into the private folder."""
    if account is None or _runs(binaries.bin, account, folder):
        return binaries.bin
    source = binaries.bin.resolve()
    home = folder.path / "programs" / "package" / source.parent.name
    try:
        for name in ("lib", "share"):
            if (source.parent / name).is_dir():
                shutil.copytree(source.parent / name, home / name, ignore=_LEFT_OUT, copy_function=_place)
        # Wheels keep the libraries that they bring along beside the package: bin/../../../NAME.libs.
        for libraries in source.parents[2].glob(f"{source.parents[1].name}.libs"):
            shutil.copytree(libraries, home.parents[1] / libraries.name, copy_function=_place)
        (home / source.name).mkdir()
        for name in ("postgres", "initdb"):
            _place(source / name, home / source.name / name)
        _open(folder.path / "programs")
    except (OSError, shutil.Error):
        pass
    if _runs(home / source.name, account, folder):
        return home / source.name
    raise NoServer(
        f"{binaries.bin}: {account.name} cannot run these programs, which do not run as root; "
        "run idxlint as an ordinary user, or name others with --pg-bin"
    )


def _runs(folder: Path, account: shell.Account, private: Folder) -> bool:
    """Whether the account can run both programs."""
    try:
        asked = [
            shell.run([folder / name, "--version"], cwd=private.run, account=account)
            for name in ("postgres", "initdb")
        ]
    except shell.Stopped:
        return False
    return all(done.code == 0 for done in asked)


def _place(source: str | Path, target: str | Path) -> None:
    """A link to the file where everybody may read it and the file system is the same, else a copy for everybody."""
    mode = Path(source).stat().st_mode
    try:
        if mode & 0o444 != 0o444:
            raise PermissionError
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        Path(target).chmod(0o755 if mode & 0o100 else 0o644)


def _open(home: Path) -> None:
    """Let everybody pass the folders, whatever mode they were copied with."""
    for folder, _, _ in os.walk(home):
        Path(folder).chmod(0o755)
