"""What the command line asks of files: the options that commands share, and those of check.

The other commands have theirs beside them, so that no start makes classes for all. `main` says what each means.
"""

from idxlint.model import value


@value
class FileOptions:
    """Which files a command works on, and under which configuration.

    paths: as they were given; empty for the configured or the likely folders
    since: the ref of --since; staged: only what git's index holds
    jobs: processes, 0 for as many as pay
    """

    paths: tuple[str, ...] = ()
    config: str | None = None
    runner: str | None = None
    postgres: int | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    since: str | None = None
    staged: bool = False
    jobs: int = 0


@value
class CheckOptions(FileOptions):
    """`idxlint check`. formats: FORMAT or FORMAT=FILE; fail_on: a severity or never; baseline: a file."""

    formats: tuple[str, ...] = ()
    output: str | None = None
    fail_on: str | None = None
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    baseline: str | None = None
    strict: bool = False
    statistics: bool = False
    quiet: bool = False
    color: str = "auto"
