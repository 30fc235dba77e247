"""The simulator: one pure door from a request to an answer, over a store.

It routes, authenticates, limits, checks, replays and renders. What a resource does is in
`resources/`; how requests arrive is in `transport` and `server`.
"""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from reconciler.simulator import expand, form
from reconciler.simulator.dispatch import Dispatch
from reconciler.simulator.idempotency import Keys, Use
from reconciler.simulator.ids import token
from reconciler.simulator.inside import Inside, internal, refused
from reconciler.simulator.keys import Caller, Permissions, account_of, allow, identify, presented
from reconciler.simulator.limits import Limiter
from reconciler.simulator.resources import discover
from reconciler.simulator.routing import Route, Router
from reconciler.simulator.seeding import complete
from reconciler.simulator.store import SimulatorFileError, Store
from reconciler.simulator.switches import Switches
from reconciler.simulator.values import (
    API_VERSION,
    Call,
    Object,
    ParameterRefusalError,
    RefusalError,
    Request,
    Response,
    dumps,
)
from reconciler.simulator.world import StoredWorld, world_name

__all__ = ["Call", "Request", "Response", "Simulator", "SimulatorFileError", "Switches"]

MAX_BODY = 1_000_000
LOGGED_CALLS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    status: int
    body: bytes
    headers: Mapping[str, str]
    params: Mapping[str, Any]
    replayed: bool = False


class Simulator:
    """A stateful Stripe. Safe to call from several threads: requests take turns."""

    def __init__(
        self,
        path: str | Path | None = None,
        *,
        switches: Switches = Switches(),  # noqa: B008 - frozen
        clock: Callable[[], float] = time.time,
        seed: int = 0,
        rate_limit: int | None = None,
        neighbour: float = 0.0,
        permissions: Permissions | None = None,
    ) -> None:
        self.switches = switches
        self.calls: deque[Call] = deque(maxlen=LOGGED_CALLS)
        self._clock = clock
        self._seed = seed
        self._permissions = permissions
        self._resources = discover()
        self._router = Router(self._resources)
        self._limiter = Limiter(rate_limit, clock, neighbour=neighbour) if rate_limit else None
        self._revoked: set[str] = set()
        self._lock = threading.Lock()
        self._keys = Keys()
        self._requests = itertools.count(1)
        self._store = Store(path)
        self._dispatch = Dispatch(self._resources, self._store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            self._store.close()

    def seed(
        self, objects: Iterable[Object], account: str | None = None, *, livemode: bool = False
    ) -> None:
        """Puts response-shaped objects into the store, completed as a create would have.

        References between them need no order; a missing `id` or `created` is made up.
        """
        with self._lock, self._store.transaction():
            world = self._world(account or account_of(), livemode=livemode)
            complete(self._resources, world, objects)

    def dump(self, account: str | None = None, *, livemode: bool = False) -> list[Object]:
        """Every live object, whole, by type and creation.

        One that hangs below another's path names it too, so that a dump can be seeded again.
        """
        with self._lock:
            world = self._world(account or account_of(), livemode=livemode)
            dumped = []
            for stored in self._store.everything(f"{world.name}/"):
                resource = self._resources[stored["object"]]
                wanted = expand.tree(sorted(resource.on_demand))
                shown = self._dispatch.show(world, resource, stored, wanted)
                above = re.findall(r"\{(\w+)\}", resource.path)
                dumped.append(shown | {name: stored[f"_{name}"] for name in above})
            return dumped

    def revoke(self, key: str) -> None:
        """Answers 401 to a key from now on; no file keeps that."""
        self._revoked.add(key)

    def reinstate(self, key: str) -> None:
        """Takes a revocation back."""
        self._revoked.discard(key)

    def handle(self, request: Request, inside: Inside | None = None) -> Response:
        """Answers one request; `inside` says what goes wrong while it does."""
        request_id = self._request_id()
        if inside is Inside.REVOKED:
            self.revoke(presented(request))
        try:
            result = self._serve(request, request_id, inside)
        except RefusalError as refusal:
            result = _refused(refusal)
        self.calls.append(_call(request, result))
        key = request.idempotency_key
        echoed = {} if key is None else {"Idempotency-Key": key}
        return self._response(result, request_id, echoed)

    def refuse(self, refusal: RefusalError) -> Response:
        """Answers with an error that no request brought about; for faults, and not logged."""
        return self._response(_refused(refusal), self._request_id(), {})

    def _response(self, result: _Result, request_id: str, more: Mapping[str, str]) -> Response:
        headers = {
            "Content-Type": "application/json",
            "Date": formatdate(self._clock(), usegmt=True),
            "Request-Id": request_id,
            "Stripe-Version": API_VERSION,
        }
        return Response(
            status=result.status, headers={**headers, **more, **result.headers}, body=result.body
        )

    def _serve(self, request: Request, request_id: str, inside: Inside | None) -> _Result:
        caller = identify(request, self._permissions, self._revoked)
        route = self._router.find(request.method, request.path)
        world = world_name(caller.account, livemode=caller.livemode)
        if self._limiter:
            self._limiter.admit(world, route.endpoint.operation, livemode=caller.livemode)
        allow(
            caller,
            route.endpoint.resource.permission,
            write=request.method != "GET",
            granted={caller.key: frozenset()} if inside is Inside.DENIED else self._permissions,
        )
        if len(request.body) > MAX_BODY:
            raise RefusalError("The request body is too large.", status=413)
        given = _decoded(request)
        key = request.idempotency_key
        try:
            if key is None:
                with self._lock:
                    return self._execute(route, caller, given, inside)
            with self._keys.claimed(world, key), self._lock, self._store.transaction():
                use = Use(
                    world=world,
                    key=key,
                    endpoint=request.path,
                    params=given,
                    now=int(self._clock()),
                )
                return self._once(use, route, caller, request_id, inside)
        except RefusalError as refusal:
            refusal.given = given
            raise

    def _once(
        self, use: Use, route: Route, caller: Caller, request_id: str, inside: Inside | None
    ) -> _Result:
        """Give the first answer of a key, or its replay."""
        kept = self._keys.recall(self._store, use)
        if kept is not None:
            failed = internal(kept=True).headers if kept.status >= 500 else {}
            replay = {"Idempotent-Replayed": "true", "Original-Request": kept.request}
            return _Result(
                status=kept.status,
                body=kept.body,
                headers={**failed, **replay},
                params=use.params,
                replayed=True,
            )
        try:
            with self._store.attempt():
                result = self._run(route, caller, use.params, inside)
        except ParameterRefusalError:
            raise
        except RefusalError as refusal:
            result = _refused(refusal, use.params)
        self._keys.keep(
            self._store, use, status=result.status, body=result.body, request=request_id
        )
        return result

    def _execute(
        self, route: Route, caller: Caller, given: Mapping[str, Any], inside: Inside | None
    ) -> _Result:
        if route.endpoint.method == "GET":
            return self._run(route, caller, given, inside)
        with self._store.transaction():
            return self._run(route, caller, given, inside)

    def _run(
        self, route: Route, caller: Caller, given: Mapping[str, Any], inside: Inside | None
    ) -> _Result:
        if inside is Inside.REFUSED:
            raise refused()
        if inside is Inside.FAILED:
            raise internal(kept=True)
        world = self._world(caller.account, livemode=caller.livemode)
        body = self._dispatch.run(route, world, given)
        if inside is Inside.FAILED_AFTER:
            return _refused(internal(kept=True), given)
        return _Result(status=200, body=_bytes(body), headers={}, params=given)

    def _world(self, account: str, *, livemode: bool) -> StoredWorld:
        return StoredWorld(
            store=self._store,
            resources=self._resources,
            account=account,
            livemode=livemode,
            now=int(self._clock()),
            seed=self._seed,
            switches=self.switches,
        )

    def _request_id(self) -> str:
        # Not under the lock: a request that has to wait is a request all the same.
        return "req_" + token(14, "request", self._seed, next(self._requests))


def _decoded(request: Request) -> dict[str, Any]:
    """The parameters of a request: Stripe reads the query of a POST too."""
    given = form.decode(request.query)
    if request.body:
        try:
            given.update(form.decode(request.body.decode("ascii")))
        except UnicodeDecodeError:
            raise ParameterRefusalError("The request body is not form-encoded.") from None
    return given


def _bytes(body: Object) -> bytes:
    return (dumps(body, indent=2) + "\n").encode()


def _refused(refusal: RefusalError, given: Mapping[str, Any] | None = None) -> _Result:
    return _Result(
        status=refusal.status,
        body=_bytes(refusal.payload()),
        headers=refusal.headers,
        params=given or refusal.given,
    )


def _call(request: Request, result: _Result) -> Call:
    return Call(
        method=request.method,
        path=request.path,
        params=result.params,
        status=result.status,
        replayed=result.replayed,
        idempotency_key=request.header("Idempotency-Key"),
        stripe_account=request.header("Stripe-Account"),
        stripe_version=request.header("Stripe-Version"),
    )
