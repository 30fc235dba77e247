"""A price in words, and its amounts in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from reconciler.kinds.price.revenue import MONTHS
from reconciler.model import money


def headline(body: Mapping[str, Any]) -> str:
    """Return what it costs: `29.00 USD / month`, `graduated tiers from 0.00 USD / month`."""
    currency = body.get("currency", "")
    amount = money.minor_of(body)
    if amount is not None:
        what = money.text(amount, currency)
    elif body.get("tiers"):
        what = _tiers_text(body)
    else:
        what = f"{currency.upper()} amount chosen by the customer"
    package = body.get("transform_quantity")
    if package:
        what += f" per {package['divide_by']}"
    recurring = body.get("recurring")
    if not recurring:
        return f"{what} once"
    count = recurring.get("interval_count", 1)
    period = recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"
    metered = ", metered" if recurring.get("usage_type") == "metered" else ""
    return f"{what} / {period}{metered}"


_OFTEN = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}


def suggests(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield its nickname, how often it is paid, and that with its currency: `monthly_eur`."""
    if body.get("nickname"):
        yield str(body["nickname"])
    recurring = body.get("recurring")
    count = recurring.get("interval_count", 1) if recurring else 1
    if not recurring:
        often = "once"
    elif count == 1:
        often = _OFTEN[recurring["interval"]]
    else:
        often = f"every_{count}_{recurring['interval']}s"
    yield often
    if recurring and recurring.get("usage_type") == "metered":
        yield f"{often}_metered"
    yield f"{often}_{body.get('currency', '')}"


def _tiers_text(body: Mapping[str, Any]) -> str:
    currency = body["currency"]
    parts = []
    for tier in body["tiers"]:
        unit, flat = money.minor_of(tier), money.minor_of(tier, "flat_amount")
        texts = [money.text(unit, currency)] if unit is not None else []
        texts += [f"{money.text(flat, currency)} flat"] if flat is not None else []
        limit = "" if tier["up_to"] == "inf" else f" to {tier['up_to']}"
        parts.append(" + ".join(texts) + limit)
    return f"{body.get('tiers_mode', 'tiered')} {', '.join(parts)}"


def amounts(body: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return every amount it charges, in minor units, by currency and place."""
    found: dict[str, Decimal] = {}
    _collect(found, body.get("currency", ""), body)
    for code, option in (body.get("currency_options") or {}).items():
        _collect(found, code, option)
    return found


def _collect(found: dict[str, Decimal], currency: str, body: Mapping[str, Any]) -> None:
    amount = money.minor_of(body)
    if amount is not None:
        found[currency] = amount
    for number, tier in enumerate(body.get("tiers") or (), 1):
        for name in ("unit_amount", "flat_amount"):
            value = money.minor_of(tier, name)
            if value is not None:
                found[f"{currency} tier {number} {name}"] = value
    custom = body.get("custom_unit_amount") or {}
    for name in ("minimum", "preset", "maximum"):
        if name in custom:
            found[f"{currency} {name}"] = Decimal(custom[name])


def scale(body: Mapping[str, Any]) -> Decimal:
    """Return what amounts are multiplied by to be those of one unit for one month."""
    package = Decimal((body.get("transform_quantity") or {}).get("divide_by", 1))
    recurring = body.get("recurring")
    if not recurring:
        return Decimal(1) / package
    period = MONTHS[recurring["interval"]]
    months = Decimal(period.numerator) / Decimal(period.denominator)
    return 1 / (months * Decimal(recurring.get("interval_count", 1)) * package)
