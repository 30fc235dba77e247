"""Product feature: a feature attached to a product. It is attached and detached, nothing else.

https://docs.stripe.com/api/product-feature
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.simulator.resource import Params, Resource, World
from reconciler.simulator.resources.entitlements_feature import KIND as FEATURE
from reconciler.simulator.store import Tag
from reconciler.simulator.values import Object, RefusalError

DEFAULTS: Object = {"object": "product_feature", "entitlement_feature": "", "livemode": False}


def _create(world: World, params: Params) -> Object:
    feature = world.need(FEATURE, params["entitlement_feature"], param="entitlement_feature")
    if not feature["active"]:
        raise RefusalError(
            "An archived feature cannot be attached to a product.", param="entitlement_feature"
        )
    attached = world.siblings("product_feature", "product", params["product"])
    if any(other["entitlement_feature"] == feature["id"] for other in attached):
        raise RefusalError(
            "This feature is already attached to this product.",
            code="resource_already_exists",
            param="entitlement_feature",
        )
    obj = DEFAULTS | {
        "id": world.new_id("product_feature"),
        "_product": params["product"],
        "entitlement_feature": feature["id"],
        "livemode": world.livemode,
    }
    return world.insert("product_feature", obj)


def _delete(world: World, obj: Object, _params: Params) -> None:
    world.remove("product_feature", obj["id"])


def _tags(obj: Object) -> Iterable[Tag]:
    return [("product", obj["_product"])]


def _complete(_world: World, obj: Object) -> Object:
    """A seeded one names its product beside it, for its answers do not."""
    kept = {name: value for name, value in obj.items() if name != "product"}
    return kept | {"_product": obj["product"]}


RESOURCE = Resource(
    object="product_feature",
    path="/v1/products/{product}/features",
    noun="product feature",
    prefix="prodft_1",
    id_length=23,
    not_found_param="id",
    permission="product",
    defaults=DEFAULTS,
    create=_create,
    delete=_delete,
    filters=("product",),
    tags=_tags,
    embeds={"entitlement_feature": FEATURE},
    complete=_complete,
)
