"""The migration tools: which files they run, in which order, and what they put around the statements.

The modules here know all tools: they plan, detect and read. Each room below holds readers and profiles, stands on
`runners.shared`, and imports nothing of this one.
"""

from idxlint.runners.files import collect, likely
from idxlint.runners.passed_over import foreign_here, foreign_under, passed_over
from idxlint.runners.plan import STDIN, Plan, load, units
from idxlint.runners.shared.project_files import is_root

__all__ = [
    "STDIN",
    "Plan",
    "collect",
    "foreign_here",
    "foreign_under",
    "is_root",
    "likely",
    "load",
    "passed_over",
    "units",
]
