"""The parts of a price that are made of amounts: unit amounts and tiers.

Each function takes checked parameters and gives the shape Stripe answers, or refuses a combination
that the parameter types allow and Stripe does not.
https://docs.stripe.com/api/prices/create
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from reconciler.simulator.money import amounts, plain
from reconciler.simulator.resource import Params
from reconciler.simulator.values import Object, RefusalError

NO_AMOUNT: Object = {"unit_amount": None, "unit_amount_decimal": None}

LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def recurring(given: Params) -> Object:
    """The `recurring` of an answer; three years is the longest interval."""
    interval = given["interval"]
    count = given.get("interval_count", 1)
    if count < 1:
        raise RefusalError(
            "Invalid positive integer",
            code="parameter_invalid_integer",
            param="recurring[interval_count]",
        )
    if count > LONGEST[interval]:
        raise RefusalError(
            f"The interval cannot be longer than three years: at most {LONGEST[interval]} "
            f"with `interval={interval}`.",
            param="recurring[interval_count]",
        )
    usage = given.get("usage_type", "licensed")
    if usage == "metered" and "meter" not in given:
        raise RefusalError(
            "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by "
            "meters.",
            param="recurring[meter]",
        )
    if usage == "licensed" and "meter" in given:
        raise RefusalError(
            "A meter can only be set when `usage_type=metered`.", param="recurring[meter]"
        )
    return {
        "interval": interval,
        "interval_count": count,
        "meter": given.get("meter"),
        "trial_period_days": given.get("trial_period_days"),
        "usage_type": usage,
    }


def unit(given: Params, *, path: str = "") -> Object:
    """The amounts of a price or currency option that is charged per unit."""
    found = amounts(given, "unit_amount", path=path)
    if found is None:
        raise RefusalError(
            "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.",
            param=at(path, "unit_amount") if path else None,
        )
    return found


def tiers(given: list[Mapping[str, Any]], *, path: str = "tiers") -> list[Object]:
    """Tiers as answered: ascending, the last one without end, its `inf` read back as null."""
    if not given:
        raise RefusalError("You must specify at least one tier.", param=path)
    shaped = [_tier(tier, path=f"{path}[{index}]") for index, tier in enumerate(given)]
    bounds = [tier["up_to"] for tier in shaped]
    if bounds[-1] is not None:
        raise RefusalError("The last tier must have `up_to` set to `inf`.", param=path)
    finite = bounds[:-1]
    if None in finite or any(a >= b for a, b in pairwise(finite)):
        raise RefusalError(
            "The tiers must be in ascending order of `up_to`, and only the last one `inf`.",
            param=path,
        )
    if any(bound < 1 for bound in finite):
        raise RefusalError(
            "Invalid positive integer", code="parameter_invalid_integer", param=f"{path}[0][up_to]"
        )
    return shaped


def _tier(given: Mapping[str, Any], *, path: str) -> Object:
    flat = amounts(given, "flat_amount", path=path)
    if flat is not None and flat["flat_amount"] is None:
        raise RefusalError(
            "`flat_amount_decimal` must be a whole number of the currency's smallest unit.",
            param=at(path, "flat_amount_decimal"),
        )
    per_unit = amounts(given, "unit_amount", path=path)
    if flat is None and per_unit is None:
        raise RefusalError("Each tier needs `unit_amount`, `flat_amount`, or both.", param=path)
    return {
        **(flat or {"flat_amount": None, "flat_amount_decimal": None}),
        **(per_unit or NO_AMOUNT),
        "up_to": None if given["up_to"] == "inf" else given["up_to"],
    }


def custom(given: Mapping[str, Any], *, path: str = "custom_unit_amount") -> Object | None:
    """The bounds of a price that the customer chooses; `enabled` is not answered."""
    if not given["enabled"]:
        return None
    bounds = {name: given.get(name) for name in ("maximum", "minimum", "preset")}
    low, high, preset = bounds["minimum"], bounds["maximum"], bounds["preset"]
    negative = next((n for n, v in bounds.items() if v is not None and v < 0), None)
    if negative is not None:
        raise RefusalError(
            "Invalid non-negative integer",
            code="parameter_invalid_integer",
            param=at(path, negative),
        )
    ordered = [value for value in (low, preset, high) if value is not None]
    if ordered != sorted(ordered):
        raise RefusalError(
            "`minimum`, `preset` and `maximum` must be in ascending order.", param=path
        )
    return bounds


def completed_amounts(partial: Mapping[str, Any], name: str) -> Object:
    """Both forms of an amount that a seeded object gives in one of them, or in both."""
    whole, exact = partial.get(name), partial.get(f"{name}_decimal")
    if whole is None and exact is None:
        return {name: None, f"{name}_decimal": None}
    value = Decimal(str(whole if exact is None else exact))
    integral = value == value.to_integral_value()
    return {name: int(value) if integral else None, f"{name}_decimal": plain(value)}


def completed_tier(partial: Mapping[str, Any]) -> Object:
    """A seeded tier, whole."""
    bound = partial.get("up_to")
    return {
        **completed_amounts(partial, "flat_amount"),
        **completed_amounts(partial, "unit_amount"),
        "up_to": None if bound in {None, "inf"} else bound,
    }


def completed_option(partial: Mapping[str, Any]) -> Object:
    """A seeded currency option, whole."""
    option = {
        "custom_unit_amount": partial.get("custom_unit_amount"),
        "tax_behavior": partial.get("tax_behavior", "unspecified"),
        **completed_amounts(partial, "unit_amount"),
    }
    if partial.get("tiers"):
        option["tiers"] = [completed_tier(tier) for tier in partial["tiers"]]
    return option


def at(path: str, name: str) -> str:
    """Name a member of a nested parameter."""
    return f"{path}[{name}]" if path else name
