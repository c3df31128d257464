"""The door of `sql.text`: what other rooms take from it, and what stays unloaded behind it."""

import ast
import subprocess
import sys
from pathlib import Path

import idxlint

HOME = Path(idxlint.__file__).parent
DOORS = {"idxlint.sql.text", "idxlint.sql.text.scanner"}
LOADED = """
import sys
from idxlint.cli.main import run
run(sys.argv[1:])
print(sorted(name.split(".")[-1] for name in sys.modules if name.startswith(("idxlint.sql.text.", "sqlglot"))))
"""


def test_other_rooms_use_the_door() -> None:
    """Outside the room everything comes from its `__init__` or from the scanner, also inside functions."""
    inner = {
        (path.relative_to(HOME).as_posix(), node.module)
        for path in HOME.rglob("*.py")
        if path.parent != HOME / "sql" / "text"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("idxlint.sql.text")
        if node.module not in DOORS
    }

    assert set() == inner


def test_a_plain_file_loads_no_scanner(tmp_path: Path) -> None:
    """The modules for refused text and sqlglot are not loaded where PostgreSQL's parser takes the text."""
    (tmp_path / "V1__a.sql").write_text("SELECT 1;\n", "utf-8")
    command = [sys.executable, "-c", LOADED, "check", "--quiet", "V1__a.sql"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    assert "['decode', 'gaps', 'names', 'parse', 'splitter', 'statement']\n" == printed
