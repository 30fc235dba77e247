"""Stripe's own example objects are read without loss: from the object to a file, and no change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from kinds.fixtures import EXAMPLES, FIXTURES, LEFT_OUT, Fixture
from reconciler import kinds as all_kinds
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.address import Address
from reconciler.model.catalog import STAMP, Account, Adoption, Catalog, Resource
from reconciler.model.named import renamed
from reconciler.model.plan import Adopt, Plan
from reconciler.model.shape import Field, Listed, Nested
from reconciler.model.snapshot import Live, Snapshot
from reconciler.model.values import Frozen, Pending
from reconciler.planner.build import plan
from reconciler.spec.dump import dump
from reconciler.spec.load import loads
from reconciler.spec.resource import settled

KINDS = all_kinds.load()
NOW = 1_760_000_000
ADDRESSES = {Address(one.kind, one.keys): one for one in FIXTURES}
IDS = {one.raw()["id"]: Pending(address) for address, one in ADDRESSES.items()}

# What Stripe alone says of an object: no parameter of any call.
TOLD = {"id", "created", "livemode", "updated", "type", "application", "url"}
TOLD_BY: Mapping[str, set[str]] = {
    "coupon": {"times_redeemed", "valid"},
    "meter": {"status"},
    "portal_configuration": {"is_default"},
    "promotion_code": {"times_redeemed"},
    "payment_link": {"restrictions.completed_sessions.count"},
    "tax_rate": {"flat_amount.amount", "flat_amount.currency"},
    "webhook_endpoint": {"status"},
}


def live(fixture: Fixture, stamp: str = "") -> Live:
    raw = fixture.raw()
    kind = KINDS[fixture.kind]
    if stamp and not kind.shared:
        raw["metadata"] = {**(raw["metadata"] or {}), STAMP: stamp}
    return Live(kind, raw, NOW)


def written(*, adopt: bool = False) -> str:
    """The file that says what the examples say, each naming the others by their names."""
    resources = {}
    for address, fixture in ADDRESSES.items():
        kind = KINDS[fixture.kind]
        body = _ours_to_say(kind.fields, renamed(kind.fields, live(fixture).body, IDS))
        # Left out, a lookup key has its default; that there is none has to be said.
        none = {key.field: "" for key in kind.natural_keys if key.default and key.field not in body}
        resources[address] = Resource(
            address=address, kind=kind, body=settled(kind, {**body, **none})
        )
    adopted = {address: Adoption(id=fixture.raw()["id"]) for address, fixture in ADDRESSES.items()}
    catalog = Catalog(name="acme", resources=resources, moved={}, adopt=adopted if adopt else {})
    text = dump(catalog)
    assert catalog == loads(text, KINDS)
    return text


def _ours_to_say(fields: Mapping[str, Field], body: Mapping[str, Any]) -> Frozen:
    """A body without what no file may say, such as the ids of a link's items."""
    said: dict[str, Any] = {}
    for name, value in body.items():
        match fields[name].form:
            case Listed(item=Nested(fields=inner)):
                said[name] = tuple(_ours_to_say(inner, entry) for entry in value)
            case Nested(fields=inner):
                said[name] = _ours_to_say(inner, value)
            case _:
                said[name] = value
    return Frozen({name: value for name, value in said.items() if not fields[name].read_only})


def planned(text: str, *, stamped: bool) -> Plan:
    """Plan a file against the very objects that it was read off."""
    objects: dict[str, dict[str, Live]] = {}
    for address, fixture in ADDRESSES.items():
        one = live(fixture, f"acme/{address}" if stamped else "")
        objects.setdefault(fixture.kind, {})[one.id] = one
    snapshot = Snapshot(
        account=Account(id="acct_1PgafTB7WZ01zgkW", livemode=False),
        objects=objects,
        requests={},
    )
    return plan(loads(text, KINDS), snapshot, KINDS, api_version=API_VERSION)


def test_every_kind_has_an_example() -> None:
    assert {one.kind for one in FIXTURES} == {name for name in KINDS if KINDS[name].stored}
    assert {one.example for one in FIXTURES} == EXAMPLES.keys()
    assert EXAMPLES.keys().isdisjoint({name for names in LEFT_OUT for name in names.split(", ")})


def test_a_file_that_says_them_changes_nothing() -> None:
    made = planned(written(), stamped=True)
    assert ((), (), ()) == (made.changes, made.steps, made.findings)
    assert len(FIXTURES) == made.unchanged


def test_adopted_they_get_their_stamp_and_nothing_else() -> None:
    made = planned(written(adopt=True), stamped=False)
    assert {type(change) for change in made.changes} == {Adopt}
    assert [step.payload for step in made.steps] == [
        {"metadata": {"reconciler": f"acme/{step.address}"}} for step in made.steps
    ]
    shared = {address for address in ADDRESSES if KINDS[address.kind].shared}
    assert {step.address for step in made.steps} == ADDRESSES.keys() - shared
    assert made.findings == ()


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_nothing_is_lost(address: Address) -> None:
    fixture = ADDRESSES[address]
    said = live(fixture).body
    lost = set(_lost(fixture.raw(), said)) - TOLD - TOLD_BY.get(fixture.kind, set())
    assert set(fixture.unsaid) == lost


def _lost(raw: Any, said: Any, at: str = "") -> Iterator[str]:
    """Name what an answer says, and its body does not, or says otherwise."""
    match raw:
        case None | "":
            pass
        case False:
            if said is True:  # what is off may be left out
                yield at
        case {"object": "list", "data": data}:
            yield from _lost(data, said, at)
        case {"id": str(name), "object": str(), **_others} if said == name:
            pass  # what an object names is known by its id
        case Mapping():
            inner = said if isinstance(said, Mapping) else {}
            for name, value in raw.items():
                if name == "object":
                    continue
                yield from _lost(value, inner.get(name), f"{at}.{name}" if at else name)
        case list():
            there = [*said] if isinstance(said, tuple) else []
            for number, value in enumerate(raw):
                mine = there[number] if number < len(there) else None
                yield from _lost(value, mine, f"{at}.{number}")
        case _:
            if str(raw) != str(said):
                yield at
