"""How a resource is declared: its paths, ids, rules, list filters and what can be expanded.

A module in `resources/` holds one `RESOURCE`; routing, paging, expansion, permissions and seeding
follow from it. What a resource does lives there, not here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from reconciler.simulator.contract import MAX_METADATA_KEYS, too_many_metadata_keys
from reconciler.simulator.pages import LISTED
from reconciler.simulator.store import Tag
from reconciler.simulator.switches import Switches
from reconciler.simulator.values import Object, RefusalError

Params = Mapping[str, Any]


class World(Protocol):
    """One account in one mode, as a resource sees it during one request."""

    @property
    def now(self) -> int: ...
    @property
    def livemode(self) -> bool: ...
    @property
    def account(self) -> str: ...
    @property
    def switches(self) -> Switches: ...

    def new_id(self, kind: str) -> str: ...
    def get(self, kind: str, id_: str) -> Object | None: ...
    def need(self, kind: str, id_: str, *, param: str | None = None, status: int = 400) -> Object:
        """The object, or Stripe's refusal of a reference to nothing."""
        ...

    def absent(
        self, kind: str, id_: str, *, param: str | None = None, status: int = 400
    ) -> RefusalError:
        """That refusal, for an object that is there and does not count."""
        ...

    def find(self, kind: str, tag: str, value: str) -> Object | None: ...
    def insert(self, kind: str, obj: Object) -> Object: ...
    def save(self, kind: str, obj: Object) -> Object: ...
    def remove(self, kind: str, id_: str) -> None: ...
    def buried(self, kind: str, id_: str) -> bool: ...
    def create(self, kind: str, params: Params) -> Object:
        """Creates by the rules of another resource, as `product_data` does."""
        ...

    def siblings(self, kind: str, tag: str, value: str) -> list[Object]:
        """Every object that bears a tag, oldest first; for small sets."""
        ...


Create = Callable[[World, Params], Object]
Change = Callable[[World, Object, Params], Object]
Removal = Callable[[World, Object, Params], Object | None]
"""Removes the object and answers None, or answers it when it lives on (a canceled subscription)."""


@dataclass(slots=True, kw_only=True)
class Query:
    """The filters of a list, tag by tag, as a resource's `narrow` may change them."""

    filters: dict[str, list[str]]
    ids: list[str] | None = None
    keep: Callable[[Object], bool] | None = None
    """What no tag can say, because it changes by itself: asked of each object found."""


def _nothing(_world: World, _params: Params, _query: Query) -> None:
    return None


def _as_stored(_world: World, obj: Object) -> Object:
    return obj


def _none_of_them(_world: World) -> Collection[str]:
    return ()


def _no_tags(_obj: Object) -> Iterable[Tag]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What one resource is. Field paths are dotted."""

    object: str
    path: str
    noun: str
    """What Stripe calls it in `No such …: 'id'`."""
    prefix: str
    id_length: int = 24
    not_found_param: str
    """The `param` of that 404: the path's placeholder, or `id`."""
    permission: str
    """The middle of a restricted key's permission: `rak_<permission>_write`."""
    defaults: Object = field(default_factory=dict)
    """What a create answers for what it was not given; seeding completes objects with it."""

    create: Create | None = None
    update: Change | None = None
    delete: Removal | None = None
    verbs: Mapping[str, Change] = field(default_factory=dict)
    retrieve: bool = True
    """False for what is only listed: there is no path of one of them."""
    listed: bool = True
    singleton: Callable[[World], Object] | None = None
    """For a path without ids: what a GET of it answers."""

    filters: tuple[str, ...] = ()
    """Fields that a list can be filtered by, the narrowest first: pages walk its index."""
    searched: tuple[str, ...] = ()
    """Fields that a search can ask for; without any, there is no search."""
    plurals: Mapping[str, str] = field(default_factory=dict)
    """List parameters that take several values of a filter: `lookup_keys` of `lookup_key`."""
    narrow: Callable[[World, Params, Query], None] = _nothing
    tags: Callable[[Object], Iterable[Tag]] = _no_tags
    """Tags beyond those of `filters`."""

    once: tuple[str, ...] = ()
    """Members that `create` returns beside what it stored, shown in that answer and never again."""
    on_demand: frozenset[str] = frozenset()
    """Fields that are absent unless expanded."""
    unasked: Callable[[World], Collection[str]] = _none_of_them
    """Those of `on_demand` that are shown all the same, by a switch."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Fields that hold an id, and the kind that expanding them shows."""
    embeds: Mapping[str, str] = field(default_factory=dict)
    """Fields that always show a whole object of another kind, or a list of them."""
    present: Callable[[World, Object], Object] = _as_stored
    """What is worked out at reading, before anything is left out or expanded."""
    complete: Callable[[World, Object], Object] = _as_stored
    """Makes a seeded object whole, as a create would have stored it."""

    clearable: frozenset[str] = frozenset()
    """Parameters that may be empty in an update though the schema does not say so."""


def tags_of(resource: Resource, obj: Object) -> list[Tag]:
    """The tags of an object: its filters' values and what the resource adds.

    An object marked `_inline` is in no list, so its tags get names that no list asks for.
    """
    tags = [(LISTED, "")]
    for path in resource.filters:
        value = at(obj, path)
        if value is not None and not isinstance(value, (dict, list)):
            tags.append((path, text(value)))
    tags += resource.tags(obj)
    return [(f"inline:{name}", value) for name, value in tags] if obj.get("_inline") else tags


def at(obj: Any, path: str) -> Any:
    """The value at a dotted path, None where the path ends early."""
    for part in path.split("."):
        obj = obj.get(part) if isinstance(obj, dict) else None
    return obj


def text(value: Any) -> str:
    """A filter's value as the tag that it is compared with."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def first_metadata(world: World, params: Params) -> dict[str, str]:
    """Metadata of a new object; an empty value cannot exist in it."""
    given: Any = params.get("metadata") or {}
    empty = [key for key, value in given.items() if value == ""]
    if empty and world.switches.empty_metadata_value == "refuse":
        param = f"metadata[{empty[0]}]"
        raise RefusalError(
            f"You passed an empty string for '{param}'.",
            code="parameter_invalid_empty",
            param=param,
        )
    return {key: value for key, value in given.items() if value != ""}


def merged_metadata(current: Mapping[str, str], given: Any) -> dict[str, str]:
    """Metadata after an update: merged by key, an empty value removes, `""` removes everything."""
    if given == "":
        return {}
    merged = {key: value for key, value in {**current, **given}.items() if value != ""}
    if len(merged) > MAX_METADATA_KEYS:
        raise too_many_metadata_keys(len(merged))
    return merged


def only(params: Iterable[str], supported: Collection[str], *, path: str = "") -> None:
    """Refuse what Stripe would carry out and the simulator would only swallow."""
    for name in params:
        if name not in supported:
            param = f"{path}[{name}]" if path else name
            raise RefusalError(
                f"The simulator does not support the parameter {param} here.", param=param
            )
