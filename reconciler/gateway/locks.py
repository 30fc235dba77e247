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
_READ_ON = 100
"""Products to read after the newest lock, for what a crash may have left of lower ones."""


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
        # A look asks from several threads, and nothing else is under way then.
        sent = self._gateway.sent_here
        if isinstance(call, Look):
            sent = lambda: self._gateway.requests  # noqa: E731
        before = sent()
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
        requests = sent() - before
        return Reply(now=self._gateway.now(), locks=locks, done=done, requests=requests)

    def _look(self) -> Iterator[Lock]:
        """Yield the locks among the inactive products, which come newest first.

        A lock is made after every lower one, so what is created long before the first that is
        seen need not be read: of the others only their ids would matter, for being deleted.
        """
        read_on = _READ_ON
        found: Lock | None = None
        for raw in self._gateway.get_inactive(_PRODUCTS, "looking for a lock"):
            one = lock.read(self._catalog, raw)
            if one is not None:
                found = found or one
                yield one
            elif found is not None:
                read_on -= 1
                if not read_on:
                    return

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
