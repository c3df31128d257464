"""From a text to its statements without losing a character: `parse()`, and the values in its question and answer.

Other rooms import from here, or from `scanner`, which looks at texts that are not cut into statements (comments,
what only a runner reads). The scanner is not loaded here, nor before PostgreSQL refuses a text: its expressions
take longer to compile than a small file to check. Imports `model` only; the one importer of sqlglot.
"""

from idxlint.sql.text.decode import decode
from idxlint.sql.text.gaps import COPY_ROWS
from idxlint.sql.text.names import FULL, MAX_BYTES, WORD, Name, chosen, cut, folded, quoted
from idxlint.sql.text.parse import Keep, Parsed, everything, parse
from idxlint.sql.text.splitter import ParseError
from idxlint.sql.text.statement import Statement, Token, find, parts, place, tokens

__all__ = [
    "COPY_ROWS",
    "FULL",
    "MAX_BYTES",
    "WORD",
    "Keep",
    "Name",
    "ParseError",
    "Parsed",
    "Statement",
    "Token",
    "chosen",
    "cut",
    "decode",
    "everything",
    "find",
    "folded",
    "parse",
    "parts",
    "place",
    "quoted",
    "tokens",
]
