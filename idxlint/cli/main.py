"""The command line: read flags, call the engine, print, and say by the exit code how it went."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from idxlint import __version__
from idxlint.model import ExitCode, Failure, Severity
from idxlint.reporters import FORMATS
from idxlint.system import console

_LEVELS = (*(level.word for level in reversed(Severity)), "never")
_paths = click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
_config = click.option("--config", metavar="FILE", help="Read this configuration instead of looking for one.")
_select = click.option(
    "--select",
    multiple=True,
    metavar="RULE",
    help="Run only these rules: a name, an id, a prefix (IDX1), default or all.",
)
_ignore = click.option("--ignore", multiple=True, metavar="RULE", help="Do not run these rules.")
_postgres = click.option(
    "--postgres",
    type=click.IntRange(12, 18),
    metavar="MAJOR",
    help="The oldest PostgreSQL major version you deploy to.",
)
_runner = click.option(
    "--runner", metavar="NAME", help="The migration tool that runs the files; detected by default."
)
_since = click.option(
    "--since",
    metavar="REF",
    help="Report only on what changed since the merge base with REF; auto finds REF in CI.",
)
_jobs = click.option(
    "--jobs", type=click.IntRange(0), default=0, help="Worker processes; 0 chooses a number."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="idxlint", message="%(prog)s %(version)s")
def cli() -> None:
    """Find PostgreSQL migrations that block a table or leave an invalid index behind."""


@cli.command()
@_paths
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"Output format, and optionally a file; can be repeated. One of {', '.join(FORMATS)}.",
)
@click.option("--output", metavar="FILE", help="Write the report to FILE instead of standard output.")
@click.option(
    "--fail-on",
    type=click.Choice(_LEVELS),
    help="The lowest severity that makes the command exit with 1 [warning].",
)
@click.option("--fix", is_flag=True, help="Apply the safe fixes, then report the remaining findings.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="Apply the unsafe fixes as well; review them before you commit."
)
@click.option("--diff", is_flag=True, help="Show what the fixes would change; write nothing.")
@click.option("--baseline", metavar="FILE", help="File of accepted findings (see `idxlint baseline`).")
@_since
@click.option("--staged", is_flag=True, help="Check only the staged content.")
@click.option("--strict", is_flag=True, help="Also fail on text that idxlint could not analyse.")
@click.option(
    "--statistics", is_flag=True, help="Print the number of findings of each rule instead of the findings."
)
@click.option("--quiet", is_flag=True, help="Print nothing when there are no findings.")
@click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to use colours."
)
@_runner
@_postgres
@_select
@_ignore
@_config
@_jobs
def check(**flags: Any) -> int:
    """Lint migrations: files, folders, globs, or - for standard input.

    Without PATH, idxlint reads the configured paths, or else the folders that look like migrations.
    """
    from idxlint.cli.check_command import check as command
    from idxlint.cli.options import CheckOptions

    return command(CheckOptions(**flags))


@cli.command()
@_paths
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "markdown", "json", "html")),
    default="text",
    help="Output format.",
)
@click.option("--html", metavar="FILE", help="Also write an HTML page that draws the locks to FILE.")
@click.option("--output", metavar="FILE", help="Write the report to FILE instead of standard output.")
@_since
@click.option("--staged", is_flag=True, help="Explain only the staged content.")
@click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to use colours."
)
@_runner
@_postgres
@_config
def explain(**flags: Any) -> int:
    """Show what each statement locks, whom that blocks and until when, and what it does meanwhile.

    Reads the files like check, in the transactions that the migration tool opens; it connects to no database.
    After each transaction it names the strongest lock on each table and the work that runs while it is held.

    Without PATH, idxlint reads the configured paths, or else the folders that look like migrations.
    """
    from idxlint.cli.explain_command import ExplainOptions
    from idxlint.cli.explain_command import explain as command

    return command(ExplainOptions(**flags))


@cli.command()
@_paths
@_since
@click.option(
    "--crash", is_flag=True, help="Kill each concurrent statement at every wait, then run the file again."
)
@click.option(
    "--schema",
    metavar="FILE",
    help="Load this schema dump (pg_dump, structure.sql) instead of replaying the history.",
)
@click.option(
    "--postgres",
    "majors",
    metavar="MAJORS",
    help="Major versions to use, such as 15,16,18 [the newest one found].",
)
@click.option(
    "--pg-bin", metavar="DIR", multiple=True, help="Folder of the PostgreSQL programs (initdb, postgres)."
)
@click.option("--dsn", help="Use this running server instead of a temporary one; the database must be empty.")
@click.option(
    "--destroy-database", is_flag=True, help="Confirm that databases on that server may be destroyed."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    help="Output format.",
)
@click.option("--html", metavar="FILE", help="Also write an HTML page with timelines to FILE.")
@click.option("--output", metavar="FILE", help="Write the report to FILE instead of standard output.")
@click.option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to use colours."
)
@_runner
@_select
@_ignore
@_config
def live(**flags: Any) -> int:
    """Run the migrations on a temporary PostgreSQL server and show what they block.

    Each file also runs with its fixes; --crash adds what an interrupted statement leaves behind.

    Without PATH, idxlint reads the configured paths, or else the folders that look like migrations. The server
    listens only on a socket in a private folder (in memory if there is room and TMPDIR is not set); both are
    removed at the end.
    """
    from idxlint.cli.live_command import LiveOptions
    from idxlint.cli.live_command import live as command

    return command(LiveOptions(**flags))


@cli.command()
@_paths
@click.option("--output", metavar="FILE", help="Write the baseline to FILE [idxlint-baseline.json].")
@_runner
@_postgres
@_select
@_ignore
@_config
@_jobs
def baseline(**flags: Any) -> int:
    """Record the current findings, so that only new ones fail."""
    from idxlint.cli.baseline_command import BaselineOptions
    from idxlint.cli.baseline_command import baseline as command

    return command(BaselineOptions(**flags))


@cli.command()
@_paths
@click.option(
    "--ci",
    type=click.Choice(("github", "gitlab", "pre-commit", "none")),
    default="none",
    help="Also write the CI file of this service.",
)
@click.option("--yes", is_flag=True, help="Write without asking for confirmation.")
@_runner
def init(**flags: Any) -> int:
    """Set up idxlint here: configuration, baseline and a CI file.

    It shows the files and asks before it writes them; without a terminal it writes only with --yes.
    It never overwrites a file.
    """
    from idxlint.cli.init_command import InitOptions
    from idxlint.cli.init_command import init as command

    return command(InitOptions(**flags))


@cli.command()
@_paths
@_runner
@_config
def runners(**flags: Any) -> int:
    """Show which migration tool runs each folder and how it was detected; then list all tools."""
    from idxlint.cli.options import FileOptions
    from idxlint.cli.runners_command import runners as command

    return command(FileOptions(**flags))


@cli.command()
@click.argument("name", metavar="NAME|ID")
def rule(name: str) -> int:
    """Show one page of the rule book."""
    from idxlint import rulebook

    book = rulebook.load()
    page = book.rule(name)
    if page is None:
        nearest = book.nearest(name)
        meant = f"; did you mean {nearest}?" if nearest else "; `idxlint rules` lists them"
        raise Failure(f"{name} is not a rule{meant}")
    console.emit([f"{page.name} ({page.id}, {page.severity.word})\n\n", page.body.lstrip("\n")])
    return ExitCode.CLEAN


@cli.command()
def rules() -> int:
    """List all rules."""
    from idxlint import rulebook

    book = rulebook.load()
    width = max(len(rule.name) for rule in book.rules)
    console.emit(
        f"{rule.id}  {rule.name:<{width}}  {rule.severity.word:<7}  {rule.summary}\n" for rule in book.rules
    )
    return ExitCode.CLEAN


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give its exit code; every error is one line on standard error."""
    try:
        result = cli.main(args=list(arguments), prog_name="idxlint", standalone_mode=False)
        code = int(result) if isinstance(result, int) else ExitCode.CLEAN
        console.flush()
    except Failure as error:
        code = console.complain(error)
    except click.exceptions.NoArgsIsHelpError as error:
        console.emit([error.format_message(), "\n"])
        code = ExitCode.USAGE
    except click.ClickException as error:
        code = console.complain(Failure(" ".join(error.format_message().split())))
    except click.exceptions.Abort:
        code = 130
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.CLEAN
    return code
