"""Price: what a product costs. Its amounts never change, and it is never deleted.

https://docs.stripe.com/api/prices
"""

from __future__ import annotations

from reconciler.simulator import currency_options, pricing
from reconciler.simulator.money import currency
from reconciler.simulator.resource import (
    Params,
    Query,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object, RefusalError

MAX_LOOKUP_KEYS = 10

DEFAULTS: Object = {
    "object": "price",
    "active": True,
    "billing_scheme": "per_unit",
    "created": 0,
    "currency": "usd",
    "currency_options": {},
    "custom_unit_amount": None,
    "livemode": False,
    "lookup_key": None,
    "metadata": {},
    "nickname": None,
    "product": "",
    "recurring": None,
    "tax_behavior": "unspecified",
    "tiers_mode": None,
    "transform_quantity": None,
    "type": "one_time",
    "unit_amount": None,
    "unit_amount_decimal": None,
}


def _create(world: World, params: Params) -> Object:
    made_product = "product_data" in params
    product = _product(world, params)
    obj = DEFAULTS | {
        "id": world.new_id("price"),
        "active": params.get("active", True),
        "created": world.now,
        "currency": currency(params["currency"], param="currency"),
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
        "nickname": params.get("nickname"),
        "product": product["id"],
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        **_recurring(world, params),
        **_amounts(params),
    }
    if params.get("_inline"):
        obj["_inline"] = True
    obj["currency_options"] = currency_options.made(obj, params.get("currency_options", {}))
    if "lookup_key" in params:
        _claim_key(world, obj, params)
        obj["lookup_key"] = params["lookup_key"]
    world.insert("price", obj)
    if made_product and world.switches.product_data_sets_default_price:
        world.save("product", product | {"default_price": obj["id"]})
    return obj


def _product(world: World, params: Params) -> Object:
    if "product" in params and "product_data" in params:
        raise RefusalError(
            "You may only specify one of these parameters: product, product_data.",
            param="product",
        )
    if "product_data" in params:
        return world.create("product", params["product_data"])
    if "product" not in params:
        raise RefusalError(
            "You must specify either `product` or `product_data` when creating a price."
        )
    product = world.need("product", params["product"], param="product")
    refused = world.switches.create_price_on_archived_product == "refuse"
    if refused and not product["active"]:
        raise RefusalError(
            f"The product {product['id']} is marked as inactive, and thus no new prices can be "
            "created for it.",
            param="product",
        )
    return product


def _recurring(world: World, params: Params) -> Object:
    given = params.get("recurring")
    if given is None:
        return {"recurring": None, "type": "one_time"}
    shaped = pricing.recurring(given)
    if shaped["meter"] is not None:
        meter = world.need("billing.meter", shaped["meter"], param="recurring[meter]")
        if meter["status"] != "active":
            raise RefusalError(
                f"The meter {meter['id']} is inactive and cannot be attached to a price.",
                param="recurring[meter]",
            )
    return {"recurring": shaped, "type": "recurring"}


def _amounts(params: Params) -> Object:
    if "tiers" in params or params.get("billing_scheme") == "tiered" or "tiers_mode" in params:
        return _tiered(params)
    chosen = params.get("custom_unit_amount")
    transform = {"transform_quantity": params.get("transform_quantity")}
    if transform["transform_quantity"] and transform["transform_quantity"]["divide_by"] < 1:
        raise RefusalError(
            "Invalid positive integer",
            code="parameter_invalid_integer",
            param="transform_quantity[divide_by]",
        )
    if chosen is not None and chosen["enabled"]:
        if "unit_amount" in params or "unit_amount_decimal" in params:
            raise RefusalError(
                "You may only specify one of these parameters: custom_unit_amount, unit_amount.",
                param="custom_unit_amount",
            )
        if "recurring" in params:
            raise RefusalError(
                "`custom_unit_amount` is not supported with `type=recurring`.",
                param="custom_unit_amount",
            )
        return {"custom_unit_amount": pricing.custom(chosen), **transform}
    return {**pricing.unit(params), **transform}


def _tiered(params: Params) -> Object:
    if "recurring" not in params:
        raise RefusalError(
            "Prices with `type=one_time` are not supported with tiered billing.", param="interval"
        )
    for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount", "transform_quantity"):
        if name in params:
            raise RefusalError(f"`{name}` cannot be used with `billing_scheme=tiered`.", param=name)
    for name in ("tiers", "tiers_mode"):
        if name not in params:
            raise RefusalError(
                f"Missing required param: {name}.", code="parameter_missing", param=name
            )
    if params.get("billing_scheme") != "tiered":
        raise RefusalError(
            "`tiers` can only be used with `billing_scheme=tiered`.", param="billing_scheme"
        )
    return {
        "billing_scheme": "tiered",
        "tiers": pricing.tiers(params["tiers"]),
        "tiers_mode": params["tiers_mode"],
    }


def _claim_key(world: World, obj: Object, params: Params) -> None:
    """Frees the lookup key: an archived holder keeps it too, until it is transferred."""
    key = params["lookup_key"]
    holder = world.find("price", "lookup_key", key)
    if holder is None or holder["id"] == obj["id"]:
        return
    if not params.get("transfer_lookup_key"):
        raise RefusalError(
            f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key"
        )
    world.save("price", holder | {"lookup_key": None})


def _update(world: World, obj: Object, params: Params) -> Object:
    if "active" in params:
        if not params["active"] and obj["active"]:
            _check_archive(world, obj)
        obj["active"] = params["active"]
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    if "nickname" in params:
        obj["nickname"] = _emptied(
            world.switches.empty_nickname, "nickname", params["nickname"], obj["nickname"]
        )
    if "tax_behavior" in params:
        obj["tax_behavior"] = currency_options.once(
            obj["tax_behavior"], params["tax_behavior"], "tax_behavior"
        )
    if "lookup_key" in params:
        if params["lookup_key"]:
            _claim_key(world, obj, params)
        obj["lookup_key"] = _emptied(
            world.switches.empty_lookup_key, "lookup_key", params["lookup_key"], obj["lookup_key"]
        )
    if "currency_options" in params:
        obj["currency_options"] = currency_options.updated(world, obj, params["currency_options"])
    return obj


def _check_archive(world: World, obj: Object) -> None:
    product = world.get("product", obj["product"])
    if product is None or product["default_price"] != obj["id"]:
        return
    match world.switches.archive_default_price:
        case "allow":
            return
        case "after_product" if not product["active"]:
            return
        case _:
            raise RefusalError(
                "This price cannot be archived because it is the default price of its product."
            )


def _emptied(rule: str, name: str, given: str, current: str | None) -> str | None:
    """A text after an update that may be empty, by the switch for that text."""
    if given or rule == "clear":
        return given or None
    if rule == "ignore":
        return current
    raise RefusalError(
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset "
        f"a parameter; however '{name}' cannot be unset. You should remove '{name}' from your "
        "request or supply a non-empty value.",
        code="parameter_invalid_empty",
        param=name,
    )


def _narrow(world: World, params: Params, query: Query) -> None:
    if len(params.get("lookup_keys", ())) > MAX_LOOKUP_KEYS:
        raise RefusalError(
            f"You can specify up to {MAX_LOOKUP_KEYS} lookup_keys.", param="lookup_keys"
        )
    if "product" in params:
        world.need("product", params["product"], param="product")
    if "active" not in params and world.switches.prices_list_default == "active":
        query.filters["active"] = ["true"]
    if "currency" in params:
        query.filters["currency"] = [params["currency"].lower()]


def _present(world: World, obj: Object) -> Object:
    if world.switches.base_currency_in_options == "echo":
        own = {obj["currency"]: currency_options.own(obj)}
        return obj | {"currency_options": own | obj["currency_options"]}
    return obj


def _complete(_world: World, obj: Object) -> Object:
    """A seeded price: amounts in both forms, `type` and `billing_scheme` derived."""
    whole = obj | pricing.completed_amounts(obj, "unit_amount")
    if obj["recurring"] is not None:
        usual = {
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
        whole |= {"recurring": usual | obj["recurring"], "type": "recurring"}
    if obj.get("tiers"):
        whole["tiers"] = [pricing.completed_tier(tier) for tier in obj["tiers"]]
        whole["billing_scheme"] = "tiered"
        whole["tiers_mode"] = obj["tiers_mode"] or "graduated"
    elif "tiers" in whole:
        del whole["tiers"]
    whole["currency_options"] = {
        name: pricing.completed_option(option)
        for name, option in (obj["currency_options"] or {}).items()
        if name != obj["currency"]
    }
    return whole


RESOURCE = Resource(
    object="price",
    path="/v1/prices",
    noun="price",
    prefix="price_1",
    id_length=23,
    not_found_param="price",
    # Restricted keys still name prices after their ancestor.
    permission="plan",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=(
        "lookup_key",
        "recurring.meter",
        "product",
        "recurring.usage_type",
        "recurring.interval",
        "currency",
        "type",
        "active",
    ),
    plurals={"lookup_keys": "lookup_key"},
    # https://docs.stripe.com/search#query-fields-for-prices
    searched=("active", "currency", "lookup_key", "metadata", "product", "type"),
    narrow=_narrow,
    on_demand=frozenset({"tiers", "currency_options"}),
    references={"product": "product"},
    present=_present,
    complete=_complete,
    clearable=frozenset({"lookup_key", "nickname"}),
)
