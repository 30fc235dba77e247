"""Mounts the simulator in process under the official SDK, in the place of its HTTP client.

    stripe.StripeClient(key, http_client=SimulatorTransport(Simulator()))

It carries requests and answers, and knows no rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, assert_never
from urllib.parse import urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from reconciler.simulator.core import Simulator
from reconciler.simulator.exchange import (
    Answered,
    Broken,
    CutShort,
    Ending,
    NotAccepted,
    Silent,
    exchange,
)
from reconciler.simulator.script import FaultScript, Rules, Script
from reconciler.simulator.values import Request, Response
from reconciler.simulator.wire import Wire

DEFAULT_TIMEOUT = 80.0
"""Seconds that the SDK waits for an answer unless told otherwise."""


def _no_time(_seconds: float) -> None:
    """Let no time pass."""


class SimulatorTransport(stripe.HTTPClient):
    """A `stripe.HTTPClient` whose far end is a `Simulator` in this process."""

    name = "simulator"

    def __init__(
        self,
        simulator: Simulator,
        *,
        script: FaultScript = (),
        faults: Rules = (),
        sleep: Callable[[float], None] = _no_time,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """`sleep` is told how long a slow or missing answer takes: a test's clock moves on by it.

        Nothing here sleeps. `timeout` is how long a client waits for an answer.
        """
        super().__init__()
        self._simulator = simulator
        self._script = Script(script, faults)
        self._sleep = sleep
        self._timeout = timeout
        self._wire = Wire(timeout=timeout)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        request = Request(
            method=method.upper(),
            path=parts.path,
            query=parts.query,
            body=_bytes(post_data),
            headers=dict(headers or {}),
        )
        rule = self._script.ruled(request) or self._script.scripted(request)
        response = self._received(exchange(self._simulator, request, rule), url)
        # The SDK looks headers up in lower case in some places and in title case in others.
        return response.body.decode(), response.status, CaseInsensitiveDict(response.headers)

    def _received(self, ending: Ending, url: str) -> Response:
        """The answer, or the error that the SDK's own client raises for want of one."""
        match ending:
            case Answered(response=response, late=late):
                if late > self._timeout:
                    raise self._given_up(url)
                if late:
                    self._sleep(late)
                return response
            case Broken():
                raise self._wire.lost()
            case CutShort(response=Response(body=body)):
                raise self._wire.cut(body[: len(body) // 2], len(body))
            case NotAccepted():
                raise self._wire.refused(url)
            case Silent():
                raise self._given_up(url)
            case _:
                assert_never(ending)

    def _given_up(self, url: str) -> stripe.APIConnectionError:
        self._sleep(self._timeout)
        return self._wire.timed_out(url, self._timeout)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body, status, answered = self.request(method, url, headers, post_data)
        return body.encode(), status, answered

    def sleep_async(self, secs: float) -> Awaitable[None]:
        return asyncio.sleep(secs)

    def close(self) -> None:
        """Nothing is held: the simulator belongs to whoever made it."""

    async def close_async(self) -> None:
        self.close()


def _bytes(post_data: Any) -> bytes:
    if post_data is None:
        return b""
    return post_data if isinstance(post_data, bytes) else str(post_data).encode()
