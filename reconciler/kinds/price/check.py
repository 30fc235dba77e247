"""What Stripe would refuse of a price at creation, and a type cannot say.

https://docs.stripe.com/api/prices/create
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.catalog import Catalog, Resource
from reconciler.model.common import currency_flaws, currency_places
from reconciler.model.kind import Flaw
from reconciler.model.values import Pending

_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Yield every flaw of a price."""
    body = resource.body
    yield from currency_flaws(currency_places(body))
    yield from _check_model(body)
    yield from _check_tiers(body, ())
    recurring = body.get("recurring") or {}
    for code, option in (body.get("currency_options") or {}).items():
        yield from _check_option(body, code, option)
    count = recurring.get("interval_count", 1)
    longest = _LONGEST.get(recurring.get("interval", ""), count)
    if count > longest:
        yield Flaw(
            path=("recurring", "interval_count"),
            what=f"{count} {recurring['interval']}s is longer than Stripe's three years",
            mend=f"Use at most {longest}.",
        )
    named = recurring.get("meter")
    meter = catalog.resources.get(named.address) if isinstance(named, Pending) else None
    if meter is not None and not meter.wanted_on:
        yield Flaw(
            path=("recurring", "meter"),
            what=f"names {meter.address}, which the file retires",
            why="Stripe takes no price on a deactivated meter.",
            mend="Keep the meter, or take the price out.",
        )
    if recurring.get("usage_type") == "metered" and not recurring.get("meter"):
        yield Flaw(
            path=("recurring", "usage_type"),
            what="a metered price needs a meter",
            why="Stripe counts usage in meters since API version 2025-03-31.basil.",
            mend='Name one: meter = "mtr_…".',
        )


def _check_model(body: Mapping[str, Any]) -> Iterator[Flaw]:
    given = _ways(body)
    if len(given) != 1:
        what = f"stands beside {given[0]}" if given else "has no amount"
        yield Flaw(
            path=(given[-1],) if given else (),
            what=f"{what}; a price charges in exactly one way",
            why="Stripe would refuse it, or it would silently charge something else.",
            mend="Give exactly one of amount, unit_amount, unit_amount_decimal, tiers or "
            "custom_unit_amount.",
        )
    if ("tiers" in body) != ("tiers_mode" in body):
        missing = "tiers_mode" if "tiers" in body else "tiers"
        yield Flaw(
            path=("tiers",) if "tiers" in body else ("tiers_mode",),
            what=f"needs {missing} as well",
            mend='tiers_mode is "graduated" or "volume".',
        )
    if body.get("billing_scheme") == "tiered" and "tiers" not in body:
        yield Flaw(path=("billing_scheme",), what="a tiered price needs tiers")
    if body.get("billing_scheme") == "per_unit" and "tiers" in body:
        yield Flaw(path=("billing_scheme",), what='tiers need billing_scheme = "tiered"')
    if "tiers" in body and "recurring" not in body:
        yield Flaw(
            path=("tiers",),
            what="a one-time price cannot have tiers",
            mend='Give an interval, such as interval = "month".',
        )
    if "tiers" in body and "transform_quantity" in body:
        yield Flaw(path=("transform_quantity",), what="cannot stand beside tiers")
    if "custom_unit_amount" in body and "recurring" in body:
        yield Flaw(
            path=("custom_unit_amount",), what="is for one-time prices only, not for recurring ones"
        )
    yield from _check_custom(body, ())


def _check_custom(body: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Flaw]:
    custom = body.get("custom_unit_amount")
    if custom is None:
        return
    here = (*path, "custom_unit_amount")
    if custom.get("enabled") is False:
        yield Flaw(
            path=(*here, "enabled"),
            what="must be true",
            mend="Leave custom_unit_amount out for a price with an amount of its own.",
        )
    given = [custom[name] for name in ("minimum", "preset", "maximum") if name in custom]
    if given != sorted(given):
        yield Flaw(
            path=here,
            what="minimum, preset and maximum must ascend",
            why="What is offered first has to lie between the least and the most.",
        )


def _ways(body: Mapping[str, Any]) -> list[str]:
    """Name the ways in which a body charges; Stripe wants exactly one."""
    ways = {
        "amount": "unit_amount" in body or "unit_amount_decimal" in body,
        "tiers": "tiers" in body,
        "custom_unit_amount": "custom_unit_amount" in body,
    }
    return [name for name, there in ways.items() if there]


def _check_option(body: Mapping[str, Any], code: str, option: Mapping[str, Any]) -> Iterator[Flaw]:
    path = ("currency_options", code)
    given = _ways(option)
    if not given:
        yield Flaw(path=path, what="has no amount", mend="Write, say, eur = 27.00.")
    elif len(given) > 1:
        yield Flaw(path=path, what=f"has {' and '.join(given)}; give one of them")
    elif given != _ways(body) and len(_ways(body)) == 1:
        yield Flaw(
            path=path,
            what="must charge the way the price does",
            why="A price with tiers, or with an amount that customers choose, has that in every "
            "currency; any other price has it in none.",
        )
    yield from _check_tiers(option, path)
    yield from _check_custom(option, path)


def _check_tiers(body: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Flaw]:
    tiers = body.get("tiers") or ()
    last = 0
    for number, tier in enumerate(tiers):
        here: tuple[str | int, ...] = (*path, "tiers", number)
        limit = tier["up_to"]
        if "flat_amount_decimal" in tier:
            yield Flaw(
                path=(*here, "flat_amount_decimal"),
                what="must be a whole number of the currency's smallest unit",
                why="Stripe takes no fractions of it in a flat fee.",
            )
        if not any(name in tier for name in _TIER_AMOUNTS):
            yield Flaw(path=here, what="has no amount", mend="Give amount, flat, or both.")
        is_last = number == len(tiers) - 1
        if is_last != (limit == "inf"):
            yield Flaw(
                path=(*here, "up_to"),
                what='must be "inf" in the last tier' if is_last else '"inf" is for the last tier',
                why="Otherwise some quantities would have no amount.",
            )
        elif limit != "inf" and limit <= last:
            yield Flaw(
                path=(*here, "up_to"),
                what=f"{limit} is not above the tier before it ({last})"
                if last
                else f"{limit} must be at least 1",
                mend="Tiers ascend: write them in order.",
            )
        last = limit if isinstance(limit, int) else last


_TIER_AMOUNTS = ("unit_amount", "unit_amount_decimal", "flat_amount", "flat_amount_decimal")
