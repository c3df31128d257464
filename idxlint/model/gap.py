"""What nobody judged: pieces of a file, and inputs that could not be read."""

from enum import StrEnum

from idxlint.model.source import Source, Span
from idxlint.model.value import record


class Reason(StrEnum):
    """Why nobody judged a piece of a file."""

    SYNTAX = "syntax"
    TEMPLATE = "template"
    DIALECT = "dialect"
    ENCODING = "encoding"
    PSQL = "psql"


@record
class Gap:
    """Text that is no statement, comment, white space or separator. message: what stands there instead."""

    span: Span
    reason: Reason
    message: str


@record
class FileGap:
    """A gap and the file that it is in."""

    source: Source
    gap: Gap


@record
class Unread:
    """An input that could not be read. path: as it is printed; reason: why, without a full stop."""

    path: str
    reason: str

    def __str__(self) -> str:
        """One line: the path, a colon, and why."""
        return f"{self.path}: {self.reason}"
