"""What holds for change sets in every format that Liquibase has for them."""

import re
from pathlib import Path

from idxlint.runners.shared.project_files import HEAD, head

CHANGELOGS = (".xml", ".yaml", ".yml", ".json")
"""What changelogs end in that are not formatted SQL."""

ROOT = r"<(?:\w+:)?databaseChangeLog\b|^[ \t{]*\"?databaseChangeLog\"?\s*:"
"""How a changelog begins behind its comments, in XML, YAML or JSON (multi-line mode)."""


def is_changelog(file: Path) -> bool:
    """Whether an XML, YAML or JSON file says in its first bytes that it is a changelog, wherever it lies."""
    return re.search(ROOT, head(file, HEAD), re.MULTILINE | re.IGNORECASE) is not None


def separator(delimiter: str) -> str:
    """An expression for an endDelimiter in a text; one that is a word or a slash counts on a line of its own."""
    mark = re.escape(delimiter.removeprefix(r"\n").removesuffix("$"))
    return rf"(?:^[ \t]*{mark}[ \t]*$)" if re.fullmatch(r"\w+|\\?/", mark) else mark
