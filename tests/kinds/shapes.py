"""Every price that Stripe knows: as the file says it, and as a call to Stripe makes it.

The parameters are written out by hand, in Stripe's words; nothing here is computed from a kind.
`METER` stands for the id of a meter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

METER = "{meter}"


@dataclass(frozen=True, slots=True)
class Shape:
    """One price. `toml` is the inside of its table, `call` its parameters beside the product."""

    toml: str
    call: dict[str, Any]


def _every(interval: str, count: int = 1) -> dict[str, Any]:
    return {"recurring": {"interval": interval, "interval_count": count}}


GRADUATED: dict[str, Any] = {"billing_scheme": "tiered", "tiers_mode": "graduated"}
VOLUME: dict[str, Any] = {"billing_scheme": "tiered", "tiers_mode": "volume"}
METERED = {
    "recurring": {"interval": "month", "usage_type": "metered", "meter": METER},
}

SHAPES = {
    "one-time": Shape('currency = "usd"\namount = 29.00', {"currency": "usd", "unit_amount": 2900}),
    "per month": Shape(
        'currency = "usd"\namount = 29.00\ninterval = "month"',
        {"currency": "usd", "unit_amount": 2900, "recurring": {"interval": "month"}},
    ),
    "zero": Shape(
        'currency = "usd"\namount = 0\ninterval = "month"',
        {"currency": "usd", "unit_amount": 0, **_every("month")},
    ),
    "zero once, in minor units": Shape(
        'currency = "usd"\nunit_amount = 0', {"currency": "usd", "unit_amount_decimal": "0"}
    ),
    "a whole decimal": Shape(
        'currency = "usd"\nunit_amount_decimal = "2900.000"',
        {"currency": "usd", "unit_amount": 2900},
    ),
    "below a cent": Shape(
        'currency = "usd"\nunit_amount_decimal = 0.000000000001\ninterval = "month"',
        {"currency": "usd", "unit_amount_decimal": "0.000000000001", **_every("month")},
    ),
    "jpy": Shape('currency = "jpy"\namount = 2900', {"currency": "jpy", "unit_amount": 2900}),
    "kwd": Shape('currency = "kwd"\namount = 29.000', {"currency": "kwd", "unit_amount": 29000}),
    "isk": Shape('currency = "isk"\namount = 2900', {"currency": "isk", "unit_amount": 290000}),
    "volume tiers with flat fees": Shape(
        """
currency = "usd"
interval = "month"
tiers_mode = "volume"
tiers = [
  { up_to = 10, amount = 5.00, flat = 1.00 },
  { up_to = 100, amount = 0.0125 },
  { up_to = inf, flat = 2.00 },
]""",
        {
            "currency": "usd",
            "recurring": {"interval": "month"},
            **VOLUME,
            "tiers": [
                {"up_to": 10, "unit_amount": 500, "flat_amount": 100},
                {"up_to": 100, "unit_amount_decimal": "1.25"},
                {"up_to": "inf", "flat_amount_decimal": "200"},
            ],
        },
    ),
    "graduated tiers, the first free": Shape(
        """
currency = "usd"
interval = "year"
tiers_mode = "graduated"
tiers = [{ up_to = 1000, unit_amount = 0 }, { up_to = "inf", unit_amount_decimal = "0.2" }]""",
        {
            "currency": "usd",
            "recurring": {"interval": "year"},
            **GRADUATED,
            "tiers": [
                {"up_to": 1000, "unit_amount": 0},
                {"up_to": "inf", "unit_amount_decimal": "0.2"},
            ],
        },
    ),
    "currency options": Shape(
        """
currency = "usd"
amount = 29.00
interval = "month"
[products.pro.prices.it.currency_options]
eur = 27.00
jpy = 4300
gbp = { amount = 24.00, tax_behavior = "inclusive" }
kwd = { unit_amount = 9000, tax_behavior = "exclusive" }
""",
        {
            "currency": "usd",
            "unit_amount": 2900,
            "recurring": {"interval": "month"},
            "currency_options": {
                "eur": {"unit_amount": 2700},
                "jpy": {"unit_amount": 4300},
                "gbp": {"unit_amount": 2400, "tax_behavior": "inclusive"},
                "kwd": {"unit_amount_decimal": "9000", "tax_behavior": "exclusive"},
            },
        },
    ),
    "currency options with tiers": Shape(
        """
currency = "usd"
interval = "month"
tiers_mode = "graduated"
tiers = [{ up_to = 10, amount = 5.00 }, { up_to = "inf", amount = 0.001 }]
[products.pro.prices.it.currency_options.eur]
tiers = [{ up_to = 10, amount = 4.00 }, { up_to = "inf", amount = 0.0009, flat = 3.00 }]
""",
        {
            "currency": "usd",
            "recurring": {"interval": "month"},
            **GRADUATED,
            "tiers": [
                {"up_to": 10, "unit_amount": 500},
                {"up_to": "inf", "unit_amount_decimal": "0.1"},
            ],
            "currency_options": {
                "eur": {
                    "tiers": [
                        {"up_to": 10, "unit_amount": 400},
                        {"up_to": "inf", "unit_amount_decimal": "0.09", "flat_amount": 300},
                    ]
                }
            },
        },
    ),
    "packages": Shape(
        'currency = "usd"\namount = 5.00\ninterval = "month"\n'
        'transform_quantity = { divide_by = 10, round = "up" }',
        {
            "currency": "usd",
            "unit_amount": 500,
            **_every("month"),
            "transform_quantity": {"divide_by": 10, "round": "up"},
        },
    ),
    "packages, sold once": Shape(
        'currency = "usd"\namount = 5.00\ntransform_quantity = { divide_by = 3, round = "down" }',
        {
            "currency": "usd",
            "unit_amount": 500,
            "transform_quantity": {"divide_by": 3, "round": "down"},
        },
    ),
    "chosen by the customer": Shape(
        'currency = "usd"\ncustom_unit_amount = { enabled = true }',
        {"currency": "usd", "custom_unit_amount": {"enabled": True}},
    ),
    "chosen by the customer, within limits": Shape(
        'currency = "usd"\ncustom_unit_amount = { minimum = 100, preset = 500, maximum = 900 }',
        {
            "currency": "usd",
            "custom_unit_amount": {
                "enabled": True,
                "minimum": 100,
                "preset": 500,
                "maximum": 900,
            },
        },
    ),
    "chosen by the customer, in two currencies": Shape(
        """
currency = "usd"
custom_unit_amount = { minimum = 100 }
currency_options = { eur = { custom_unit_amount = { enabled = true, maximum = 9000 } } }""",
        {
            "currency": "usd",
            "custom_unit_amount": {"enabled": True, "minimum": 100},
            "currency_options": {"eur": {"custom_unit_amount": {"enabled": True, "maximum": 9000}}},
        },
    ),
    "metered": Shape(
        f'currency = "usd"\namount = 0.0002\ninterval = "month"\nmeter = "{METER}"',
        {"currency": "usd", "unit_amount_decimal": "0.02", **METERED},
    ),
    "metered, in tiers and currencies": Shape(
        f"""
currency = "usd"
interval = "month"
meter = "{METER}"
tiers_mode = "graduated"
tiers = [{{ up_to = 1000, amount = 0 }}, {{ up_to = "inf", amount = 0.002 }}]
currency_options.eur.tiers = [{{ up_to = "inf", unit_amount = 1 }}]""",
        {
            "currency": "usd",
            **METERED,
            **GRADUATED,
            "tiers": [
                {"up_to": 1000, "unit_amount": 0},
                {"up_to": "inf", "unit_amount_decimal": "0.2"},
            ],
            "currency_options": {"eur": {"tiers": [{"up_to": "inf", "unit_amount": 1}]}},
        },
    ),
    "with a trial of its own": Shape(
        'currency = "usd"\namount = 9.00\n'
        'recurring = { interval = "month", trial_period_days = 7 }',
        {
            "currency": "usd",
            "unit_amount": 900,
            "recurring": {"interval": "month", "trial_period_days": 7},
        },
    ),
    "with a nickname and notes": Shape(
        'currency = "usd"\namount = 9.00\nnickname = "Nine"\nmetadata = { tier = "low" }',
        {"currency": "usd", "unit_amount": 900, "nickname": "Nine", "metadata": {"tier": "low"}},
    ),
}

SHAPES |= {
    f"every {count} {interval}": Shape(
        f'currency = "usd"\namount = 9.00\ninterval = "{interval}"\ninterval_count = {count}',
        {"currency": "usd", "unit_amount": 900, **_every(interval, count)},
    )
    for interval, longest in (("day", 1095), ("week", 156), ("month", 36), ("year", 3))
    for count in (1, 2, longest)
}

SHAPES |= {
    f"tax {behavior}": Shape(
        f'currency = "usd"\namount = 9.00\ntax_behavior = "{behavior}"',
        {"currency": "usd", "unit_amount": 900, "tax_behavior": behavior},
    )
    for behavior in ("inclusive", "exclusive", "unspecified")
}
