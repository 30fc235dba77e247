"""Coupon: so much off, for so long.

What it takes off never changes, and it can only be deleted. Customers who have it keep it.
https://docs.stripe.com/api/coupons
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
from reconciler.model.kind import Delete, Flaw, Kind, NaturalKey, Permission
from reconciler.model.marks import (
    AS_SET,
    CHOSEN,
    CLEAR,
    EXPAND,
    KEEP,
    REPLACE,
    UPDATE,
    Body,
    Default,
    Entries,
    Exact,
    Major,
    Ref,
    Timestamp,
)

_OFF = Major(name="off", minor="amount_off", description="The amount off, in major units.")


class CurrencyOption(Body):
    """The amount off in one more currency."""

    MAJORS = (_OFF,)

    # Stripe's update takes the map, and says that what a coupon takes off is not editable.
    amount_off: Annotated[
        int, REPLACE, CLEAR, Field(ge=1, description="The amount off, in minor units.")
    ]


class AppliesTo(Body):
    """What it takes something off."""

    products: Annotated[
        tuple[str, ...],
        REPLACE,
        CLEAR,
        AS_SET,
        Ref("product"),
        Field(min_length=1, description="Only these products; without applies_to, all of them."),
    ]


class CouponBody(Body):
    """The fields of a coupon."""

    MAJORS = (_OFF,)

    id: Annotated[
        str | None,
        REPLACE,
        CHOSEN,
        Field(
            max_length=5000,
            pattern="^[A-Za-z0-9_-]+$",
            description="An id of your own choice. Without one it can be replaced without a gap.",
        ),
    ] = None
    name: Annotated[
        str | None, UPDATE, KEEP, Field(max_length=40, description="What customers read.")
    ] = None
    percent_off: Annotated[
        Exact | None,
        REPLACE,
        CLEAR,
        Field(ge=Decimal("0.01"), le=100, description="Per cent off."),
    ] = None
    amount_off: Annotated[
        int | None,
        REPLACE,
        CLEAR,
        Field(ge=1, description="The amount off, in minor units."),
    ] = None
    currency: Annotated[
        str | None,
        REPLACE,
        CLEAR,
        Field(pattern="^[a-z]{3}$", description="The currency of the amount off."),
    ] = None
    currency_options: Annotated[
        Mapping[str, CurrencyOption] | None,
        UPDATE,
        CLEAR,
        Entries(drop=REPLACE),
        EXPAND,
        Field(description="The amount off in further currencies, by code."),
    ] = None
    duration: Annotated[
        Literal["forever", "once", "repeating"] | None,
        REPLACE,
        Default("once"),
        Field(description="How long it lasts once redeemed."),
    ] = None
    duration_in_months: Annotated[
        int | None,
        REPLACE,
        CLEAR,
        Field(ge=1, description='How many months, if duration is "repeating".'),
    ] = None
    applies_to: Annotated[
        AppliesTo | None, REPLACE, CLEAR, EXPAND, Field(description="What it is limited to.")
    ] = None
    max_redemptions: Annotated[
        int | None,
        REPLACE,
        CLEAR,
        Field(ge=1, description="How often it can be redeemed in all."),
    ] = None
    redeem_by: Annotated[
        Timestamp | None,
        REPLACE,
        CLEAR,
        Field(description="The last moment to redeem it: a date-time with offset, or Unix time."),
    ] = None
    metadata: Metadata = None

    @field_validator("currency_options")
    @classmethod
    def _other_currencies(cls, options: Any, info: ValidationInfo) -> Any:
        """Refuse the own currency: its canonical form would drop the amount unseen."""
        return other_currencies(options, info.data.get("currency"), "the coupon's own currency")


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Leave out the own currency among the options, should Stripe list it there."""
    body["currency_options"] = without_own(body.get("currency_options"), body.get("currency"))
    return body


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what Stripe would refuse at creation. https://docs.stripe.com/api/coupons/create"""
    del catalog
    body = resource.body
    if ("percent_off" in body) == ("amount_off" in body):
        both = "percent_off" in body
        yield Flaw(
            path=("percent_off",) if both else (),
            what="stands beside off; a coupon takes off one of them"
            if both
            else "takes nothing off",
            why="Stripe takes exactly one." if both else "",
            mend="Remove one." if both else "Give percent_off = 20, or off = 5.00.",
        )
    elif "percent_off" in body:
        for name in ("currency", "currency_options"):
            if name in body:
                yield Flaw(
                    path=(name,),
                    what="does not go with percent_off",
                    why="A percentage is the same in every currency.",
                    mend="Remove it.",
                )
    elif "currency" not in body:
        yield Flaw(
            path=("amount_off",),
            what="needs a currency",
            mend='Write currency = "usd" in this table, or once in [defaults].',
        )
    yield from currency_flaws(currency_places(body))
    repeating = body.get("duration") == "repeating"
    if repeating != ("duration_in_months" in body):
        yield Flaw(
            path=("duration",) if repeating else ("duration_in_months",),
            what="needs duration_in_months" if repeating else 'needs duration = "repeating"',
            why="One says that it lasts for some months, the other for how many.",
        )


def headline(body: Mapping[str, Any]) -> str:
    """Return what it takes off: `20 % off for 3 months`, `5.00 USD off once`."""
    if "percent_off" in body:
        what = f"{body['percent_off']} % off"
    else:
        off = Decimal(body.get("amount_off", 0))
        what = f"{money.text(off, body.get('currency', ''))} off"
    months = body.get("duration_in_months")
    if months:
        return f"{what} for {months} month{'s' if months != 1 else ''}"
    return f"{what} {body.get('duration', 'once')}"


def suggests(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield its name, and what it takes off: `20_off_for_3_months`."""
    if body.get("name"):
        yield str(body["name"])
    yield headline(body)


def spent(raw: Mapping[str, Any], _now: int) -> bool:
    """Whether it is past its time or used up. https://docs.stripe.com/api/coupons/object"""
    return raw.get("valid") is False


def amounts(body: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return what it takes off, by currency, in minor units."""
    found = {}
    if "amount_off" in body:
        found[body.get("currency", "")] = Decimal(body["amount_off"])
    for code, option in (body.get("currency_options") or {}).items():
        found[code] = Decimal(option["amount_off"])
    return found


KIND = Kind(
    name="coupon",
    table="coupons",
    path="/v1/coupons",
    body=CouponBody,
    permission=Permission(name="coupon", label="Coupons", labelled="stripe"),
    dated=True,
    retirement=Delete(),
    # https://docs.stripe.com/api/coupons/create: eight letters and digits, if Stripe chooses.
    natural_keys=(NaturalKey(field="id", by_stripe="[A-Za-z0-9]{8}"),),
    inherits={"currency": lambda given: "off" in given or "amount_off" in given},
    canonical=canonical,
    check=check,
    headline=headline,
    suggests=suggests,
    spent=spent,
    amounts=amounts,
    notes=(
        "Without an `id` Stripe chooses one, and a changed coupon is made before the old one "
        "goes. With an `id` of your own the old one has to be deleted first (RC109).",
        "How often it was redeemed, and whether it still can be, change by themselves: no "
        "difference.",
    ),
    example="""\
[catalog]
name = "acme"

[products.pro]
name = "Pro"

[coupons.launch]
name = "Launch offer"
percent_off = 22.5
duration = "repeating"
duration_in_months = 3
applies_to = { products = ["pro"] }
redeem_by = 2028-12-31T23:59:59+01:00

[coupons.friends]
off = 5.00
currency = "usd"
currency_options = { eur = 4.50, jpy = 700 }
""",
)
