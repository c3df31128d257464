"""A statement as it was found in a file."""

from idxlint.model import value


@value
class Statement:
    """A statement and where it stands.

    start, end: code points of the file's text, without leading comments and without the semicolon
    sql: what the parser sees. Placeholders are replaced by identifiers of equal length, so that a place
        in it plus start is a place in the file, unless verbatim is False (the text was put together from
        an EXECUTE expression): then start and end are those of the expression.
    """

    start: int
    end: int
    sql: str
    verbatim: bool = True
