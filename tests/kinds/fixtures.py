"""Stripe's own example objects, and what keeps some of them from being an object of any account.

`stripe_fixtures.json` holds them as https://github.com/stripe/openapi has them (fixtures3.json of
2026-07-29, MIT licence, Copyright (c) Stripe), one for each kind; only the host of one URL is
another. They are filled in field by field, so some hold what no real object holds together: each
such place is mended here, with the reason.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("stripe_fixtures.json").read_text(encoding="utf-8")
)

LEFT_OUT = {
    "plan": "Stripe's old word for a price; the price beside it is the same object.",
    "product_feature": "Every text in it is empty, its id too, so there is nothing to read.",
    "tax_code": "Stripe's own list; nobody makes one.",
    "billing.alert": "No kind: it watches one account's usage.",
    "billing.credit_grant": "No kind: it belongs to one customer.",
    "deleted_coupon, deleted_plan, deleted_price, deleted_product, deleted_product_feature, "
    "deleted_webhook_endpoint": "Answers to a delete, which leave nothing to read.",
    "account, checkout.session, customer, event, subscription, subscription_item, "
    "subscription_schedule, test_helpers.test_clock": "No kinds: what happens in an account.",
}
"""Stripe's examples that are not here, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """One place of an example that no real object has so."""

    at: str
    """The way there, with dots; all that stands below goes."""
    to: Any = None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """An example, as an object of one account beside the others."""

    example: str
    keys: tuple[str, ...]
    """What it is called in the catalog."""
    mends: tuple[Mend, ...] = ()
    id: str = ""
    """Another id, where one example is used twice."""
    unsaid: Mapping[str, str] = field(default_factory=dict)
    """Values that the kind reads as nothing said, and why. Nothing else may be lost."""

    def raw(self) -> dict[str, Any]:
        """Return the object as Stripe would answer it."""
        found = copy.deepcopy(EXAMPLES[self.example])
        for mend in self.mends:
            *way, last = mend.at.split(".")
            inner = found
            for name in way:
                inner = inner[name]
            inner[last] = copy.deepcopy(mend.to)
        return found | ({"id": self.id} if self.id else {})

    @property
    def kind(self) -> str:
        """The kind of ours that the example is of."""
        return _KINDS.get(self.example, self.example)


_KINDS = {
    "billing.meter": "meter",
    "billing_portal.configuration": "portal_configuration",
    "entitlements.feature": "feature",
}

_UNCHOSEN = Mend(
    at="custom_unit_amount",
    why="It is there and empty, beside an amount; null on a price that has an amount.",
)
_SOLD = Mend(
    at="transfer_data.destination",
    to="acct_1PgafTB7WZ01zgkW",
    why="Expanded, which nobody asked for; else it is the id.",
)

_TWICE = {"unit_amount_decimal": "It is the unit_amount once more."}
_UNTAXED = {"automatic_tax.liability.type": "Stripe works no tax out, so nobody is liable for it."}


def _sells(price: str, **recurring: str) -> Mend:
    item = {
        "id": "li_1",
        "object": "item",
        "adjustable_quantity": None,
        "price": {**EXAMPLES["price"], "id": price, **recurring},
        "quantity": 1,
    }
    items = {"object": "list", "data": [item], "has_more": False, "url": "/v1/line_items"}
    return Mend(at="line_items", to=items, why="Left out, because nobody expanded it.")


def _issued(at: str) -> Mend:
    return Mend(at=f"{at}.issuer.type", to="self", why="An account issues it, and none is named.")


FIXTURES = (
    Fixture(
        example="product",
        keys=("shirt",),
        mends=(Mend(at="default_price", why="No example has this id."),),
    ),
    Fixture(example="price", keys=("shirt", "monthly"), mends=(_UNCHOSEN,), unsaid=_TWICE),
    Fixture(
        example="price",
        keys=("shirt", "once"),
        id="price_1PgafmB7WZ01zgkWonce",
        mends=(
            _UNCHOSEN,
            Mend(at="recurring", why="For a payment link that takes payments."),
            Mend(at="type", to="one_time", why="The same."),
        ),
        unsaid=_TWICE,
    ),
    Fixture(
        example="coupon",
        keys=("quarter",),
        mends=(
            Mend(at="duration_in_months", why="It lasts for ever, and for three months."),
            Mend(at="currency", why="A percentage has none."),
        ),
    ),
    Fixture(
        example="promotion_code",
        keys=("FALL20",),
        mends=(
            Mend(
                at="promotion.coupon",
                to=EXAMPLES["coupon"],
                why="A code without a coupon gives nothing.",
            ),
        ),
    ),
    Fixture(example="tax_rate", keys=("vat",)),
    Fixture(example="shipping_rate", keys=("ground",)),
    Fixture(example="billing.meter", keys=("test",)),
    Fixture(example="entitlements.feature", keys=("awesome",)),
    Fixture(
        example="payment_link",
        keys=("subscription",),
        mends=(
            _sells("price_1PgafmB7WZ01zgkW6dKueIc5"),
            _SOLD,
            Mend(at="invoice_creation", why="Not beside a recurring price."),
            Mend(at="payment_intent_data", why="Not beside a recurring price."),
            _issued("subscription_data.invoice_settings"),
        ),
        unsaid=_UNTAXED,
    ),
    Fixture(
        example="payment_link",
        keys=("payment",),
        id="plink_1Pgc78B7WZ01zgkWpayment",
        mends=(
            _sells("price_1PgafmB7WZ01zgkWonce", recurring="", type="one_time"),
            _SOLD,
            Mend(at="subscription_data", why="Only beside a recurring price."),
            _issued("invoice_creation.invoice_data"),
        ),
        unsaid=_UNTAXED | {"payment_method_collection": "Only beside a recurring price."},
    ),
    Fixture(example="webhook_endpoint", keys=("mine",)),
    Fixture(example="billing_portal.configuration", keys=("default",)),
)
"""Every example of a kind of ours; a payment link takes subscriptions or payments, never both."""
