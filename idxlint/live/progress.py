"""A line on the terminal while live mode works."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from idxlint.model import printable


@contextmanager
def shown(title: str) -> Iterator[Callable[[str], None]]:
    """Show what is being worked on, until the end of the block; nothing of it stays."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task(escape(title))

        def tell(what: str) -> None:
            progress.update(task, description=escape(f"{title}  {printable(what)}"))

        yield tell
