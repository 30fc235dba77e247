"""A simulator with a clock that stands still, and a client that shows its answers whole."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

import pytest
import stripe

from reconciler.simulator.core import Request, Simulator, Switches

NOW = 1_760_000_000
KEY = "sk_test_123"

stripe.enable_telemetry = False


@dataclass
class Clock:
    now: float = NOW

    def __call__(self):
        return self.now


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict
    headers: dict

    def __getitem__(self, name):
        return self.body[name]

    @property
    def id(self):
        return self.body["id"]

    @property
    def ids(self):
        return [obj["id"] for obj in self.body["data"]]

    @property
    def error(self):
        return self.body["error"]

    def part(self, *names):
        return {name: self.body.get(name, "absent") for name in names}


@dataclass
class Client:
    """Speaks raw HTTP parts to a simulator; parameters are form text or a flat mapping."""

    simulator: Simulator
    key: str | None = KEY
    headers: dict = field(default_factory=dict)

    def call(self, method, path, params="", *, headers=None, **more):
        text = encoded(params, more)
        sent = {**self.headers, **(headers or {})}
        if self.key is not None:
            sent["Authorization"] = f"Bearer {self.key}"
        response = self.simulator.handle(
            Request(
                method=method,
                path=path,
                query=text if method == "GET" else "",
                body=b"" if method == "GET" else text.encode(),
                headers=sent,
            )
        )
        return Answer(
            status=response.status,
            body=json.loads(response.body, parse_float=Decimal),
            headers=dict(response.headers),
        )

    def get(self, path, params="", **more):
        return self.call("GET", path, params, **more)

    def post(self, path, params="", **more):
        return self.call("POST", path, params, **more)

    def delete(self, path, params="", **more):
        return self.call("DELETE", path, params, **more)

    def product(self, **params):
        return self.made("/v1/products", {"name": "Pro", **params})

    def price(self, product, params=None, **more):
        amount = {"currency": "usd", "unit_amount": 1000}
        return self.made("/v1/prices", {**amount, "product": product, **(params or {}), **more})

    def made(self, path, params):
        answer = self.post(path, params)
        assert answer.status == 200, answer.body
        return answer


def encoded(params, more):
    if isinstance(params, str) and params:
        assert not more
        return params
    return "&".join(
        f"{quote(k, safe='[]')}={quote(text(v), safe='')}"
        for k, v in {**(params or {}), **more}.items()
    )


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def refusal(answer):
    return answer.status, answer.error["message"], answer.error.get("param")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def fresh(clock):
    """A client of a simulator made with the given arguments."""
    with ExitStack() as stack:

        def make(key=KEY, **arguments):
            return Client(stack.enter_context(Simulator(**{"clock": clock, **arguments})), key=key)

        yield make


@pytest.fixture
def switched(fresh):
    """A client of a simulator with switches, by `name=value`."""
    return lambda *settings: fresh(switches=Switches.parse(settings))


@pytest.fixture
def client(fresh):
    return fresh()


@pytest.fixture
def simulator(client):
    return client.simulator


@pytest.fixture
def product(client):
    """The id of a product."""
    return client.product().id


@pytest.fixture
def once(client, product):
    """A price that is paid once."""
    return client.price(product)


@pytest.fixture
def monthly(client, product):
    """A price that is paid every month."""
    return client.price(product, {"recurring[interval]": "month"})
