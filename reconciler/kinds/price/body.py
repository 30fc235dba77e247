"""The fields of a price, and the one form in which they compare."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from reconciler.model import money
from reconciler.model.common import Metadata, other_currencies
from reconciler.model.marks import (
    CLEAR,
    EXPAND,
    KEEP,
    REPLACE,
    SET_ONCE,
    UPDATE,
    Body,
    Default,
    Entries,
    Exact,
    Keep,
    Lift,
    Major,
    Ref,
)

Minor = Annotated[int | None, Field(ge=0)]
MinorDecimal = Annotated[Exact, Field(ge=0, decimal_places=12)] | None
TaxBehavior = Literal["inclusive", "exclusive", "unspecified"]


def _infinity(value: Any) -> Any:
    """TOML's own `inf` and Stripe's "inf" mean the same."""
    return "inf" if isinstance(value, Decimal) and value == Decimal("inf") else value


def _is_metered(body: Mapping[str, Any]) -> bool:
    recurring = body.get("recurring")
    if not isinstance(recurring, Mapping):
        return False
    return recurring.get("usage_type") == "metered" or bool(recurring.get("meter"))


class Tier(Body):
    """One step of a tiered price."""

    MAJORS = (
        Major(
            name="amount",
            minor="unit_amount",
            decimal="unit_amount_decimal",
            fine=lambda _: True,
            description="Per unit in this tier, in major units.",
        ),
        Major(
            name="flat",
            minor="flat_amount",
            decimal="flat_amount_decimal",
            description="Once for reaching this tier, in major units.",
        ),
    )

    up_to: Annotated[
        int | Literal["inf"],
        BeforeValidator(_infinity),
        REPLACE,
        CLEAR,
        Field(description='The last unit of this tier; "inf" in the last one.'),
    ]
    unit_amount: Annotated[
        Minor, REPLACE, CLEAR, Field(description="Per unit in this tier, in minor units.")
    ] = None
    unit_amount_decimal: Annotated[
        MinorDecimal, REPLACE, CLEAR, Field(description="The same with up to 12 decimals.")
    ] = None
    flat_amount: Annotated[
        Minor, REPLACE, CLEAR, Field(description="Once for this tier, in minor units.")
    ] = None
    flat_amount_decimal: Annotated[
        MinorDecimal, REPLACE, CLEAR, Field(description="The same; Stripe wants it whole.")
    ] = None


class CustomUnitAmount(Body):
    """The customer chooses the amount, within limits."""

    enabled: Annotated[bool, REPLACE, CLEAR, Field(description="Must be true.")] = True
    minimum: Annotated[Minor, REPLACE, CLEAR, Field(description="The least, in minor units.")] = (
        None
    )
    maximum: Annotated[Minor, REPLACE, CLEAR, Field(description="The most, in minor units.")] = None
    preset: Annotated[
        Minor, REPLACE, CLEAR, Field(description="What is offered first, in minor units.")
    ] = None


class CurrencyOption(Body):
    """The price in one more currency."""

    MAJORS = (
        Major(
            name="amount",
            minor="unit_amount",
            decimal="unit_amount_decimal",
            fine=_is_metered,
            description="Per unit, in major units of this currency.",
        ),
    )

    unit_amount: Annotated[Minor, REPLACE, CLEAR, Field(description="Per unit, minor units.")] = (
        None
    )
    unit_amount_decimal: Annotated[
        MinorDecimal, REPLACE, CLEAR, Field(description="The same with up to 12 decimals.")
    ] = None
    tiers: Annotated[
        tuple[Tier, ...] | None, REPLACE, CLEAR, Field(description="Its tiers.", min_length=1)
    ] = None
    custom_unit_amount: Annotated[
        CustomUnitAmount | None, REPLACE, CLEAR, Field(description="Chosen by the customer.")
    ] = None
    tax_behavior: Annotated[
        TaxBehavior | None,
        SET_ONCE,
        Keep(initial="unspecified"),
        Field(description="Whether tax is in the amount; can be set once."),
    ] = None


class Recurring(Body):
    """How often it is charged, and for what."""

    interval: Annotated[
        Literal["day", "week", "month", "year"], REPLACE, CLEAR, Field(description="The period.")
    ]
    interval_count: Annotated[
        int | None, REPLACE, Default(1), Field(ge=1, description="Periods between charges.")
    ] = None
    usage_type: Annotated[
        Literal["licensed", "metered"] | None,
        REPLACE,
        Default("licensed"),
        Field(description="By quantity, or by what a meter counted."),
    ] = None
    meter: Annotated[
        str | None, REPLACE, CLEAR, Ref("meter"), Field(description="The meter that counts usage.")
    ] = None
    trial_period_days: Annotated[
        int | None,
        REPLACE,
        KEEP,
        Field(ge=0, le=730, description="Legacy; a plan's trial is what new catalogs use."),
    ] = None

    @field_validator("meter")
    @classmethod
    def _metered(cls, meter: Any, info: ValidationInfo) -> Any:
        """Refuse a quantity beside a meter: the canonical form would drop it unseen."""
        if meter and info.data.get("usage_type") == "licensed":
            raise ValueError('counts usage, and usage_type = "licensed" charges by quantity')
        return meter


class TransformQuantity(Body):
    """Divides the quantity before it is charged: packages of ten."""

    divide_by: Annotated[int, REPLACE, CLEAR, Field(ge=1, description="Units in a package.")]
    round: Annotated[
        Literal["up", "down"], REPLACE, CLEAR, Field(description="What a broken package counts.")
    ]


class PriceBody(Body):
    """The fields of a price."""

    LIFTS = (
        Lift("interval", "recurring.interval", "The period."),
        Lift("interval_count", "recurring.interval_count", "Periods between charges."),
        Lift("usage_type", "recurring.usage_type", "By quantity, or by what a meter counted."),
        Lift("meter", "recurring.meter", "The meter that counts usage."),
    )
    MAJORS = (
        Major(
            name="amount",
            minor="unit_amount",
            decimal="unit_amount_decimal",
            fine=_is_metered,
            description="Per unit, in major units: 29.00.",
        ),
    )

    product: Annotated[
        str, REPLACE, CLEAR, Ref("product"), Field(description="The product it sells.")
    ]
    currency: Annotated[
        str,
        REPLACE,
        CLEAR,
        Field(pattern=r"^[a-z]{3}$", description="A three-letter ISO code in lower case."),
    ]
    unit_amount: Annotated[
        Minor, REPLACE, CLEAR, Field(description="Per unit, in minor units: 2900.")
    ] = None
    unit_amount_decimal: Annotated[
        MinorDecimal, REPLACE, CLEAR, Field(description="The same with up to 12 decimals.")
    ] = None
    billing_scheme: Annotated[
        Literal["per_unit", "tiered"] | None,
        REPLACE,
        Default("per_unit"),
        Field(description="One amount a unit, or tiers."),
    ] = None
    tiers_mode: Annotated[
        Literal["graduated", "volume"] | None,
        REPLACE,
        CLEAR,
        Field(description="Each unit at its own tier's amount, or all at the last one's."),
    ] = None
    tiers: Annotated[
        tuple[Tier, ...] | None,
        REPLACE,
        CLEAR,
        EXPAND,
        Field(description="The tiers, in ascending order.", min_length=1),
    ] = None
    recurring: Annotated[
        Recurring | None, REPLACE, CLEAR, Field(description="Absent for a one-time price.")
    ] = None
    transform_quantity: Annotated[
        TransformQuantity | None, REPLACE, CLEAR, Field(description="Packages instead of units.")
    ] = None
    custom_unit_amount: Annotated[
        CustomUnitAmount | None, REPLACE, CLEAR, Field(description="Chosen by the customer.")
    ] = None
    currency_options: Annotated[
        Mapping[str, CurrencyOption] | None,
        UPDATE,
        CLEAR,
        # Stripe may reprice present subscribers when an option changes or goes.
        Entries(drop=REPLACE),
        EXPAND,
        Field(description="The price in further currencies, by code."),
    ] = None
    tax_behavior: Annotated[
        TaxBehavior | None,
        SET_ONCE,
        Keep(initial="unspecified"),
        Field(description="Whether tax is in the amount; can be set once."),
    ] = None
    active: Annotated[
        bool | None, UPDATE, Default(True), Field(description="Whether new customers can buy it.")
    ] = None
    lookup_key: Annotated[
        str | None,
        UPDATE,
        KEEP,
        Field(
            max_length=200,
            description="How applications find it; `<product>_<price>` unless given, "
            'and `""` means none.',
        ),
    ] = None
    metadata: Metadata = None
    nickname: Annotated[
        str | None, UPDATE, CLEAR, Field(max_length=5000, description="Never shown to customers.")
    ] = None

    @field_validator("currency_options")
    @classmethod
    def _other_currencies(cls, options: Any, info: ValidationInfo) -> Any:
        """Refuse the own currency: its canonical form would drop the amount unseen."""
        empty = [code for code, option in (options or {}).items() if not option.model_fields_set]
        if empty:
            raise ValueError(f"has no amount in {empty[0]}")
        return other_currencies(options, info.data.get("currency"), "the price's own currency")


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Bring amounts, tiers and what follows from them into one form."""
    _settle_amounts(body)
    options = body.get("currency_options")
    if options:
        # Stripe may list the base currency among the options; it says nothing new there.
        body["currency_options"] = {
            currency: _settle_amounts(dict(option))
            for currency, option in options.items()
            if currency != body.get("currency")
        }
    if body.get("tiers"):
        body["billing_scheme"] = "tiered"
    recurring = body.get("recurring")
    if recurring and recurring.get("meter"):
        body["recurring"] = {**recurring, "usage_type": "metered"}
    return body


def _settle_amounts(body: dict[str, Any]) -> dict[str, Any]:
    money.settle_amount(body, "unit_amount")
    if body.get("tiers"):
        body["tiers"] = tuple(_settle_tier(dict(tier)) for tier in body["tiers"])
    if body.get("custom_unit_amount") is not None:
        # Stripe does not echo `enabled`: the object's being there says it.
        body["custom_unit_amount"] = {"enabled": True, **body["custom_unit_amount"]}
    return body


def _settle_tier(tier: dict[str, Any]) -> dict[str, Any]:
    money.settle_amount(tier, "unit_amount")
    money.settle_amount(tier, "flat_amount")
    tier.setdefault("up_to", "inf")  # Stripe reads the last tier back as null
    return tier
