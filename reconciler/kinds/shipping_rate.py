"""Shipping rate: what delivery costs, and how long it takes.

Its amount never changes; a rate is switched off, and payment links that offer it keep it.
https://docs.stripe.com/api/shipping_rates
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from reconciler.model import money
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.common import (
    Metadata,
    currency_flaws,
    currency_places,
    other_currencies,
    without_own,
)
from reconciler.model.kind import Flaw, Kind, Permission
from reconciler.model.marks import (
    CLEAR,
    EXPAND,
    REPLACE,
    SET_ONCE,
    SHORTHANDS_ONLY,
    UPDATE,
    UPDATE_ONLY,
    Body,
    Default,
    Entries,
    Keep,
    Lift,
    Major,
)
from reconciler.model.values import Frozen

TaxBehavior = Literal["inclusive", "exclusive", "unspecified"]


class CurrencyOption(Body):
    """What delivery costs in one more currency."""

    MAJORS = (Major(name="amount", minor="amount", description="In major units of this currency."),)

    # Stripe's update takes the map; it may refuse another amount, or charge it at once.
    amount: Annotated[int, REPLACE, CLEAR, Field(ge=0, description="What delivery costs.")]
    tax_behavior: Annotated[
        TaxBehavior | None,
        SET_ONCE,
        Keep(initial="unspecified"),
        Field(description="Whether tax is in the amount; can be set once."),
    ] = None


class FixedAmount(Body):
    """What delivery costs."""

    amount: Annotated[int, REPLACE, CLEAR, Field(ge=0, description="What delivery costs.")]
    currency: Annotated[
        str,
        REPLACE,
        CLEAR,
        Field(pattern=r"^[a-z]{3}$", description="A three-letter ISO code in lower case."),
    ]
    currency_options: Annotated[
        Mapping[str, CurrencyOption] | None,
        UPDATE,
        CLEAR,
        Entries(drop=REPLACE),
        EXPAND,
        Field(description="What it costs in further currencies, by code."),
    ] = None

    @field_validator("currency_options")
    @classmethod
    def _other_currencies(cls, options: Any, info: ValidationInfo) -> Any:
        """Refuse the own currency: its canonical form would drop the amount unseen."""
        return other_currencies(
            options, info.data.get("currency"), "the shipping rate's own currency"
        )


class Bound(Body):
    """The least or the most that delivery takes."""

    unit: Annotated[
        Literal["hour", "day", "business_day", "week", "month"],
        REPLACE,
        CLEAR,
        Field(description="What is counted."),
    ]
    value: Annotated[int, REPLACE, CLEAR, Field(ge=1, description="How many.")]


class DeliveryEstimate(Body):
    """How long delivery takes. Without a bound, that side is open."""

    minimum: Annotated[
        Bound | None, REPLACE, CLEAR, Field(description="The least that it takes.")
    ] = None
    maximum: Annotated[
        Bound | None, REPLACE, CLEAR, Field(description="The most that it takes.")
    ] = None


class ShippingRateBody(Body):
    """The fields of a shipping rate."""

    LIFTS = (
        Lift("currency", "fixed_amount.currency", "A three-letter ISO code in lower case."),
        Lift(
            "currency_options",
            "fixed_amount.currency_options",
            "What it costs in further currencies, by code.",
        ),
    )
    MAJORS = (
        Major(
            name="amount",
            minor="fixed_amount.amount",
            description="What it costs, in major units: 4.50.",
        ),
    )

    display_name: Annotated[
        str, REPLACE, CLEAR, Field(max_length=100, description="What customers read.")
    ]
    fixed_amount: Annotated[
        FixedAmount, UPDATE, CLEAR, SHORTHANDS_ONLY, Field(description="What it costs.")
    ]
    type: Annotated[
        Literal["fixed_amount"] | None,
        REPLACE,
        Default("fixed_amount"),
        Field(description="Stripe knows no other type."),
    ] = None
    delivery_estimate: Annotated[
        DeliveryEstimate | None,
        REPLACE,
        CLEAR,
        Field(description="How long it takes, as customers read it."),
    ] = None
    tax_behavior: Annotated[
        TaxBehavior | None,
        SET_ONCE,
        Keep(initial="unspecified"),
        Field(description="Whether tax is in the amount; can be set once."),
    ] = None
    tax_code: Annotated[
        str | None,
        REPLACE,
        CLEAR,
        Field(
            pattern=r"^txcd_[0-9]{1,20}$",
            description='For Stripe Tax; "txcd_92010001" is shipping.',
        ),
    ] = None
    active: Annotated[
        bool | None,
        UPDATE,
        UPDATE_ONLY,
        Default(True),
        Field(description="Whether new purchases can have it."),
    ] = None
    metadata: Metadata = None


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out the own currency among the options, should Stripe list it there."""
    fixed = dict(body.get("fixed_amount") or {})
    fixed["currency_options"] = without_own(fixed.get("currency_options"), fixed.get("currency"))
    body["fixed_amount"] = fixed
    return body


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what Stripe would refuse. https://docs.stripe.com/api/shipping_rates/create"""
    del catalog
    fixed = resource.body["fixed_amount"]
    yield from currency_flaws(currency_places(fixed, prefix=("fixed_amount",)))
    estimate = resource.body.get("delivery_estimate") or {}
    least, most = estimate.get("minimum"), estimate.get("maximum")
    if least and most and _longer(least, most):
        yield Flaw(
            path=("delivery_estimate", "maximum"),
            what="is less than the minimum",
            why="Customers would read an estimate from more to less.",
            mend="Swap the two.",
        )


_HOURS = {"hour": 1, "day": 24, "business_day": 24, "week": 168, "month": 28 * 24}
"""The fewest hours that each unit can mean."""


def _longer(least: Mapping[str, Any], most: Mapping[str, Any]) -> bool:
    """Whether one bound is longer than the other. Of business days that is said only among them."""
    units = {least["unit"], most["unit"]}
    if len(units) > 1 and units & {"business_day", "month"}:
        return False
    hours = [bound["value"] * _HOURS[bound["unit"]] for bound in (least, most)]
    return bool(hours[0] > hours[1])


def headline(body: Mapping[str, Any]) -> str:
    """Return what it costs: `4.50 USD`."""
    fixed = body.get("fixed_amount") or {}
    return money.text(Decimal(fixed.get("amount", 0)), fixed.get("currency", ""))


def amounts(body: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return what it costs, by currency, in minor units."""
    fixed = body.get("fixed_amount") or {}
    found = {fixed["currency"]: Decimal(fixed["amount"])} if "amount" in fixed else {}
    for code, option in (fixed.get("currency_options") or {}).items():
        found[code] = Decimal(option["amount"])
    return found


KIND = Kind(
    name="shipping_rate",
    table="shipping_rates",
    path="/v1/shipping_rates",
    body=ShippingRateBody,
    permission=Permission(name="shipping_rate", label="Shipping Rates", labelled="guides"),
    id_prefixes=("shr_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    dated=True,
    inherits={"currency": lambda _: True},
    canonical=canonical,
    check=check,
    headline=headline,
    amounts=amounts,
    notes=(
        "Stripe's nested `fixed_amount` is written as `amount`, `currency` and "
        "`currency_options`; amounts are in major units alone.",
        "A shipping rate cannot be deleted, only switched off. Adding a currency option is an "
        "update. Changing or dropping one makes a new rate.",
    ),
    example="""\
[catalog]
name = "acme"

[shipping_rates.express]
display_name = "Express"
amount = 12.50
currency = "usd"
currency_options = { eur = 11.00 }
tax_behavior = "exclusive"

[shipping_rates.express.delivery_estimate]
minimum = { unit = "business_day", value = 1 }
maximum = { unit = "business_day", value = 2 }
""",
)
