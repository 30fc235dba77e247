"""Turns a list request into a page of objects: filters, cursors, limits.

https://docs.stripe.com/api/pagination
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.simulator.pages import Page
from reconciler.simulator.resource import Params, Query, Resource, only, text
from reconciler.simulator.store import Store
from reconciler.simulator.values import Object, RefusalError
from reconciler.simulator.world import StoredWorld

DEFAULT_LIMIT = 10
MAX_LIMIT = 100

_OWN = frozenset({"limit", "starting_after", "ending_before", "created", "expand", "ids"})


def listing(
    store: Store,
    world: StoredWorld,
    resource: Resource,
    params: Params,
    parents: Mapping[str, str],
) -> tuple[list[Object], bool]:
    """The stored objects of the page asked for, and whether there are more."""
    query = Query(filters={name: [value] for name, value in parents.items()})
    for name, value in _flat({k: v for k, v in params.items() if k not in _OWN}):
        values = value if isinstance(value, list) else [value]
        field = resource.plurals.get(name, name)
        only([field], resource.filters)
        query.filters[field] = [text(item) for item in values]
    query.ids = params.get("ids")
    resource.narrow(world, params, query)
    page = _page(world, resource, params, query)
    try:
        return store.page(page) if query.keep is None else _kept(store, page, query.keep)
    except LookupError:
        name = "starting_after" if page.after is not None else "ending_before"
        raise RefusalError(
            f"No such {resource.noun}: '{params[name]}'", code="resource_missing", param=name
        ) from None


def _kept(store: Store, page: Page, keep: Callable[[Object], bool]) -> tuple[list[Object], bool]:
    """A page of the objects that a test keeps, read on until it is full."""
    backwards = page.before is not None
    kept: list[Object] = []
    more = True
    while more and len(kept) <= page.limit:
        batch, more = store.page(page)
        if backwards:
            batch.reverse()
        kept += filter(keep, batch)
        if batch:
            cursor = batch[-1]["id"]
            page = replace(page, **{"before" if backwards else "after": cursor})
    found = kept[: page.limit]
    return found[::-1] if backwards else found, len(kept) > page.limit


def _page(world: StoredWorld, resource: Resource, params: Params, query: Query) -> Page:
    if "starting_after" in params and "ending_before" in params:
        raise RefusalError(
            "Received both starting_after and ending_before parameters. Please pass in only one."
        )
    ranked = [name for name in resource.filters if name in query.filters]
    ranked += [name for name in query.filters if name not in ranked]
    created = params.get("created")
    if isinstance(created, int):
        created = {"gte": created, "lte": created}
    return Page(
        scope=world.scope(resource.object),
        filters=[(name, query.filters[name]) for name in ranked],
        created=created,
        ids=query.ids,
        # Out of range is clamped, not refused.
        limit=min(max(params.get("limit", DEFAULT_LIMIT), 1), MAX_LIMIT),
        after=params.get("starting_after"),
        before=params.get("ending_before"),
        ties="id" if world.switches.same_second_order == "id" else "seq",
    )


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in params.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
