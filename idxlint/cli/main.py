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
    "--select", multiple=True, metavar="RULE", help="Only these rules: names, ids, IDX1, default or all."
)
_ignore = click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules.")
_postgres = click.option(
    "--postgres",
    type=click.IntRange(12, 18),
    metavar="MAJOR",
    help="The oldest PostgreSQL that has to be served.",
)
_runner = click.option("--runner", metavar="NAME", help="The migration tool, instead of detecting it.")
_since = click.option(
    "--since", metavar="REF", help="Report only on what changed since HEAD left REF; auto finds it in CI."
)
_jobs = click.option("--jobs", type=click.IntRange(0), default=0, help="Processes to use; 0: as many as pay.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="idxlint", message="%(prog)s %(version)s")
def cli() -> None:
    """Stop the migrations that block a PostgreSQL table or leave a broken index behind."""


@cli.command()
@_paths
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FORMAT[=FILE]",
    help=f"How to write the report, and where; may be given several times. One of {', '.join(FORMATS)}.",
)
@click.option("--output", metavar="FILE", help="Write the report there instead of to the terminal.")
@click.option(
    "--fail-on", type=click.Choice(_LEVELS), help="The least severity that makes exit code 1 [warning]."
)
@click.option("--fix", is_flag=True, help="Write the fixes that are safe, then report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Write the other fixes too; read them before you commit.")
@click.option("--diff", is_flag=True, help="Show what the fixes would change, and write nothing.")
@click.option(
    "--baseline", metavar="FILE", help="Findings that are accepted already (see `idxlint baseline`)."
)
@_since
@click.option("--staged", is_flag=True, help="Report only on what is staged, as it is staged.")
@click.option("--strict", is_flag=True, help="Fail as well on text that nobody judged.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--quiet", is_flag=True, help="Say nothing where there is nothing to say.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="Colours.")
@_runner
@_postgres
@_select
@_ignore
@_config
@_jobs
def check(**flags: Any) -> int:
    """Lint migrations: files, folders, globs, or - for standard input.

    With no PATH: those of the configuration, else the folders that look like migrations.
    """
    from idxlint.cli.check_command import check as command
    from idxlint.cli.options import CheckOptions

    return command(CheckOptions(**flags))


@cli.command()
@_paths
@_since
@click.option(
    "--crash", is_flag=True, help="Stop each concurrent statement in each of its waits, and run it again."
)
@click.option(
    "--schema", metavar="FILE", help="Start from a dump (pg_dump, structure.sql), not from the history."
)
@click.option(
    "--postgres", "majors", metavar="MAJORS", help="The servers, as in 15,16,18 [the newest that there is]."
)
@click.option("--pg-bin", metavar="DIR", multiple=True, help="Where PostgreSQL's programs are.")
@click.option("--dsn", help="Use this server instead; its database has to be empty.")
@click.option(
    "--destroy-database", is_flag=True, help="Say that databases on the server of --dsn may be lost."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    help="How to write the report.",
)
@click.option("--html", metavar="FILE", help="Draw it as well: one page with the time lines.")
@click.option("--output", metavar="FILE", help="Write the report there instead of to the terminal.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="Colours.")
@_runner
@_select
@_ignore
@_config
def live(**flags: Any) -> int:
    """Prove it on a throw-away PostgreSQL: what blocks, what the fix does, what a crash leaves.

    With no PATH: those of the configuration, else the folders that look like migrations. The server is on a socket
    in a private folder, in memory where there is room and no TMPDIR is set; both are gone afterwards.
    """
    from idxlint.cli.live_command import live as command
    from idxlint.cli.options import LiveOptions

    return command(LiveOptions(**flags))


@cli.command()
@_paths
@click.option("--output", metavar="FILE", help="Where to write it [idxlint-baseline.json].")
@_runner
@_postgres
@_select
@_ignore
@_config
@_jobs
def baseline(**flags: Any) -> int:
    """Write today's findings down, so that only new ones fail."""
    from idxlint.cli.baseline_command import baseline as command
    from idxlint.cli.options import BaselineOptions

    return command(BaselineOptions(**flags))


@cli.command()
@_paths
@click.option(
    "--ci",
    type=click.Choice(("github", "gitlab", "pre-commit", "none")),
    default="none",
    help="Write its file as well.",
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@_runner
def init(**flags: Any) -> int:
    """Set idxlint up here: configuration, baseline and a CI file.

    Shows what it would write and asks; where there is no terminal it writes only with --yes.
    What is there already is never overwritten.
    """
    from idxlint.cli.init_command import init as command
    from idxlint.cli.options import InitOptions

    return command(InitOptions(**flags))


@cli.command()
@_paths
@_runner
@_config
def runners(**flags: Any) -> int:
    """Show the migration tool that runs each folder here, and how that is known; then all tools."""
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
