"""GitHub's REST API, as far as a job needs it: JSON, pages, redirects, rate limits, patience with an end.

Source: GitHub's manual, "Best practices for using the REST API", "Rate limits for the REST API" and "Using
pagination in the REST API". No API version is asked for: the oldest that is served has all that is used here.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from idxlint.model import record

if TYPE_CHECKING:
    from email.message import Message

_LARGEST = 32 << 20
_PAGES = 100
_REDIRECTS = 5
_RETRIES = 3
_NEXT = re.compile(r'<([^>]*)>[^<]*?;\s*rel="?next"?')
_MEANING = {
    401: "the token is not valid",
    403: "the token has no write access; a fork's never has; otherwise grant `pull-requests: write`",
    404: "not found, or not visible to the token",
}


class GitHubError(Exception):
    """GitHub cannot be reached, or does not do it; one line. status: of HTTP, 0 for none."""

    def __init__(self, line: str, status: int = 0) -> None:
        super().__init__(line)
        self.status = status


class UnsureError(GitHubError):
    """Something was sent, and whether it was done nobody knows."""


@record
class Patience:
    """How long to wait, in seconds.

    total: for all waiting together; minute: for a limit that names no time; pause: before the first retry of
    something that failed, then twice as long; answer: for an answer
    """

    total: float = 60
    minute: float = 60
    pause: float = 1
    answer: float = 20


class RestResponse(NamedTuple):
    """What came back. data: the JSON; following: the address of the next page, "" for none."""

    data: Any
    following: str


class _Raw(NamedTuple):
    status: int
    headers: "Message[str, str]"
    body: bytes


def _opener() -> OpenerDirector:
    """One for HTTP that follows nothing: urllib would take the token to any host, and make some requests a GET."""
    opener = OpenerDirector()
    for handler in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(handler())
    return opener


class Client:
    """A token at one API, such as https://api.github.com."""

    def __init__(self, api: str, token: str, patience: Patience | None = None) -> None:
        if not re.fullmatch(r"https?://[^\s?#]+", api):
            raise GitHubError("GITHUB_API_URL is not a URL")
        if not re.fullmatch(r"[!-~]+", token):
            raise GitHubError("the token contains invalid characters")
        self._api = api.rstrip("/")
        self._token = token
        self._patience = patience or Patience()
        self._waited = 0.0
        self._opener = _opener()

    def call(self, method: str, path: str, data: Any = None) -> RestResponse:
        """Send one request, again where that can help; UnsureError for a POST that may have been done."""
        url = path if "://" in path else f"{self._api}{path}"
        for tries in count():
            try:
                raw = self._sent(method, url, data)
            except (OSError, HTTPException) as error:
                trouble, wait, sent = GitHubError(_unreached(error)), self._again(tries), not _refused(error)
            else:
                if raw.status < 300:
                    return self._answer(raw)
                trouble, sent = GitHubError(_meaning(raw), raw.status), raw.status >= 500
                wait = self._again(tries) if sent else self._limit(raw)
            if sent and method == "POST":
                raise UnsureError(str(trouble))
            self._wait(wait, trouble)
        raise AssertionError

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """The objects of a list, page after page."""
        url = f"{path}?per_page=100"
        for _ in range(_PAGES):
            data, following = self.call("GET", url)
            if not isinstance(data, list):
                raise GitHubError("GitHub's answer is not a list")
            yield from (entry for entry in data if isinstance(entry, dict))
            if not following:
                return
            url = self._ours(following)
        raise GitHubError(f"a list with more than {_PAGES} pages")

    def insist(self, operation: Callable[[], None]) -> None:
        """Do something that looks first whether it is done already, again where a request left that open."""
        for tries in count():
            try:
                operation()
            except UnsureError as trouble:
                self._wait(self._again(tries), trouble)
            else:
                return

    def login(self) -> str:
        """The name of the user whose token it is; "" for a token of an app, as the job's own is, which may not ask."""
        try:
            name = self.call("GET", "/user").data
        except GitHubError as trouble:
            if trouble.status in (403, 404):
                return ""
            raise
        return str(name["login"]) if isinstance(name, dict) and "login" in name else ""

    def _sent(self, method: str, url: str, data: Any) -> _Raw:
        """One request, wherever it is redirected to on the same host, with the same method and body."""
        body = None if data is None else json.dumps(data).encode()
        for _ in range(_REDIRECTS):
            request = Request(url, body, self._headers(body), method=method)  # noqa: S310, http or https: see Client
            try:
                with self._opener.open(request, timeout=self._patience.answer) as answer:
                    return _Raw(answer.status, answer.headers, answer.read(_LARGEST))
            except HTTPError as error:
                with error:
                    place = error.headers.get("Location") if error.code in (301, 302, 307, 308) else None
                    if place is None:
                        return _Raw(error.code, error.headers, error.read(_LARGEST))
            url = self._ours(_joined(url, place))
        raise GitHubError("redirected in a circle")

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "User-Agent": "idxlint",
        }
        return headers if body is None else {**headers, "Content-Type": "application/json"}

    def _ours(self, url: str) -> str:
        """The address, if it is one of the API's own host: nobody else sees the token."""
        try:
            same = url.isascii() and urlsplit(url)[:2] == urlsplit(self._api)[:2]
        except ValueError:
            same = False
        if not same:
            raise GitHubError("redirected to another host, which must not receive the token")
        return url

    def _answer(self, raw: _Raw) -> RestResponse:
        try:
            data = json.loads(raw.body) if raw.body else None
        except (ValueError, RecursionError):
            raise GitHubError("GitHub's answer is not JSON") from None
        following = _NEXT.search(raw.headers.get("Link") or "")
        return RestResponse(data, following[1] if following else "")

    def _again(self, tries: int) -> float | None:
        return self._patience.pause * 2**tries if tries < _RETRIES else None

    def _limit(self, raw: _Raw) -> float | None:
        """Seconds until a rate limit lets go; None where it is something else that was refused."""
        if raw.status not in (403, 429):
            return None
        after, reset = raw.headers.get("Retry-After") or "", raw.headers.get("X-RateLimit-Reset") or ""
        if after.isdecimal():
            return float(after)
        if raw.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
            return max(0.0, float(reset) - time.time()) + self._patience.pause
        limited = raw.status == 429 or b"rate limit" in raw.body.lower()
        return self._patience.minute if limited else None

    def _wait(self, seconds: float | None, trouble: GitHubError) -> None:
        if seconds is None or self._waited + seconds > self._patience.total:
            raise trouble
        self._waited += seconds
        time.sleep(seconds)


def _joined(url: str, place: str) -> str:
    try:
        return urljoin(url, place)
    except ValueError:  # it is no address at all
        return ""


def _refused(error: Exception) -> bool:
    """Whether nothing was sent at all."""
    reason = error.reason if isinstance(error, URLError) else error
    return isinstance(reason, ConnectionRefusedError)


def _unreached(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return f"cannot reach GitHub: {words.lower()}"


def _meaning(raw: _Raw) -> str:
    """A status as a line, with GitHub's own message."""
    try:
        data = json.loads(raw.body)
    except (ValueError, RecursionError):
        data = None
    said = data.get("message") if isinstance(data, dict) else None
    message = f" ({said[:200]})" if isinstance(said, str) else ""
    if raw.status == 429 or (raw.status == 403 and b"rate limit" in raw.body.lower()):
        return f"HTTP {raw.status}: rate limit exceeded{message}"
    return f"HTTP {raw.status}: {_MEANING.get(raw.status, 'refused')}{message}"
