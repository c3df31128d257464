"""What a start leaves unloaded of pglast, and that it is there for whoever asks."""

import json
import subprocess
import sys

CODE = """
import json, sys
import idxlint.sql.text
unused = not any(name.startswith("pglast.enums.") for name in sys.modules)
import pglast
from pglast.ast import SelectStmt
tree = pglast.parse_sql("SELECT 1")
print(json.dumps([unused, isinstance(tree[0].stmt, SelectStmt), pglast.enums.LimitOption.LIMIT_OPTION_DEFAULT]))
"""


def test_pglast_is_loaded_as_far_as_it_is_used() -> None:
    """The parser comes without the classes of its nodes, which others in the same process still get."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)

    assert [True, True, 0] == json.loads(done.stdout)
