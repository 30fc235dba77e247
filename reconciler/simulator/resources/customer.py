"""Customer: who subscribes. Enough of one to hang subscriptions on.

https://docs.stripe.com/api/customers
"""

from __future__ import annotations

from reconciler.simulator.resource import (
    Params,
    Resource,
    World,
    first_metadata,
    merged_metadata,
    only,
)
from reconciler.simulator.values import Object

DEFAULTS: Object = {
    "object": "customer",
    "address": None,
    "balance": 0,
    "created": 0,
    "currency": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "email": None,
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {},
    "name": None,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax_exempt": "none",
    "test_clock": None,
}

_PLAIN = ("balance", "description", "email", "name", "phone", "preferred_locales", "tax_exempt")


def _assigned(obj: Object, params: Params) -> Object:
    only(params, {*_PLAIN, "metadata"})
    for name in _PLAIN:
        if name in params:
            obj[name] = params[name] if params[name] != "" else DEFAULTS[name]
    return obj


def _create(world: World, params: Params) -> Object:
    obj = DEFAULTS | {
        "id": world.new_id("customer"),
        "created": world.now,
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
    }
    return world.insert("customer", _assigned(obj, params))


def _update(_world: World, obj: Object, params: Params) -> Object:
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    return _assigned(obj, params)


RESOURCE = Resource(
    object="customer",
    path="/v1/customers",
    noun="customer",
    prefix="cus_",
    id_length=14,
    not_found_param="id",
    permission="customer",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("email",),
)
