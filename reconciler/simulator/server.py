"""Serves the simulator over HTTP, for any Stripe client: `http://127.0.0.1:12111`.

It carries requests and answers, plays faults and latency, and knows no rules. It is meant for one
machine: no TLS, and loopback unless told otherwise.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import assert_never
from urllib.parse import urlsplit

from reconciler.simulator.core import MAX_BODY, Simulator
from reconciler.simulator.exchange import (
    Answered,
    Broken,
    CutShort,
    Ending,
    NotAccepted,
    Silent,
    exchange,
)
from reconciler.simulator.faults import Fault
from reconciler.simulator.script import FaultScript, Rules, Script
from reconciler.simulator.values import RefusalError, Request, Response, dumps

DEFAULT_PORT = 12111
LONGEST_SILENCE = 600
"""Seconds after which a connection without an answer is given up, however patient its client."""


def _closing(status: int, message: str, kind: str = "invalid_request_error") -> Response:
    """An answer after which the connection ends, because its stream cannot be trusted."""
    body = dumps(RefusalError(message, status=status, type=kind).payload())
    headers = {"Content-Type": "application/json", "Connection": "close"}
    return Response(status=status, headers=headers, body=body.encode())


_TOO_LARGE = _closing(413, "The request body is too large.")
_UNREADABLE = _closing(400, "The request needs a Content-Length.")
_BROKEN = _closing(500, "The simulator failed; its own output says why.", "api_error")


class SimulatorServer(ThreadingHTTPServer):
    """One listening socket in front of one simulator; a thread per connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        simulator: Simulator,
        address: tuple[str, int],
        *,
        latency_ms: int = 0,
        script: FaultScript = (),
        faults: Rules = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.simulator = simulator
        self.latency = latency_ms / 1000
        self.script = Script(script, faults)
        self.sleep = sleep
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        name = host.decode() if isinstance(host, (bytes, bytearray)) else host
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


class _Handler(BaseHTTPRequestHandler):
    server: SimulatorServer
    protocol_version = "HTTP/1.1"
    # Headers and body leave in one write each; without this the second waits for an ACK.
    disable_nagle_algorithm = True
    # A client that opens a connection and says nothing does not hold a thread for ever.
    timeout = 120
    server_version = "stripe-simulator"
    sys_version = ""

    def do_GET(self) -> None:
        self._exchange()

    def do_POST(self) -> None:
        self._exchange()

    def do_DELETE(self) -> None:
        self._exchange()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing: the simulator keeps its own log of calls."""

    def version_string(self) -> str:
        return self.server_version

    def _exchange(self) -> None:
        length = self._length()
        if isinstance(length, Response):
            self._answer(length)
            return
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=parts.path,
            query=parts.query,
            headers=dict(self.headers.items()),
        )
        rule = self.server.script.ruled(request)
        if rule is not None and rule.fault is Fault.REFUSED:
            self._reset()  # before the body is read
            return
        request = replace(request, body=self.rfile.read(length))
        if self.server.latency:
            self.server.sleep(self.server.latency)
        rule = rule or self.server.script.scripted(request)
        try:
            ending = exchange(self.server.simulator, request, rule)
        except Exception:  # noqa: BLE001 - whatever it is, the client is answered
            # A client is told that it broke, never how; the traceback goes to our own output.
            self.server.handle_error(self.connection, self.client_address)
            self._answer(_BROKEN)
            self.close_connection = True
            return
        try:
            self._end(ending)
        except ConnectionError:  # the client did not wait for a slow answer
            self.close_connection = True

    def _end(self, ending: Ending) -> None:
        match ending:
            case Answered(response=response, late=late):
                if late:
                    self.server.sleep(late)
                self._answer(response)
            case Broken():
                self._hang_up()
            case CutShort(response=response):
                self._answer(response, sent=len(response.body) // 2)
                self._hang_up()
            case NotAccepted():
                self._reset()
            case Silent():
                self._hold()
            case _:
                assert_never(ending)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):  # the client may have been first
            self.connection.shutdown(socket.SHUT_RDWR)

    def _reset(self) -> None:
        """Drop the connection: a client that was not accepted gets a reset and nothing else."""
        self.close_connection = True
        at_once = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        socket.close(self.connection.detach())

    def _hold(self) -> None:
        """Keep the connection and say nothing, until the client has had enough."""
        self.close_connection = True
        self.connection.settimeout(LONGEST_SILENCE)
        with suppress(OSError):  # gone by a reset, or there for too long
            self.connection.recv(1)

    def _length(self) -> int | Response:
        if "Transfer-Encoding" in self.headers:
            return _UNREADABLE
        given = self.headers.get("Content-Length", "0")
        if not given.isdecimal():
            return _UNREADABLE
        return _TOO_LARGE if len(given) > 9 or int(given) > MAX_BODY else int(given)

    def _answer(self, response: Response, *, sent: int | None = None) -> None:
        """Send an answer whole, or the beginning of its body under the length of all of it."""
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body[:sent])


def serve(
    simulator: Simulator,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    latency_ms: int = 0,
    *,
    script: FaultScript = (),
    faults: Rules = (),
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `ready` is told the base URL once requests are accepted."""
    with SimulatorServer(
        simulator, (host, port), latency_ms=latency_ms, script=script, faults=faults
    ) as server:
        if ready is not None:
            ready(server.url)
        server.serve_forever()


@contextmanager
def running(
    simulator: Simulator,
    host: str = "127.0.0.1",
    port: int = 0,
    latency_ms: int = 0,
    *,
    script: FaultScript = (),
    faults: Rules = (),
) -> Iterator[str]:
    """Serve in a thread of this process, and give the base URL; port 0 is any free one."""
    with SimulatorServer(
        simulator, (host, port), latency_ms=latency_ms, script=script, faults=faults
    ) as server:
        # The default half second between looks at the stop flag would be paid by every test.
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()
