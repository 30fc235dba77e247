"""Line item of a payment link. It is made and changed with its link, and listed below it.

https://docs.stripe.com/api/payment-link/retrieve_line_items
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.simulator.resource import Resource, World
from reconciler.simulator.selling import ITEM, ITEM_DEFAULTS, shown
from reconciler.simulator.store import Tag
from reconciler.simulator.values import Object


def _tags(obj: Object) -> Iterable[Tag]:
    return [("payment_link", obj["_payment_link"])]


def _complete(_world: World, obj: Object) -> Object:
    """A seeded one names its link beside it; what is worked out at reading is not stored."""
    kept = {name: obj[name] for name in ITEM_DEFAULTS}
    return kept | {"id": obj["id"], "_payment_link": obj["payment_link"]}


RESOURCE = Resource(
    object=ITEM,
    path="/v1/payment_links/{payment_link}/line_items",
    noun="line item",
    prefix="li_1",
    id_length=23,
    not_found_param="id",
    permission="payment_links",
    defaults=ITEM_DEFAULTS,
    retrieve=False,
    filters=("payment_link",),
    tags=_tags,
    on_demand=frozenset({"discounts", "taxes"}),
    embeds={"price": "price"},
    present=shown,
    complete=_complete,
)
