"""The configuration: `idxlint.yaml`, or `[tool.idxlint]` in `pyproject.toml`, found upwards.

The set of keys is closed, and whatever is wrong is one line: file, key, what is allowed, what was meant.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from idxlint.config.configuration import ALL, DEFAULT, Config, Options, PerPath
from idxlint.model import Failure, Merging, Severity, brief, printable, record
from idxlint.model.regular_file import read_bytes

__all__ = ["DOWN", "FAIL_ON", "RELEASES", "RUNNERS", "Config", "ConfigError", "chosen", "load"]

RUNNERS = ("psql",)
DOWN = ("report", "note", "off")
RELEASES = range(12, 19)
_LEVELS = {level.word: level for level in reversed(Severity)}
FAIL_ON: Mapping[str, Severity | None] = {**_LEVELS, "never": None}
_SEVERITIES: Mapping[str, Severity | None] = {**_LEVELS, "off": None}
_HUNDRED = re.compile(r"IDX\d{1,2}\Z")
_TIMEOUT = re.compile(r"\d+ ?(us|ms|s|min|h|d)?\Z")
_YAML = "idxlint.yaml"
_TOML = "pyproject.toml"


class ConfigError(Failure):
    """What is wrong with the configuration, as one line."""


def load(
    start: Path, explicit: Path | None, names: Mapping[str, str], runners: tuple[str, ...] = RUNNERS
) -> Config:
    """The configuration for a working folder.

    explicit: the file to read instead of looking for one
    names: every name, id and former name of a rule, and the name that it means
    runners: the names of the migration tools that are known
    """
    start = Path(os.path.abspath(start))  # noqa: PTH100, links stay as they are written
    source = _nearest(start) if explicit is None else _named(start / explicit, start)
    if source is None:
        return Config(root=start, start=start)
    path, table = source
    values = _Reader(_label(path, start), path.parent, names, runners).config(table)
    return Config(file=path, root=path.parent, start=start, **values)


def chosen(words: Iterable[str], names: Mapping[str, str], where: str) -> frozenset[str]:
    """The names of the rules that words mean: a name, an id, a hundred such as IDX1, all, or default.

    where: what stands before the colon of an error, such as --select
    """
    rules: set[str] = set()
    for word in words:
        name = names.get(word) or names.get(word.upper()) or names.get(word.lower())
        if name is not None:
            rules.add(name)
        elif word == ALL:
            rules.update(names.values())
        elif word == DEFAULT:
            rules.add(word)
        else:
            hundred = _HUNDRED.match(word.upper()) is not None
            members = {name for key, name in names.items() if hundred and key.startswith(word.upper())}
            if not members:
                raise ConfigError(
                    f"{where}: {brief(word)} is not a rule{_meant(word, (*names, ALL, DEFAULT))}"
                )
            rules |= members
    return frozenset(rules)


def _nearest(start: Path) -> tuple[Path, dict[Any, Any]] | None:
    for folder in (start, *start.parents):
        path = folder / _YAML
        if path.exists():
            return path, _yaml(path, _label(path, start))
        if path.with_suffix(".yml").exists():
            raise ConfigError(f"{_label(path.with_suffix('.yml'), start)}: ignored; rename it to {_YAML}")
        path = folder / _TOML
        if path.is_file():
            table = _toml(path, _label(path, start))
            if table is not None:
                return path, table
    return None


def _named(path: Path, start: Path) -> tuple[Path, dict[Any, Any]]:
    path = Path(os.path.abspath(path))  # noqa: PTH100
    label = _label(path, start)
    if path.suffix != ".toml":
        return path, _yaml(path, label)
    table = _toml(path, label)
    if table is None:
        raise ConfigError(f"{label}: has no [tool.idxlint]")
    return path, table


def _yaml(path: Path, label: str) -> dict[Any, Any]:
    text = _text(path, label)
    import yaml

    class Loader(Merging, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """The safe loader, for which a key that stands twice is a mistake and not a choice."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"{key.value} is given twice", problem_mark=key.start_mark
                    )
                seen.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
            return dict(super().construct_mapping(node, deep))

    try:
        table = yaml.load(text, Loader=Loader)  # noqa: S506, made from the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What ends too early is found behind the last line.
        line = f"line {min(mark.line, text.count(chr(10))) + 1}: " if mark else ""
        raise ConfigError(f"{label}: {line}not YAML: {printable(error.problem or str(error))}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{label}: not YAML: {' '.join(printable(str(error)).split())}") from None
    if table is None:
        return {}
    if not isinstance(table, dict):
        raise ConfigError(f"{label}: {brief(table)} is not a map of keys to values")
    return table


def _toml(path: Path, label: str) -> dict[Any, Any] | None:
    text = _text(path, label)
    if "idxlint" not in text:
        return None  # nor is it our business whether it is TOML at all
    import tomllib

    try:
        tool = tomllib.loads(text).get("tool", {})
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{label}: not TOML: {printable(str(error))}") from None
    table = tool.get("idxlint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{label}: tool.idxlint: {brief(table)} is not a map of keys to values")
    return table


def _text(path: Path, label: str) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except IsADirectoryError:
        raise ConfigError(f"{label}: is a folder, not a file") from None
    except OSError as error:
        raise ConfigError(f"{label}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{label}: is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}"
        ) from None


def _label(path: Path, start: Path) -> str:
    try:
        return printable(os.path.relpath(path, start).replace(os.sep, "/"))
    except ValueError:  # another drive
        return printable(str(path))


def _meant(word: object, words: Iterable[str], otherwise: str = "") -> str:
    from difflib import get_close_matches

    near = get_close_matches(brief(word), list(words), 1)
    return f"; did you mean {near[0]}?" if near else otherwise


@record
class _Reader:
    """Turns what a file holds into what Config takes; every method is given a value and its key."""

    file: str
    root: Path
    names: Mapping[str, str]
    runners: tuple[str, ...]

    def config(self, table: dict[Any, Any]) -> dict[str, Any]:
        return self.closed(
            table,
            "",
            {
                "paths": self.texts,
                "exclude": self.texts,
                "runner": self.runner,
                "postgres": self.postgres,
                "fail_on": lambda value, key: FAIL_ON[self.word(value, key, FAIL_ON)],
                "select": self.select,
                "ignore": self.ignore,
                "severity": self.severity,
                "per_path": self.per_path,
                "down": lambda value, key: self.word(value, key, DOWN),
                "start_after": self.file_name,
                "baseline": lambda value, key: self.root / self.text(value, key),
                "options": self.options,
            },
        )

    def wrong(self, key: str, value: object, allowed: str, words: Iterable[str] = ()) -> ConfigError:
        meant = _meant(value, words)
        return ConfigError(f"{self.file}: {key}: {brief(value)} is not {allowed}{meant}")

    def closed(
        self, value: object, key: str, keys: Mapping[str, Callable[[Any, str], object]]
    ) -> dict[str, Any]:
        table = self.table(value, key)
        for name in table:
            if name not in keys:
                where = f"{self.file}: {key}: " if key else f"{self.file}: "
                listed = f"; the keys are {', '.join(keys)}"
                raise ConfigError(f"{where}{brief(name)} is not a key{_meant(name, keys, listed)}")
        return {name: keys[name](held, f"{key}.{name}" if key else name) for name, held in table.items()}

    def table(self, value: object, key: str) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise self.wrong(key, value, "a map of keys to values")
        return value

    def text(self, value: object, key: str) -> str:
        if not isinstance(value, str):
            # YAML reads 0042 as 34 and 2024-01-01 as a date; only the writer knows what stood there.
            raise self.wrong(key, value, "a string; put it in quotes")
        if not value.strip() or "\0" in value:
            raise self.wrong(key, repr(value), "a string")
        return value

    def file_name(self, value: object, key: str) -> str:
        name = self.text(value, key)
        if len(name) > 255:  # nor could Python read its number
            raise self.wrong(key, name, "a name that a file can have")
        return name

    def texts(self, value: object, key: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self.wrong(key, value, "a list")
        return tuple(self.text(item, key) for item in value)

    def word(self, value: object, key: str, words: Iterable[str]) -> str:
        value = "off" if value is False else value  # YAML's own reading of a bare off
        if not isinstance(value, str) or value not in words:
            allowed = list(words)
            raise self.wrong(key, value, f"one of {', '.join(allowed)}", allowed)
        return value

    def runner(self, value: object, key: str) -> tuple[tuple[str, str], ...]:
        table = value if isinstance(value, dict) else {"**": value}
        return tuple(
            (self.text(glob, key), self.word(name, f"{key}.{glob}" if table is value else key, self.runners))
            for glob, name in table.items()
        )

    def postgres(self, value: object, key: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value not in RELEASES:
            raise self.wrong(key, value, f"a whole number from {RELEASES[0]} to {RELEASES[-1]}")
        return value

    def select(self, value: object, key: str) -> frozenset[str]:
        return chosen(self.texts(value, key), self.names, f"{self.file}: {key}")

    def ignore(self, value: object, key: str) -> frozenset[str]:
        words = self.texts(value, key)
        for word in words:
            if word in (ALL, DEFAULT):
                raise self.wrong(key, word, "a rule; only select accepts it")
        return chosen(words, self.names, f"{self.file}: {key}")

    def severity(self, value: object, key: str) -> dict[str, Severity | None]:
        levels: dict[str, Severity | None] = {}
        for word, level in self.table(value, key).items():
            rules = self.ignore([word], key)
            levels |= dict.fromkeys(rules, _SEVERITIES[self.word(level, f"{key}.{word}", _SEVERITIES)])
        return levels

    def per_path(self, value: object, key: str) -> tuple[PerPath, ...]:
        keys = {"ignore": self.ignore, "severity": self.severity}
        return tuple(
            PerPath(self.text(glob, key), **self.closed(entry, f"{key}.{glob}", keys))
            for glob, entry in self.table(value, key).items()
        )

    def options(self, value: object, key: str) -> Options:
        return Options(**self.closed(value, key, {field.name: self.timeout for field in fields(Options)}))

    def timeout(self, value: object, key: str) -> str:
        text = value.strip() if isinstance(value, str) else brief(value)
        if isinstance(value, bool) or not _TIMEOUT.match(text):
            raise self.wrong(key, value, "a time in PostgreSQL's format, such as 5s, 250ms or 0")
        return text
