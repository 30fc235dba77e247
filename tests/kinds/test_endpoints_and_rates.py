"""Nothing false: webhook endpoints and shipping rates, made by the file and made by calls.

The parameters are written out by hand, in Stripe's words; nothing here is computed from a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from kinds.discounts import Way
from kinds.test_discounts import HEAD, nothing_to_do, planned
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.model.plan import Adopt
from reconciler.simulator.switches import Switches

KINDS = all_kinds.load()

URL = "https://example.com/hooks"
HERE = f'url = "{URL}"\n'
ENDPOINT = {"url": URL, "enabled_events": ["*"]}
ALL = f'{HERE}enabled_events = ["*"]\n'
GROUND = {"display_name": "Ground", "type": "fixed_amount"}
RATE = {**GROUND, "fixed_amount": {"amount": 450, "currency": "usd"}}
USD = 'display_name = "Ground"\namount = 4.50\ncurrency = "usd"\n'

ENDPOINTS: Mapping[str, Way] = {
    "url, enabled_events": Way(ALL, ENDPOINT),
    "enabled_events in another order": Way(
        f'{HERE}enabled_events = ["invoice.paid", "charge.failed"]',
        {**ENDPOINT, "enabled_events": ["charge.failed", "invoice.paid"]},
    ),
    "enabled_events that say one twice": Way(
        f'{HERE}enabled_events = ["invoice.paid", "invoice.paid"]',
        {**ENDPOINT, "enabled_events": ["invoice.paid"]},
    ),
    "description": Way(f'{ALL}description = "The shop"', {**ENDPOINT, "description": "The shop"}),
    "api_version": Way(
        f'{ALL}api_version = "2024-06-20"', {**ENDPOINT, "api_version": "2024-06-20"}
    ),
    "api_version that the file leaves out": Way(ALL, {**ENDPOINT, "api_version": "2024-06-20"}),
    "connect that is noted": Way(
        f"{ALL}connect = true",
        {**ENDPOINT, "connect": "true", "metadata": {"reconciler_connect": "true"}},
    ),
    "connect, as it is by default": Way(f"{ALL}connect = false", ENDPOINT),
    "metadata": Way(f'{ALL}metadata = {{ a = "b" }}', {**ENDPOINT, "metadata": {"a": "b"}}),
}


def _rate(amount: int, currency: str, **more: object) -> dict[str, object]:
    return {**GROUND, "fixed_amount": {"amount": amount, "currency": currency, **more}}


RATES: Mapping[str, Way] = {
    "display_name, amount, currency": Way(USD, RATE),
    "type": Way(f'{USD}type = "fixed_amount"', RATE),
    "amount zero": Way(USD.replace("4.50", "0"), _rate(0, "usd")),
    "amount in yen": Way(USD.replace("4.50", "600").replace("usd", "jpy"), _rate(600, "jpy")),
    "amount in dinars": Way(USD.replace("4.50", "4.500").replace("usd", "kwd"), _rate(4500, "kwd")),
    "amount in kronur": Way(USD.replace("4.50", "600").replace("usd", "isk"), _rate(60000, "isk")),
    "currency_options": Way(
        f'{USD}currency_options = {{ eur = 4.00, gbp = {{ amount = 3.50, tax_behavior = "inclusive"'
        " }, jpy = 600 }",
        _rate(
            450,
            "usd",
            currency_options={
                "eur": {"amount": 400},
                "gbp": {"amount": 350, "tax_behavior": "inclusive"},
                "jpy": {"amount": 600},
            },
        ),
    ),
    "tax_behavior": Way(f'{USD}tax_behavior = "exclusive"', {**RATE, "tax_behavior": "exclusive"}),
    "tax_behavior that the file leaves out": Way(USD, {**RATE, "tax_behavior": "inclusive"}),
    "tax_code": Way(f'{USD}tax_code = "txcd_92010001"', {**RATE, "tax_code": "txcd_92010001"}),
    "delivery_estimate": Way(
        f'{USD}delivery_estimate = {{ minimum = {{ unit = "hour", value = 2 }}, '
        'maximum = { unit = "business_day", value = 5 } }',
        {
            **RATE,
            "delivery_estimate": {
                "minimum": {"unit": "hour", "value": 2},
                "maximum": {"unit": "business_day", "value": 5},
            },
        },
    ),
    "delivery_estimate with one end": Way(
        f'{USD}delivery_estimate = {{ maximum = {{ unit = "week", value = 1 }} }}',
        {**RATE, "delivery_estimate": {"maximum": {"unit": "week", "value": 1}}},
    ),
    "active": Way(f"{USD}active = true", RATE),
    "metadata": Way(f'{USD}metadata = {{ a = "b" }}', {**RATE, "metadata": {"a": "b"}}),
}

WAYS = {"webhook_endpoint": ENDPOINTS, "shipping_rate": RATES}
EVERY = [
    pytest.param(kind, way, id=f"{kind}: {label}")
    for kind, ways in WAYS.items()
    for label, way in ways.items()
]


@pytest.fixture(params=["usual", "other"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    other = Switches(enabled_events_order="shuffled", base_currency_in_options="omit")
    made = Account(KINDS, other if request.param == "other" else Switches())
    yield made
    made.close()


@pytest.mark.parametrize(("kind", "way"), EVERY)
class TestAnObject:
    def test_is_made_and_stays(self, account: Account, kind: str, way: Way) -> None:
        text = f"{HEAD}[{KINDS[kind].table}.it]\n{way.toml}\n"
        account.apply(planned(account, text))
        nothing_to_do(account, text)

    def test_is_adopted_and_nothing_else(self, account: Account, kind: str, way: Way) -> None:
        account.apply(planned(account, HEAD))
        made = account.post(KINDS[kind].path, **way.call)["id"]
        text = f'{HEAD}[{KINDS[kind].table}.it]\n{way.toml}\n[adopt]\n"{kind}.it" = "{made}"\n'

        plan = planned(account, text)

        assert [Adopt] == [type(change) for change in plan.changes]
        assert [{"metadata": {"reconciler": f"acme/{kind}.it"}}] == [s.payload for s in plan.steps]
        account.apply(plan)
        nothing_to_do(account, text)


def test_every_field_is_here() -> None:
    shown = {
        kind: {name for way in ways.values() for name in way.call} for kind, ways in WAYS.items()
    }
    # What only an update takes is switched in golden cases.
    left = {kind: KINDS[kind].fields.keys() - names for kind, names in shown.items()}
    assert {"webhook_endpoint": {"disabled"}, "shipping_rate": {"active"}} == left
