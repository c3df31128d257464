"""What a project sets for Flyway: in its own files, in Spring's, in Maven's and in Gradle's."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from idxlint.model.regular_file import read_text
from idxlint.runners.shared.project_files import upwards

_BUILDS = ("pom.xml", "build.gradle", "build.gradle.kts")
_FILES = (
    "flyway.conf", "conf/flyway.conf", "flyway.toml", "flyway.user.toml", "application.properties",
    "application.yml", "application.yaml", *_BUILDS,
)  # fmt: skip
_VERSION = (
    r"(?i)flyway(?:-[a-z-]+)?[\s'\",)]*"
    r"(?:</artifactId>\s*<version>|:|[._-]?version\b[\s'\"(:=>]*)"
    r"(\d+\.\d+(?:\.\d+)*)"
)


@cache
def settings(folder: Path) -> dict[str, str]:
    """The settings in force for a folder, the nearest file first.

    Names are in lower case without `spring.flyway.` and without dots and dashes, which are written in many ways.
    `version` is that of Flyway, where a build file says it.
    """
    known: dict[str, str] = {}
    for place in upwards(folder):
        for name in _FILES:
            for key, value in _read(place / name):
                known.setdefault(re.sub(r"[._-]", "", key), value)
        if place.name == "main":
            for key, value in _code(place):
                known.setdefault(key, value)
    return known


@cache
def _code(folder: Path) -> tuple[tuple[str, str], ...]:
    """What the program sets itself, in classes whose names sound like it."""
    pairs = list[tuple[str, str]]()
    for place, _, names in os.walk(folder):
        for name in names:
            if re.search(
                r"(?i:flyway|migrat|database|datasource|config)\w*\.(?:java|kt|groovy|scala)\Z", name
            ):
                text = _text(Path(place) / name)
                if re.search(r"\b(?:set|is)?[Tt]ransactionalLock(?:\s*=|\()\s*false\b", text):
                    pairs.append(("postgresqltransactionallock", "false"))
                if re.search(r"\bflyway\b", text, re.IGNORECASE):
                    switched = re.finditer(r"\.(mixed|group)\(\s*true\s*\)", text)
                    pairs += ((match[1], "true") for match in switched)
    return tuple(pairs)


def version(text: str) -> tuple[int, ...]:
    """A version as numbers, to compare it; without any it is empty."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


def script(file: Path) -> str | None:
    """The value of executeInTransaction in the file that stands beside a migration for it, if one does."""
    keys = dict(_properties(_text(file.with_name(file.name + ".conf"))))
    return next((value for key, value in keys.items() if key.endswith("executeintransaction")), None)


def _read(file: Path) -> Iterator[tuple[str, str]]:
    """The keys of a file that are Flyway's, in lower case without the prefix."""
    text = _text(file)
    if "flyway" not in text.lower():
        return
    if file.suffix in (".yml", ".yaml"):
        pairs = _indented(text)
    elif file.suffix == ".xml":
        pairs = _tags(text)
    elif file.name.startswith("build.gradle"):
        pairs = _block(text)
    else:
        pairs = _properties(text)
    for key, value in pairs:
        name = key.removeprefix("spring.")
        if name.startswith("flyway."):
            yield name.removeprefix("flyway."), value
    if file.name in _BUILDS and (asked := re.findall(_VERSION, text)):
        yield "version", max(asked, key=version)


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """Java's properties, and as much of TOML: its tables become a prefix."""
    table = ""
    for line in text.splitlines():
        if head := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = head[1].strip().lower() + "."
        elif pair := re.match(r"\s*([\w.\"-]+)\s*[=:]\s*([^\s#]*)", line):
            yield table + pair[1].replace('"', "").lower(), _value(pair[2])


def _indented(text: str) -> Iterator[tuple[str, str]]:
    """The keys of a YAML file with those that they stand under."""
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        if pair := re.match(r"( *)([\w.-]+):(?:\s+([^\s#]*)|\s*\Z)", line):
            above = [entry for entry in above if entry[0] < len(pair[1])]
            above.append((len(pair[1]), pair[2].lower()))
            yield ".".join(key for _, key in above), _value(pair[3] or "")


def _tags(text: str) -> Iterator[tuple[str, str]]:
    for tag in re.finditer(r"<((?:flyway\.)?[\w.]+)>\s*(true|false)\s*</", text, re.IGNORECASE):
        yield "flyway." + tag[1].lower().removeprefix("flyway."), _value(tag[2])


def _block(text: str) -> Iterator[tuple[str, str]]:
    for block in re.finditer(r"\bflyway\s*\{([^}]*)\}", text):
        for pair in re.finditer(r"([\w.]+)\s*(?:=\s*|\.set\(\s*|\s)(true|false)\b", block[1]):
            yield "flyway." + pair[1].lower(), _value(pair[2])


def _value(text: str) -> str:
    return text.strip("\"'").lower()


def _text(file: Path) -> str:
    try:
        return read_text(file)
    except OSError:
        return ""
