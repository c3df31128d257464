"""What holds for change sets in every format that Liquibase has for them."""

import re

CHANGELOGS = (".xml", ".yaml", ".yml", ".json")
"""What changelogs end in that are not formatted SQL."""


def separator(delimiter: str) -> str:
    """An expression for an endDelimiter in a text; one that is a word or a slash counts on a line of its own."""
    mark = re.escape(delimiter.removeprefix(r"\n").removesuffix("$"))
    return rf"(?:^[ \t]*{mark}[ \t]*$)" if re.fullmatch(r"\w+|\\?/", mark) else mark
