"""The errors of the SDK's own HTTP client where no answer comes, without a network.

The exceptions are those of `requests`, and the SDK's own code turns them into its errors: what a
program sees in process is what it sees over HTTP.
"""

from __future__ import annotations

import errno
import http.client
import os
from urllib.parse import urlsplit

import requests
import stripe
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, ReadTimeoutError


class Wire(stripe.RequestsClient):
    """The SDK's HTTP client, as far as it tells what went wrong. It sends nothing."""

    def refused(self, url: str) -> stripe.APIConnectionError:
        pool, path = _place(url)
        reason = f"[Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}"
        connection = HTTPSConnection(pool.host, pool.port)
        never = NewConnectionError(connection, f"Failed to establish a new connection: {reason}")
        return self._told(requests.ConnectionError(MaxRetryError(pool, path, never)))

    def lost(self) -> stripe.APIConnectionError:
        ended = http.client.RemoteDisconnected("Remote end closed connection without response")
        return self._told(requests.ConnectionError(ProtocolError("Connection aborted.", ended)))

    def cut(self, body: bytes, whole: int) -> stripe.APIConnectionError:
        short = http.client.IncompleteRead(body, whole - len(body))
        broken = ProtocolError(f"Connection broken: {short!r}", short)
        return self._told(requests.exceptions.ChunkedEncodingError(broken))

    def timed_out(self, url: str, timeout: float) -> stripe.APIConnectionError:
        pool, path = _place(url)
        late = ReadTimeoutError(pool, path, f"Read timed out. (read timeout={timeout:g})")
        return self._told(requests.ReadTimeout(late))

    def _told(self, error: requests.RequestException) -> stripe.APIConnectionError:
        try:
            self._handle_request_error(error)
        except stripe.APIConnectionError as told:
            return told


def _place(url: str) -> tuple[HTTPSConnectionPool, str]:
    """Where a request would have gone; nothing is opened."""
    parts = urlsplit(url)
    return HTTPSConnectionPool(parts.hostname or "", port=parts.port or 443), parts.path
