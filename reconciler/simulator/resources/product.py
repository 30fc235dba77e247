"""Product: what is sold. It can be deleted only while it never had a price.

https://docs.stripe.com/api/products
"""

from __future__ import annotations

import re
from typing import Any

from reconciler.simulator import tax
from reconciler.simulator.resource import (
    Params,
    Query,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object, RefusalError

MAX_IMAGES = 8
MAX_FEATURES = 15

DEFAULTS: Object = {
    "object": "product",
    "active": True,
    "attributes": [],
    "created": 0,
    "default_price": None,
    "description": None,
    "images": [],
    "livemode": False,
    "marketing_features": [],
    "metadata": {},
    "name": "",
    "package_dimensions": None,
    "shippable": None,
    "statement_descriptor": None,
    "tax_code": None,
    "tax_details": None,
    "type": "service",
    "unit_label": None,
    "updated": 0,
    "url": None,
}

# What an empty string leaves behind, where it is not null.
_EMPTY: Object = {"images": [], "marketing_features": []}

_PLAIN = (
    "active",
    "description",
    "images",
    "marketing_features",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "tax_details",
    "type",
    "unit_label",
    "url",
)


def _assigned(obj: Object, params: Params) -> Object:
    _check(params)
    for name in _PLAIN:
        if name in params:
            value = params[name]
            obj[name] = _EMPTY.get(name) if value == "" else value
    details = obj["tax_details"]
    if details:
        shape = {"performance_location": None, "tax_code": None}
        obj["tax_details"] = shape | {k: v or None for k, v in details.items()}
    return obj


def _check(params: Params) -> None:
    if len(params.get("images", ())) > MAX_IMAGES:
        raise RefusalError(f"You can specify at most {MAX_IMAGES} images.", param="images")
    if len(params.get("marketing_features", ())) > MAX_FEATURES:
        raise RefusalError(
            f"You can specify at most {MAX_FEATURES} marketing features.",
            param="marketing_features",
        )
    descriptor: Any = params.get("statement_descriptor")
    if descriptor is not None and (
        re.search(r"""[<>\\"']""", descriptor) or not re.search(r"[A-Za-z]", descriptor)
    ):
        raise RefusalError(
            "The statement descriptor must contain at least one letter, and none of the "
            """characters < > \\ " '.""",
            param="statement_descriptor",
        )
    tax.check_code(params.get("tax_code"))


def _create(world: World, params: Params) -> Object:
    id_ = params.get("id") or world.new_id("product")
    buried = world.buried("product", id_) and world.switches.deleted_ids == "taken"
    if buried or world.get("product", id_) is not None:
        raise RefusalError("Product already exists.", code="resource_already_exists", param="id")
    obj = DEFAULTS | {
        "id": id_,
        "created": world.now,
        "updated": world.now,
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
    }
    world.insert("product", _assigned(obj, params))
    if "default_price_data" in params:
        price = world.create("price", {**params["default_price_data"], "product": id_})
        obj["default_price"] = price["id"]
        world.save("product", obj)
    return obj


def _update(world: World, obj: Object, params: Params) -> Object:
    if params.get("default_price"):
        _check_default(world, obj, params["default_price"])
    if "default_price" in params:
        obj["default_price"] = params["default_price"] or None
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    obj["updated"] = world.now
    return _assigned(obj, params)


def _check_default(world: World, obj: Object, price_id: str) -> None:
    price = world.need("price", price_id, param="default_price")
    if price["product"] != obj["id"]:
        raise RefusalError(
            f"The price `{price_id}` belongs to another product and cannot be this one's default.",
            param="default_price",
        )
    changed = obj["default_price"] != price_id
    if changed and world.switches.default_price_must_be_active and not price["active"]:
        raise RefusalError(
            "The price specified is inactive. This field only accepts active prices.",
            param="default_price",
        )


def _delete(world: World, obj: Object, _params: Params) -> None:
    # Archived prices count, and so do inline ones, which no list shows.
    for tag in ("product", "inline:product"):
        if world.find("price", tag, obj["id"]) is not None:
            raise RefusalError(
                "This product cannot be deleted because it has one or more user-created prices."
            )
    for attached in world.siblings("product_feature", "product", obj["id"]):
        world.remove("product_feature", attached["id"])
    world.remove("product", obj["id"])


def _narrow(_world: World, params: Params, query: Query) -> None:
    if query.ids is not None and {"starting_after", "ending_before"} & params.keys():
        raise RefusalError("You cannot use ids together with a pagination cursor.", param="ids")


def _complete(_world: World, obj: Object) -> Object:
    return obj | {"updated": obj["updated"] or obj["created"]}


RESOURCE = Resource(
    object="product",
    path="/v1/products",
    noun="product",
    prefix="prod_",
    id_length=14,
    not_found_param="id",
    permission="product",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    delete=_delete,
    filters=("url", "shippable", "type", "active"),
    # https://docs.stripe.com/search#query-fields-for-products
    searched=("active", "description", "metadata", "name", "shippable", "url"),
    narrow=_narrow,
    references={"default_price": "price"},
    complete=_complete,
    # Observed at Stripe, though the schema has no empty variant for them.
    clearable=frozenset({"default_price", "shippable"}),
)
