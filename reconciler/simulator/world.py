"""One account in one mode: the objects a request may touch, and the shape they are kept in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.simulator.ids import token
from reconciler.simulator.pages import Page
from reconciler.simulator.resource import Params, Resource, tags_of
from reconciler.simulator.store import Store
from reconciler.simulator.switches import Switches
from reconciler.simulator.values import Object, RefusalError


class StoredWorld:
    """A `World` over the store, for the length of one request."""

    def __init__(
        self,
        *,
        store: Store,
        resources: Mapping[str, Resource],
        account: str,
        livemode: bool,
        now: int,
        seed: int,
        switches: Switches,
    ) -> None:
        self._store = store
        self._resources = resources
        self._seed = seed
        self.account = account
        self.livemode = livemode
        self.now = now
        self.switches = switches

    @property
    def name(self) -> str:
        return world_name(self.account, livemode=self.livemode)

    def scope(self, kind: str) -> str:
        return f"{self.name}/{kind}"

    def new_id(self, kind: str) -> str:
        resource = self._resources[kind]
        while True:
            made = resource.prefix + token(
                resource.id_length, "id", self._seed, self._store.next("ids")
            )
            if self.get(kind, made) is None and not self.buried(kind, made):
                return made

    def get(self, kind: str, id_: str) -> Object | None:
        return self._store.get(self.scope(kind), id_)

    def need(self, kind: str, id_: str, *, param: str | None = None, status: int = 400) -> Object:
        found = self.get(kind, id_)
        if found is None:
            raise self.absent(kind, id_, param=param, status=status)
        return found

    def absent(
        self, kind: str, id_: str, *, param: str | None = None, status: int = 400
    ) -> RefusalError:
        resource = self._resources[kind]
        message = f"No such {resource.noun}: '{id_}'"
        other = world_name(self.account, livemode=not self.livemode)
        if self._store.get(f"{other}/{kind}", id_) is not None:
            modes = ("test", "live") if self.livemode else ("live", "test")
            message += (
                f"; a similar object exists in {modes[0]} mode, but a {modes[1]} mode key was "
                "used to make this request."
            )
        return RefusalError(
            message, status=status, code="resource_missing", param=param or resource.not_found_param
        )

    def find(self, kind: str, tag: str, value: str) -> Object | None:
        return self._store.find(self.scope(kind), tag, value)

    def insert(self, kind: str, obj: Object) -> Object:
        resource = self._resources[kind]
        self._store.insert(self.scope(kind), in_order(obj), tags_of(resource, obj))
        return obj

    def save(self, kind: str, obj: Object) -> Object:
        resource = self._resources[kind]
        self._store.update(self.scope(kind), in_order(obj), tags_of(resource, obj))
        return obj

    def remove(self, kind: str, id_: str) -> None:
        self._store.remove(self.scope(kind), id_)

    def buried(self, kind: str, id_: str) -> bool:
        return self._store.buried(self.scope(kind), id_)

    def create(self, kind: str, params: Params) -> Object:
        create = self._resources[kind].create
        if create is None:
            raise LookupError(f"{kind} cannot be created")
        return create(self, params)

    def siblings(self, kind: str, tag: str, value: str) -> list[Object]:
        page = Page(scope=self.scope(kind), filters=[(tag, [value])], limit=10_000)
        found, _ = self._store.page(page)
        return found[::-1]


def world_name(account: str, *, livemode: bool) -> str:
    """The name under which a world's objects and answers are kept."""
    return f"{account}/{'live' if livemode else 'test'}"


def in_order(obj: Object) -> dict[str, Any]:
    """Members as Stripe writes them: id, object, then by name."""
    head: dict[str, Any] = {name: obj[name] for name in ("id", "object") if name in obj}
    return {**head, **{name: obj[name] for name in sorted(obj) if name not in head}}
