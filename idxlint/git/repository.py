"""What git says: where a repository is, what changed in it, and what its index holds.

Nothing of the repository runs. git never looks into the files of the working tree, which would start the
filters (`filter.*.clean`) that the repository's own configuration names: whether such a file has changed is
found out here, by the time and size that the index holds for it, and by its bytes. What else git would start
(a monitor of the file system, hooks, a transport that fetches what a partial clone lacks) is switched off.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from idxlint.model import Failure, value
from idxlint.model.regular_file import read_bytes
from idxlint.system import shell

_GIT = (
    "git", "--no-pager", "--no-optional-locks", "--literal-pathspecs", "-c", "core.quotePath=false",
    "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}",
)  # fmt: skip
_DROPPED = re.compile(r"GIT_(?:TRACE\w*|\w+_PATHSPECS|EXTERNAL_DIFF|DIFF_OPTS)\Z|LC_ALL\Z|LANGUAGE\Z")
_PLACES = {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"}
_SUBMODULE = b"160000"
_LISTED = re.compile(
    rb"(?:\? |[A-Z] (?P<mode>\d{6}) (?P<blob>[0-9a-f]+) (?P<stage>\d)\t)(?P<path>[^\0]+)\0"
    rb"(?:  ctime: [^\n]*\n  mtime: (?P<seconds>\d+):(?P<nanoseconds>\d+)\n"
    rb"(?:  [^\n]*\n){2}  size: (?P<size>\d+)[^\n]*\n)?"
)
_SECONDS = 120


class GitError(Failure):
    """git cannot say what is asked for; one line."""


class NoMergeBase(GitError):
    """Two commits have no ancestor in common, at least in what was cloned."""


@value
class Kept:
    """A file in the index. blob: the id of its content; mtime: in nanoseconds; size: in bytes, its lowest 32 bits."""

    blob: str
    mtime: int
    size: int


@value
class Difference:
    """What is different from a commit, by path from root on.

    indexed: where the index has something else than the commit: the blobs of both, "" for none
    index: the files that git knows under the folder that was asked about
    others: files there that git neither knows nor ignores
    staged: the index is what counts, else the working tree
    written: when the index was written, in nanoseconds; digest: the hash that names blobs
    """

    root: str
    indexed: Mapping[str, tuple[str, str]]
    index: Mapping[str, Kept]
    others: frozenset[str] = field(default_factory=frozenset)
    staged: bool = False
    written: int = 0
    digest: str = "sha1"

    def old(self, path: str) -> str:
        """The blob that the commit has at a path, "" for none."""
        return self._blobs(path)[0]

    def new(self, path: str) -> str:
        """The blob that a path holds now; "" for none and for a file that git ignores, "?" for what cannot be read."""
        old, blob = self._blobs(path)
        if self.staged or not (old or blob or path in self.others):
            return blob
        place = f"{self.root}/{path}"
        if not os.path.lexists(place):
            return ""
        try:
            status = os.lstat(place)
            kept = self.index.get(path)
            if kept and self._untouched(kept, status):
                return kept.blob
            return _blob(place, status.st_mode, {old, blob}, self.digest)
        except OSError:
            return "?"

    def gone(self) -> dict[str, list[str]]:
        """The blobs of the files that are there no more, each with their paths."""
        paths: dict[str, list[str]] = {}
        for path in self.indexed if self.staged else {**self.index, **self.indexed}:
            old, new = self._blobs(path)
            if old and not (new if self.staged else os.path.lexists(f"{self.root}/{path}")):
                paths.setdefault(old, []).append(path)
        return paths

    def _blobs(self, path: str) -> tuple[str, str]:
        kept = self.index.get(path)
        blob = kept.blob if kept else ""
        return self.indexed.get(path, (blob, blob))

    def _untouched(self, kept: Kept, status: os.stat_result) -> bool:
        """As git has it: time and size are the same, and the file is older than the index that says so."""
        same = status.st_mtime_ns == kept.mtime and status.st_size & 0xFFFFFFFF == kept.size
        return same and kept.mtime < self.written


def _blob(path: str, mode: int, known: set[str], digest: str) -> str:
    """The id of a file's content, with LF for CRLF unless it is known as it stands."""
    data = os.fsencode(os.readlink(path)) if stat.S_ISLNK(mode) else read_bytes(Path(path))  # noqa: PTH115
    name = _named(data, digest)
    return name if name in known or b"\r\n" not in data else _named(data.replace(b"\r\n", b"\n"), digest)


def _named(data: bytes, digest: str) -> str:
    """What git calls a blob (Git Internals, "Object Storage")."""
    return hashlib.new(digest, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@value
class Repository:
    """A repository with a working tree. root: its top folder, links resolved; written: see Difference."""

    root: str
    shallow: bool
    written: int

    @classmethod
    def at(cls, folder: Path) -> "Repository":
        """The one that a folder is in; GitError where there is none, or git does not trust it."""
        asked = ("--is-inside-work-tree", "--is-shallow-repository", "--git-path", "index", "--show-toplevel")
        ran = _run(folder, "rev-parse", *asked)
        if ran.code:
            raise GitError(_refusal(ran, folder))
        _, shallow, index, root = ran.out.split(b"\n", 3)
        try:
            written = os.stat(folder / os.fsdecode(index)).st_mtime_ns  # noqa: PTH116, bytes of git
        except OSError:
            written = 0
        return cls(os.path.realpath(os.fsdecode(root[:-1])), shallow == b"true", written)

    def since(self, ref: str, folder: str) -> Difference:
        """What changed from the commit where HEAD left a ref, up to the working tree.

        folder: below root, the one to list; GitError where the ref or the point is not in this clone.
        """
        base = self.fork(ref)
        ran = self._checked("diff-index", "--cached", *_RAW, "--end-of-options", base, "--")
        index, others = self._listed("--others", "--exclude-standard", folder=folder)
        digest = "sha256" if len(base) == 64 else "sha1"
        return Difference(self.root, _indexed(ran.out), index, others, False, self.written, digest)

    def staged(self, folder: str) -> Difference:
        """What is in the index against HEAD, or against nothing before the first commit."""
        ran = self._checked(
            "diff", "--cached", *_RAW, "--no-ext-diff", "--no-textconv", "--no-relative", "--"
        )
        index, _ = self._listed(folder=folder)
        return Difference(self.root, _indexed(ran.out), index, staged=True)

    def fork(self, ref: str) -> str:
        """The best common ancestor of a ref and HEAD."""
        ran = _run(self.root, "merge-base", "--end-of-options", ref, "HEAD")
        if ran.code == 1:
            raise NoMergeBase(f"{ref} and HEAD have no common commit")
        if ran.code:
            raise GitError(_refusal(ran, self.root))
        return os.fsdecode(ran.out.strip())

    def commit(self, ref: str) -> str:
        """The id of the commit that a ref means; "" where it means none here."""
        asked = ("--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        ran = _run(self.root, "rev-parse", *asked)
        return "" if ran.code else os.fsdecode(ran.out.strip())

    def refs(self, *patterns: str) -> dict[str, str]:
        """The refs under some prefixes; a symbolic one with what it stands for."""
        ran = self._checked("for-each-ref", "--format=%(refname)%00%(symref)", "--end-of-options", *patterns)
        lines = (os.fsdecode(line).split("\0") for line in ran.out.splitlines())
        return {line[0]: line[1] for line in lines}

    def contents(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """The bytes of some blobs by their ids, as the repository holds them, before any filter."""
        wanted = sorted(set(blobs))
        if not wanted:
            return {}
        asked = "".join(f"{blob}\n" for blob in wanted).encode()
        rest = memoryview(self._checked("cat-file", "--batch", stdin=asked).out)
        contents: dict[str, bytes] = {}
        for blob in wanted:
            head = re.match(rb"[0-9a-f]+ blob (\d+)\n", rest)
            if head is None:
                raise GitError(f"git cannot find the blob {blob}; run `git fsck`")
            end = head.end() + int(head[1])
            contents[blob] = bytes(rest[head.end() : end])
            rest = rest[end + 1 :]
        return contents

    def _listed(self, *flags: str, folder: str) -> tuple[dict[str, Kept], frozenset[str]]:
        """The files in the index under a folder; with --others those that git does not know, and conflicts pass."""
        below = (folder,) if folder else ()
        ran = self._checked("ls-files", "-z", "-t", "--stage", "--debug", "--cached", *flags, "--", *below)
        index: dict[str, Kept] = {}
        others: set[str] = set()
        for entry in _LISTED.finditer(ran.out):
            path = os.fsdecode(entry["path"])
            if entry["mode"] is None:
                others.add(path)
            elif entry["stage"] != b"0" and not flags:
                raise GitError(f"{path} has an unresolved conflict")
            elif entry["mode"] != _SUBMODULE:
                time = int(entry["seconds"] or 0) * 1_000_000_000 + int(entry["nanoseconds"] or 0)
                index[path] = Kept(entry["blob"].decode(), time, int(entry["size"] or 0))
        return index, frozenset(others)

    def _checked(self, *words: str, stdin: bytes = b"") -> shell.Ran:
        ran = _run(self.root, *words, stdin=stdin)
        if ran.code:
            raise GitError(_refusal(ran, self.root))
        return ran


_RAW = ("--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=all")


def _indexed(out: bytes) -> dict[str, tuple[str, str]]:
    """Paths and blobs out of the raw form of a difference (git-diff, "Raw output format"); "" for no file."""
    blobs: dict[str, tuple[str, str]] = {}
    fields = iter(out.split(b"\0"))
    for head in fields:
        if not head:
            break
        path = os.fsdecode(next(fields))
        modes, ids = head[1:].split(b" ")[:2], head[1:].split(b" ")[2:4]
        old, new = (
            "" if mode in (b"000000", _SUBMODULE) else blob.decode()
            for mode, blob in zip(modes, ids, strict=True)
        )
        if modes[1] != _SUBMODULE and path not in blobs:
            blobs[path] = old, new
    return blobs


def _run(folder: Path | str, *words: str, stdin: bytes = b"") -> shell.Ran:
    kept = {name: said for name, said in os.environ.items() if not _DROPPED.match(name)}
    for name in _PLACES & kept.keys():  # a hook may have them relative to where it runs
        kept[name] = os.path.abspath(kept[name])  # noqa: PTH100
    quiet = {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
    try:
        return shell.run(
            (*_GIT, *words), cwd=Path(folder), stdin=stdin, env={**kept, **quiet}, seconds=_SECONDS
        )
    except shell.Stopped as error:
        raise GitError(f"{error}; --since and --staged need git") from None


def _refusal(ran: shell.Ran, folder: Path | str) -> str:
    """What git complained of, in one line."""
    said = ran.err.decode("utf-8", "replace")
    if "dubious ownership" in said or "unsafe repository" in said:
        advised = re.search(r"--add safe\.directory (.+)", said)
        place = advised[1].strip() if advised else str(folder)
        return (
            f"git does not trust the repository at {folder}, which belongs to another user; "
            f"if you trust it: git config --global --add safe.directory {place}"
        )
    if "not a git repository" in said:
        return f"{folder} is not in a git repository; --since and --staged need one"
    if "must be run in a work tree" in said:
        return f"{folder} is in a repository without a working tree, so there is nothing to compare"
    if "promisor remote" in said:
        return "this partial clone lacks objects; fetch them with `git fetch --refetch --no-filter`"
    lines = [line for line in said.splitlines() if line.startswith(("fatal: ", "error: "))]
    return f"git: {' '.join((lines or said.splitlines() or [f'exit code {ran.code}'])[0].split())}"
