"""Where this idxlint came from, so that CI can install the same one."""

import json
import re
from importlib.metadata import PackageNotFoundError, distribution

from idxlint import __version__
from idxlint.model import value

OWNER = "OWNER/idxlint"
"""What stands for the repository on GitHub where nothing says which it is."""

_GITHUB = "https://github.com/"
_UNKNOWN = _GITHUB + OWNER
_HTTPS = re.compile(r"https://(?:[^/@]*@)?([\w.:-]+/[\w./~-]+)(?:[?#].*)?")
"""An address without what may be secret in it; only characters that mean nothing to YAML or a shell."""


@value
class Origin:
    """The repository of this idxlint, and what names this very one in it.

    url: without .git and without credentials
    ref: a commit, or the tag of the release
    """

    url: str
    ref: str

    @property
    def slug(self) -> str:
        """The repository as `uses:` takes it, which knows GitHub only."""
        return self.url.removeprefix(_GITHUB) if self.url.startswith(_GITHUB) else OWNER

    @property
    def requirement(self) -> str:
        """What pip installs."""
        return f"idxlint @ git+{self.url}@{self.ref}"


def origin() -> Origin:
    """What pip wrote down when it installed idxlint from git, else the project's own metadata.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    tag = f"v{__version__}"
    try:
        installed = distribution("idxlint")
    except PackageNotFoundError:
        return Origin(_UNKNOWN, tag)
    try:
        said = json.loads(installed.read_text("direct_url.json") or "{}")
        vcs, url = said.get("vcs_info") or {}, _plain(str(said.get("url", "")))
        if vcs.get("vcs") == "git" and url:
            return Origin(url, str(vcs["commit_id"]))
    except (ValueError, KeyError, AttributeError):
        pass  # what another program wrote; the release is the next best
    named = (line.split(", ", 1) for line in installed.metadata.get_all("Project-URL") or ())
    urls = {pair[0].lower(): _plain(pair[-1]) for pair in named}
    return Origin(urls.get("repository") or urls.get("source") or _UNKNOWN, tag)


def _plain(url: str) -> str:
    """An https address without what may be secret in it; "" for another kind."""
    match = _HTTPS.fullmatch(url)
    return f"https://{match[1].removesuffix('/').removesuffix('.git')}" if match else ""
