"""Puts given objects into a world as if they had been created there. For tests and demos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.simulator.resource import Resource, World
from reconciler.simulator.values import Object, dumps, loads


def complete(resources: Mapping[str, Resource], world: World, objects: Iterable[Object]) -> None:
    """Stores response-shaped objects; what they leave out is what a create would answer."""
    for given in objects:
        kind = given["object"]
        resource = resources[kind]
        partial: Object = loads(dumps(given))  # a copy, with exact numbers
        for path in (*resource.references, *resource.embeds):
            value = partial.get(path)
            if isinstance(value, dict):
                partial[path] = value["id"]
        partial.setdefault("id", "")
        partial["id"] = partial["id"] or world.new_id(kind)
        defaults: Object = loads(dumps(resource.defaults))
        if "created" in defaults:
            defaults["created"] = world.now
        if "livemode" in defaults:
            defaults["livemode"] = world.livemode
        whole = resource.complete(world, {**defaults, **partial})
        if world.get(kind, whole["id"]) is None:
            world.insert(kind, whole)
        else:
            world.save(kind, whole)
