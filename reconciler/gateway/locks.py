"""The calls of a catalog's lock, made at Stripe: products with ids of our own choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from reconciler.errors import RefusedError
from reconciler.gateway.stripe import Gateway
from reconciler.model import lock
from reconciler.model.lock import Call, Lock, Look, Make, Remove, Reply, Write
from reconciler.model.values import Frozen

_PRODUCTS = "/v1/products"
_TAKEN = frozenset({"resource_already_exists"})
_GONE = frozenset({"resource_missing"})


class Locks:
    """A `Keeper` over the gateway. `token` makes the keys of its calls this run's own."""

    def __init__(self, gateway: Gateway, catalog: str, token: str) -> None:
        self._gateway = gateway
        self._catalog = catalog
        self._token = token
        self._made = 0

    def now(self) -> int:
        """Return the time by Stripe's own clock, in Unix seconds."""
        return self._gateway.now()

    def perform(self, call: Call) -> Reply:
        """Make a call."""
        before = self._gateway.sent_here()
        locks: tuple[Lock, ...] = ()
        done = True
        match call:
            case Look():
                locks = tuple(self._look())
            case Make(mine):
                done = self._post(f"making {mine.id}", _PRODUCTS, mine.payload(), _TAKEN)
            case Write(mine):
                metadata = Frozen({"metadata": mine.metadata()})
                done = self._post(f"writing {mine.id}", _path(mine), metadata, _GONE)
            case Remove(mine):
                done = self._remove(mine)
            case _:
                assert_never(call)
        requests = self._gateway.sent_here() - before
        return Reply(now=self._gateway.now(), locks=locks, done=done, requests=requests)

    def _look(self) -> Iterator[Lock]:
        for raw in self._gateway.list(_PRODUCTS, Frozen({"active": False}), "looking for a lock"):
            found = lock.read(self._catalog, raw)
            if found is not None:
                yield found

    def _post(self, what: str, path: str, payload: Frozen, unless: frozenset[str]) -> bool:
        self._made += 1
        key = f"reconciler-{self._token}-lock-{self._made}"
        return self._unless(unless, lambda: self._gateway.post(path, payload, what, key=key))

    def _remove(self, mine: Lock) -> bool:
        what = f"deleting {mine.id}"
        return self._unless(_GONE, lambda: self._gateway.delete(_path(mine), what))

    def _unless(self, codes: frozenset[str], act: Callable[[], object]) -> bool:
        """Act, and return whether it could be done."""
        try:
            act()
        except RefusedError as error:
            # That a product exists already is not sure to have a code of its own.
            exists = codes is _TAKEN and "already exists" in str(error)
            if error.code not in codes and not exists:
                raise
            return False
        return True


def _path(mine: Lock) -> str:
    return f"{_PRODUCTS}/{mine.id}"
