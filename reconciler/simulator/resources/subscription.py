"""Subscription: a customer's recurring prices. Enough of one to show what hangs on a price.

Nothing is invoiced, so it is active or trialing until it is canceled.
https://docs.stripe.com/api/subscriptions
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.simulator import periods
from reconciler.simulator.money import currency
from reconciler.simulator.resource import (
    Params,
    Query,
    Resource,
    World,
    first_metadata,
    merged_metadata,
    only,
)
from reconciler.simulator.store import Tag
from reconciler.simulator.subscribing import (
    ITEM,
    ITEM_DEFAULTS,
    add_item,
    change_items,
    items_of,
)
from reconciler.simulator.values import Object, missing

DAY = 24 * 3600
EMBEDDED_ITEMS = 10

LIVING = ["active", "past_due", "unpaid", "incomplete", "trialing", "paused"]
ENDED = ["canceled", "incomplete_expired"]

DEFAULTS: Object = {
    "object": "subscription",
    "_prices": [],
    "application": None,
    "billing_cycle_anchor": 0,
    "billing_mode": {"flexible": None, "type": "flexible"},
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "created": 0,
    "currency": "",
    "customer": "",
    "days_until_due": None,
    "default_payment_method": None,
    "description": None,
    "discounts": [],
    "ended_at": None,
    "latest_invoice": None,
    "livemode": False,
    "metadata": {},
    "pause_collection": None,
    "schedule": None,
    "start_date": 0,
    "status": "active",
    "test_clock": None,
    "trial_end": None,
    "trial_start": None,
}

_PLAIN = ("cancel_at_period_end", "collection_method", "days_until_due", "description")
# Without invoices there is nothing to prorate and no payment to behave.
_WITHOUT_EFFECT = {"off_session", "payment_behavior", "proration_behavior"}
_CREATE = {*_PLAIN, *_WITHOUT_EFFECT, "billing_mode", "currency", "customer", "items", "metadata"}
_TRIAL = {"trial_end", "trial_from_plan", "trial_period_days"}
_UPDATE = {*_PLAIN, *_WITHOUT_EFFECT, "items", "metadata"}


def _create(world: World, params: Params) -> Object:
    only(params, _CREATE | _TRIAL)
    for name in ("customer", "items"):
        if not params.get(name):
            raise missing(name)
    # An unknown customer is the one bad reference in a body that answers 404.
    world.need("customer", params["customer"], param="customer", status=404)
    first = params["items"][0]
    obj = DEFAULTS | {
        "id": world.new_id("subscription"),
        "billing_cycle_anchor": world.now,
        "billing_mode": DEFAULTS["billing_mode"] | params.get("billing_mode", {}),
        "created": world.now,
        "currency": _currency(world, params, first),
        "customer": params["customer"],
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
        "start_date": world.now,
        **{name: params[name] for name in _PLAIN if name in params},
    }
    trial_end = _trial_end(world, params, first)
    if trial_end is not None and trial_end > world.now:
        obj |= {"status": "trialing", "trial_start": world.now, "trial_end": trial_end}
    world.insert("subscription", obj)
    for index, item in enumerate(params["items"]):
        add_item(world, obj, item, path=f"items[{index}]")
    return obj


def _currency(world: World, params: Params, first: Params) -> str:
    if "currency" in params:
        return currency(params["currency"], param="currency")
    if "price_data" in first:
        return currency(first["price_data"]["currency"], param="items[0][price_data][currency]")
    price = world.get("price", first.get("price", ""))
    return price["currency"] if price else ""


def _trial_end(world: World, params: Params, first: Params) -> int | None:
    end = params.get("trial_end")
    if isinstance(end, int):
        return end
    days = params.get("trial_period_days")
    # A price's own trial counts only when the subscription says so.
    price = world.get("price", first.get("price", ""))
    if params.get("trial_from_plan") and price and price["recurring"]:
        days = price["recurring"]["trial_period_days"]
    return None if days is None or end == "now" else world.now + days * DAY


def _update(world: World, obj: Object, params: Params) -> Object:
    only(params, _UPDATE)
    for name in _PLAIN:
        if name in params:
            obj[name] = params[name] if params[name] != "" else None
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    change_items(world, obj, params.get("items", []))
    return obj


def _cancel(world: World, obj: Object, params: Params) -> Object:
    only(params, {"cancellation_details", "invoice_now", "prorate"})
    if obj["status"] in ENDED:
        raise world.absent("subscription", obj["id"], status=404)
    details = {"reason": "cancellation_requested", **params.get("cancellation_details", {})}
    return obj | {
        "status": "canceled",
        "canceled_at": world.now,
        "cancellation_details": obj["cancellation_details"] | details,
        "ended_at": world.now,
    }


def _narrow(world: World, params: Params, query: Query) -> None:
    for name in ("customer", "price"):
        if name in params:
            world.need(name, params[name], param=name)
    match params.get("status"):
        case None:
            query.filters["status"] = LIVING
        case "all":
            del query.filters["status"]
        case "ended":
            query.filters["status"] = ENDED
        case _:
            pass


def _tags(obj: Object) -> Iterable[Tag]:
    return [("price", price) for price in obj["_prices"]]


def _present(world: World, obj: Object) -> Object:
    items = items_of(world, obj["id"])
    return obj | {
        "items": {
            "object": "list",
            "data": items[:EMBEDDED_ITEMS],
            "has_more": len(items) > EMBEDDED_ITEMS,
            "total_count": len(items),
            "url": f"/v1/subscription_items?subscription={obj['id']}",
        }
    }


def _complete(world: World, obj: Object) -> Object:
    """A seeded subscription: its items, a list or an envelope, become objects of their own."""
    given = obj.pop("items", [])
    for partial in given["data"] if isinstance(given, dict) else given:
        price = partial["price"]["id"] if isinstance(partial["price"], dict) else partial["price"]
        start = obj["created"]
        item = ITEM_DEFAULTS | {
            "created": start,
            "current_period_start": start,
            "current_period_end": periods.end(start, "month", 1),
            **partial,
            "id": partial.get("id") or world.new_id(ITEM),
            "price": price,
            "subscription": obj["id"],
        }
        if world.get(ITEM, item["id"]) is None:
            world.insert(ITEM, item)
        obj["_prices"] = [*obj["_prices"], price]
        known = world.get("price", price)
        obj["currency"] = obj["currency"] or (known["currency"] if known else "usd")
    dated = {name: obj[name] or obj["created"] for name in ("billing_cycle_anchor", "start_date")}
    return obj | dated


RESOURCE = Resource(
    object="subscription",
    path="/v1/subscriptions",
    noun="subscription",
    prefix="sub_1",
    id_length=23,
    not_found_param="id",
    permission="subscription",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    delete=_cancel,
    filters=("price", "customer", "status", "collection_method"),
    narrow=_narrow,
    tags=_tags,
    references={"customer": "customer"},
    embeds={"items.data": "subscription_item"},
    present=_present,
    complete=_complete,
)
