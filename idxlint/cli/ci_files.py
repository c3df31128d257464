"""What `idxlint init` writes for a CI service: one file each, and what to add where that file is there already."""

from collections.abc import Callable, Mapping

from idxlint.cli.origin import Origin
from idxlint.model import value

_GITHUB = """\
# Fails a pull request whose migrations block a PostgreSQL table or leave an invalid index behind.
name: idxlint

on:
  pull_request:
  merge_group:

permissions: {{}}

concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: true

jobs:
  idxlint:
    name: Migrations
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      contents: read
      pull-requests: write # to comment on the pull request
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0 # full history
          persist-credentials: false
      - uses: {slug}@{ref}
"""

_GITLAB_JOB = """\
idxlint:
  stage: test
  image: python:3.13
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  variables:
    GIT_DEPTH: "0" # full history
  script:
    - pip install --quiet "{requirement}"
    - idxlint check --since auto --format text --format gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""

_HOOK = """\
  - repo: {url}
    rev: "{ref}"
    hooks:
      - id: idxlint-staged # checks what is staged; `idxlint` lints every migration
"""

_ANY = """\
git fetch --quiet --depth=2147483647 origin "+refs/heads/*:refs/remotes/origin/*" # full history
pip install "{requirement}"
idxlint check --since auto --format text --format junit=idxlint.xml
"""


def lines(origin: Origin) -> str:
    """What any CI service can run. The depth is all there is (git-fetch, --depth), whatever was cloned."""
    return _ANY.format(requirement=origin.requirement)


@value
class CiFile:
    """A file of a CI service. text: all of it; addition: what to put into one that is there."""

    path: str
    text: str
    addition: str


def _github(origin: Origin) -> CiFile:
    text = _GITHUB.format(slug=origin.slug, ref=origin.ref)
    return CiFile(".github/workflows/idxlint.yml", text, text)


def _gitlab(origin: Origin) -> CiFile:
    text = _GITLAB_JOB.format(requirement=origin.requirement)
    return CiFile(".gitlab-ci.yml", text, text)


def _pre_commit(origin: Origin) -> CiFile:
    hook = _HOOK.format(url=origin.url, ref=origin.ref)
    return CiFile(".pre-commit-config.yaml", f"repos:\n{hook}", hook)


CI: Mapping[str, Callable[[Origin], CiFile]] = {
    "github": _github,
    "gitlab": _gitlab,
    "pre-commit": _pre_commit,
}
