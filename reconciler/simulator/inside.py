"""What can go wrong inside Stripe, once a request has arrived. The way there is no part of it.

The core plays it where Stripe would: after the key was looked at, and so that an answer is kept.
"""

from __future__ import annotations

from enum import Enum

from reconciler.simulator.values import RefusalError


class Inside(Enum):
    """One way for the simulator itself to fail a request."""

    REVOKED = "the key is taken back, before it is looked at"
    DENIED = "the key lacks the permission"
    REFUSED = "the endpoint refuses; its answer is kept"
    FAILED = "the endpoint fails and nothing is done; its answer is kept"
    FAILED_AFTER = "the endpoint fails when all is done; its answer is kept"


def internal(*, kept: bool = False) -> RefusalError:
    """The 500 of Stripe. One that is kept asks for no retry, which would only replay it."""
    return RefusalError(
        "Sorry! There was an error while talking to one of our backends. Support has been "
        "notified.",
        status=500,
        type="api_error",
        headers={"Stripe-Should-Retry": "false"} if kept else None,
    )


def refused() -> RefusalError:
    """A 400 for no reason of the request's own."""
    return RefusalError("The simulator was told to refuse this request.")
