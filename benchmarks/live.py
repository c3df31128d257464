"""Measure `idxlint live` from a cold start: one migration, and a history of a hundred files.

python benchmarks/live.py [--runs N]
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

FILES = 100
SHARE = 5  # one file in five has something to say
BARS = {"one migration, cold": 5.0, "hundred files, the last asked for": 15.0, "hundred files, all": 15.0}
"""Seconds that a run may take."""


def history() -> Mapping[str, str]:
    """Made-up files in groups of five: a table, a column, an index that blocks, a view, a table with an index."""
    files: dict[str, str] = {}
    for number in range(FILES):
        group, kind = divmod(number, SHARE)
        table = f"beds_{group}"
        text = (
            f"CREATE TABLE {table} (id bigint PRIMARY KEY, kind text NOT NULL, size int);\n",
            f"ALTER TABLE {table} ADD COLUMN note text;\nCOMMENT ON COLUMN {table}.note IS 'free text';\n",
            f"CREATE INDEX {table}_kind_idx ON {table} (kind);\n",
            f"CREATE VIEW kinds_{group} AS SELECT DISTINCT kind FROM {table};\n",
            f"CREATE TABLE plants_{group} (bed bigint REFERENCES {table});\nCREATE INDEX ON plants_{group} (bed);\n",
        )[kind]
        files[f"{number:03}.sql"] = text
    files[f"{FILES:03}.sql"] = "CREATE INDEX beds_0_size_idx ON beds_0 (size);\n"
    return files


def works(folder: Path) -> Mapping[str, tuple[Path, str]]:
    """Where each work is done, and the path that is asked for."""
    one, many = folder / "one", folder / "many"
    text = history()
    wanted = {one: {name: text[name] for name in ("000.sql", "002.sql")}, many: text}
    for place, files in wanted.items():
        (place / "db").mkdir(parents=True)
        for name, sql in files.items():
            (place / "db" / name).write_text(sql)
    places = ((one, "db/002.sql"), (many, f"db/{FILES:03}.sql"), (many, "db"))
    return dict(zip(BARS, places, strict=True))


def seconds(place: Path, path: str) -> float:
    """How long one run takes, the start of Python and the server included."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "idxlint", "live", path, "--output", "report.txt"]
    subprocess.run(command, cwd=place, check=True)
    return time.perf_counter() - started


def main() -> int:
    """Print the medians; 1 where one is over its bar."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured [3]")
    runs = parser.parse_args().runs
    over = False
    with tempfile.TemporaryDirectory() as folder:
        for name, work in works(Path(folder)).items():
            times = [seconds(*work) for _ in range(runs)]
            median = statistics.median(times)
            over |= median > BARS[name]
            said = "ok" if median <= BARS[name] else "over"
            print(
                f"{name:<34} {median:5.1f} s  ({min(times):.1f}, {max(times):.1f})  ≤ {BARS[name]:.0f} s: {said}"
            )
    return over


if __name__ == "__main__":
    sys.exit(main())
