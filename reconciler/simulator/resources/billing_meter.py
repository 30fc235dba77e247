"""Meter: what metered prices count. Only its display name changes; it has no metadata.

https://docs.stripe.com/api/billing/meter
"""

from __future__ import annotations

from reconciler.simulator.resource import Params, Resource, World
from reconciler.simulator.values import Object, RefusalError

DEFAULTS: Object = {
    "object": "billing.meter",
    "created": 0,
    "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
    "default_aggregation": {"formula": "sum"},
    "display_name": "",
    "event_name": "",
    "event_time_window": None,
    "livemode": False,
    "status": "active",
    "status_transitions": {"deactivated_at": None},
    "updated": 0,
    "value_settings": {"event_payload_key": "value"},
}


def _create(world: World, params: Params) -> Object:
    # A deactivated meter still holds its event name.
    if world.find("billing.meter", "event_name", params["event_name"]) is not None:
        raise RefusalError(
            f"A meter with the event name `{params['event_name']}` already exists.",
            code="resource_already_exists",
            param="event_name",
        )
    obj = DEFAULTS | {
        "id": world.new_id("billing.meter"),
        "created": world.now,
        "updated": world.now,
        "livemode": world.livemode,
        **params,
    }
    return world.insert("billing.meter", obj)


def _update(world: World, obj: Object, params: Params) -> Object:
    return obj | {"display_name": params.get("display_name", obj["display_name"])} | _now(world)


def _deactivate(world: World, obj: Object, _params: Params) -> Object:
    changed = {"status": "inactive", "status_transitions": {"deactivated_at": world.now}}
    return obj | changed | _now(world)


def _reactivate(world: World, obj: Object, _params: Params) -> Object:
    changed = {"status": "active", "status_transitions": {"deactivated_at": None}}
    return obj | changed | _now(world)


def _now(world: World) -> Object:
    return {"updated": world.now}


def _complete(_world: World, obj: Object) -> Object:
    return obj | {"updated": obj["updated"] or obj["created"]}


RESOURCE = Resource(
    object="billing.meter",
    path="/v1/billing/meters",
    noun="meter",
    prefix="mtr_test_61",
    id_length=30,
    not_found_param="id",
    permission="billing_meter",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    verbs={"deactivate": _deactivate, "reactivate": _reactivate},
    filters=("event_name", "status"),
    complete=_complete,
)
