"""The scripts of the benchmarks: no package, for they find each other by standing in one folder."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import corpus  # noqa: E402
import grow  # noqa: E402
import measure  # noqa: E402
import shapes  # noqa: E402

__all__ = ["BENCHMARKS", "corpus", "grow", "measure", "shapes"]
