"""Carries out one endpoint: parameters checked, resource asked, answer shaped.

It runs inside a transaction that the core holds, and knows neither callers nor keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator import expand
from reconciler.simulator.contract import check
from reconciler.simulator.listing import listing
from reconciler.simulator.resource import Params, Resource
from reconciler.simulator.routing import Route
from reconciler.simulator.search import search
from reconciler.simulator.store import Store
from reconciler.simulator.values import Object
from reconciler.simulator.world import StoredWorld


class Dispatch:
    """The endpoints of a set of resources, over one store."""

    def __init__(self, resources: Mapping[str, Resource], store: Store) -> None:
        self._resources = resources
        self._store = store

    def run(self, route: Route, world: StoredWorld, given: Mapping[str, Any]) -> Object:
        """Answer a request to one endpoint, or raise its refusal."""
        endpoint = route.endpoint
        resource = endpoint.resource
        clearable = resource.clearable if endpoint.action == "update" else ()
        params = check(endpoint.operation, given, clearable=clearable)
        wanted = expand.tree(params.pop("expand", []))
        if endpoint.action in {"list", "search"}:
            expand.check_list(self._resources, resource, wanted)
        else:
            expand.check_one(self._resources, resource, wanted)
        for kind, id_ in route.parents.items():
            world.need(kind, id_, status=404)
        if endpoint.action == "list":
            return self._list(route, world, params, wanted)
        if endpoint.action == "search":
            return self._search(route, world, params, wanted)
        return self._one(route, world, params, wanted)

    def show(
        self, world: StoredWorld, resource: Resource, stored: Object, wanted: expand.Tree
    ) -> Object:
        """Shape a stored object into what an answer shows of it."""
        return expand.render(self._resources, world, resource, stored, wanted)

    def _list(
        self, route: Route, world: StoredWorld, params: Params, wanted: expand.Tree
    ) -> Object:
        resource = route.endpoint.resource
        found, more = listing(self._store, world, resource, params, route.parents)
        below = wanted.get("data", {})
        return {
            "object": "list",
            "data": [self.show(world, resource, stored, below) for stored in found],
            "has_more": more,
            "url": resource.path.format(**route.parents),
        }

    def _search(
        self, route: Route, world: StoredWorld, params: Params, wanted: expand.Tree
    ) -> Object:
        resource = route.endpoint.resource
        found, following = search(self._store, world, resource, params)
        below = wanted.get("data", {})
        return {
            "object": "search_result",
            "data": [self.show(world, resource, stored, below) for stored in found],
            "has_more": following is not None,
            "next_page": following,
            "url": route.endpoint.template,
        }

    def _one(self, route: Route, world: StoredWorld, params: Params, wanted: expand.Tree) -> Object:
        endpoint = route.endpoint
        resource = endpoint.resource
        kind = resource.object
        if resource.singleton is not None:
            return resource.singleton(world)
        if route.id is None:
            made = world.create(kind, {**params, **route.parents})
            shown = self.show(world, resource, world.need(kind, made["id"]), wanted)
            return shown | {name: made[name] for name in resource.once}
        stored = world.need(kind, route.id, status=404)
        if any(stored.get(f"_{name}") != value for name, value in route.parents.items()):
            raise world.absent(kind, route.id, status=404)
        match endpoint.action:
            case "delete" if resource.delete is not None:
                kept = resource.delete(world, stored, params)
                if kept is None:
                    return {"id": route.id, "object": kind, "deleted": True}
                world.save(kind, kept)
            case "update" if resource.update is not None:
                world.save(kind, resource.update(world, stored, params))
            case "verb":
                world.save(kind, resource.verbs[endpoint.verb](world, stored, params))
            case _:
                pass
        # Read again: what was saved may have been changed along the way, as a default price is.
        return self.show(world, resource, world.need(kind, route.id), wanted)
