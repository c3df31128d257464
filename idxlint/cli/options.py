"""What the command line asks for, a value for each command; `main` says what each option means."""

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


@value
class LiveOptions(FileOptions):
    """`idxlint live`. majors: as in 15,16,18; pg_bin: where PostgreSQL's programs are; html: a file."""

    majors: str | None = None
    pg_bin: tuple[str, ...] = ()
    dsn: str | None = None
    destroy_database: bool = False
    crash: bool = False
    schema: str | None = None
    format_: str = "text"
    html: str | None = None
    output: str | None = None
    color: str = "auto"


@value
class BaselineOptions(FileOptions):
    """`idxlint baseline`. output: the file to write."""

    output: str | None = None


@value
class InitOptions(FileOptions):
    """`idxlint init`. ci: the service whose file is written as well; yes: write without asking."""

    ci: str = "none"
    yes: bool = False
