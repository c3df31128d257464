"""JSON that may pass over a terminal and through a CI server's log."""

import json
import re
from typing import Any

from idxlint.model.printable import MARK

_ODD = re.compile(r"[^ -~]")


def dumped(data: Any) -> str:
    """The data on one line. Letters stay letters; what is invisible or a command to a CI server is an escape.

    A path that is not UTF-8 comes as lone surrogates, which no encoding of the output would take either.
    """
    text = json.dumps(data, ensure_ascii=False)
    if not text.isprintable():
        text = _ODD.sub(_escaped, text)
    # Two number signs and a bracket stand only inside a string, where an escape means the same.
    return MARK.sub(r"\\u0023", text) if "##" in text else text


def _escaped(odd: re.Match[str]) -> str:
    character = odd[0]
    if character.isprintable():
        return character
    return json.dumps(character)[1:-1] if ord(character) > 0x7F else f"\\u{ord(character):04x}"
