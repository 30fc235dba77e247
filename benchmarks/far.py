"""The far end: the simulator in a process of its own, with Stripe's latency and live limits.

Run as a program it serves until its standard input ends; `far_end` starts it so. The gateway
sends a live key to Stripe's own host alone, so `Redirected` leads what goes there to the server.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from benchmarks.accounts import Size, prices, products
from reconciler.gateway.stripe import Gateway
from reconciler.simulator.core import Simulator
from reconciler.simulator.server import running

KEY = "sk_live_benchmark"
LIMIT = 25
"""Requests a second to one endpoint; to all of them it is four times that, as in live mode."""


class Redirected(stripe.RequestsClient):
    """Sends to a local server what is meant for Stripe."""

    def __init__(self, url: str) -> None:
        session = requests.Session()
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))
        super().__init__(session=session)
        self._url = url

    def request(self, method: str, url: str, *rest: Any, **options: Any) -> Any:
        parts = urlsplit(url)
        there = f"{self._url}{parts.path}{'?' if parts.query else ''}{parts.query}"
        return super().request(method, there, *rest, **options)


def connect(url: str) -> Gateway:
    """Return a gateway in live mode that reaches the server at `url`."""
    return Gateway(KEY, transport=Redirected(url))


@contextmanager
def far_end(size: Size, *, latency_ms: int) -> Iterator[str]:
    """Serve an account of that size, and give the URL."""
    command = [sys.executable, "-m", "benchmarks.far", str(size.prices), str(latency_ms)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the server has no streams")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


def _serve(size: Size, latency_ms: int) -> None:
    with Simulator(rate_limit=LIMIT) as simulator:
        simulator.seed([*products(size), *prices(size)], livemode=True)
        with running(simulator, latency_ms=latency_ms) as url:
            print(url, flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    _serve(Size(prices=int(sys.argv[1])), int(sys.argv[2]))
