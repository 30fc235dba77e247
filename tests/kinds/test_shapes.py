"""Nothing false: whatever Stripe makes of a price or a product, a second plan finds no change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kinds.shapes import METER, SHAPES, Shape
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.model.plan import Adopt, Plan
from reconciler.spec.load import loads

KINDS = all_kinds.load()
HEAD = '[catalog]\nname = "acme"\n[products.pro]\nname = "Pro"\n'

# Each field of a product: what the file says, and the parameter that makes it.
PRODUCT_FIELDS: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing but a name": ("", {}),
    "active": ("active = true", {}),
    "description": (
        'description = "Two\\nlines, and \\u00fc"',
        {"description": "Two\nlines, and ü"},
    ),
    "images": (
        'images = ["https://example.com/b.png", "https://example.com/a.png"]',
        {"images": ["https://example.com/b.png", "https://example.com/a.png"]},
    ),
    "marketing_features": (
        'marketing_features = [{ name = "Fast" }, { name = "Safe" }]',
        {"marketing_features": [{"name": "Fast"}, {"name": "Safe"}]},
    ),
    "metadata": ('metadata = { plan = "a", tier = "1" }', {"metadata": {"plan": "a", "tier": "1"}}),
    "package_dimensions": (
        "package_dimensions = { height = 1, length = 2.50, weight = 0.25, width = 10 }",
        {
            "package_dimensions": {
                "height": "1",
                "length": "2.5",
                "weight": "0.25",
                "width": "10.00",
            }
        },
    ),
    "shippable": ("shippable = true", {"shippable": "true"}),
    "not shippable": ("shippable = false", {"shippable": "false"}),
    "statement_descriptor": (
        'statement_descriptor = "ACME PRO"',
        {"statement_descriptor": "ACME PRO"},
    ),
    "tax_code": ('tax_code = "txcd_10000000"', {"tax_code": "txcd_10000000"}),
    "tax_details": (
        'tax_details = { tax_code = "txcd_10000000", performance_location = "taxloc_1" }',
        {"tax_details": {"tax_code": "txcd_10000000", "performance_location": "taxloc_1"}},
    ),
    "tax_code, said twice": (
        'tax_code = "txcd_10000000"\ntax_details = { tax_code = "txcd_10000000" }',
        {"tax_code": "txcd_10000000", "tax_details": {"tax_code": "txcd_10000000"}},
    ),
    "unit_label": ('unit_label = "seat"', {"unit_label": "seat"}),
    "url": ('url = "https://example.com"', {"url": "https://example.com"}),
    "id": ('id = "our-own_pro.1"', {"id": "our-own_pro.1"}),
}


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account(KINDS)
    yield made
    made.close()


@pytest.fixture
def meter(account: Account) -> str:
    answer = account.post(
        "/v1/billing/meters",
        display_name="Calls",
        event_name="calls",
        default_aggregation={"formula": "sum"},
    )
    return str(answer["id"])


def planned(account: Account, text: str) -> Plan:
    return account.plan(loads(text, KINDS), allow=())


def nothing_to_do(account: Account, text: str) -> None:
    again = planned(account, text)
    assert again.changes == ()
    assert (again.steps, again.findings) == ((), ())


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
class TestAPrice:
    def test_is_made_and_stays(self, account: Account, meter: str, shape: Shape) -> None:
        text = f"{HEAD}[products.pro.prices.it]\n{shape.toml.replace(METER, meter)}\n"
        account.apply(planned(account, text))
        nothing_to_do(account, text)

    def test_is_adopted_and_nothing_else(self, account: Account, meter: str, shape: Shape) -> None:
        product = account.post("/v1/products", name="Pro")["id"]
        call = {**shape.call, "product": product, "lookup_key": "pro_it"}
        if call.get("recurring", {}).get("meter") == METER:
            call["recurring"] = {**call["recurring"], "meter": meter}
        price = account.post("/v1/prices", **call)["id"]
        text = (
            f"{HEAD}[products.pro.prices.it]\n{shape.toml.replace(METER, meter)}\n"
            f'[adopt]\n"product.pro" = "{product}"\n"price.pro.it" = "{price}"\n'
        )
        only_adopted(account, text, {"product.pro": product, "price.pro.it": price})


@pytest.mark.parametrize(("toml", "call"), PRODUCT_FIELDS.values(), ids=PRODUCT_FIELDS)
class TestAProduct:
    def test_is_made_and_stays(self, account: Account, toml: str, call: dict[str, Any]) -> None:
        account.apply(planned(account, HEAD + toml))
        nothing_to_do(account, HEAD + toml)

    def test_is_adopted_and_nothing_else(
        self, account: Account, toml: str, call: dict[str, Any]
    ) -> None:
        product = account.post("/v1/products", name="Pro", **call)["id"]
        text = f'{HEAD}{toml}\n[adopt]\n"product.pro" = "{product}"\n'
        only_adopted(account, text, {"product.pro": product})


def only_adopted(account: Account, text: str, objects: dict[str, str]) -> None:
    made = planned(account, text)
    assert all(isinstance(change, Adopt) for change in made.changes)
    assert {str(change.address): change.object for change in made.changes} == objects
    assert [step.payload for step in made.steps] == [
        {"metadata": {"reconciler": f"acme/{step.address}"}} for step in made.steps
    ]
    assert (len(made.steps), made.findings) == (len(objects), ())
    account.apply(made)
    nothing_to_do(account, text)


def test_every_field_of_a_product_is_here() -> None:
    shown = {name.partition(",")[0] for name in PRODUCT_FIELDS}
    # A default price needs a price, features their feature: their comings and goings are golden
    # cases.
    assert KINDS["product"].fields.keys() - shown == {"name", "default_price", "features"}


def test_every_field_of_a_price_is_here() -> None:
    shown = {name for shape in SHAPES.values() for name in shape.call}
    assert KINDS["price"].fields.keys() - shown == {"product", "active", "lookup_key"}
