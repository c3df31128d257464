"""From bytes to text and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idxlint.model import Gap, Reason, Span
from idxlint.sql.text import decode
from idxlint.sql.text.gaps import NUL
from tests.conftest import times

_SQL = "CREATE INDEX i ON t (a); -- é\r\nSELECT 1\r"


@pytest.mark.parametrize(
    ("data", "text", "encoding", "bom"),
    [
        pytest.param(b"", "", "utf-8", b"", id="empty"),
        pytest.param(_SQL.encode(), _SQL, "utf-8", b"", id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + _SQL.encode(), _SQL, "utf-8", b"\xef\xbb\xbf", id="utf-8 with a mark"),
        pytest.param(b"\xff\xfe" + _SQL.encode("utf-16-le"), _SQL, "utf-16-le", b"\xff\xfe", id="utf-16 le"),
        pytest.param(b"\xfe\xff" + _SQL.encode("utf-16-be"), _SQL, "utf-16-be", b"\xfe\xff", id="utf-16 be"),
        pytest.param(_SQL.encode("utf-16-le"), _SQL, "utf-16-le", b"", id="utf-16 le without a mark"),
        pytest.param(_SQL.encode("utf-16-be"), _SQL, "utf-16-be", b"", id="utf-16 be without a mark"),
        pytest.param("-- €é".encode("cp1252"), "-- €é", "cp1252", b"", id="windows-1252"),
        pytest.param(b"-- \x81\xe9", "-- \x81é", "latin-1", b"", id="latin-1"),
    ],
)
def test_encodings(data: bytes, text: str, encoding: str, bom: bytes) -> None:
    """The text, how it was written, and what stood before it; line ends stay."""
    source, gaps = decode("a.sql", data)
    assert (text, encoding, bom, ()) == (source.text, source.encoding, source.bom, gaps)


@settings(max_examples=times(100))
@given(st.one_of(st.binary(), st.text().map(str.encode), st.text().map(lambda text: text.encode("utf-16"))))
def test_every_file_turns_back_into_its_bytes(data: bytes) -> None:
    """Whatever was read, the same bytes come out."""
    source, _ = decode("a.sql", data)
    assert data == source.encoded(source.text)


def test_a_run_of_nul_is_a_gap() -> None:
    """NUL characters stay in the text, and each run of them is named once."""
    source, gaps = decode("a.sql", b"SELECT\0 1;\0\0")
    expected = (Gap(Span(6, 7), Reason.ENCODING, NUL), Gap(Span(10, 12), Reason.ENCODING, NUL))
    assert ("SELECT\0 1;\0\0", expected) == (source.text, gaps)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b"\xff\xfea\0b", "broken UTF-16: half a character is missing somewhere", id="odd length"
        ),
        pytest.param(
            b"\xff\xfe\0\xd8a\0", "broken UTF-16: half a character is missing somewhere", id="lone half"
        ),
        pytest.param(bytes(range(256)) * 4 + b"\0" * 90, "binary data, not SQL", id="binary"),
        pytest.param(
            b"PGDMP\1\2", "an archive of pg_dump, not SQL; pg_restore -f - turns it into SQL", id="pg_dump"
        ),
        pytest.param(b"\x1f\x8b\x08\0", "compressed, not SQL", id="gzip"),
    ],
)
def test_a_file_that_is_no_text_is_one_gap(data: bytes, message: str) -> None:
    """It is as long as the text, and the bytes are still there."""
    source, gaps = decode("a.sql", data)
    assert (Gap(Span(0, len(source.text)), Reason.ENCODING, message),) == gaps
    assert data == source.encoded(source.text)
