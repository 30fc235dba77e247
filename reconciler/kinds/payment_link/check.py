"""What Stripe would refuse of a payment link at creation, and a type cannot say.

https://docs.stripe.com/api/payment-link/create
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.canonical import finish
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.common import currency_flaws, currency_places
from reconciler.model.kind import Flaw
from reconciler.model.values import Pending

_ONLY_ONCE = (
    "application_fee_amount",
    "customer_creation",
    "invoice_creation",
    "payment_intent_data",
)
_ONLY_RECURRING = ("application_fee_percent", "payment_method_collection", "subscription_data")


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Yield every flaw of a payment link."""
    body = resource.body
    yield from _check_items(body, catalog)
    yield from currency_flaws(currency_places(body))
    yield from _check_currency(body, catalog)
    yield from _check_mode(resource, catalog)
    yield from _check_shipping(body, catalog)
    yield from _check_questions(body.get("custom_fields") or ())
    payment = body.get("payment_intent_data") or {}
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if len(payment.get(name, "")) > 22:
            yield Flaw(
                path=("payment_intent_data", name),
                what=f"has {len(payment[name])} characters; Stripe takes at most 22",
                mend="Shorten it.",
            )


def _named(name: Any, catalog: Catalog) -> Resource | None:
    """Return the resource that a reference names, if the catalog has it."""
    return catalog.resources.get(name.address) if isinstance(name, Pending) else None


def _check_items(body: Mapping[str, Any], catalog: Catalog) -> Iterator[Flaw]:
    sold = body["line_items"]
    offered = body.get("optional_items") or ()
    if len(sold) + len(offered) > 20:
        yield Flaw(
            path=("optional_items",),
            what=f"and line_items are {len(sold) + len(offered)} together",
            why="Stripe takes at most 20 of both.",
        )
    for name, items in (("line_items", sold), ("optional_items", offered)):
        there: set[Any] = set()
        for number, item in enumerate(items):
            path = (name, number)
            if item["price"] in there:
                yield Flaw(
                    path=path,
                    what="names a price that stands in the list already",
                    why="Items are told apart by their prices.",
                    mend="Give the first one a quantity.",
                )
            there.add(item["price"])
            price = _named(item["price"], catalog)
            if price is not None and not price.wanted_on:
                yield Flaw(
                    path=path,
                    what=f"{price.address} is switched off",
                    why="Stripe sells no inactive price.",
                    mend="Name another one, or switch it on.",
                )
            bounds = item.get("adjustable_quantity") or {}
            if bounds.get("minimum", 0) > bounds.get("maximum", 99):
                yield Flaw(
                    path=(*path, "adjustable_quantity"),
                    what="minimum must not be above maximum",
                    why="They are 0 and 99 unless given.",
                )


def _check_currency(body: Mapping[str, Any], catalog: Catalog) -> Iterator[Flaw]:
    """Find prices that do not sell in one currency."""
    wanted = body.get("currency")
    for name in ("line_items", "optional_items"):
        for number, item in enumerate(body.get(name) or ()):
            price = _named(item["price"], catalog)
            if price is None:
                continue
            own = price.body.get("currency", "")
            # Without a word of the file's, Stripe sells in the first price's own.
            wanted = wanted or own
            if wanted not in {own, *(price.body.get("currency_options") or {})}:
                yield Flaw(
                    path=(name, number),
                    what=f"{price.address} has no amount in {wanted}",
                    why="A payment link sells in one currency: the one it names, or its first "
                    "price's own.",
                    mend=f"Add {wanted} to the price's currency_options.",
                )


def _check_mode(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what goes with recurring prices only, or only without them."""
    body, fields = resource.body, resource.kind.fields
    prices = [_named(item["price"], catalog) for item in body["line_items"]]
    recurring = any(price is not None and "recurring" in price.body for price in prices)
    if not recurring and None in prices:
        return  # it may be one that only Stripe knows
    wrong = _ONLY_ONCE if recurring else _ONLY_RECURRING
    usual = finish(resource.kind, {})
    for name in wrong:
        if body.get(name) not in (None, fields[name].default, usual.get(name)):
            yield Flaw(
                path=(name,),
                what="is for links without a recurring price"
                if recurring
                else "is for links with a recurring price",
                why="A recurring price makes a subscription of each purchase; without one, it "
                "is a payment.",
                mend="Remove it.",
            )


def _check_shipping(body: Mapping[str, Any], catalog: Catalog) -> Iterator[Flaw]:
    first = _named(body["line_items"][0]["price"], catalog)
    sold_in = body.get("currency") or (first.body.get("currency") if first else None)
    for number, option in enumerate(body.get("shipping_options") or ()):
        path = ("shipping_options", number)
        rate = _named(option["shipping_rate"], catalog)
        if rate is None:
            continue
        amount = rate.body.get("fixed_amount") or {}
        offered = {amount.get("currency"), *(amount.get("currency_options") or {})}
        if sold_in and sold_in not in offered:
            yield Flaw(
                path=path,
                what=f"{rate.address} has no amount in {sold_in}",
                why="Delivery is paid in the currency of the link.",
                mend=f"Add {sold_in} to the rate's currency_options.",
            )
        if not rate.wanted_on:
            yield Flaw(
                path=path,
                what=f"{rate.address} is switched off",
                why="An inactive shipping rate cannot be offered anew.",
                mend="Name another one, or switch it on.",
            )


def _check_questions(questions: tuple[Mapping[str, Any], ...]) -> Iterator[Flaw]:
    keys: set[str] = set()
    for number, asked in enumerate(questions):
        here: tuple[str | int, ...] = ("custom_fields", number)
        if asked["key"] in keys:
            yield Flaw(
                path=(*here, "key"),
                what=f'"{asked["key"]}" stands in the list already',
                why="You tell the answers apart by their keys.",
            )
        keys.add(asked["key"])
        for name in ("dropdown", "numeric", "text"):
            if name in asked and name != asked["type"]:
                yield Flaw(path=(*here, name), what=f'needs type = "{name}"')
        if asked["type"] == "dropdown" and "dropdown" not in asked:
            yield Flaw(
                path=here,
                what="needs dropdown",
                mend='Write dropdown = { options = [{ label = "Red", value = "red" }] }.',
            )
        yield from _check_dropdown(asked.get("dropdown") or {}, (*here, "dropdown"))
        typed = asked.get("numeric") or asked.get("text") or {}
        if typed.get("minimum_length", 0) > typed.get("maximum_length", 5000):
            yield Flaw(
                path=(*here, asked["type"]),
                what="minimum_length must not be above maximum_length",
            )


def _check_dropdown(dropdown: Mapping[str, Any], here: tuple[str | int, ...]) -> Iterator[Flaw]:
    values = [option["value"] for option in dropdown.get("options") or ()]
    for number, value in enumerate(values):
        if value in values[:number]:
            yield Flaw(
                path=(*here, "options", number, "value"),
                what=f'"{value}" stands in the list already',
                why="You tell the answers apart by their values.",
            )
    first = dropdown.get("default_value")
    if first is not None and first not in values:
        yield Flaw(
            path=(*here, "default_value"),
            what=f'"{first}" is the value of no option',
            mend="Name one of its values.",
        )
