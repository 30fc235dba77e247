"""The JSON Schema for editors agrees with `load` on what is plainly right and plainly wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest

from reconciler.kinds import load as load_kinds
from reconciler.model.shape import shape
from reconciler.spec.schema import json_schema
from reconciler.spec.shorthand import unwritten
from reconciler.spec.starter import STARTER

KINDS = load_kinds()
SCHEMA = json_schema(KINDS)
JUDGE = jsonschema.Draft7Validator(SCHEMA)
EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog.toml"
HEAD = '[catalog]\nname = "acme"\n[products.pro]\nname = "Pro"\n'
PRICE = HEAD + "[products.pro.prices.monthly]\n"


@pytest.mark.parametrize("overlay", [False, True])
def test_it_is_a_schema(overlay: bool) -> None:
    found = json_schema(KINDS, overlay=overlay)
    rules = jsonschema.Draft7Validator(jsonschema.Draft7Validator.META_SCHEMA)
    assert [] == [(error.json_path, error.message) for error in rules.iter_errors(found)]
    assert jsonschema.Draft7Validator.META_SCHEMA["$schema"] == found["$schema"]
    assert {kind.table for kind in KINDS.values() if kind.within is None} <= found[
        "properties"
    ].keys()


GOOD = {
    "the example": EXAMPLE.read_text(encoding="utf-8"),
    "the starter": STARTER,
    "nothing": "",
    "full forms": PRICE + 'unit_amount_decimal = "0.5"\nrecurring = { interval = "month" }',
    "infinity": PRICE + "tiers = [{ up_to = inf, amount = 1.00 }]",
    "options": PRICE + "currency_options = { eur = 1.00, gbp = { unit_amount = 2 } }",
    "ignore and protect": PRICE + 'ignore = ["amount"]\nprotect = true',
    "bindings": HEAD + '[moved]\n"product.a" = "product.pro"\n[adopt]\n"product.pro" = "prod_1"\n',
    "an adoption": HEAD + '[adopt]\n"product.pro" = { id = "prod_1", from = "other" }\n',
    "a policy": HEAD + '[policy]\nmax_change_ratio = 0.5\nallow = ["RC103:product.pro"]\n',
}
BAD = {
    "an unknown table": '[prodcts.pro]\nname = "Pro"',
    "an unknown field": PRICE + "unit_amout = 5",
    "an unknown field inside": PRICE + "currency_options = { eur = { amout = 1.00 } }",
    "no name": "[products.pro]\nactive = true",
    "a product in a price": PRICE + 'product = "pro"',
    "both spellings": PRICE + "amount = 1.00\nunit_amount = 100",
    "a minor amount with a point": PRICE + "unit_amount = 29.5",
    "a negative amount": PRICE + "amount = -1.00",
    "an amount in quotes": PRICE + 'amount = "1.00"',
    "a word that Stripe does not have": PRICE + 'interval = "monthly"',
    "a currency in capitals": PRICE + 'currency = "USD"',
    "a long lookup key": PRICE + f'lookup_key = "{"k" * 201}"',
    "a key with a blank": '[products."a b"]\nname = "x"',
    "a long plan key": f'[plans.{"a" * 25}]\nitems = ["a.b"]',
    "an empty plan": "[plans.a]\nitems = []",
    "ignore of nothing": HEAD + 'ignore = ["nme"]',
    "protect of a plan": '[plans.a]\nitems = ["a.b"]\nprotect = true',
    "a short address": '[moved]\n"pro" = "product.team"',
    "a price without its product": '[moved]\n"price.pro" = "price.a.b"',
    "an adopted plan": '[adopt]\n"plan.pro" = "prod_1"',
    "a policy that is not offered": "[policy]\nlocks = true",
    "a name in capitals": '[catalog]\nname = "Acme"',
    "unset outside of an overlay": HEAD + 'unset = ["url"]',
    "a number for text": "[products.pro]\nname = 5",
    "too many images": HEAD + f"images = {['x'] * 9}",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_is_right(text) -> None:
    assert [error.message for error in JUDGE.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_wrong(text) -> None:
    assert not JUDGE.is_valid(tomllib.loads(text))


def test_an_overlay_may_be_partial_and_unset() -> None:
    judge = jsonschema.Draft7Validator(json_schema(KINDS, overlay=True))
    data = tomllib.loads('[products.pro]\nurl = "x"\nunset = ["description"]\n')

    assert judge.is_valid(data)
    assert not judge.is_valid({"products": {"pro": {"ulr": "x"}}})


def test_every_field_is_described() -> None:
    for kind in KINDS.values():
        properties = SCHEMA["definitions"][kind.name]["properties"]
        away = ({kind.within.field} if kind.within else set()) | unwritten(kind.body)
        for name in shape(kind.body).keys() - away:
            assert properties[name]["description"]
