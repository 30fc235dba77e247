"""Mounts the simulator in process under the official SDK, in the place of its HTTP client.

    stripe.StripeClient(key, http_client=SimulatorTransport(Simulator()))

It carries requests and answers, and knows no rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import ConnectionLostError, FaultScript, Script, exchange
from reconciler.simulator.values import Request


class SimulatorTransport(stripe.HTTPClient):
    """A `stripe.HTTPClient` whose far end is a `Simulator` in this process."""

    name = "simulator"

    def __init__(self, simulator: Simulator, *, script: FaultScript = ()) -> None:
        super().__init__()
        self._simulator = simulator
        self._script = Script(script)

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
            path=unquote(parts.path),
            query=parts.query,
            body=_bytes(post_data),
            headers=dict(headers or {}),
        )
        try:
            response = exchange(self._simulator, request, self._script.next(request))
        except ConnectionLostError as lost:
            raise stripe.APIConnectionError(  # type: ignore[no-untyped-call]
                "Unexpected error communicating with Stripe.  If this problem persists, let us "
                f"know at support@stripe.com.\n\n(Network error: {lost})",
                should_retry=True,
            ) from lost
        # The SDK looks headers up in lower case in some places and in title case in others.
        return response.body.decode(), response.status, CaseInsensitiveDict(response.headers)

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
