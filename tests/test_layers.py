"""The architecture, read from the imports: which room may import which, no circles, one door for each stranger."""

import ast
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import idxlint
from idxlint.checks import CHECKS
from tests.conftest import BOOK

HOME = Path(idxlint.__file__).parent
SQL = ("sql.text", "sql.meaning", "sql.state")
MAY: Mapping[str, tuple[str, ...]] = {
    "__init__": (),
    "model": (),
    "system": ("model",),
    "sql": (),
    "sql.text": ("model",),
    "sql.meaning": ("model", "sql.text"),
    "sql.state": ("model", "sql.text", "sql.meaning"),
    "sql.rewrite": ("model", *SQL),
    "sql.refusals": ("model", "sql.text", "sql.meaning"),
    "sql.whole": ("model", "sql.text", "sql.meaning"),
    "sql.locks": ("model", *SQL, "sql.whole"),
    "rulebook": ("model",),
    "config": ("model",),
    "checks": ("model", *SQL, "sql.rewrite", "sql.refusals", "sql.locks"),
    "runners.shared": ("model", "sql.text"),
    "runners.python": ("model", "sql.meaning", "runners.shared"),
    "runners.alembic": ("model", "runners.shared", "runners.python"),
    "runners.django": ("model", "sql.meaning", "runners.shared", "runners.python"),
    "runners.liquibase": ("model", "sql.text", "sql.meaning", "runners.shared"),
    "runners.flyway": ("model", "runners.shared"),
    "runners.sections": ("model", "runners.shared"),
    "runners.tools": ("model", "runners.shared"),
    "runners": (
        "model", "sql.text", "runners.shared", "runners.alembic", "runners.django", "runners.liquibase",
        "runners.flyway", "runners.sections", "runners.tools",
    ),
    "engine": (
        "model", *SQL, "sql.whole", "sql.locks", "rulebook", "config", "checks", "runners", "runners.shared",
        "runners.python",
    ),
    "fix": ("model", "sql.state", "sql.rewrite", "runners", "engine"),
    "git": ("model", "system", "config", "runners", "engine"),
    "live": ("model",),
    "live.server": ("model", "system"),
    "live.seed": ("model", "sql.meaning", "live.server"),
    "live.play": ("model", *SQL, "live.server", "live.seed"),
    "live.proof": ("model", *SQL, "live.server", "live.seed", "live.play"),
    "reporters.parts": ("model",),
    "reporters.live": ("model", "reporters.parts"),
    "reporters.explain": ("model", "reporters.parts"),
    "reporters": ("model", "reporters.parts"),
    "cli": (
        "model", "system", "sql.rewrite", "rulebook", "config", "runners", "engine", "fix", "git", "reporters",
        "live", "live.server", "live.play", "live.proof",
    ),
    "action": ("model", "system"),
    "__main__": ("cli",),
}  # fmt: skip
"""The rooms from the ground up, and what each may import beside itself."""

LATER: Mapping[str, tuple[str, ...]] = {
    "one command and not the others": (
        "__main__ cli.main",
        "cli.main cli.check_command", "cli.main cli.explain_command", "cli.main cli.live_command",
        "cli.main cli.baseline_command",
        "cli.main cli.init_command", "cli.main cli.runners_command", "cli.main cli.options", "cli.main rulebook",
        "engine.parsed_file sql.locks.whole_step", "cli.check_command fix.project", "cli.collect git.changed_files",
        "cli.targets reporters.text", "cli.live_command reporters",
    ),
    "live mode, whose extra may be missing": (
        "cli.live_command live.play.script", "cli.live_command cli.episodes", "cli.live_command live.proof.history",
        "cli.live_command live.server.binaries", "cli.live_command live.server.borrowed",
        "cli.live_command live.server.cluster", "cli.live_command live.progress", "cli.live_command psycopg",
        "cli.live_command fcntl", "live.server.borrowed psycopg", "live.server.cluster psycopg",
    ),
    "files that most projects do not have": (
        "runners.alembic.alembic_profile runners.alembic.revisions",
        "runners.django.django_profile runners.django.migrations",
        "runners.liquibase.liquibase_profile runners.liquibase.changelog_reader",
        "runners.liquibase.liquibase_profile runners.liquibase.changelog_order",
        "runners.liquibase.liquibase_profile runners.liquibase.preconditions",
        "runners.liquibase.changelog yaml", "runners.liquibase.changelog xml",
        "runners.tools.diesel tomllib", "runners.tools.sourcegraph yaml",
        "config.load yaml", "config.load tomllib", "rulebook yaml",
        "engine.judged_file engine.suppress", "engine.judged_file engine.literal_ignores",
        "engine.judged_file engine.python_comments",
        "engine.parsed_file sql.meaning.bodies", "engine.parsed_file sql.whole.complete",
        "engine.parsed_file sql.meaning.name_guard",
    ),
    "text that most files do not have": (
        "runners.shared.statement_heads sql.text.scanner", "sql.text.parse sql.text.salvage",
        "sql.text.parse sql.text.dialect", "sql.text.splitter sql.text.scanner", "sql.text.dialect sqlglot",
        "sql.meaning.read sql.meaning.bodies", "sql.meaning.quick sql.meaning.quick_alter",
        "sql.meaning.quick sql.meaning.quick_others", "sql.state.written_table sql.meaning.quick_table",
        "checks.constraint_builds_index sql.rewrite.by_index",
        "sql.locks.effects sql.locks.spread", "model.fingerprint hashlib", "checks.name_too_long binascii",
        "config.load difflib", "rulebook difflib",
        "checks.expression_not_immutable sql.refusals.mutability",
    ),
    "what this system or this run may not need": (
        "__main__ resource", "engine.parallel multiprocessing", "runners.files runners.registry",
    ),
}  # fmt: skip
"""Imports inside functions, by what a start does without: the file, and what it imports there."""

DOORS = {
    "click": "cli",
    "yaml": "config rulebook runners",
    "pglast": "sql",
    "sqlglot": "sql",
    "junit_xml": "reporters.junit",
    "subprocess": "system.shell",
    "urllib": "action.rest reporters.sarif",
    "psycopg": "live cli.live_command",
    "rich": "live",
}


class House:
    """A package: its files by their dotted names, and what each imports."""

    def __init__(self, home: Path) -> None:
        self.files = {self._name(path, home): path for path in sorted(home.rglob("*.py"))}
        self.imports = {name: frozenset(self._imports(path)) for name, path in self.files.items()}

    @staticmethod
    def _name(path: Path, home: Path) -> str:
        return path.relative_to(home).with_suffix("").as_posix().replace("/", ".")

    def _imports(self, path: Path) -> Iterator[tuple[str, str]]:
        """What a file imports, ours without `idxlint.`, and where: start, function, or types (for the checker)."""
        for node, where in _imports(ast.parse(path.read_bytes()), "start"):
            for name in self._targets(node):
                yield name, where

    def _targets(self, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
            return
        assert node.level == 0, "a relative import"
        module = str(node.module)
        if module.split(".", maxsplit=1)[0] != "idxlint":
            yield module.split(".", maxsplit=1)[0]
            return
        for alias in node.names:
            whole = f"{module}.{alias.name}".removeprefix("idxlint.")
            inner = module.removeprefix("idxlint").removeprefix(".")
            candidates = (whole, f"{whole}.__init__", inner, f"{inner}.__init__", "__init__")
            yield next(name for name in candidates if name in self.files)

    def ours(self, name: str) -> set[str]:
        """The files of the package that a file imports, wherever in it."""
        return {target for target, _ in self.imports[name] if target in self.files} - {name, "__init__"}

    def room(self, name: str) -> str:
        """The room of a file: its folder, or itself where it stands at the top."""
        return name.rpartition(".")[0] or name

    def rooms(self) -> dict[str, set[str]]:
        """The rooms that each room imports beside itself."""
        arrows: dict[str, set[str]] = {self.room(name): set() for name in self.files}
        for name in self.files:
            arrows[self.room(name)] |= {self.room(target) for target in self.ours(name)}
        return {room: targets - {room} for room, targets in arrows.items()}


def _imports(tree: ast.AST, where: str) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, where
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _imports(node, "function")
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from _imports(node, "types")
        else:
            yield from _imports(node, where)


def circles(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """What is left when everything is taken away that leads nowhere, and again: only circles and what leads to them."""
    left = dict(arrows)
    while leaves := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets & left.keys() for name, targets in left.items() if name not in leaves}
    return left


HOUSE = House(HOME)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a file and how many lines each has, decorators left out."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def test_rooms_import_only_what_they_may() -> None:
    """Each room is listed, and imports no room beside those of its list; the lists hold no room in vain."""
    assert {room: set(rooms) for room, rooms in MAY.items()} == HOUSE.rooms()


def test_no_circle_of_files() -> None:
    """No file leads back to itself, imports inside functions included."""
    assert {} == circles({name: HOUSE.ours(name) for name in HOUSE.files})


def test_no_circle_of_rooms() -> None:
    """No room leads back to itself."""
    assert {} == circles(HOUSE.rooms())


def test_imports_inside_functions() -> None:
    """An import inside a function is one of those that a start can do without."""
    listed = [entry for entries in LATER.values() for entry in entries]
    inside = {
        f"{name} {target.removesuffix('.__init__')}"
        for name, imports in HOUSE.imports.items()
        for target, where in imports
        if where == "function" and (target, "start") not in imports
    }

    assert sorted(listed) == sorted(inside)


def copied(folder: Path) -> Path:
    """The package, to put something wrong into."""
    return Path(shutil.copytree(HOME, folder / "idxlint", ignore=shutil.ignore_patterns("__pycache__")))


def test_notices_a_circle_inside_a_function(tmp_path: Path) -> None:
    """A circle is found where its import stands inside a function."""
    home = copied(tmp_path)
    with (home / "model" / "glob.py").open("a") as file:
        file.write("\n\ndef later():\n    from idxlint.system import console\n    return console\n")
    house = House(home)

    assert "model.glob" in circles({name: house.ours(name) for name in house.files})
    assert "model" in circles(house.rooms())


def test_notices_a_file_in_the_wrong_room(tmp_path: Path) -> None:
    """A file that is put into another room brings arrows that this room may not have."""
    home = copied(tmp_path)
    (home / "engine" / "run.py").rename(home / "config" / "run.py")

    assert {"engine", "runners"} <= House(home).rooms()["config"] - set(MAY["config"])


@pytest.mark.parametrize("stranger", DOORS)
def test_one_door(stranger: str) -> None:
    """A dependency is imported behind its door and nowhere else."""
    users = {name for name, imports in HOUSE.imports.items() if stranger in {target for target, _ in imports}}
    doors = DOORS[stranger].split()

    assert users
    assert [] == [user for user in users if not any(f"{user}.".startswith(f"{door}.") for door in doors)]


def test_checks_know_no_other_check() -> None:
    """A check imports no check beside it."""
    checks = {f"checks.{check.name.replace('-', '_')}" for check in CHECKS}

    assert set() == {(name, other) for name in checks for other in HOUSE.ours(name) & checks}


def test_names_are_unique() -> None:
    """No two modules have the same name, and no two public classes."""
    modules = Counter(name.rpartition(".")[2] for name in HOUSE.files)
    classes = Counter(
        node.name
        for path in HOUSE.files.values()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )

    assert ["__init__", "__main__"] == sorted(name for name, count in modules.items() if count > 1)
    assert [] == [name for name, count in classes.items() if count > 1]


def test_small_rooms() -> None:
    """A room has at most 25 files, the one file of each rule not counted, and says what it is for."""
    rooms = Counter(HOUSE.room(name) for name in HOUSE.files if "." in name)
    rooms["checks"] -= len(CHECKS)

    assert [] == [room for room, count in rooms.items() if count > 25]
    assert [] == [
        room
        for room in rooms
        if not ast.get_docstring(ast.parse(HOUSE.files[f"{room}.__init__"].read_bytes()))
    ]


LONG: Mapping[str, int] = {"sql.state.schema": 350}
"""Files that one idea makes longer than 300 lines, and how long they may be; each says why."""


@pytest.mark.parametrize("name", HOUSE.files)
def test_small_files(name: str) -> None:
    """A file has fewer than 300 lines and a function fewer than 40."""
    path = HOUSE.files[name]

    assert len(path.read_text("utf-8").splitlines()) < LONG.get(name, 300)
    assert [] == [(function, lines) for function, lines in functions(path) if lines >= 40]


def test_checks_in_the_order_of_their_ids() -> None:
    """The registry reads like the rule book, and each check's file has its name."""
    ids = {rule.name: rule.id for rule in BOOK.rules}
    listed = [ids[check.name] for check in CHECKS]
    files = {name for name in HOUSE.files if HOUSE.room(name) == "checks"}

    assert sorted(listed) == listed
    assert {f"checks.{check.name.replace('-', '_')}" for check in CHECKS} <= files
