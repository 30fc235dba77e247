"""What can go wrong between a client and Stripe, and rules for when it does.

A rule is data. `fault_text` reads one from a line of text, `script` decides which exchange a rule
befalls, and `exchange` plays the fault; the simulator behind them stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from reconciler.simulator.pattern import Pattern, PatternError


class Fault(Enum):
    """One way for an exchange to fail."""

    REFUSED = "the connection is refused; nothing arrives"
    LOST_BEFORE = "the connection breaks before the request arrives"
    LOST_AFTER = "the request is carried out, and the connection breaks before the answer"
    TIMEOUT_BEFORE = "nothing is carried out, and no answer comes until the client gives up"
    TIMEOUT_AFTER = "the request is carried out, and no answer comes until the client gives up"
    TOO_MANY = "429 by the rate limiter of the endpoint; nothing is carried out"
    TOO_MANY_GLOBAL = "429 by the rate limiter of the account; nothing is carried out"
    LOCK_TIMEOUT = "429 because the object is in use; nothing is carried out"
    LOCK_CONFLICT = "409 because the object is in use; nothing is carried out"
    KEY_IN_USE = (
        "409 because a request with the same idempotency key is under way; nothing is carried "
        "out; a request without a key is answered as usual"
    )
    ERROR_BEFORE = "500; nothing is carried out"
    ERROR_AFTER = "the request is carried out, and answered with 500; its own answer is kept"
    ERROR_STORED = "500 inside the endpoint; nothing is carried out; the 500 is kept and replayed"
    ERROR_STORED_AFTER = (
        "the request is carried out, and answered with 500 by the endpoint; the 500 is kept and "
        "replayed"
    )
    BAD_REQUEST = "400 by the endpoint; nothing is carried out; the 400 is kept and replayed"
    FORBIDDEN = "403, as if the key lacked the permission; nothing is carried out"
    KEY_REVOKED = "401; the API key is revoked from then on"
    GARBLED = "the request is carried out, and the answer is the first half of its JSON"
    CUT_SHORT = "the request is carried out, and the connection breaks in the midst of the answer"
    SLOW = "the request is carried out, and the answer comes `seconds` later"

    @property
    def carries_out(self) -> bool:
        """Whether the request is carried out all the same."""
        return self in _CARRIED_OUT

    @property
    def stored(self) -> bool:
        """Whether the failure itself is kept, and replayed to the same idempotency key."""
        return self in _STORED


_CARRIED_OUT = {
    Fault.LOST_AFTER,
    Fault.TIMEOUT_AFTER,
    Fault.ERROR_AFTER,
    Fault.ERROR_STORED_AFTER,
    Fault.GARBLED,
    Fault.CUT_SHORT,
    Fault.SLOW,
}
_STORED = {Fault.ERROR_STORED, Fault.ERROR_STORED_AFTER, Fault.BAD_REQUEST}


class FaultError(ValueError):
    """A rule that nobody could play, in words that say what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When which fault befalls an exchange."""

    fault: Fault
    endpoint: str = "*"
    """Method and path template: `POST /v1/prices/{price}`. `*` is any method, path or segment, and
    `WRITE` and `READ` are methods too."""
    at: int | None = None
    """The number, from 1, among the exchanges of the endpoint; every one of them unless given. A
    retry is another exchange."""
    times: int | Literal["all"] | None = None
    """How many exchanges in a row from `at` on, one unless given; without `at` how often at most,
    with no end unless given."""
    probability: float = 1.0
    seed: int = 0
    """Chooses the chances of `probability`: the same seed gives the same ones."""
    seconds: float = 5.0
    """How late a slow answer is."""

    def __post_init__(self) -> None:
        if self.at is not None and self.at < 1:
            raise FaultError(f"at counts from 1, so it cannot be {self.at}")
        if isinstance(self.times, int) and self.times < 1:
            raise FaultError(f"times is at least 1, or all, not {self.times}")
        if not 0 <= self.probability <= 1:
            raise FaultError(f"probability lies between 0 and 1, not at {self.probability:g}")
        if not 0 <= self.seconds <= 3600:
            raise FaultError(f"seconds lies between 0 and 3600, not at {self.seconds:g}")
        try:
            Pattern.parse(self.endpoint)
        except PatternError as error:
            raise FaultError(str(error)) from None
