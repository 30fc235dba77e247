"""What the gateway's tests share: kinds, steps, and a clock that only moves when slept on."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from reconciler import kinds
from reconciler.gateway.pacing import Timing
from reconciler.gateway.stripe import Gateway
from reconciler.model.address import Address
from reconciler.model.plan import Step


@dataclass
class Clock:
    now: float = 1000.0
    naps: list = field(default_factory=list)

    def sleep(self, seconds):
        self.naps.append(round(seconds, 6))
        self.now += seconds

    @property
    def timing(self):
        return Timing(clock=lambda: self.now, sleep=self.sleep, jitter=lambda: 1.0)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def product():
    return kinds.load()["product"]


@pytest.fixture
def price():
    return kinds.load()["price"]


@pytest.fixture
def step():
    def make(verb, kind, *keys):
        address = Address(kind, keys or ("pro",))
        return Step(id=f"{verb} {address}", address=address, verb=verb, kind=kind)

    return make


@pytest.fixture
def connect(clock):
    def make(url, key="sk_test_simulator", **options):
        options = {"timing": clock.timing, "paced": False, **options}
        return Gateway(key, api_base=url, **options)

    return make
