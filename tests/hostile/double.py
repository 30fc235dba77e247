"""A Stripe that may be hostile: the simulator over HTTP, its answers spoilt as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What comes back. `lost` ends the connection in its place."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]


Spoil = Callable[[Asked, Answer], Answer]


@dataclass(kw_only=True)
class Double:
    """The far end. `spoil` may replace any answer, after the simulator has done what it was told.

    `instead` is asked first, and what it returns is answered without the simulator.
    """

    url: str = ""
    simulator: Simulator = field(default_factory=Simulator)
    spoil: Spoil = field(default=lambda _, answer: answer)
    instead: Callable[[Asked], Answer | None] = field(default=lambda _: None)
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked, body: bytes) -> Answer:
        self.asked.append(asked)
        given = self.instead(asked)
        if given is not None:
            return given
        transport = SimulatorTransport(self.simulator)
        url = f"{self.url}{asked.path}"
        text, status, headers = transport.request(asked.method, url, asked.headers, body)
        kept = {name: value for name, value in headers.items() if name != "Content-Length"}
        return self.spoil(asked, Answer(status=status, body=text.encode(), headers=kept))


def said(status: int, *, headers: dict[str, str] | None = None, **error: Any) -> Answer:
    """An error as Stripe words one."""
    return Answer(status=status, body=json.dumps({"error": error}).encode(), headers=headers or {})


def replacing(old: str, new: str) -> Spoil:
    """Spoil every answer that holds the JSON text `old`."""

    def spoil(_: Asked, answer: Answer) -> Answer:
        body = answer.body.decode().replace(old, new).encode()
        return Answer(status=answer.status, body=body, headers=answer.headers)

    return spoil


@contextmanager
def serving() -> Iterator[Double]:
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def exchange(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            asked = Asked(method=self.command, path=self.path, headers=dict(self.headers.items()))
            answer = double.answer(asked, self.rfile.read(length))
            if answer.lost:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
            except ConnectionError:  # the client has read enough
                self.close_connection = True

        do_GET = do_POST = do_DELETE = exchange  # noqa: N815 - the base's names

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
