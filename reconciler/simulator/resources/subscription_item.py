"""Subscription item: one price on one subscription.

https://docs.stripe.com/api/subscription_items
"""

from __future__ import annotations

from reconciler.simulator.resource import Params, Query, Resource, World
from reconciler.simulator.subscribing import (
    ITEM_DEFAULTS,
    add_item,
    change_item,
    remove_item,
)
from reconciler.simulator.values import Object

# Without invoices there is nothing to prorate and no payment to behave.
_WITHOUT_EFFECT = frozenset({"proration_behavior", "proration_date", "payment_behavior"})


def _create(world: World, params: Params) -> Object:
    subscription = world.need("subscription", params["subscription"], param="subscription")
    return add_item(world, subscription, _effective(params))


def _update(world: World, obj: Object, params: Params) -> Object:
    subscription = world.need("subscription", obj["subscription"])
    return change_item(world, subscription, obj, _effective(params))


def _delete(world: World, obj: Object, _params: Params) -> Object | None:
    remove_item(world, world.need("subscription", obj["subscription"]), obj)
    return None


def _effective(params: Params) -> Params:
    left_out = _WITHOUT_EFFECT | {"subscription"}
    return {name: value for name, value in params.items() if name not in left_out}


def _narrow(world: World, params: Params, _query: Query) -> None:
    world.need("subscription", params["subscription"], param="subscription")


RESOURCE = Resource(
    object="subscription_item",
    path="/v1/subscription_items",
    noun="subscription_item",
    prefix="si_",
    id_length=14,
    not_found_param="item",
    permission="subscription",
    defaults=ITEM_DEFAULTS,
    create=_create,
    update=_update,
    delete=_delete,
    filters=("subscription",),
    narrow=_narrow,
    embeds={"price": "price"},
)
