"""From a text to its statements without losing a character: `parse()`, and the values that it is asked and answers in.

Other rooms import from here, or from `scanner` where they look at a text that is no SQL of PostgreSQL's own yet
(a runner's directives, comments). Nothing here imports the scanner before a text needs it: its expressions take
longer to compile than a small file takes to read. Imports `model` only; the one importer of sqlglot.
"""

from idxlint.sql.text.decode import decode
from idxlint.sql.text.gaps import COPY_ROWS
from idxlint.sql.text.names import MAX_BYTES, Name, chosen, cut, quoted
from idxlint.sql.text.parse import Keep, Parsed, parse
from idxlint.sql.text.splitter import ParseError
from idxlint.sql.text.statement import Statement, Token, find, place, tokens

__all__ = [
    "COPY_ROWS",
    "MAX_BYTES",
    "Keep",
    "Name",
    "ParseError",
    "Parsed",
    "Statement",
    "Token",
    "chosen",
    "cut",
    "decode",
    "find",
    "parse",
    "place",
    "quoted",
    "tokens",
]
