"""Files that idxlint opens by itself: regular ones only, so that no pipe and no device can hold it up.

What a path leads to is looked at before it is opened, and again once it is open. Whoever opens a file of a project
does it here; all errors are OSErrors with a line for people in `strerror`.
"""

import errno
import io
import os
import stat
from pathlib import Path

_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
)  # fmt: skip
_GROWTH = 16 * 1024 * 1024
"""Bytes that a file may have beyond its size: those of /proc say 0, and others may be written to meanwhile."""

_KINDS = (
    (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"),
)  # fmt: skip


def read_bytes(path: Path) -> bytes:
    """All of a regular file; OSError for one that is none, or that grows while it is read."""
    descriptor, size = _opened(path)
    try:
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if 0 < size < _GROWTH and len(data := file.read(size + 1)) == size:
                return data  # in one read, as nearly all files
            file.seek(0)
            whole = io.BufferedReader(file)
            data, more = whole.read(size), whole.read(_GROWTH + 1)
    except MemoryError:
        raise OSError(errno.ENOMEM, "Is too large for the available memory", str(path)) from None
    if len(more) > _GROWTH:
        raise OSError(errno.EFBIG, "Grows while it is read", str(path))
    return data + more if more else data


def read_text(path: Path, encoding: str = "utf-8", errors: str = "replace") -> str:
    """The text of a regular file with plain line feeds; OSError as for its bytes."""
    text = read_bytes(path).decode(encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def irregular(path: Path) -> str:
    """What something is that is neither a regular file nor a folder; "" for those, and where there is nothing."""
    try:
        _refuse(path, os.stat(path).st_mode)  # noqa: PTH116, as below
    except IsADirectoryError:
        return ""
    except OSError as error:
        return (error.strerror or "").lower() if error.errno == errno.EINVAL else ""
    return ""


def read_head(path: Path, size: int) -> bytes:
    """The first bytes of a regular file, as many as it has up to a size."""
    descriptor, _ = _opened(path)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(size)


def _opened(path: Path) -> tuple[int, int]:
    """The descriptor of a regular file, and its size; a pipe is not waited for, and a device is not touched."""
    _refuse(path, os.stat(path).st_mode)  # noqa: PTH116, costs half of Path.stat
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        _refuse(path, status.st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor, status.st_size


def _refuse(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else")
    raise OSError(errno.EINVAL, f"Is {kind}, not a regular file", str(path))
