"""Faults over HTTP, below any client: what really happens to a connection."""

import http.client
import socket
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from reconciler.simulator.faults import Fault, Rule
from reconciler.simulator.server import SimulatorServer, running


def received(connection):
    found = b""
    while chunk := connection.recv(65536):
        found += chunk
    return found


class TestSockets:
    HEAD = b"POST /v1/products HTTP/1.1\r\nContent-Length: 6\r\n\r\n"

    @contextmanager
    def connected(self, simulator, fault):
        with running(simulator, faults=[Rule(fault=fault, endpoint="POST /v1/products")]) as url:
            place = urlsplit(url)
            with socket.create_connection((place.hostname, place.port), timeout=30) as client:
                yield client

    def test_refused_is_a_reset_before_the_body_was_read(self, simulator):
        with self.connected(simulator, Fault.REFUSED) as client:
            client.sendall(self.HEAD)
            with pytest.raises(ConnectionResetError):
                received(client)
        assert list(simulator.calls) == []

    @pytest.mark.parametrize(("fault", "calls"), [(Fault.LOST_BEFORE, 0), (Fault.LOST_AFTER, 1)])
    def test_lost_is_an_end_without_an_answer(self, simulator, fault, calls):
        with self.connected(simulator, fault) as client:
            client.sendall(self.HEAD + b"name=x")
            assert received(client) == b""
        assert len(simulator.calls) == calls

    @pytest.mark.parametrize("fault", [Fault.CUT_SHORT, Fault.GARBLED])
    def test_half_an_answer(self, simulator, fault):
        with self.connected(simulator, fault) as client:
            client.sendall(self.HEAD.replace(b"6\r\n", b"6\r\nConnection: close\r\n") + b"name=x")
            head, _, body = received(client).partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
        half = len(body)
        assert length in ({half} if fault is Fault.GARBLED else {2 * half, 2 * half + 1})

    def test_silence_lasts_until_the_client_has_had_enough(self, simulator):
        with self.connected(simulator, Fault.TIMEOUT_AFTER) as client:
            client.sendall(self.HEAD + b"name=x")
            client.settimeout(0.1)
            with pytest.raises(TimeoutError):
                client.recv(1)

    @pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.SLOW])
    def test_the_next_connection_is_answered(self, simulator, fault):
        rule = Rule(fault=fault, endpoint="GET /v1/account")
        with running(simulator, faults=[rule]) as url:
            with suppress(http.client.HTTPException, OSError):
                status(url, "/v1/account", timeout=0.1 if "TIMEOUT" in fault.name else 30)
            assert status(url, "/v1/products", timeout=30) == 401


def status(url, path, *, timeout):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_server_sleeps_before_a_slow_answer(simulator):
    slept = []
    rule = Rule(fault=Fault.SLOW, seconds=30)
    server = SimulatorServer(simulator, ("127.0.0.1", 0), faults=[rule], sleep=slept.append)
    with server, socket.create_connection(server.server_address[:2]) as client:
        asked = "GET /v1/account HTTP/1.1\r\nConnection: close\r\n\r\n"
        client.sendall(asked.encode())
        server.handle_request()
        assert received(client).startswith(b"HTTP/1.1 401 ")
    assert slept == [30]
