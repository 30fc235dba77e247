"""Nothing false: whatever Stripe makes of a coupon, a code, a tax rate or a feature, a second plan
finds no change; and what Stripe's own examples hold is read without loss.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kinds.discounts import WAYS, Way
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.plan import Adopt, Plan
from reconciler.model.values import Pending
from reconciler.spec.dump import dump
from reconciler.spec.load import loads
from reconciler.spec.resource import settled

KINDS = all_kinds.load()
EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))

# What a code or a coupon of one product needs beside itself.
HEAD = '[catalog]\nname = "acme"\n[products.pro]\nname = "Pro"\n'
COUPON = '[coupons.it]\nid = "IT"\npercent_off = 20\n'
EVERY = [
    pytest.param(kind, way, id=f"{kind}: {label}")
    for kind, ways in WAYS.items()
    for label, way in ways.items()
]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account(KINDS)
    yield made
    made.close()


def text_of(kind: str, way: Way, ids: dict[str, str]) -> str:
    """The file with one object, and with what that needs."""
    inside = filled(way.toml, ids)
    if kind == "promotion_code":
        short = "" if "promotion =" in inside else 'coupon = "it"\n'
        return f"{HEAD}{COUPON}[promotion_codes.it]\n{short}{inside}\n"
    return f"{HEAD}[{KINDS[kind].table}.it]\n{inside}\n"


def filled(value: Any, ids: dict[str, str]) -> Any:
    """A text, or parameters, with ids in the places that wait for one."""
    match value:
        case str():
            for name, object_id in ids.items():
                value = value.replace(f"{{{name}}}", object_id)
            return value
        case dict():
            return {name: filled(inner, ids) for name, inner in value.items()}
        case list():
            return [filled(inner, ids) for inner in value]
        case _:
            return value


def planned(account: Account, text: str) -> Plan:
    return account.plan(loads(text, KINDS), allow=())


def nothing_to_do(account: Account, text: str) -> None:
    again = planned(account, text)
    assert ((), (), ()) == (again.changes, again.steps, again.findings)


@pytest.mark.parametrize(("kind", "way"), EVERY)
class TestAnObject:
    def test_is_made_and_stays(self, account: Account, kind: str, way: Way) -> None:
        ids = {"customer": account.post("/v1/customers")["id"]}
        text = text_of(kind, way, ids)
        account.apply(planned(account, text))
        nothing_to_do(account, text)

    def test_is_adopted_and_nothing_else(self, account: Account, kind: str, way: Way) -> None:
        ids = {"customer": account.post("/v1/customers")["id"]}
        account.apply(planned(account, HEAD + COUPON if kind == "promotion_code" else HEAD))
        ids |= {live.kind.name: live.id for live in account.look()}
        made = account.post(KINDS[kind].path, **filled(way.call, ids))["id"]
        text = f'{text_of(kind, way, ids)}[adopt]\n"{kind}.it" = "{made}"\n'

        plan = planned(account, text)

        assert [Adopt] == [type(change) for change in plan.changes]
        assert [{"metadata": {"reconciler": f"acme/{kind}.it"}}] == [s.payload for s in plan.steps]
        account.apply(plan)
        nothing_to_do(account, text)


def test_every_field_is_here() -> None:
    shown = {
        kind: {name for way in ways.values() for name in way.call} for kind, ways in WAYS.items()
    }
    assert {kind: set() for kind in WAYS} == {
        kind: KINDS[kind].fields.keys() - names for kind, names in shown.items()
    } | {"feature": KINDS["feature"].fields.keys() - shown["feature"] - {"active"}}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["object"])
def test_an_example_of_stripe_is_read_without_loss(
    account: Account, example: dict[str, Any]
) -> None:
    """Live to catalog to text to plan says no change, but for the stamp."""
    coupon = {"object": "coupon", "id": "Z4OV52SU", "percent_off": 25.5}
    account.simulator.seed([coupon, example] if example["object"] != "coupon" else [example])
    live = next(each for each in account.look() if each.id == example["id"])
    address = Address(live.kind.name, ("it",))
    body = settled(live.kind, live.body)
    resources = {address: Resource(address=address, kind=live.kind, body=body)}
    if live.kind.name == "promotion_code":
        other = next(each for each in account.look() if each.kind.name == "coupon")
        target = Address("coupon", ("it",))
        promotion = body["promotion"].with_({"coupon": Pending(target)})
        resources = {
            target: Resource(address=target, kind=other.kind, body=other.body),
            address: Resource(
                address=address, kind=live.kind, body=body.with_({"promotion": promotion})
            ),
        }
    text = dump(Catalog(name="acme", resources=resources, moved={}, adopt={}))
    adopts = [f'"{live.kind.name}.it" = "{live.id}"']
    adopts += ['"coupon.it" = "Z4OV52SU"'] if len(resources) > 1 else []
    text += "\n[adopt]\n" + "\n".join(adopts)

    made = planned(account, text)

    assert {Adopt} == {type(change) for change in made.changes}
    stamps = {f"acme/{address}" for address in resources}
    assert stamps == {step.payload["metadata"]["reconciler"] for step in made.steps}
    account.apply(made)
    nothing_to_do(account, text)
