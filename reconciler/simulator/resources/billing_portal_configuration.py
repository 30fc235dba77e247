"""Portal configuration: what customers may do by themselves. It goes off, and is never deleted.

None made by API is the default one; to have one, seed it with `is_default`.
https://docs.stripe.com/api/customer_portal/configurations
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reconciler.simulator.ids import token
from reconciler.simulator.nested import Each, Members, Part, blank, merged
from reconciler.simulator.pricing import LONGEST
from reconciler.simulator.resource import (
    Params,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object, RefusalError, missing

KIND = "billing_portal.configuration"
PRODUCTS = "features.subscription_update.products"
MAX_PRODUCTS = 10

_PRODUCTS_PARAM = "features[subscription_update][products]"
_USUAL_REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "other"]

# The one month is documented; the rest is how Stripe's example objects have it.
_FEATURES: Members = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "feedback_options": None, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {
        "duration": {
            "interval_options": Each(
                {"interval": "", "interval_count": 1}, [{"interval": "month", "interval_count": 1}]
            ),
            "type": "interval_options",
        },
        "enabled": False,
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": Each(
            {
                "adjustable_quantity": Part({"enabled": False, "maximum": None, "minimum": 1}),
                "prices": [],
                "product": "",
            },
            [],
        ),
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}

_SHAPE: Members = {
    "business_profile": {
        "headline": None,
        "privacy_policy_url": None,
        "terms_of_service_url": None,
    },
    "default_return_url": None,
    "features": _FEATURES,
    "name": None,
}

DEFAULTS: Object = {
    "object": KIND,
    "active": True,
    "application": None,
    "created": 0,
    "is_default": False,
    "livemode": False,
    "login_page": {"enabled": False, "url": None},
    "metadata": {},
    "updated": 0,
    **blank(_SHAPE),
}


def _create(world: World, params: Params) -> Object:
    obj = DEFAULTS | {
        "id": world.new_id(KIND),
        "created": world.now,
        "updated": world.now,
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
    }
    if world.switches.portal_cancellation_options == "usual":
        reason = {"cancellation_reason": {"options": _USUAL_REASONS}}
        obj["features"] = merged(_FEATURES, obj["features"], {"subscription_cancel": reason})
    return world.insert(KIND, _assigned(world, obj, params))


def _update(world: World, obj: Object, params: Params) -> Object:
    if obj["is_default"] and params.get("active") is False:
        raise RefusalError("You cannot deactivate the default configuration.", param="active")
    obj["active"] = params.get("active", obj["active"])
    obj["updated"] = world.now
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    return _assigned(world, obj, params)


def _assigned(world: World, obj: Object, params: Params) -> Object:
    """What is named changes, down to single members of a feature; the rest stays."""
    whole = obj | merged(_SHAPE, obj, params)
    if "login_page" in params:
        enabled = params["login_page"]["enabled"]
        whole["login_page"] = {"enabled": enabled, "url": _login_url(obj) if enabled else None}
    given = params.get("features", {})
    features = whole["features"]
    update = features["subscription_update"]
    if "subscription_update" in given:
        _check_products(world, given["subscription_update"].get("products") or [])
        # Observed: whoever may switch needs products to switch to.
        if update["enabled"] and not update["products"]:
            raise missing(_PRODUCTS_PARAM)
    _check_cancel(features["subscription_cancel"])
    changed = {
        "subscription_pause": _pause(features["subscription_pause"], given),
        "subscription_update": update | {"products": _offered(world, update["products"])},
    }
    return whole | {"features": features | changed}


def _offered(world: World, products: list[Object]) -> list[Object]:
    """Products whole: how many of one a customer may have, where nothing was said of it."""
    unset = {
        "enabled": world.switches.portal_quantities == "adjustable",
        "maximum": None,
        "minimum": 1,
    }
    return [
        product | {"adjustable_quantity": product["adjustable_quantity"] or unset}
        for product in products
    ]


def _login_url(obj: Object) -> str:
    mode = "" if obj["livemode"] else "test_"
    return f"https://billing.stripe.com/p/login/{mode}{token(18, 'login', obj['id'])}"


def _check_products(world: World, given: list[Params]) -> None:
    if len(given) > MAX_PRODUCTS:
        raise RefusalError(
            f"You can specify at most {MAX_PRODUCTS} products.", param=_PRODUCTS_PARAM
        )
    for index, entry in enumerate(given):
        product = world.need(
            "product", entry["product"], param=f"{_PRODUCTS_PARAM}[{index}][product]"
        )
        for position, name in enumerate(entry["prices"]):
            param = f"{_PRODUCTS_PARAM}[{index}][prices][{position}]"
            if world.need("price", name, param=param)["product"] != product["id"]:
                raise RefusalError(
                    f"The price `{name}` does not belong to the product `{product['id']}`.",
                    param=param,
                )


def _check_cancel(cancel: Object) -> None:
    """Whole features are checked: an update may change either half of what goes together."""
    param = "features[subscription_cancel][proration_behavior]"
    if cancel["proration_behavior"] == "always_invoice":
        raise RefusalError(
            "Invalid proration_behavior: must be one of none or create_prorations", param=param
        )
    if cancel["proration_behavior"] == "create_prorations" and cancel["mode"] != "immediately":
        raise RefusalError(
            "`create_prorations` is only compatible with `mode=immediately`.", param=param
        )


def _pause(pause: Object, given: Params) -> Object:
    """The feature, checked; a pause without end offers no durations."""
    path = "features[subscription_pause][duration][interval_options]"
    duration = given.get("subscription_pause", {}).get("duration", {})
    if duration.get("type") == "interval_options" and not duration.get("interval_options"):
        raise missing(path)
    if pause["duration"]["type"] == "indefinite":
        return pause | {"duration": {"interval_options": [], "type": "indefinite"}}
    for index, option in enumerate(pause["duration"]["interval_options"]):
        if not 1 <= option["interval_count"] <= LONGEST[option["interval"]]:
            raise RefusalError(
                "A pause lasts between one interval and three years.",
                param=f"{path}[{index}][interval_count]",
            )
    return pause


def _present(world: World, obj: Object) -> Object:
    if world.switches.portal_products_order == "shuffled":
        update = obj["features"]["subscription_update"]
        update["products"] = _shuffled(update["products"], obj["id"])
        for entry in update["products"]:
            entry["prices"] = _shuffled(entry["prices"], obj["id"])
    return obj


def _shuffled(listed: list[Any], salt: str) -> list[Any]:
    return sorted(listed, key=lambda one: token(8, salt, one))


def _unasked(world: World) -> Collection[str]:
    return {PRODUCTS} if world.switches.portal_products == "always" else ()


def _complete(world: World, obj: Object) -> Object:
    """A seeded configuration: features that it leaves out, whole or in part, are filled."""
    whole = obj | merged(_SHAPE, None, obj)
    update = whole["features"]["subscription_update"]
    update["products"] = _offered(world, update["products"])
    whole["login_page"] = {"enabled": False, "url": None, **(obj["login_page"] or {})}
    if whole["login_page"]["enabled"] and whole["login_page"]["url"] is None:
        whole["login_page"]["url"] = _login_url(obj)
    return whole | {"metadata": obj["metadata"] or {}, "updated": obj["updated"] or obj["created"]}


RESOURCE = Resource(
    object=KIND,
    path="/v1/billing_portal/configurations",
    noun="configuration",
    prefix="bpc_1",
    id_length=23,
    not_found_param="configuration",
    permission="customer_portal",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("is_default", "active"),
    on_demand=frozenset({PRODUCTS}),
    unasked=_unasked,
    present=_present,
    complete=_complete,
)
