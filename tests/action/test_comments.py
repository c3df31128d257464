"""What the pull request is told: one comment, suggestions on its lines, and notices where it cannot be."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.action.github_api import BOT, MONA, Fault, GitHub
from tests.action.pulls import BAD, MARKER, annotated, pull_request
from tests.action.workflow import Job
from tests.helpers.repos import Repo


def test_one_comment(job: Job, api: GitHub, repo: Repo, tmp_path: Path, packages: Path) -> None:
    """The second run updates the comment, the third leaves it alone, and the last says that all is well."""
    job.use()
    repo.commit(m2=BAD.replace("new_idx", "newer_idx"))
    job.use()
    api.asked.clear()
    job.use()
    unchanged = list(api.asked)
    after = api.comments[0]["body"]
    repo.commit(m2="CREATE TABLE other (a int);\n")
    clear = pull_request(repo, api, tmp_path, packages).use()

    assert len(api.comments) == 1
    assert "newer_idx" in after
    assert ["GET /repos/octocat/shop/issues/7/comments", "GET /user"] == unchanged
    assert clear.code == 0
    assert "nothing found" in api.comments[0]["body"]
    assert "newer_idx" not in api.comments[0]["body"]


def test_nothing_to_say(job: Job, api: GitHub, repo: Repo) -> None:
    """Where nothing is found and nothing was said before, nothing is posted."""
    repo.commit(m2="CREATE TABLE other (a int);\n")
    used = job.use()

    assert (0, [], []) == (used.code, annotated(used), api.comments)
    assert ("0", "0") == (used.outputs["findings"], used.outputs["errors"])
    assert "" == used.outputs["sarif"]


def test_somebody_else_has_the_marker(job: Job, api: GitHub) -> None:
    """A comment of a person who begins with the marker is not ours, on whatever page it stands."""
    api.page = 2
    api.comments = [
        {"id": number, "user": MONA, "body": f"{MARKER} mine {number}" if number > 2 else "hello"}
        for number in range(1, 6)
    ]
    job.use()
    job.use()

    assert [MONA] * 5 + [BOT] == [one["user"] for one in api.comments]
    assert "mine 5" in api.comments[4]["body"]


def test_a_token_of_a_user(job: Job, api: GitHub) -> None:
    """With a user's token, what another bot began with the marker is left alone."""
    api.user, api.token = MONA, "ghp_a_token_of_mona"
    api.comments = [{"id": 1, "user": BOT, "body": MARKER}]
    job.use(token=api.token)
    job.use(token=api.token)

    assert [(BOT, False), (MONA, True)] == [(one["user"], "new_idx" in one["body"]) for one in api.comments]


def test_suggestions(job: Job, api: GitHub, repo: Repo) -> None:
    """A fix is suggested on the changed lines, once, and GitHub's user gets what the fix writes."""
    first = job.use(comment="review")
    job.use(comment="review")
    (comment,) = api.review_comments
    suggested = re.search(r"```suggestion\n(.*?)\n```", comment["body"], re.DOTALL)
    lines = BAD.split("\n")
    assert suggested
    lines[comment["line"] - 1 : comment["line"]] = suggested[1].split("\n")

    assert first.code == 1
    assert ("db/m2.sql", 3, "RIGHT") == (comment["path"], comment["line"], comment["side"])
    assert [repo.git("rev-parse", "HEAD")] == [one["commit_id"] for one in api.reviews]
    repo.write(m2="\n".join(lines))
    assert 0 == job.use().code


def test_no_suggestion_outside_of_the_diff(api: GitHub, repo: Repo, tmp_path: Path, packages: Path) -> None:
    """A statement that the pull request does not show, or shows otherwise, gets no suggestion."""
    repo.git("switch", "--quiet", "--create", "later")
    spaced = BAD + "\n" * 20
    repo.commit(m2=spaced)
    repo.git("update-ref", "refs/heads/main", "HEAD")
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.commit(m2=f"{spaced}CREATE TABLE other (a int);\n")
    used = pull_request(repo, api, tmp_path, packages).use(comment="review")

    assert ["error db/m2.sql:3"] == annotated(used)
    assert [] == api.review_comments


@pytest.mark.parametrize("event", ["push", "merge_group", "workflow_dispatch", "schedule"])
def test_no_pull_request(job: Job, api: GitHub, event: str) -> None:
    """Where there is no pull request, nobody is asked for one."""
    used = replace(job, environment={**job.environment, "GITHUB_EVENT_NAME": event}).use()

    assert (1, [], []) == (used.code, api.asked, used.notices())


def test_no_token(job: Job, api: GitHub) -> None:
    """Without a token there is a notice, and the exit code of the report."""
    used = job.use(token="")

    assert (1, ["no comment on the pull request: no token"]) == (used.code, used.notices())
    assert [] == api.asked


def test_token_of_a_fork(job: Job, api: GitHub) -> None:
    """A token that may only read is a notice that says what to grant."""
    api.writes = False
    used = job.use()

    assert 1 == used.code
    assert ["`pull-requests: write` (Resource not accessible by integration)"] == [
        one.partition("grant ")[2] for one in used.notices()
    ]


@pytest.mark.parametrize(
    "method_and_path", [("GET", "/issues/7/comments"), ("POST", "/issues/7/comments"), ("POST", "/reviews")]
)
@pytest.mark.parametrize("status", [401, 403, 404, 410, 422])
def test_refused(job: Job, api: GitHub, method_and_path: tuple[str, str], status: int) -> None:
    """Whatever GitHub refuses is one notice, and changes no exit code."""
    api.faults = [Fault(*method_and_path, status, {"message": "No"})]
    used = job.use(comment="review")

    assert (1, 1) == (used.code, len(used.notices()))
    assert "Traceback" not in used.log


def test_no_comment(job: Job, api: GitHub) -> None:
    """With `comment: false` GitHub is asked nothing."""
    used = job.use(comment="false")

    assert (1, []) == (used.code, api.asked)
    assert "Comment on the pull request" not in used.ran


@pytest.mark.parametrize("done", [True, False])
def test_the_server_stumbles(job: Job, api: GitHub, done: bool) -> None:
    """There is one comment, whether or not GitHub had made it when it answered with a fault."""
    api.faults = [
        Fault("GET", "/comments", 429, None, {"Retry-After": "0"}),
        Fault("POST", "/comments", 502, b"<html>", done=done),
    ]
    used = job.use()

    assert (1, []) == (len(api.comments), used.notices())


def test_nothing_but_a_gap(job: Job, api: GitHub, repo: Repo) -> None:
    """Where only `--strict` fails, the comment says why."""
    repo.commit(m2="{{ macro() }}\n")
    used = job.use(args="--strict --ignore IDX901")

    assert (1, "0", 1) == (used.code, used.outputs["findings"], len(api.comments))
