"""GitHub's REST API on the loopback: the few calls of the action, with the shapes that its manual documents."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from idxlint.action.suggestion import hunks

BOT = {"login": "github-actions[bot]", "type": "Bot"}
MONA = {"login": "mona", "type": "User"}
_NOT_ACCESSIBLE = {"message": "Resource not accessible by integration"}
_PULL = r"/repos/octocat/shop/(?:issues|pulls)/7"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that comes instead of the right one, once. done: the request is carried out all the same."""

    method: str
    path: str
    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    done: bool = False


@dataclass(slots=True)
class GitHub:
    """The pull request octocat/shop#7.

    user: whose token it is; token: the one that is valid; writes: whether it may write; page: the longest page
    asked: method and path of each request, in their order; tokens: what each one showed
    """

    api: str = ""
    token: str = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"  # noqa: S105
    user: dict[str, str] = field(default_factory=lambda: dict(BOT))
    writes: bool = True
    page: int = 100
    comments: list[dict[str, Any]] = field(default_factory=list)
    review_comments: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def answer(self, method: str, path: str, data: Any) -> tuple[int, Any]:
        """Status and body of a call that is meant well."""
        match method, re.sub(_PULL, "", path):
            case "GET", "/user":
                return (403, _NOT_ACCESSIBLE) if self.user["type"] == "Bot" else (200, self.user)
            case "GET", "/comments":
                return 200, self.review_comments if "/pulls/" in path else self.comments
            case "GET", "/files":
                return 200, self.files
            case (("POST" | "PATCH"), _) if not self.writes:
                return 403, _NOT_ACCESSIBLE
            case (("POST" | "PATCH"), _) if len(data.get("body", "")) > 65_536:
                return 422, {"message": "Validation Failed", "errors": [{"message": "Body is too long"}]}
            case "POST", "/comments":
                self.comments.append({"id": len(self.comments) + 1, "user": self.user, **data})
                return 201, self.comments[-1]
            case "POST", "/reviews":
                return self._review(data)
        found = re.fullmatch(r"/repos/octocat/shop/issues/comments/(\d+)", path)
        old = [one for one in self.comments if found and one["id"] == int(found[1])]
        if method == "PATCH" and old:
            old[0].update(data)
            return 200, old[0]
        return 404, {"message": "Not Found"}

    def _review(self, data: dict[str, Any]) -> tuple[int, Any]:
        """All comments of a review have to stand in one hunk of the diff, or there is no review."""
        patches = {file["filename"]: hunks(file.get("patch", "")) for file in self.files}
        for comment in data["comments"]:
            first, last = comment.get("start_line"), comment["line"]
            lines = {last} if first is None else {first, last}
            whole = any(lines <= hunk.keys() for hunk in patches.get(comment["path"], []))
            if not whole or (first is not None and first >= last) or not data["body"]:
                errors = ["Pull request review thread line must be part of the diff"]
                return 422, {"message": "Unprocessable Entity", "errors": errors}
        self.reviews.append(data)
        for comment in data["comments"]:
            self.review_comments.append({"id": 100 + len(self.review_comments), "user": self.user, **comment})
        return 200, {"id": len(self.reviews), "user": self.user, "state": "COMMENTED"}

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault that this call meets, which it meets but once."""
        met = next((one for one in self.faults if one.method == method and re.search(one.path, path)), None)
        if met is not None:
            self.faults.remove(met)
        return met


@contextmanager
def github() -> Iterator[GitHub]:
    """Serve the pull request on the loopback."""
    state = GitHub()
    handler = type("Handler", (_Handler,), {"state": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    state.api = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    state: GitHub

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        data = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        self.state.asked.append(f"{self.command} {parts.path}")
        shown = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        self.state.tokens.add(shown)
        fault = self.state.fault(self.command, self.path)
        if fault is not None:
            if fault.done:
                self.state.answer(self.command, parts.path, data)
            self._send(fault.status, fault.body, fault.headers)
        elif shown != self.state.token:
            self._send(401, {"message": "Bad credentials"}, {})
        else:
            status, body = self.state.answer(self.command, parts.path, data)
            self._send(status, *self._paged(body, parts.path, parse_qs(parts.query)))

    def _paged(self, body: Any, path: str, query: dict[str, list[str]]) -> tuple[Any, dict[str, str]]:
        """One page of a list, with the address of the next in the header Link."""
        if not isinstance(body, list):
            return body, {}
        size = min(int(query.get("per_page", ["30"])[0]), self.state.page)
        page = int(query.get("page", ["1"])[0])
        rest = body[page * size :]
        here = f"{self.state.api}{path}?per_page={size}"
        links = [f'<{here}&page={page - 1}>; rel="prev"'] if page > 1 else []
        links += [f'<{here}&page={page + 1}>; rel="next"'] if rest else []
        return body[(page - 1) * size : page * size], {"Link": ", ".join(links)} if links else {}

    def _send(self, status: int, body: object, headers: dict[str, str]) -> None:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, said in {"Content-Length": str(len(sent)), **headers}.items():
            self.send_header(name, said)
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PATCH = _serve  # noqa: N815, the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, its name in http.server
        """Say nothing."""
