"""What can go wrong between a client and Stripe, and scripts that make it go wrong on purpose.

A script says, for each exchange, which fault befalls it, if any. The transport and the server play
it; the simulator behind them stays as it is.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from reconciler.simulator.core import Simulator
from reconciler.simulator.limits import too_many
from reconciler.simulator.values import RefusalError, Request, Response


class Fault(Enum):
    """One way for an exchange to fail."""

    LOST_BEFORE = "the connection breaks before the request arrives"
    LOST_AFTER = "the request is carried out, and the connection breaks before the answer"
    TOO_MANY = "429 by the rate limiter; nothing is carried out"
    ERROR_BEFORE = "500; nothing is carried out"
    ERROR_AFTER = "the request is carried out, and answered with 500"
    LOCK_TIMEOUT = "429 because the object is in use; nothing is carried out"
    LOCK_CONFLICT = "409 because the object is in use; nothing is carried out"


FaultScript = Sequence[Fault | None] | Callable[[int, Request], Fault | None]
"""Faults by number of the exchange, from 0; past the end of a sequence nothing goes wrong."""


class ConnectionLostError(Exception):
    """The exchange has no answer; whether it was carried out, the client cannot know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    faults: tuple[Fault | None, ...]

    def __call__(self, number: int, _request: Request) -> Fault | None:
        return self.faults[number] if number < len(self.faults) else None


class Script:
    """Counts exchanges, and tells the fault of each; safe to ask from several threads."""

    def __init__(self, script: FaultScript = ()) -> None:
        self._of = script if callable(script) else _At(faults=tuple(script))
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def next(self, request: Request) -> Fault | None:
        with self._lock:
            number = next(self._numbers)
        return self._of(number, request)


_LOCKED = (
    "This object cannot be accessed right now because another API request or Stripe process is "
    "currently accessing it. If you see this error intermittently, retry the request. If you see "
    "this error frequently and are making multiple concurrent requests to a single object, make "
    "your requests serially or at a lower rate."
)


def exchange(simulator: Simulator, request: Request, fault: Fault | None) -> Response:
    """One request and its answer, or `ConnectionLostError` when the fault leaves none."""
    match fault:
        case None:
            return simulator.handle(request)
        case Fault.LOST_BEFORE:
            raise ConnectionLostError("Connection reset by peer")
        case Fault.LOST_AFTER:
            simulator.handle(request)
            raise ConnectionLostError("Remote end closed connection without response")
        case Fault.TOO_MANY:
            return simulator.refuse(too_many("endpoint-rate"))
        case Fault.ERROR_BEFORE:
            return simulator.refuse(_internal())
        case Fault.ERROR_AFTER:
            simulator.handle(request)
            return simulator.refuse(_internal())
        case Fault.LOCK_TIMEOUT:
            return simulator.refuse(RefusalError(_LOCKED, status=429, code="lock_timeout"))
        case Fault.LOCK_CONFLICT:
            return simulator.refuse(RefusalError(_LOCKED, status=409, code="lock_timeout"))
        case _:
            assert_never(fault)


def _internal() -> RefusalError:
    return RefusalError(
        "Sorry! There was an error while talking to one of our backends. Support has been "
        "notified.",
        status=500,
        type="api_error",
    )
