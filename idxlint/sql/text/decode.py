"""From a file's bytes to a text that turns back into the very same bytes."""

from idxlint.model import Gap, Reason, Source, Span
from idxlint.sql.text.gaps import nul_gaps

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SAMPLE = 4096
# Beginnings of files that people keep beside their SQL, and what they are.
_ARCHIVES = (
    (b"PGDMP", "an archive of pg_dump, not SQL; pg_restore -f - turns it into SQL"),
    (b"\x1f\x8b", "compressed, not SQL"),
    (b"PK\x03\x04", "compressed, not SQL"),
    (b"SQLite format 3\0", "a SQLite database, not SQL"),
)


def decode(path: str, data: bytes) -> tuple[Source, tuple[Gap, ...]]:
    """The text of a file and what of it PostgreSQL could never read; it is for every byte sequence.

    UTF-8 and UTF-16 with or without a byte order mark, else Windows-1252, else Latin-1, which takes all
    bytes. Line ends stay as they are. A gap as long as the text means that the file is no text at all.
    """
    bom, encoding = next(((bom, codec) for bom, codec in _BOMS if data.startswith(bom)), (b"", ""))
    body = data[len(bom) :]
    if not bom:
        encoding = _utf_16(body)
    text, used = _text(body, encoding)
    source = Source(path, text, used, bom)
    if text and (what := _no_text(body, encoding, used)):
        return source, (Gap(Span(0, len(text)), Reason.ENCODING, what),)
    return source, nul_gaps(text)


def _text(body: bytes, encoding: str) -> tuple[str, str]:
    for codec in (encoding, "utf-8", "cp1252"):
        try:
            if codec:
                return body.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1"), "latin-1"


def _utf_16(body: bytes) -> str:
    """The kind of UTF-16 in which a text without a byte order mark is, judged by where its NULs are."""
    sample = body[:_SAMPLE]
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if (
        len(sample) >= 4
        and max(first, second) * 10 > len(sample) * 3
        and min(first, second) * 50 <= len(sample)
    ):
        return "utf-16-le" if second > first else "utf-16-be"
    return ""


def _no_text(body: bytes, wanted: str, used: str) -> str:
    """Why nothing of a file can be read; empty where it can."""
    for magic, what in _ARCHIVES:
        if body.startswith(magic):
            return what
    if wanted.startswith("utf-16") and used != wanted:
        return "broken UTF-16: half a character is missing somewhere"
    if not used.startswith("utf-16") and body.count(0) >= 16 and body.count(0) * 20 > len(body):
        return "binary data, not SQL"
    return ""
