"""A loopback server that answers what a test wrote down, and says what it was sent."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`lost`: the connection ends without one. `cut`: only the first half of the body comes."""

    status: int = 200
    body: str = "{}"
    headers: dict = field(default_factory=dict)
    lost: bool = False
    cut: bool = False


def ok(**content):
    return Answer(body=json.dumps(content))


def refusal(status, *, headers=None, **error):
    return Answer(status=status, body=json.dumps({"error": error}), headers=headers or {})


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    body: str
    headers: dict


@contextmanager
def far_end(*answers):
    """Give the base URL and the list of what was sent; the last answer is given for ever."""
    sent, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def exchange(self):
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            sent.append(Sent(self.command, self.path, body, headers))
            answer = left.pop(0) if len(left) > 1 else left[0]
            if answer.lost:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            content = answer.body.encode()
            self.send_response(answer.status)
            for name, value in {"Request-Id": "req_1", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if answer.cut else content)
            if answer.cut:
                self.close_connection = True
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_DELETE = exchange  # noqa: N815 - the base's names

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
