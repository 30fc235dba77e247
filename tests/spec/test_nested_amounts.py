"""Amounts that Stripe nests, and files do not: a shipping rate's, in a file and back."""

from __future__ import annotations

import jsonschema
import pytest

from reconciler.errors import PlanError
from reconciler.kinds import load as load_kinds
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.values import freeze
from reconciler.spec.dump import dump
from reconciler.spec.load import load, loads
from reconciler.spec.schema import json_schema

KINDS = load_kinds()
GROUND = Address("shipping_rate", ("ground",))
HEAD = '[catalog]\nname = "acme"\n'
TABLE = '[shipping_rates.ground]\ndisplay_name = "Ground"\n'
FULL = f"""\
{HEAD}
[defaults]
currency = "usd"

{TABLE}\
amount = 4.50
currency_options = {{ eur = 4.00, gbp = {{ amount = 3.50, tax_behavior = "inclusive" }} }}
delivery_estimate = {{ maximum = {{ unit = "week", value = 1 }} }}
tax_behavior = "exclusive"
active = false
"""
FIXED = {
    "amount": 450,
    "currency": "usd",
    "currency_options": {
        "eur": {"amount": 400},
        "gbp": {"amount": 350, "tax_behavior": "inclusive"},
    },
}


def of(fixed, **more):
    body = {"display_name": "Ground", "fixed_amount": fixed, **more}
    resource = Resource(address=GROUND, kind=KINDS["shipping_rate"], body=freeze(body))
    return Catalog(name="acme", resources={GROUND: resource}, moved={}, adopt={})


def test_the_file_gives_them_flat():
    assert FIXED == loads(FULL, KINDS).resources[GROUND].body["fixed_amount"]


def test_they_are_written_as_they_were():
    assert FULL == dump(loads(FULL, KINDS))


@pytest.mark.parametrize(
    ("currency", "minor", "written"),
    [("usd", 450, "4.50"), ("usd", 0, "0"), ("jpy", 600, "600"), ("isk", 60000, "600")],
)
def test_each_currency_comes_back(currency, minor, written):
    catalog = of({"amount": minor, "currency": currency})
    text = dump(catalog)
    assert f"amount = {written}\n" in text
    assert catalog == loads(text, KINDS)


@pytest.mark.parametrize(
    "fixed",
    [
        {"amount": 4500, "currency": "ugx"},
        {"amount": 60050, "currency": "isk"},
        {"amount": 450, "currency": "usd", "currency_options": {"isk": {"amount": 60050}}},
    ],
)
def test_what_no_file_can_say_is_not_written_as_something_else(fixed):
    with pytest.raises(PlanError, match="cannot be written as amount"):
        dump(of(fixed))


def test_an_ignored_amount_is_all_of_it():
    catalog = loads(f'{FULL}ignore = ["amount"]\n', KINDS)
    assert {"fixed_amount"} == catalog.resources[GROUND].ignore
    assert 'ignore = ["amount"]\n' in dump(catalog)


def test_an_overlay_merges_the_options(tmp_path):
    over = (
        "[shipping_rates.ground]\namount = 5.00\n[shipping_rates.ground.currency_options]\n"
        'eur = { tax_behavior = "inclusive" }\nchf = 4.20\nunset = ["gbp"]\n'
    )
    for name, text in (("base.toml", FULL), ("over.toml", over)):
        (tmp_path / name).write_text(text)
    catalog = load([tmp_path / "base.toml"], KINDS, overlays=[tmp_path / "over.toml"])
    assert {
        "amount": 500,
        "currency": "usd",
        "currency_options": {
            "eur": {"amount": 400, "tax_behavior": "inclusive"},
            "chf": {"amount": 420},
        },
    } == catalog.resources[GROUND].body["fixed_amount"]


class TestTheSchema:
    JUDGE = jsonschema.Draft7Validator(json_schema(KINDS))

    def valid(self, **table):
        return self.JUDGE.is_valid({"shipping_rates": {"ground": table}})

    def test_takes_what_a_file_takes(self):
        options = {"eur": 4.0, "gbp": {"amount": 3.5, "tax_behavior": "inclusive"}}
        assert self.valid(display_name="Ground", amount=4.5, currency_options=options)
        assert self.JUDGE.is_valid({"defaults": {"currency": "usd"}})

    def test_offers_no_nested_form(self):
        fixed = {"amount": 450, "currency": "usd"}
        assert not self.valid(display_name="Ground", fixed_amount=fixed)
        assert not self.valid(display_name="Ground", amount=4.5, fixed_amount=fixed)

    def test_wants_an_amount(self):
        assert not self.valid(display_name="Ground", currency="usd")
