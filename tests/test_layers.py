"""The architecture, read from the imports: arrows go one way, and each stranger has one door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import idxlint
from idxlint.checks import CHECKS
from tests.conftest import BOOK

HOME = Path(idxlint.__file__).parent
FILES = sorted(HOME.rglob("*.py"))
LEFT = {"model", "sql"}
MIDDLE = {*LEFT, "catalogue", "config", "settings", "checks", "runners"}
RIGHT = {*MIDDLE, "suppress", "literals", "baseline", "fixer"}
ENGINE = {"prepare", "judge", "engine", "parallel", "fixing", "proving"}
TOP = {"cli", "commands", "commands_live", "console", "changed", "since", "writing", "init"}
SERVERS = {"shell", "live"}
MAY: dict[str, set[str]] = {
    "__init__": set(),
    "model": set(),
    "shell": {"model"},
    "git": {"model", "shell"},
    "ci_base": {"model"},
    "origin": {"model"},
    "ci_files": {"model", "origin"},
    "live": {*LEFT, "shell"},
    "action": {"model", "shell", "console"},
    "sql": {"model"},
    "catalogue": LEFT,
    "settings": LEFT,
    "config": {*LEFT, "settings"},
    "checks": LEFT,
    "runners": LEFT,
    "reporters": {"model"},
    "suppress": MIDDLE,
    "literals": {*MIDDLE, "suppress"},
    "baseline": MIDDLE,
    "fixer": MIDDLE,
    **{part: {*RIGHT, *ENGINE} for part in ENGINE},
    "proving": {*RIGHT, *ENGINE, *SERVERS},
    **{
        part: {*RIGHT, *ENGINE, *TOP, *SERVERS, "git", "ci_base", "ci_files", "origin", "reporters"}
        for part in TOP
    },
    "__main__": {"cli"},
}
DOORS = {
    "click": {"cli"},
    "yaml": {"config", "catalogue", "runners"},
    "pglast": {"sql"},
    "sqlglot": {"sql"},
    "junit_xml": {"reporters/junit"},
    "subprocess": {"shell"},
    "urllib": {"action/rest", "reporters/sarif"},
    "psycopg": {"live", "commands_live"},
    "rich": {"live"},
}


def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_bytes())


def place(path: Path) -> str:
    """A file as its path in the package, without its ending."""
    return path.relative_to(HOME).with_suffix("").as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions, with dots."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """The parts of our own package that a file imports; the version is no part."""
    parts = {name.split(".")[1] for name in imports(path) if name.startswith("idxlint.")}
    return parts - {"__version__", place(path).split("/")[0]}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a file and how many lines each has, decorators left out."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_go_left(path: Path) -> None:
    """A file imports only from the columns left of its own, and no neighbour."""
    assert set() == ours(path) - MAY[place(path).split("/")[0]]


@pytest.mark.parametrize("stranger", DOORS)
def test_one_door(stranger: str) -> None:
    """A dependency is imported behind its door and nowhere else."""
    users = {place(path) for path in FILES if stranger in {name.split(".")[0] for name in imports(path)}}

    assert set() == {user for user in users if not {user, user.split("/")[0]} & DOORS[stranger]}


def test_checks_know_no_other_check() -> None:
    """A check imports base and no check beside it."""
    for path in (HOME / "checks").glob("*.py"):
        found = {name.split(".")[2] for name in imports(path) if name.startswith("idxlint.checks.")}

        assert path.name == "__init__.py" or found <= {"base"}, path.name


def test_no_import_runs_in_a_circle() -> None:
    """Whatever is imported when a file is loaded leads back to no file."""
    names = {f"idxlint.{place(path)}".replace("/", ".").removesuffix(".__init__"): path for path in FILES}
    edges = {name: {other for other in _loaded(path, names) if other != name} for name, path in names.items()}
    while leaves := {name for name, needs in edges.items() if not needs & edges.keys()}:
        edges = {name: needs for name, needs in edges.items() if name not in leaves}

    assert {} == edges


def _loaded(path: Path, names: dict[str, Path]) -> Iterator[str]:
    """The files that the top level of a file imports."""
    for node in tree(path).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in names else str(node.module)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_small_files(path: Path) -> None:
    """A file has fewer than 300 lines and a function fewer than 40."""
    assert len(path.read_text("utf-8").splitlines()) < 300
    assert [] == [(name, lines) for name, lines in functions(path) if lines >= 40]


def test_checks_in_the_order_of_their_ids() -> None:
    """The registry reads like the rule book, and each check's file has its name."""
    ids = {rule.name: rule.id for rule in BOOK.rules}
    found = [ids[check.name] for check in CHECKS]
    modules = {place(path) for path in (HOME / "checks").glob("*.py")}

    assert sorted(found) == found
    assert {f"checks/{check.name.replace('-', '_')}" for check in CHECKS} == modules - {
        "checks/__init__",
        "checks/base",
    }
