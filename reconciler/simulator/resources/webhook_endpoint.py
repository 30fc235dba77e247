"""Webhook endpoint: where events are sent. Its signing secret is answered once, at creation.

https://docs.stripe.com/api/webhook_endpoints
"""

from __future__ import annotations

from urllib.parse import urlsplit

from reconciler.simulator.ids import token
from reconciler.simulator.resource import (
    Params,
    Resource,
    World,
    first_metadata,
    merged_metadata,
)
from reconciler.simulator.values import Object, RefusalError

DEFAULTS: Object = {
    "object": "webhook_endpoint",
    "api_version": None,
    "application": None,
    "created": 0,
    "description": None,
    "enabled_events": [],
    "livemode": False,
    "metadata": {},
    "status": "enabled",
    "url": "",
}


def _create(world: World, params: Params) -> Object:
    id_ = world.new_id("webhook_endpoint")
    obj = DEFAULTS | {
        "id": id_,
        "api_version": params.get("api_version"),
        "created": world.now,
        "livemode": world.livemode,
        "metadata": first_metadata(world, params),
    }
    world.insert("webhook_endpoint", _assigned(obj, params))
    return obj | {"secret": "whsec_" + token(32, "secret", id_)}


def _assigned(obj: Object, params: Params) -> Object:
    if "url" in params:
        parts = urlsplit(params["url"])
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RefusalError(
                "Invalid URL: An explicit scheme (such as https) must be provided.",
                code="url_invalid",
                param="url",
            )
        obj["url"] = params["url"]
    if "enabled_events" in params:
        obj["enabled_events"] = params["enabled_events"]
    if "description" in params:
        obj["description"] = params["description"] or None
    return obj


def _update(_world: World, obj: Object, params: Params) -> Object:
    if "metadata" in params:
        obj["metadata"] = merged_metadata(obj["metadata"], params["metadata"])
    if "disabled" in params:
        obj["status"] = "disabled" if params["disabled"] else "enabled"
    return _assigned(obj, params)


def _delete(world: World, obj: Object, _params: Params) -> None:
    world.remove("webhook_endpoint", obj["id"])


def _present(world: World, obj: Object) -> Object:
    if world.switches.enabled_events_order == "kept":
        return obj
    shuffled = sorted(obj["enabled_events"], key=lambda event: token(8, obj["id"], event))
    return obj | {"enabled_events": shuffled}


RESOURCE = Resource(
    object="webhook_endpoint",
    path="/v1/webhook_endpoints",
    noun="webhook endpoint",
    prefix="we_1",
    id_length=23,
    not_found_param="webhook_endpoint",
    permission="webhook",
    defaults=DEFAULTS,
    create=_create,
    update=_update,
    delete=_delete,
    present=_present,
    once=("secret",),
)
