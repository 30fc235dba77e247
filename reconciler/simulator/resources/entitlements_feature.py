"""Feature: what a product entitles to. Its lookup key never changes; it is archived, not deleted.

https://docs.stripe.com/api/entitlements/feature
"""

from __future__ import annotations

from reconciler.simulator.resource import (
    Params,
    Query,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object, RefusalError

KIND = "entitlements.feature"

DEFAULTS: Object = {
    "object": KIND,
    "active": True,
    "livemode": False,
    "lookup_key": "",
    "metadata": {},
    "name": "",
}


def _create(world: World, params: Params) -> Object:
    _check_key(world, params["lookup_key"])
    obj = DEFAULTS | {
        "id": world.new_id(KIND),
        "livemode": world.livemode,
        "lookup_key": params["lookup_key"],
        "metadata": first_metadata(world, params),
        "name": params["name"],
    }
    return world.insert(KIND, obj)


def _check_key(world: World, key: str) -> None:
    """A lookup key is unique among active features, and free again after archiving."""
    if any(other["active"] for other in world.siblings(KIND, "lookup_key", key)):
        raise RefusalError(
            f"A feature with the lookup key `{key}` already exists.",
            code="resource_already_exists",
            param="lookup_key",
        )


def _update(world: World, obj: Object, params: Params) -> Object:
    if not obj["active"] and params and world.switches.archived_feature == "frozen":
        raise RefusalError("An archived feature cannot be changed.")
    if params.get("active") and not obj["active"]:
        _check_key(world, obj["lookup_key"])
    for name in ("active", "name"):
        obj[name] = params.get(name, obj[name])
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    return obj


def _narrow(_world: World, params: Params, query: Query) -> None:
    """Without `archived` a list leaves archived features out."""
    query.filters["active"] = ["false" if params.get("archived") else "true"]


RESOURCE = Resource(
    object=KIND,
    path="/v1/entitlements/features",
    noun="feature",
    prefix="feat_test_61",
    id_length=30,
    not_found_param="id",
    permission="entitlement",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    filters=("lookup_key", "active"),
    plurals={"archived": "active"},
    narrow=_narrow,
)
