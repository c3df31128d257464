"""The client of GitHub's REST API against a server on the loopback: pages, limits, faults, redirects."""

import socket
import time
from collections.abc import Iterator

import pytest

from idxlint.action.rest import Client, GitHubError, Patience, UnsureError
from tests.action.github_api import BOT, Fault, GitHub, github

QUICK = Patience(total=0.5, minute=0.05, pause=0.01, answer=0.3)
COMMENTS = "/repos/octocat/shop/issues/7/comments"
LATER = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "33333333333"}
SECONDARY = {"message": "You have exceeded a secondary rate limit."}


@pytest.fixture
def api() -> Iterator[GitHub]:
    """GitHub with five comments, two on a page."""
    with github() as state:
        state.page = 2
        state.comments = [{"id": number, "user": BOT, "body": str(number)} for number in range(5)]
        yield state


@pytest.fixture
def client(api: GitHub) -> Client:
    """A client that does not wait for long."""
    return Client(api.api, api.token, QUICK)


def ids(client: Client) -> list[int]:
    """The ids of all comments."""
    return [one["id"] for one in client.pages(COMMENTS)]


def refusal(client: Client) -> str:
    """Why the comments cannot be had."""
    with pytest.raises(GitHubError) as caught:
        ids(client)
    return str(caught.value)


def test_pages(client: Client, api: GitHub) -> None:
    """A list is read to its last page."""
    assert [0, 1, 2, 3, 4] == ids(client)
    assert 3 == len(api.asked)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (429, {"Retry-After": "0"}, None),
        (403, {"Retry-After": "0"}, SECONDARY),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1372700873"}, None),
        (403, {}, SECONDARY),
        (429, {}, b"<html>"),
        (500, {}, None),
        (502, {}, b"<html>"),
        (503, {}, None),
    ],
)
def test_waits(client: Client, api: GitHub, status: int, headers: dict[str, str], body: object) -> None:
    """A limit is waited for, and a fault of the server tried again."""
    api.faults = [Fault("GET", "comments", status, body, headers) for _ in range(2)]

    assert [0, 1, 2, 3, 4] == ids(client)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("GET", "comments", 429, None, {"Retry-After": "3600"}), "HTTP 429: rate limit exceeded"),
        (Fault("GET", "comments", 403, SECONDARY, LATER), "rate limit exceeded (You have exceeded"),
        (Fault("GET", "comments", 401), "HTTP 401: the token is not valid"),
        (Fault("GET", "comments", 404, {"message": "Not Found"}), "HTTP 404: not found"),
        (Fault("GET", "comments", 200, b"<html>"), "not JSON"),
        (Fault("GET", "comments", 200, b"[" * 200_000), "not JSON"),
        (Fault("GET", "comments", 200, {"a": 1}), "is not a list"),
        (Fault("GET", "comments", 307, None, {"Location": "http://127.0.0.1:9/a"}), "another host"),
        (Fault("GET", "comments", 301, None, {"Location": "file:///etc/passwd"}), "another host"),
        (Fault("GET", "comments", 301, None, {"Location": "http://[a/"}), "another host"),
        (Fault("GET", "comments", 302, None, {"Location": "/\xe9"}), "another host"),
        (Fault("GET", "comments", 200, [], {"Link": '<http://127.0.0.1:9/a>; rel="next"'}), "another host"),
    ],
)
def test_refused(client: Client, api: GitHub, fault: Fault, said: str) -> None:
    """What does not go away by waiting a little is one line, at once."""
    api.faults = [fault]
    began = time.monotonic()

    assert said in refusal(client)
    assert 1 == len(api.asked)
    assert time.monotonic() - began < 2


def test_a_server_that_stays_down(client: Client, api: GitHub) -> None:
    """A fault of the server is tried again three times and no more."""
    api.faults = [Fault("GET", "comments", 503) for _ in range(9)]

    assert "HTTP 503: refused" == refusal(client)
    assert 4 == len(api.asked)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirected(client: Client, api: GitHub, status: int) -> None:
    """A redirection on the same host is followed with the same method and body."""
    api.faults = [Fault("POST", "comments", status, None, {"Location": f"{api.api}{COMMENTS}"})]

    assert "new" == client.call("POST", COMMENTS, {"body": "new"}).data["body"]
    assert [f"POST {COMMENTS}"] * 2 == api.asked


def test_redirected_to_another_host(client: Client, api: GitHub) -> None:
    """The token goes to no other host, whatever the status is."""
    with github() as other:
        for status in (301, 302, 307, 308):
            api.faults = [Fault("GET", "comments", status, None, {"Location": f"{other.api}{COMMENTS}"})]

            assert "another host" in refusal(client)
        assert [] == other.asked


def test_an_api_below_a_path(api: GitHub) -> None:
    """GitHub Enterprise Server has its API below a path, which stays in every address."""
    refusal(Client(f"{api.api}/api/v3/", api.token, QUICK))

    assert [f"GET /api/v3{COMMENTS}"] == api.asked


def test_redirected_in_a_circle(client: Client, api: GitHub) -> None:
    """A redirection that leads back ends."""
    api.faults = [Fault("GET", "comments", 302, None, {"Location": COMMENTS}) for _ in range(9)]

    assert "redirected in a circle" == refusal(client)


def test_nobody_answers() -> None:
    """A port that is closed, or open and silent, is one line."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]

        assert "cannot reach GitHub: timed out" == refusal(Client(f"http://127.0.0.1:{port}", "t", QUICK))
    assert "cannot reach GitHub: connection refused" == refusal(
        Client(f"http://127.0.0.1:{port}", "t", QUICK)
    )


@pytest.mark.parametrize("done", [True, False])
def test_sent_or_not(client: Client, api: GitHub, done: bool) -> None:
    """A POST that may have been done is not simply sent again: whoever asked looks first."""
    api.faults = [Fault("POST", "comments", 502, done=done)]

    def operation() -> None:
        if all(one["body"] != "new" for one in client.pages(COMMENTS)):
            client.call("POST", COMMENTS, {"body": "new"})

    with pytest.raises(UnsureError):
        Client(api.api, api.token, QUICK).call("POST", COMMENTS, {"body": "other"})
    api.comments = [one for one in api.comments if one["body"] != "other"]
    api.faults = [Fault("POST", "comments", 502, done=done)]
    client.insist(operation)

    assert ["new"] == [one["body"] for one in api.comments if one["body"] == "new"]


@pytest.mark.parametrize(
    ("address", "token"),
    [("file:///etc/passwd", "t"), ("", "t"), ("https://a.example", "two\nlines"), ("http://a", "")],
)
def test_no_client(address: str, token: str) -> None:
    """An address that is none, and a token with a line end, are refused without being shown."""
    with pytest.raises(GitHubError) as caught:
        Client(address, token)

    assert "lines" not in str(caught.value)
