"""Where a pull request branched off, as each CI service says it in the environment of a job.

The services' own lists of variables are the source: GitHub "Variables reference", GitLab "Predefined CI/CD
variables", Bitbucket "Variables and secrets", Azure Pipelines "Predefined variables", Buildkite "Environment
variables", Jenkins "Using environment variables" (branch-api), CircleCI "Project values and variables".
"""

import json
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

from idxlint.model import value
from idxlint.model.regular_file import read_bytes


class BaseKind(Enum):
    """What a variable holds: a commit, the name of a branch, or the name of the file with a push event."""

    COMMIT = 1
    BRANCH = 2
    PUSH = 3


@value
class Service:
    """A CI service. sign: a variable that only it sets; says: where the base stands, the most exact first."""

    title: str
    sign: str
    says: tuple[tuple[str, BaseKind], ...]


SERVICES = (
    # The checkout is the merge of the branch into its base. A push says what the branch was before it.
    Service(
        "GitHub Actions",
        "GITHUB_ACTIONS",
        (("GITHUB_BASE_REF", BaseKind.BRANCH), ("GITHUB_EVENT_PATH", BaseKind.PUSH)),
    ),
    # TARGET_BRANCH_SHA is there in pipelines for merged results only, whose checkout has the target merged in:
    # from DIFF_BASE_SHA on, what others changed on the target would count as well.
    Service(
        "GitLab CI",
        "GITLAB_CI",
        (
            ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", BaseKind.COMMIT),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", BaseKind.COMMIT),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", BaseKind.BRANCH),
        ),
    ),
    Service(
        "Bitbucket Pipelines",
        "BITBUCKET_BUILD_NUMBER",
        (
            ("BITBUCKET_PR_DESTINATION_COMMIT", BaseKind.COMMIT),
            ("BITBUCKET_PR_DESTINATION_BRANCH", BaseKind.BRANCH),
        ),
    ),
    # Documented as refs/heads/main; main alone is met as well.
    Service("Azure Pipelines", "TF_BUILD", (("SYSTEM_PULLREQUEST_TARGETBRANCH", BaseKind.BRANCH),)),
    Service("Buildkite", "BUILDKITE", (("BUILDKITE_PULL_REQUEST_BASE_BRANCH", BaseKind.BRANCH),)),
    Service("Jenkins", "JENKINS_URL", (("CHANGE_TARGET", BaseKind.BRANCH),)),
    # No variable has the base; pipeline values have, which a configuration can hand on to --since.
    Service("CircleCI", "CIRCLECI", ()),
)


@value
class Base:
    """A base that a service names. ref: for git; shown: for people; variable: where it stands."""

    ref: str
    shown: str
    variable: str


def service(environment: Mapping[str, str]) -> Service | None:
    """The service that runs this job; None outside of those that are known."""
    return next((candidate for candidate in SERVICES if environment.get(candidate.sign)), None)


def bases(ci: Service, environment: Mapping[str, str]) -> tuple[Base, ...]:
    """What a service says the base is, the most exact first; nothing where the job is for no pull request."""
    named: list[Base] = []
    for variable, kind in ci.says:
        said = environment.get(variable, "").strip()
        if (
            kind is BaseKind.PUSH
        ):  # other events have a `before` too, which is not where the pull request began
            said = _before(said) if environment.get("GITHUB_EVENT_NAME") == "push" else ""
        if not said:
            continue
        if kind is BaseKind.BRANCH:
            branch = said.removeprefix("refs/heads/")
            named.append(Base(f"refs/remotes/origin/{branch}", f"origin/{branch}", variable))
        elif re.fullmatch(r"[0-9a-fA-F]{7,64}", said) and said.strip("0"):
            named.append(Base(said, said[:12], variable))
    return tuple(named)


def _before(path: str) -> str:
    """The commit that a branch was at before the push of an event; only zeros where the branch is new."""
    try:
        event = json.loads(read_bytes(Path(path))) if path else {}
    except (OSError, ValueError, RecursionError):
        return ""
    said = event.get("before") if isinstance(event, dict) else None
    return said if isinstance(said, str) else ""
