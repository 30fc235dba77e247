"""What some units of a price bring a month."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from reconciler.model import money
from reconciler.model.revenue import Why

MONTHS = {
    "day": Fraction(48, 1461),  # 12 months in 365.25 days
    "week": Fraction(112, 487),
    "month": Fraction(1),
    "year": Fraction(12),
}
"""How many months a period has."""


def monthly(body: Mapping[str, Any], currency: str, quantity: int) -> Fraction | Why:
    """Return what `quantity` units bring a month in `currency`, in minor units, or why not.

    Tiers are told apart from amounts, not worked out.
    """
    recurring = body.get("recurring")
    if not recurring:
        return "one_time"
    if recurring.get("usage_type") == "metered":
        return "metered"
    own = currency == body.get("currency")
    option = body if own else (body.get("currency_options") or {}).get(currency)
    if option is None:
        return "not_sold"
    if option.get("tiers") or body.get("billing_scheme") == "tiered":
        return "tiered"
    amount = money.minor_of(option)
    if amount is None:
        return "not_sold"
    months: Fraction = MONTHS[recurring["interval"]] * recurring.get("interval_count", 1)
    return Fraction(amount) * _packages(body, quantity) / months


def _packages(body: Mapping[str, Any], quantity: int) -> int:
    package = body.get("transform_quantity")
    if not package:
        return quantity
    whole, rest = divmod(quantity, int(package["divide_by"]))
    return whole + (rest > 0 and package.get("round") == "up")
