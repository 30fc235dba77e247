"""Nothing false: whatever Stripe makes of a payment link, a second plan finds no change; and
whatever is set on one goes again when the file leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kinds.links import HEAD, ITEMS, WAYS, Way
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.model.plan import Adopt, Plan
from reconciler.simulator.switches import Switches
from reconciler.spec.load import loads

KINDS = all_kinds.load()
ONCE, MONTHLY = 'line_items = ["pro.once"]\n', 'line_items = ["pro.monthly"]\n'
CHANGING = pytest.mark.parametrize(
    "way",
    [way for way in WAYS.values() if not way.fixed],
    ids=[name for name, way in WAYS.items() if not way.fixed],
)
EVERY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@pytest.fixture(params=["filled", "bare"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    made = Account(KINDS, Switches(payment_link_defaults=request.param))
    yield made
    made.close()


def text_of(way: Way, more: str = "") -> str:
    return f"{HEAD}{MONTHLY if way.recurring else ONCE}{way.toml}\n{more}"


def planned(account: Account, text: str) -> Plan:
    return account.plan(loads(text, KINDS), allow=())


def to(account: Account, text: str) -> Plan:
    made = planned(account, text)
    assert made.findings == ()
    account.apply(made)
    nothing_to_do(account, text)
    return made


def nothing_to_do(account: Account, text: str) -> None:
    again = planned(account, text)
    assert (again.changes, again.steps, again.findings) == ((), (), ())


def ids_of(account: Account) -> dict[str, str]:
    """What the catalog has beside the link, made by the reconciler."""
    account.apply(planned(account, HEAD.replace("[payment_links.it]\n", "")))
    found = {}
    for each in account.simulator.dump():
        name = (each.get("metadata") or {}).get("reconciler", "").rpartition(".")[2]
        found[name] = each["id"]
    return found


def filled(value: Any, ids: dict[str, str]) -> Any:
    match value:
        case str() if value.startswith("{"):
            return ids[value.strip("{}")]
        case list():
            return [filled(entry, ids) for entry in value]
        case dict():
            return {key: filled(entry, ids) for key, entry in value.items()}
        case _:
            return value


def only_adopted(account: Account, text: str, link: str) -> None:
    made = planned(account, f'{text}\n[adopt]\n"payment_link.it" = "{link}"\n')
    assert [type(change) for change in made.changes] == [Adopt]
    assert [step.payload for step in made.steps] == [
        {"metadata": {"reconciler": "acme/payment_link.it"}}
    ]


@EVERY
class TestALink:
    def test_is_made_and_stays(self, account: Account, way: Way) -> None:
        to(account, text_of(way))

    def test_is_made_with_what_the_file_says_and_no_more(self, account: Account, way: Way) -> None:
        made = planned(account, text_of(way))
        (step,) = [step for step in made.steps if step.kind == "payment_link"]
        own = step.payload.keys() - {"line_items", "metadata"}
        assert own == way.call.keys() - {"metadata"}
        assert step.payload["line_items"][0].keys() == {"price", "quantity"}

    def test_is_adopted_and_nothing_else(self, account: Account, way: Way) -> None:
        ids = ids_of(account)
        items = [{"price": "{monthly}" if way.recurring else "{once}", "quantity": 1}]
        call = filled({"line_items": items, **way.call}, ids)
        link = account.post("/v1/payment_links", **call)["id"]
        only_adopted(account, text_of(way), link)


@CHANGING
class TestAChangingLink:
    def test_gets_and_loses_it_by_updates(self, account: Account, way: Way) -> None:
        plain = text_of(Way("", {}, recurring=way.recurring))
        to(account, plain)
        come, gone = to(account, text_of(way)), to(account, plain)
        calls = {step.call for step in (*come.steps, *gone.steps)}
        assert calls <= {"update_payment_link"}
        assert bool(gone.steps) is bool(way.toml and not way.stays)

    def test_takes_the_place_of_every_other(self, account: Account, way: Way) -> None:
        """From one value straight to another of the same field."""
        field = next(iter(way.call), "")
        for other in WAYS.values():
            if other.call.keys() == {field} and other.recurring is way.recurring:
                if other.fixed:
                    continue
                to(account, text_of(other))
                to(account, text_of(way))


@pytest.mark.parametrize("items", ITEMS.values(), ids=ITEMS)
class TestAnItem:
    def test_is_adopted_and_nothing_else(
        self, account: Account, items: tuple[str, list[dict[str, Any]]]
    ) -> None:
        toml, call = items
        ids = ids_of(account)
        link = account.post("/v1/payment_links", line_items=filled(call, ids))["id"]
        only_adopted(account, f"{HEAD}line_items = {toml}\n", link)

    def test_becomes_every_other_in_place(
        self, account: Account, items: tuple[str, list[dict[str, Any]]]
    ) -> None:
        here = f"{HEAD}line_items = {items[0]}\n"
        to(account, here)
        for toml, _ in ITEMS.values():
            there = to(account, f"{HEAD}line_items = {toml}\n")
            back = to(account, here)
            calls = {step.call for step in (*there.steps, *back.steps)}
            assert calls <= {"update_payment_link"}


def test_every_field_of_a_link_is_here() -> None:
    shown = {name.partition(",")[0] for name in WAYS}
    assert KINDS["payment_link"].fields.keys() - shown == {"line_items", "active"}
