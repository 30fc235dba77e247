"""Promotion code: what customers type to get a coupon.

A code is unique among the active ones, whatever the case of its letters. It can be switched off,
never deleted. https://docs.stripe.com/api/promotion_codes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from reconciler.model.catalog import Catalog, Resource
from reconciler.model.common import (
    Metadata,
    currency_flaws,
    currency_places,
    other_currencies,
    without_own,
)
from reconciler.model.kind import Flaw, Kind, Lookup, NaturalKey, Permission
from reconciler.model.marks import (
    CLEAR,
    EXPAND,
    KEEP,
    REPLACE,
    UPDATE,
    Body,
    Default,
    Entries,
    Lift,
    Ref,
    Timestamp,
)
from reconciler.model.values import Frozen, Pending


class Promotion(Body):
    """What the code gives."""

    type: Annotated[
        Literal["coupon"] | None, REPLACE, CLEAR, Field(description='Always "coupon".')
    ] = None
    coupon: Annotated[
        str, REPLACE, CLEAR, EXPAND, Ref("coupon"), Field(description="The coupon it gives.")
    ]


class CurrencyOption(Body):
    """The smallest order in one more currency."""

    minimum_amount: Annotated[
        int, UPDATE, CLEAR, Field(ge=1, description="The smallest order, in minor units.")
    ]


class Restrictions(Body):
    """Who may use the code."""

    first_time_transaction: Annotated[
        bool | None, REPLACE, CLEAR, Field(description="Only a customer's first order.")
    ] = None
    minimum_amount: Annotated[
        int | None,
        REPLACE,
        CLEAR,
        Field(ge=1, description="The smallest order, in minor units."),
    ] = None
    minimum_amount_currency: Annotated[
        str | None,
        REPLACE,
        CLEAR,
        Field(pattern="^[a-z]{3}$", description="The currency of the smallest order."),
    ] = None
    currency_options: Annotated[
        Mapping[str, CurrencyOption] | None,
        UPDATE,
        CLEAR,
        Entries(drop=REPLACE),
        EXPAND,
        Field(description="The smallest order in further currencies, by code."),
    ] = None

    @field_validator("currency_options")
    @classmethod
    def _other_currencies(cls, options: Any, info: ValidationInfo) -> Any:
        """Refuse the own currency: its canonical form would drop the amount unseen."""
        return other_currencies(
            options, info.data.get("minimum_amount_currency"), "the currency of minimum_amount"
        )


class PromotionCodeBody(Body):
    """The fields of a promotion code."""

    LIFTS = (Lift("coupon", "promotion.coupon", "The coupon it gives."),)

    code: Annotated[
        str | None,
        REPLACE,
        KEEP,
        Field(
            max_length=500,
            pattern="^[A-Za-z0-9_-]+$",
            description="What customers type; the table's key unless given.",
        ),
    ] = None
    promotion: Annotated[Promotion, REPLACE, CLEAR, Field(description="What it gives.")]
    active: Annotated[
        bool | None, UPDATE, Default(True), Field(description="Whether it can be used.")
    ] = None
    customer: Annotated[
        str | None, REPLACE, CLEAR, Field(description="The only customer who may use it.")
    ] = None
    customer_account: Annotated[
        str | None, REPLACE, CLEAR, Field(description="The only account that may use it.")
    ] = None
    expires_at: Annotated[
        Timestamp | None,
        REPLACE,
        CLEAR,
        Field(description="When it ends: a date-time with offset, or Unix time."),
    ] = None
    max_redemptions: Annotated[
        int | None,
        REPLACE,
        CLEAR,
        Field(ge=1, description="How often it can be used in all."),
    ] = None
    restrictions: Annotated[
        Restrictions | None, UPDATE, CLEAR, Field(description="Who may use it.")
    ] = None
    metadata: Metadata = None


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Say what a promotion is, and leave out what Stripe says of restrictions there are not."""
    if body.get("promotion"):
        body["promotion"] = {**body["promotion"], "type": "coupon"}
    restrictions = dict(body.get("restrictions") or {})
    if not restrictions.get("first_time_transaction"):
        restrictions.pop("first_time_transaction", None)
    restrictions["currency_options"] = without_own(
        restrictions.get("currency_options"), restrictions.get("minimum_amount_currency")
    )
    body["restrictions"] = restrictions
    return body


def spent(raw: Mapping[str, Any], now: int) -> bool:
    """Whether a code has expired or is used up, or its coupon is no longer valid."""
    ends = raw.get("expires_at")
    if isinstance(ends, int) and ends <= now:
        return True
    most, used = raw.get("max_redemptions"), raw.get("times_redeemed")
    if isinstance(most, int) and isinstance(used, int) and used >= most:
        return True
    promotion = raw.get("promotion")
    coupon = promotion.get("coupon") if isinstance(promotion, Mapping) else None
    return isinstance(coupon, Mapping) and coupon.get("valid") is False


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what Stripe would refuse at creation.

    https://docs.stripe.com/api/promotion_codes/create
    """
    body = resource.body
    named = body["promotion"].get("coupon")
    coupon = catalog.resources.get(named.address) if isinstance(named, Pending) else None
    for name, limit in (("expires_at", "redeem_by"), ("max_redemptions", "max_redemptions")):
        most = coupon.body.get(limit) if coupon is not None else None
        if name in body and most is not None and body[name] > most:
            yield Flaw(
                path=(name,),
                what=f"{body[name]} is beyond its coupon's {limit}, {most}",
                why="Stripe takes no code that outlasts its coupon.",
                mend=f"Use at most {most}, or leave it out: the coupon's limit holds anyway.",
            )
    yield from _check_restrictions(body.get("restrictions") or {})


def _check_restrictions(restrictions: Mapping[str, Any]) -> Iterator[Flaw]:
    amount, currency = "minimum_amount", "minimum_amount_currency"
    if (amount in restrictions) != (currency in restrictions):
        here, other = (amount, currency) if amount in restrictions else (currency, amount)
        yield Flaw(
            path=("restrictions", here),
            what=f"needs {other}",
            why="An amount means nothing without its currency.",
        )
    yield from currency_flaws(currency_places(restrictions, currency, ("restrictions",)))


def _default_code(resource: Resource) -> str:
    return resource.address.key


def headline(body: Mapping[str, Any]) -> str:
    """Return the code."""
    return str(body.get("code", ""))


KIND = Kind(
    name="promotion_code",
    table="promotion_codes",
    path="/v1/promotion_codes",
    body=PromotionCodeBody,
    permission=Permission(name="promotion_code", label="Promotion Codes", labelled="guides"),
    id_prefixes=("promo_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    dated=True,
    natural_keys=(
        NaturalKey(field="code", default=_default_code, active_only=True, any_case=True),
    ),
    # There may be one for each customer. https://docs.stripe.com/api/promotion_codes/list
    lookups=(Lookup(field="code", parameter="code"),),
    canonical=canonical,
    spent=spent,
    check=check,
    headline=headline,
    notes=(
        "A code can be used again only once the old one is switched off, so a changed code is "
        "off for a moment (RC109).",
        "A code that is used up, or whose coupon is no longer valid, is not switched on again.",
    ),
    example="""\
[catalog]
name = "acme"

[coupons.launch]
percent_off = 20

[promotion_codes.LAUNCH20]        # what customers type, too
coupon = "launch"

[promotion_codes.vip]
coupon = "launch"
code = "VIP-2028"
expires_at = 2028-12-31T23:59:59+01:00
max_redemptions = 50

[promotion_codes.vip.restrictions]
first_time_transaction = true
minimum_amount = 5000             # in minor units
minimum_amount_currency = "usd"
currency_options = { eur = { minimum_amount = 4500 } }
""",
)
