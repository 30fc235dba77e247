"""GitHub and GitLab as far as a comment needs them: their API, served on this machine.

Written from their references, not from what the product sends. Whoever writes is the owner of the
token, of whom there are several.
"""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "ghs_aSecretThatNobodyMayRead0123456789"
HEAD = "a" * 40
NEWER = "b" * 40
MERGE = "c" * 40


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Host(ABC):
    """What both have: comments in their order, what was asked, and what goes wrong.

    `faults` are asked first. One that returns an answer gives it in the place of the host's;
    where `after` is set, once the host has done what was asked.
    """

    head: str = HEAD
    me: str = "github-actions[bot]"
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Callable[[Asked], Answer | None]] = field(default_factory=list)
    after: bool = False
    url: str = ""

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(one.method, one.path) for one in self.asked if one.method != "GET"]

    @property
    def bodies(self) -> list[str]:
        return [one["body"] for one in self.comments]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        for fault in self.faults:
            if (failed := fault(asked)) is not None:
                if self.after:
                    self.route(asked)
                return failed
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"message": "Bad credentials"})
        return self.route(asked)

    @abstractmethod
    def route(self, asked: Asked) -> Answer:
        """Answer a call as this host does."""

    def page(self, asked: Asked, entries: list[Any]) -> list[Any]:
        size, number = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        return entries[(number - 1) * min(size, 100) : number * min(size, 100)]


@dataclass
class GitHubHost(Host):
    """github.com, with one repository acme/shop and one pull request, 7."""

    pulls: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[dict[str, Any]] = field(default_factory=list)

    def say(self, author: str, body: str, *, kind: str = "User") -> None:
        number = len(self.comments) + 1
        url = f"https://github.com/acme/shop/pull/7#issuecomment-{number}"
        user = {"login": author, "type": kind}
        self.comments.append({"id": number, "body": body, "user": user, "html_url": url})

    def route(self, asked: Asked) -> Answer:
        match asked.method, asked.path.removeprefix("/repos/acme/shop").split("/")[1:]:
            case "GET", ["user"]:
                if self.me.endswith("[bot]"):
                    return Answer(403, {"message": "Resource not accessible by integration"})
                return Answer(200, {"login": self.me})
            case "GET", ["pulls", "7"]:
                return Answer(200, {"number": 7, "head": {"sha": self.head}})
            case "GET", ["issues", "7", "comments"]:
                return Answer(200, self.page(asked, self.comments))
            case "POST", ["issues", "7", "comments"]:
                self.say(self.me, asked.body["body"], kind="Bot")
                return Answer(201, self.comments[-1])
            case "PATCH", ["issues", "comments", number]:
                (found,) = [one for one in self.comments if one["id"] == int(number)]
                if found["user"]["login"] != self.me:
                    return Answer(403, {"message": "Must have admin rights to Repository."})
                found["body"] = asked.body["body"]
                return Answer(200, found)
            case "GET", ["commits", _, "pulls"]:
                return Answer(200, self.page(asked, self.pulls))
            case "GET", ["actions", "artifacts"]:
                named = [one for one in self.artifacts if one["name"] == asked.query["name"]]
                return Answer(200, {"artifacts": self.page(asked, named)})
            case _:
                return Answer(404, {"message": "Not Found"})


@dataclass
class GitLabHost(Host):
    """gitlab.com, with the project 42 and one merge request, 7. Its people have numbers."""

    me: str = "12"

    def say(self, author: str, body: str, *, system: bool = False) -> None:
        number = len(self.comments) + 1
        who = {"id": int(author), "username": f"user{author}"}
        self.comments.append({"id": number, "body": body, "author": who, "system": system})

    def route(self, asked: Asked) -> Answer:
        match asked.method, asked.path.removeprefix("/api/v4").split("/")[1:]:
            case "GET", ["user"]:
                return Answer(200, {"id": int(self.me)})
            case "GET", ["projects", "42", "merge_requests", "7"]:
                url = "https://gitlab.com/acme/shop/-/merge_requests/7"
                return Answer(200, {"iid": 7, "sha": self.head, "web_url": url})
            case "GET", ["projects", "42", "merge_requests", "7", "notes"]:
                newest_first = asked.query.get("sort", "desc") == "desc"
                ordered = self.comments[::-1] if newest_first else self.comments
                return Answer(200, self.page(asked, ordered))
            case "POST", ["projects", "42", "merge_requests", "7", "notes"]:
                self.say(self.me, asked.body["body"])
                return Answer(201, self.comments[-1])
            case "PUT", ["projects", "42", "merge_requests", "7", "notes", number]:
                (found,) = [one for one in self.comments if one["id"] == int(number)]
                found["body"] = asked.body["body"]
                return Answer(200, found)
            case _:
                return Answer(404, {"message": "404 Not found"})


@contextmanager
def served(host: Host) -> Iterator[str]:
    """Serve a host on this machine; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(size)
            answer = host.answer(
                Asked(
                    method=self.command,
                    path=parts.path,
                    query={name: values[0] for name, values in parse_qs(parts.query).items()},
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=json.loads(content) if content else None,
                )
            )
            if answer.status == 0:  # the line goes dead
                self.close_connection = True
                return
            told = (
                answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            )
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(told))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PATCH = do_PUT = do  # noqa: N815  # the library's names

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        host.url = f"http://127.0.0.1:{server.server_port}"
        yield host.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
