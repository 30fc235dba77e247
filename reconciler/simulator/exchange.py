"""Plays one exchange, with the fault that befalls it or with none.

It says how the exchange ends; the transport and the server make their client see that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault, Rule
from reconciler.simulator.idempotency import key_in_use
from reconciler.simulator.inside import Inside, internal
from reconciler.simulator.limits import too_many
from reconciler.simulator.values import RefusalError, Request, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer comes, so many seconds late."""

    response: Response
    late: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAccepted:
    """There is no connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The connection ends without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutShort:
    """The connection ends in the midst of an answer."""

    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Nothing comes, and the connection stays."""


Ending = Answered | NotAccepted | Broken | CutShort | Silent

_LOCKED = (
    "This object cannot be accessed right now because another API request or Stripe process is "
    "currently accessing it. If you see this error intermittently, retry the request. If you see "
    "this error frequently and are making multiple concurrent requests to a single object, make "
    "your requests serially or at a lower rate."
)


def exchange(simulator: Simulator, request: Request, rule: Rule | None) -> Ending:
    """One request, and what becomes of it."""
    if rule is None:
        return Answered(response=simulator.handle(request))
    match rule.fault:
        case Fault.REFUSED:
            return NotAccepted()
        case Fault.LOST_BEFORE:
            return Broken()
        case Fault.TIMEOUT_BEFORE:
            return Silent()
        case Fault.LOST_AFTER:
            simulator.handle(request)
            return Broken()
        case Fault.TIMEOUT_AFTER:
            simulator.handle(request)
            return Silent()
        case Fault.CUT_SHORT:
            return CutShort(response=simulator.handle(request))
        case Fault.GARBLED:
            whole = simulator.handle(request)
            return Answered(response=replace(whole, body=whole.body[: len(whole.body) // 2]))
        case Fault.SLOW:
            return Answered(response=simulator.handle(request), late=rule.seconds)
        case answering:
            return Answered(response=_answer(simulator, request, answering))


_Answering = Literal[
    Fault.TOO_MANY,
    Fault.TOO_MANY_GLOBAL,
    Fault.LOCK_TIMEOUT,
    Fault.LOCK_CONFLICT,
    Fault.KEY_IN_USE,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.ERROR_STORED,
    Fault.ERROR_STORED_AFTER,
    Fault.BAD_REQUEST,
    Fault.FORBIDDEN,
    Fault.KEY_REVOKED,
]


def _answer(simulator: Simulator, request: Request, fault: _Answering) -> Response:
    match fault:
        case Fault.TOO_MANY:
            return simulator.refuse(too_many("endpoint-rate"))
        case Fault.TOO_MANY_GLOBAL:
            return simulator.refuse(too_many("global-rate"))
        case Fault.LOCK_TIMEOUT:
            return simulator.refuse(RefusalError(_LOCKED, status=429, code="lock_timeout"))
        case Fault.LOCK_CONFLICT:
            return simulator.refuse(RefusalError(_LOCKED, status=409, code="lock_timeout"))
        case Fault.KEY_IN_USE:
            key = request.idempotency_key
            return simulator.handle(request) if key is None else simulator.refuse(key_in_use(key))
        case Fault.ERROR_BEFORE:
            return simulator.refuse(internal())
        case Fault.ERROR_AFTER:
            simulator.handle(request)
            return simulator.refuse(internal())
        case Fault.ERROR_STORED:
            return simulator.handle(request, Inside.FAILED)
        case Fault.ERROR_STORED_AFTER:
            return simulator.handle(request, Inside.FAILED_AFTER)
        case Fault.BAD_REQUEST:
            return simulator.handle(request, Inside.REFUSED)
        case Fault.FORBIDDEN:
            return simulator.handle(request, Inside.DENIED)
        case Fault.KEY_REVOKED:
            return simulator.handle(request, Inside.REVOKED)
        case _:
            assert_never(fault)
