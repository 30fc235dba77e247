"""Idempotency keys: the first answer after execution began is kept and replayed.

Kept per account and mode for 24 hours, success or failure. Not kept, so that the same key may be
tried again: 401, 403, 429, conflicts, and refusals of the parameter check (unknown, missing,
mistyped, too long), which happens before the endpoint runs. Rules between parameters and objects
(a lookup key already in use) are checked by the endpoint, so those 400s are kept.
https://docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reconciler.simulator.store import Answer, Store
from reconciler.simulator.values import RefusalError

LIFETIME = 24 * 3600
MAX_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One request with a key."""

    world: str
    key: str
    endpoint: str
    params: Mapping[str, Any]
    now: int


class Keys:
    """The rules of idempotency keys; the answers themselves are in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_flight: set[tuple[str, str]] = set()

    @contextmanager
    def claimed(self, world: str, key: str) -> Iterator[None]:
        """Holds a key while its request runs; a second request with it is a conflict."""
        if len(key) > MAX_LENGTH:
            raise RefusalError(
                f"Idempotency keys can be at most {MAX_LENGTH} characters; yours has {len(key)}."
            )
        claim = (world, key)
        with self._lock:
            if claim in self._in_flight:
                raise key_in_use(key)
            self._in_flight.add(claim)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight.discard(claim)

    def recall(self, store: Store, use: Use) -> Answer | None:
        """Find the kept answer, or refuse a key that was used for something else."""
        kept = store.answer(use.world, use.key)
        if kept is None or use.now - kept.created >= LIFETIME:
            return None
        advice = (
            f"Try using a key other than '{use.key}' if you meant to execute a different request."
        )
        if kept.endpoint != use.endpoint:
            raise RefusalError(
                "Keys for idempotent requests can only be used for the same endpoint they were "
                f"first used for ('{kept.endpoint}' vs '{use.endpoint}'). {advice}",
                type="idempotency_error",
            )
        if kept.digest != _digest(use.params):
            raise RefusalError(
                "Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. {advice}",
                type="idempotency_error",
            )
        return kept

    def keep(self, store: Store, use: Use, *, status: int, body: bytes, request: str) -> None:
        answer = Answer(
            endpoint=use.endpoint,
            digest=_digest(use.params),
            status=status,
            body=body,
            request=request,
            created=use.now,
        )
        store.keep(use.world, use.key, answer)


def key_in_use(key: str) -> RefusalError:
    """The conflict with a request that is under way."""
    return RefusalError(
        f"There is currently another in-progress request using this Idempotent Key ({key}). "
        "Please try again later.",
        status=409,
        type="idempotency_error",
        code="idempotency_key_in_use",
    )


def _digest(params: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
