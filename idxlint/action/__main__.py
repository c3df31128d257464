"""`python -m idxlint.action STEP`: one step of action.yml; its inputs and its files are in the environment."""

import sys
from collections.abc import Callable, Mapping

from idxlint.action import comment, install, lint, workflow
from idxlint.action.inputs import Inputs
from idxlint.model import Failure

STEPS: Mapping[str, Callable[[Inputs], int]] = {
    "install": install.step,
    "check": lint.step,
    "live": lint.live,
    "comment": comment.step,
}


def main(words: list[str]) -> int:
    """Run a step and give its exit code; what goes wrong is one line and an annotation."""
    try:
        return STEPS[words[0]](Inputs.read())
    except Failure as error:
        workflow.error(str(error))
        return error.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
