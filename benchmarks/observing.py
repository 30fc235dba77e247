"""A plan without changes over HTTP: the requests, the seconds, and what other ways would take."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import stripe

from benchmarks.accounts import Size, catalog, prices, products
from benchmarks.far import KEY, LIMIT, Redirected, connect, far_end
from reconciler import kinds
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.observer.account import observe
from reconciler.observer.targeted import observe_targeted
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.planner.targets import families, targets
from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport
from reconciler.spec.load import loads

OVERALL = 4 * LIMIT


@dataclass(slots=True)
class Calls:
    """The calls of one run, by endpoint, and when the first left and the last was answered."""

    counts: dict[str, int] = field(default_factory=dict)
    first: float = 0.0
    last: float = 0.0
    refused: int = 0

    @property
    def all(self) -> int:
        """How many there were."""
        return sum(self.counts.values())

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        return self.last - self.first

    @property
    def floor(self) -> float:
        """The least that Stripe's limits allow for these calls."""
        return max(max(self.counts.values()) / LIMIT, self.all / OVERALL)


class Counting(Redirected):
    """Counts what it sends."""

    def __init__(self, url: str, template: Callable[[str, str], str]) -> None:
        super().__init__(url)
        self.calls = Calls()
        self._template = template

    def request(self, method: str, url: str, *rest: Any, **options: Any) -> Any:
        endpoint = self._template(method, url)
        self.calls.counts[endpoint] = self.calls.counts.get(endpoint, 0) + 1
        self.calls.first = self.calls.first or time.perf_counter()
        answer = super().request(method, url, *rest, **options)
        self.calls.last = time.perf_counter()
        self.calls.refused += answer[1] == 429
        return answer


def endpoint(method: str, url: str) -> str:
    """Return what Stripe counts a call under: its method, its path, and whether it names one."""
    path = url.partition("?")[0].split("/v1/")[1].split("/")
    return f"{method} {path[0]}{'/id' if len(path) > 1 else ''}"


def no_change(size: Size, latency_ms: int) -> Calls:
    """Plan the account against its own catalog."""
    known = kinds.load()
    wanted = loads(catalog(size), known)
    with far_end(size, latency_ms=latency_ms) as url:
        far = Counting(url, endpoint)
        gateway = Gateway(KEY, transport=far)
        snapshot = observe(gateway, known.values(), attached=attached(wanted, known))
        made = plan(wanted, snapshot, known, api_version=API_VERSION)
    if made.changes or far.calls.refused:
        raise RuntimeError(f"{made.summary}, {far.calls.refused} refused: nothing was to change")
    return far.calls


def typed_listing(size: Size, latency_ms: int) -> float:
    """List products and prices one page after the other, as the SDK's own iterator does."""
    with far_end(size, latency_ms=latency_ms) as url:
        client = stripe.StripeClient(KEY, http_client=Redirected(url), max_network_retries=3)
        began = time.perf_counter()
        listed = sum(1 for _ in client.v1.products.list({"limit": 100}).auto_paging_iter())
        wanted: Any = {"limit": 100, "expand": ["data.currency_options", "data.tiers"]}
        listed += sum(1 for _ in client.v1.prices.list(wanted).auto_paging_iter())
        took = time.perf_counter() - began
    if listed != size.prices + size.products:
        raise RuntimeError(f"{listed} objects were listed")
    return took


def one_by_one(size: Size, latency_ms: int, *, threads: int = 10) -> float:
    """Read each object by itself, ten at a time, as a Terraform provider refreshes its state."""
    known = kinds.load()
    named = [("product", one["id"]) for one in products(size)]
    named += [("price", one["id"]) for one in prices(size)]
    # Its order is that of a graph: both kinds side by side.
    named.sort(key=lambda entry: entry[1][-4:])
    with far_end(size, latency_ms=latency_ms) as url, ThreadPoolExecutor(threads) as pool:
        gateway = connect(url)
        began = time.perf_counter()
        found = list(pool.map(lambda entry: gateway.get_object(known[entry[0]], entry[1]), named))
        took = time.perf_counter() - began
    if None in found:
        raise RuntimeError("an object was not found")
    return took


def targeted(named: Size, held: Size) -> int:
    """Return the requests of a targeted plan of a small file beside a large account."""
    known = kinds.load()
    wanted = loads(catalog(named), known)
    with Simulator() as simulator:
        simulator.seed([*products(held), *prices(held)], livemode=True)
        gateway = Gateway(KEY, transport=SimulatorTransport(simulator), paced=False)
        aims, groups = targets(wanted, known), families(wanted, known)
        snapshot = observe_targeted(gateway, known, aims, families=groups)
        made = plan(wanted, snapshot, known, api_version=API_VERSION)
    if made.changes:
        raise RuntimeError(f"{made.summary}: nothing was to change")
    return gateway.requests
