"""Plan: what a customer subscribes to, prices sold together.

Not what `reconciler plan` makes, and not Stripe's legacy `plan`, another word for a price. Stripe
has no object for it. A plan is one metadata entry on the product of its first item, so that
applications can read it from Stripe: compact JSON of lookup keys, quantities and trial days.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Derived, Embedded, Flaw, Kind
from reconciler.model.marks import CLEAR, UPDATE, Body, Ref
from reconciler.model.values import Pending

_TRIAL = "trial_period_days"


class Item(Body):
    """One price of a plan."""

    price: Annotated[str, UPDATE, CLEAR, Ref("price"), Field(description="The price sold.")]
    quantity: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=1, description="How many; 1 unless given.")
    ] = None


def _lift(item: Any) -> Any:
    """Read `"pro.monthly"` as what it stands for."""
    return {"price": item} if isinstance(item, str) else item


class PlanBody(Body):
    """The fields of a plan."""

    items: Annotated[
        tuple[Annotated[Item, BeforeValidator(_lift)], ...],
        UPDATE,
        CLEAR,
        Field(min_length=1, max_length=20, description="The prices, as Stripe subscribes to them."),
    ]
    trial_period_days: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=1, le=730, description="Days before the first charge.")
    ] = None


def _first_product(resource: Resource, catalog: Catalog) -> Address | None:
    """Return the product of the first item, whose metadata carries the plan."""
    for item in resource.body["items"][:1]:
        price = _price(item, catalog)
        product = price.body.get("product") if price else None
        if isinstance(product, Pending):
            return product.address
    return None


def _price(item: Mapping[str, Any], catalog: Catalog) -> Resource | None:
    match item["price"]:
        case Pending(address=address):
            return catalog.resources.get(address)
        case _:
            return None


def write(resource: Resource, quote: Callable[[Any, str], str]) -> str:
    """Return the metadata entry: `{"items":[{"price":"pro_monthly"}],"trial_period_days":14}`."""
    items = [
        {"price": quote(item["price"], "lookup_key")}
        | ({"quantity": item["quantity"]} if "quantity" in item else {})
        for item in resource.body["items"]
    ]
    content: dict[str, Any] = {"items": items}
    if "trial_period_days" in resource.body:
        content["trial_period_days"] = resource.body["trial_period_days"]
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find what Stripe would refuse of a subscription with these items.

    https://docs.stripe.com/api/subscriptions/create#create_subscription-items
    """
    items = resource.body["items"]
    if _first_product(resource, catalog) is None:
        yield Flaw(
            path=("items", 0),
            what="the first item must be a price of this catalog, on a product of this catalog",
            why="The plan is written on that product.",
        )
    seen: dict[Any, int] = {}
    for number, item in enumerate(items):
        if item["price"] in seen:
            yield Flaw(
                path=("items", number),
                what="names a price that stands in the plan already",
                why="Stripe refuses a subscription with one price twice.",
                mend="Give the first one a quantity.",
            )
        seen[item["price"]] = number
        price = _price(item, catalog)
        if price is not None:
            yield from _check_item(number, item, price)
    yield from _check_currencies(items, catalog)


def _check_item(number: int, item: Mapping[str, Any], price: Resource) -> Iterator[Flaw]:
    path = ("items", number)
    recurring = price.body.get("recurring")
    if recurring is None:
        yield Flaw(
            path=path,
            what=f"{price.address} is a one-time price",
            why="A subscription takes recurring prices only.",
            mend="Give the price an interval, or sell it beside the plan.",
        )
    elif recurring.get("usage_type") == "metered" and "quantity" in item:
        yield Flaw(
            path=(*path, "quantity"),
            what=f"{price.address} is metered and takes no quantity",
            why="Its meter counts.",
        )
    if not price.wanted_on:
        yield Flaw(
            path=path,
            what=f"{price.address} is switched off",
            why="Stripe starts no subscription on an inactive price.",
        )
    if price.body.get("lookup_key") == "":
        yield Flaw(
            path=path,
            what=f"{price.address} has no lookup key",
            why="A plan quotes lookup keys, so that applications can find its prices.",
            mend='Take lookup_key = "" away from the price.',
        )


def _check_currencies(items: Any, catalog: Catalog) -> Iterator[Flaw]:
    common: set[str] | None = None
    for item in items:
        price = _price(item, catalog)
        if price is None:
            continue
        offered = {price.body.get("currency", ""), *(price.body.get("currency_options") or {})}
        common = offered if common is None else common & offered
    if common is not None and not common:
        yield Flaw(
            path=("items",),
            what="its prices have no currency in common",
            why="A subscription is charged in one currency.",
            mend="Add currency_options to the prices that lack one.",
        )


def headline(body: Mapping[str, Any]) -> str:
    """Return what is sold together: `pro.monthly + 3 x seats.monthly, 14 days of trial`."""
    parts = []
    for item in body["items"]:
        price = item["price"]
        name = price.address.short if isinstance(price, Pending) else str(price)
        parts.append(f"{item['quantity']} x {name}" if "quantity" in item else name)
    days = body.get("trial_period_days")
    trial = f", {days} day{'s' if days != 1 else ''} of trial" if days else ""
    return " + ".join(parts) + trial


def payment_link(given: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of a payment link that sells a plan: its items, its days of trial."""
    items = table.get("items")
    trial = {"trial_period_days": table["trial_period_days"]} if _TRIAL in table else {}
    data = given.get("subscription_data", {})
    made = dict(given)
    if isinstance(items, list):
        made["line_items"] = [_lift(item) for item in items]
    if trial and isinstance(data, Mapping):
        made["subscription_data"] = {**trial, **data}
    return made


KIND = Kind(
    name="plan",
    table="plans",
    body=PlanBody,
    identity=Embedded(kind="product", prefix="reconciler_plan_", host=_first_product, write=write),
    check=check,
    derives=(
        Derived(
            key="payment_link",
            kind="payment_link",
            said=("line_items",),
            make=payment_link,
            description="A payment link that sells it: true, or the link's fields.",
        ),
    ),
    headline=headline,
    max_key=24,
    notes=("A plan's key has at most 24 characters: Stripe's metadata keys end at 40.",),
    example="""\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"

[products.pro.prices.seats]
amount = 8.00
interval = "month"

[plans.team]
items = ["pro.monthly", { price = "pro.seats", quantity = 3 }]
trial_period_days = 14
payment_link = true               # a page of Stripe's that sells it
""",
)
