"""Text from a file as a terminal or a log may see it.

What a migration says is never trusted in an output: an escape sequence could repaint the screen, and a
bidirectional control could show another statement than the one that PostgreSQL runs.
"""


def printable(text: str) -> str:
    r"""The text with every control, format and invisible character written out, such as \x1b or \u202e."""
    if text.isprintable():
        return text
    return "".join(map(escaped, text))


def escaped(character: str) -> str:
    """One character, written out unless it shows itself."""
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
