"""The step that installs idxlint into a folder of its own, which no other step of the job sees."""

import os
import sys
import tempfile
from pathlib import Path

from idxlint.action import workflow
from idxlint.action.inputs import Inputs
from idxlint.model import ExitCode, Failure
from idxlint.system import shell

CACHE = "~/.cache/idxlint-pip"
_SECONDS = 900


def step(inputs: Inputs) -> int:
    """Install the code of this action, or the release that is asked for, and say where: the output `home`."""
    home = Path(tempfile.mkdtemp(prefix="idxlint-", dir=os.environ.get("RUNNER_TEMP")))
    extra = "[live]" if inputs.live else ""
    what = f"idxlint{extra}=={inputs.version}" if inputs.version else f"{_checkout()}{extra}"
    pip = (
        sys.executable, "-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
        "--root-user-action=ignore", f"--cache-dir={Path(CACHE).expanduser()}", f"--target={packages(home)}", what,
    )  # fmt: skip
    try:
        ran = shell.run(pip, cwd=home, seconds=_SECONDS)
    except shell.Stopped as error:
        raise Failure(f"pip: {error}") from None
    if ran.code:
        workflow.words(ran.out + ran.err)
        raise Failure(f"pip could not install {what}; see the log")
    workflow.output("home", str(home))
    return ExitCode.CLEAN


def packages(home: Path) -> Path:
    """Where idxlint and what it needs are."""
    return home / "packages"


def _checkout() -> Path:
    """The folder of this action: the one that this file came from."""
    return Path(__file__).resolve().parent.parent.parent
