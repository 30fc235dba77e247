"""What a plan costs in requests. Seconds are for the benchmarks; these numbers must not grow."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.accounts import Size, catalog, prices, products
from reconciler import kinds
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.importer.build import build
from reconciler.importer.scope import Scope
from reconciler.importer.scope import attached as importable
from reconciler.model.catalog import Catalog
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport
from reconciler.spec.load import loads

KINDS = kinds.load()
NEW = Catalog(name="acme", resources={}, moved={}, adopt={})


def planned(size, held):
    """Plan a catalog against an account of another size; return the plan, and the calls by path."""
    with Simulator() as simulator:
        simulator.seed([*products(held), *prices(held)], livemode=True)
        gateway = Gateway("sk_live_1", transport=SimulatorTransport(simulator), paced=False)
        wanted = loads(catalog(size), KINDS)
        snapshot = observe(gateway, KINDS.values(), attached=attached(wanted, KINDS))
        made = plan(wanted, snapshot, KINDS, api_version=API_VERSION, allow=("RC101", "RC103"))
        return made, Counter(call.path for call in simulator.calls)


def test_a_plan_of_a_thousand_objects_without_a_change():
    made, calls = planned(Size(prices=800), Size(prices=800))

    assert ((), ()) == (made.changes, made.steps)
    assert calls.pop("/v1/products") + calls.pop("/v1/prices") <= 16
    assert calls.pop("/v1/account") == 1
    assert len(calls) == 9
    assert max(calls.values()) <= 2


@pytest.mark.parametrize("held", [0, 40])
def test_a_plan_of_a_small_account_takes_one_page_of_each_list(held):
    _, calls = planned(Size(prices=40), Size(prices=held))
    assert {"/v1/products": 2, "/v1/prices": 2} == {
        path: count for path, count in calls.items() if path in ("/v1/products", "/v1/prices")
    }
    assert sum(calls.values()) <= 21


def test_the_requests_follow_the_pages_and_not_the_objects():
    _, calls = planned(Size(prices=4), Size(prices=2_400))
    assert calls["/v1/prices"] + calls["/v1/products"] <= 1.5 * (24 + 6 + 2)


def test_an_import_costs_the_pages_and_its_adoption_one_write_for_each_object():
    size = Size(prices=800)
    with Simulator() as simulator:
        strangers = [{**each, "metadata": {}} for each in (*products(size), *prices(size))]
        simulator.seed(strangers, livemode=True)
        gateway = Gateway("sk_live_1", transport=SimulatorTransport(simulator), paced=False)
        wanted = importable(KINDS, Scope(), NEW)
        snapshot = observe(gateway, KINDS.values(), attached=wanted)
        calls = Counter(call.path for call in simulator.calls)
        made = build(snapshot, KINDS, Scope(), into=NEW, api_version=API_VERSION)
        adopting = plan(made.catalog, snapshot, KINDS, api_version=API_VERSION)

    assert (1000, 1000, ()) == (len(made.added), len(made.adopt), made.left_out)
    assert calls.pop("/v1/products") + calls.pop("/v1/prices") <= 16
    assert sum(calls.values()) <= 17
    assert 1000 == adopting.writes
