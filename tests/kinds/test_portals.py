"""Nothing false: whatever Stripe makes of a portal configuration, a second plan finds no change,
and from each one there is a way to each other one. Plans by name are products and prices.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kinds.portals import CATALOG, WAYS, Way, updating
from kinds.test_discounts import filled
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.errors import SpecError
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.plan import Adopt, Plan
from reconciler.model.values import Pending, to_json
from reconciler.simulator.switches import Switches
from reconciler.spec.dump import dump
from reconciler.spec.load import loads
from reconciler.spec.resource import settled

KINDS = all_kinds.load()
KIND = KINDS["portal_configuration"]
IT = Address("portal_configuration", ("it",))

ODD = Switches(
    portal_products="always",
    portal_products_order="shuffled",
    portal_quantities="adjustable",
    portal_cancellation_options="usual",
)


@pytest.fixture(params=[Switches(), ODD], ids=["as a rule", "oddly"])
def account(request: pytest.FixtureRequest) -> Iterator[Account]:
    made = Account(KINDS, request.param)
    yield made
    made.close()


def text_of(toml: str) -> str:
    return f"{CATALOG}[portal_configurations.it]\n{toml}\n"


def planned(account: Account, text: str) -> Plan:
    return account.plan(loads(text, KINDS))


def nothing_to_do(account: Account, text: str) -> None:
    again = planned(account, text)
    assert ((), (), ()) == (again.changes, again.steps, again.findings)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
class TestAConfiguration:
    def test_is_made_and_stays(self, account: Account, way: Way) -> None:
        account.apply(planned(account, text_of(way.toml)))
        nothing_to_do(account, text_of(way.toml))

    def test_is_adopted_and_nothing_else(self, account: Account, way: Way) -> None:
        account.apply(planned(account, CATALOG))
        ids = {live.stamp.address.key: live.id for live in account.look() if live.stamp is not None}
        made = account.post(KIND.path, **filled(way.call, ids))["id"]
        text = f'{text_of(way.toml)}\n[adopt]\n"{IT}" = "{made}"\n'

        plan = planned(account, text)

        assert [Adopt] == [type(change) for change in plan.changes]
        assert [{"metadata": {"reconciler": f"acme/{IT}"}}] == [s.payload for s in plan.steps]
        account.apply(plan)
        nothing_to_do(account, text)


def test_every_field_is_here() -> None:
    shown = {name for way in WAYS.values() for name in way.call}
    assert {"active"} == KIND.fields.keys() - shown


ALL = """
name = "All"
default_return_url = "https://example.com/b"
business_profile = { headline = "Hello" }
login_page.enabled = true

[portal_configurations.it.features]
customer_update = { enabled = true, allowed_updates = ["name"] }
payment_method_update = { enabled = true, payment_method_configuration = "pmc_2" }

[portal_configurations.it.features.subscription_cancel]
enabled = true
mode = "immediately"
cancellation_reason = { enabled = true, options = ["other"] }

[portal_configurations.it.features.subscription_pause]
enabled = true
duration = { type = "interval_options", interval_options = [{ interval = "year" }] }

[portal_configurations.it.features.subscription_update]
enabled = true
products = [
  { product = "team", prices = ["team.seat"], adjustable_quantity = { enabled = true, minimum = 3 } }
]
default_allowed_updates = ["quantity"]
billing_cycle_anchor = "now"
schedule_at_period_end = { conditions = [{ type = "shortening_interval" }] }
"""


def test_there_is_a_way_from_each_to_each_and_back() -> None:
    """Past nothing and past everything, each way again: what is left out goes back."""
    account = Account(KINDS, ODD)
    nothing = "features = {}"
    walk = [
        step for way in WAYS.values() for step in (nothing, way.toml, nothing, ALL, way.toml, ALL)
    ]
    for toml in walk:
        account.apply(planned(account, text_of(toml)), proof=False)
        nothing_to_do(account, text_of(toml))
    account.close()


def test_an_example_of_stripe_is_read_without_loss() -> None:
    """Live to catalog to text to plan says no change, but for the stamp."""
    account = Account(KINDS)
    example = json.loads(Path(__file__).with_name("portal_example.json").read_text("utf-8"))
    account.simulator.seed([example])
    (live,) = account.look()
    resource = Resource(address=IT, kind=KIND, body=settled(KIND, live.body))
    text = dump(Catalog(name="acme", resources={IT: resource}, moved={}, adopt={}))

    made = planned(account, f'{text}\n[adopt]\n"{IT}" = "{live.id}"\n')

    assert [Adopt] == [type(change) for change in made.changes]
    assert [{"metadata": {"reconciler": f"acme/{IT}"}}] == [step.payload for step in made.steps]
    account.close()


class TestPlansByName:
    def offered(self, more: str, also: str = "") -> Any:
        catalog = loads(f"{also}{text_of(updating(more))}", KINDS)
        update = catalog.resources[IT].body["features"]["subscription_update"]
        assert "plans" not in update
        return {
            str(entry["product"].address): (
                [str(price.address) for price in entry["prices"]],
                to_json(entry["adjustable_quantity"]),
            )
            for entry in update["products"]
        }

    fixed = {"enabled": False}  # noqa: RUF012

    def test_are_their_products_and_prices(self) -> None:
        assert {
            "product.pro": (["price.pro.monthly"], self.fixed),
            "product.team": (["price.team.seat"], self.fixed),
        } == self.offered('plans = ["pro", "team"]')

    def test_stand_beside_products(self) -> None:
        products = (
            'products = [{ product = "pro", prices = ["pro.yearly"], '
            "adjustable_quantity = { enabled = true } }]"
        )
        assert {
            "product.pro": (
                ["price.pro.monthly", "price.pro.yearly"],
                {"enabled": True, "minimum": 1},
            ),
            "product.team": (["price.team.seat"], self.fixed),
        } == self.offered(f'plans = ["pro", "team"]\n{products}')

    def test_of_one_price_offer_it_once(self) -> None:
        also = '[plans.other]\nitems = ["pro.monthly", "team.seat"]\n'
        assert self.offered('plans = ["pro", "team"]') == self.offered(
            'plans = ["pro", "other"]', also
        )

    def test_that_change_change_what_is_offered(self) -> None:
        account = Account(KINDS)
        text = text_of(updating('plans = ["pro"]'))
        account.apply(planned(account, text))
        after = text.replace('items = ["pro.monthly"]', 'items = ["pro.yearly"]')
        made = planned(account, after)
        assert {"product.pro", "portal_configuration.it"} == {s.id.split()[1] for s in made.steps}
        account.apply(made)
        nothing_to_do(account, after)
        account.close()

    def test_of_more_than_ten_products_are_a_mistake(self) -> None:
        many = "".join(
            f'[products.p{number}]\nname = "P"\n[products.p{number}.prices.monthly]\n'
            f'amount = 1.00\ninterval = "month"\n[plans.p{number}]\nitems = ["p{number}.monthly"]\n'
            for number in range(10)
        )
        ten = ", ".join(f'"p{number}"' for number in range(10))
        assert 10 == len(self.offered(f"plans = [{ten}]", many))
        with pytest.raises(SpecError, match="comes to 11 products in all"):
            self.offered(f'plans = [{ten}, "pro"]', many)


def test_only_the_default_one_is_kept() -> None:
    assert "" == KIND.kept({"id": "bpc_1", "is_default": False})
    assert KIND.kept({"id": "bpc_1", "is_default": True}).startswith(
        "it is the account's default one, which Stripe does not deactivate."
    )


def test_what_is_offered_names_what_is_not_there_yet() -> None:
    catalog = loads(text_of(updating("")), KINDS)
    (entry,) = catalog.resources[IT].body["features"]["subscription_update"]["products"]
    assert Pending(Address("product", ("pro",))) == entry["product"]
    assert (Pending(Address("price", ("pro", "monthly"))),) == entry["prices"]
