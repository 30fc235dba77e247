"""Tax rate: its percentage and whether it is included never change.

https://docs.stripe.com/api/tax_rates
"""

from __future__ import annotations

from reconciler.simulator.resource import (
    Params,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object

DEFAULTS: Object = {
    "object": "tax_rate",
    "active": True,
    "country": None,
    "created": 0,
    "description": None,
    "display_name": "",
    "effective_percentage": None,
    "flat_amount": None,
    "inclusive": False,
    "jurisdiction": None,
    "jurisdiction_level": None,
    "livemode": False,
    "metadata": {},
    "percentage": 0,
    "rate_type": "percentage",
    "state": None,
    "tax_type": None,
}

_MUTABLE = (
    "active",
    "country",
    "description",
    "display_name",
    "jurisdiction",
    "state",
    "tax_type",
)


def _create(world: World, params: Params) -> Object:
    obj = DEFAULTS | {
        "id": world.new_id("tax_rate"),
        "created": world.now,
        "inclusive": params["inclusive"],
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
        "percentage": params["percentage"],
        **{name: params[name] for name in _MUTABLE if name in params},
    }
    return world.insert("tax_rate", obj)


def _update(_world: World, obj: Object, params: Params) -> Object:
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    return obj | {name: params[name] for name in _MUTABLE if name in params}


RESOURCE = Resource(
    object="tax_rate",
    path="/v1/tax_rates",
    noun="tax rate",
    prefix="txr_1",
    id_length=23,
    not_found_param="tax_rate",
    permission="tax_rate",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("inclusive", "active"),
)
