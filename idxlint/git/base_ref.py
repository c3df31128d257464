"""The REF of `--since`: what `auto` stands for, and what to do about a ref that is not in this clone."""

import difflib
import os
import re

from idxlint.git import ci_base
from idxlint.git.repository import Difference, GitError, NoMergeBase, Repository
from idxlint.system import console

AUTO = "auto"
_REMOTE = "refs/remotes/origin/"
_DEFAULTS = ("refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master")


def since(repository: Repository, ref: str, folder: str) -> tuple[str, Difference]:
    """How the base is called, and what changed since; GitError with what to fetch where it is not there.

    `auto` is the base of the pull request, else the default branch; a branch of that name is refs/heads/auto.
    """
    if ref == AUTO:
        ref = _auto(repository)
    name = _short(ref)
    try:
        return name, repository.since(ref, folder)
    except NoMergeBase:
        raise GitError(_apart(repository, ref)) from None
    except GitError:
        if not repository.commit("HEAD"):
            raise GitError("there is no commit yet; use --staged to check the first one") from None
        if repository.commit(ref):
            raise
        raise GitError(f"{name} is not a commit in this repository{_remedy(repository, ref)}") from None


def _auto(repository: Repository) -> str:
    """The base that the CI service names; where it names none, the default branch. It is said which."""
    service = ci_base.service(os.environ)
    named = ci_base.bases(service, os.environ) if service else ()
    for base in named:
        if repository.commit(base.ref):
            console.say(f"--since auto: since {base.shown}, the base of this change ({base.variable})")
            return base.ref
    if named:
        shown, variable = named[-1].shown, named[-1].variable
        raise GitError(
            f"{variable} is {shown}, which is not a commit in this repository{_remedy(repository, named[-1].ref)}"
        )
    why = f"{service.title} names no base for this job" if service else "not in CI"
    known = repository.refs(f"{_REMOTE}HEAD", *_DEFAULTS)
    default = known.get(f"{_REMOTE}HEAD") or next((ref for ref in _DEFAULTS if ref in known), None)
    if default is None:
        raise GitError(f"{why}, and there is no origin/HEAD, main or master; name the base with --since REF")
    itself = repository.commit(default) == repository.commit("HEAD")
    only = ", which is HEAD itself, so only uncommitted changes are reported" if itself else ""
    console.say(f"--since auto: {why}; since {_short(default)}, the default branch{only}")
    return default


def _apart(repository: Repository, ref: str) -> str:
    """Why two commits have no common one: they never had, or it was not cloned."""
    name = _short(ref)
    if not repository.shallow:
        return f"{name} and HEAD have no common history, so there is no merge base"
    return f"this shallow clone does not contain the merge base with {name}; {_fetch(repository, ref)}"


def _remedy(repository: Repository, ref: str) -> str:
    """What may have been meant, and how to get the ref."""
    known = {_short(full) for full in repository.refs("refs/heads", "refs/remotes", "refs/tags")}
    name = _short(ref)
    near = [f"origin/{name}"] if f"origin/{name}" in known else difflib.get_close_matches(name, known, 1)
    meant = f"; did you mean {near[0]}?" if near else ""
    fetch = _fetch(repository, ref)
    return f"{meant}{' Otherwise' if meant else ';'} {fetch}" if fetch else meant


def _fetch(repository: Repository, ref: str) -> str:
    """The command that brings a ref; "" for no plain name. A shallow clone needs its history as well."""
    name = ref.removeprefix(_REMOTE)
    if not re.fullmatch(r"(?!-)(?!HEAD)(?!.*\.\.)[\w./-]+", name, re.ASCII):
        what = ""
    elif re.fullmatch(r"[0-9a-f]{7,64}", name):
        what = f" origin {name}"
    elif ref.startswith(("origin/", _REMOTE)):
        branch = name.removeprefix("origin/")
        what = f" origin {branch}:{_REMOTE}{branch}"
    else:
        what = f" origin {name}:{name}"
    if repository.shallow:
        return f"fetch it first: git fetch --unshallow{what} (in CI: fetch-depth: 0 or its equivalent)"
    return f"fetch it first: git fetch{what}" if what else ""


def _short(ref: str) -> str:
    return ref.removeprefix("refs/remotes/").removeprefix("refs/heads/").removeprefix("refs/tags/")
