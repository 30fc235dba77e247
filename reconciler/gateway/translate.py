"""Failures in the words of the operator: what was refused, why, and the mend."""

from __future__ import annotations

import re

from reconciler.errors import (
    AuthenticationError,
    ConnectionLostError,
    PermissionDeniedError,
    RefusedError,
    StripeError,
    UnexpectedAnswerError,
)
from reconciler.gateway.failure import Failure, told

_PERMISSION = re.compile(r"\brak_[a-z_]+")
_ACCOUNT = re.compile(r"\bacct_[A-Za-z0-9]+")


def account_in(message: str) -> str | None:
    """Return the account that an error names, if it names one."""
    found = _ACCOUNT.search(message)
    return found[0] if found else None


def to_error(what: str, failure: Failure, *, writing: bool, unknown: bool) -> StripeError:
    """Return the error for `what`, a call in words: "create_price for price.pro.monthly".

    `unknown` says that a write may have been done.
    """
    cls, summary, mend = _judge(told(what), failure, unknown=writing and unknown)
    lines = [summary, f"  Stripe says: {failure.message}" if failure.status else ""]
    lines += [f"  {_facts(failure)}", f"  {mend}"]
    return cls(
        "\n".join(line for line in lines if line.strip()),
        status=failure.status,
        code=failure.code,
        param=failure.param,
        request_id=failure.request_id,
    )


def _judge(what: str, failure: Failure, *, unknown: bool) -> tuple[type[StripeError], str, str]:
    status = failure.status
    if unknown:
        why = failure.message if status is None else f"Stripe answered {status}"
        return (
            ConnectionLostError,
            f"{what}: no answer came that says whether it was done ({why}).",
            "Nothing is lost: resume the apply, or plan again. Either looks at what happened.",
        )
    if status is None:
        return (
            ConnectionLostError,
            f"{what}: Stripe could not be reached ({failure.message}).",
            "Check the network, the proxy and --api-base, then run it again.",
        )
    if not failure.readable and status < 500:
        return (
            UnexpectedAnswerError,
            f"{what}: this did not come from Stripe (HTTP {status}).",
            "Check --api-base, and what proxy stands in between.",
        )
    return _refused(what, failure, status)


def _refused(what: str, failure: Failure, status: int) -> tuple[type[StripeError], str, str]:
    match status:
        case 401:
            return (
                AuthenticationError,
                f"{what}: Stripe does not accept the API key.",
                "Check STRIPE_API_KEY or --api-key-file: the key may be expired or rolled.",
            )
        case 403:
            needed = _PERMISSION.search(failure.message)
            return (
                PermissionDeniedError,
                f"{what}: the API key may not do this.",
                f"Give the restricted key the permission {needed[0]}, in the Dashboard."
                if needed
                else "Use a key that has the permission.",
            )
        case 429:
            return (
                StripeError,
                f"{what}: Stripe is busy with too many requests, and stayed so.",
                "Wait until other programs on this account are done, then run it again.",
            )
        case _ if failure.code == "resource_already_exists":
            return (
                RefusedError,
                f"{what}: its id is taken (HTTP {status}).",
                "Stripe may give the id of a deleted object to nobody again. Nothing was done by "
                "this call. Choose another id in the file, or leave it out.",
            )
        case _ if status >= 500:
            return (
                StripeError,
                f"{what}: Stripe failed (HTTP {status}).",
                "See https://status.stripe.com, then run it again.",
            )
        case _:
            return (
                RefusedError,
                f"{what}: Stripe refused it (HTTP {status}).",
                "Nothing was done by this call.",
            )


def _facts(failure: Failure) -> str:
    facts = {
        "parameter": failure.param,
        "code": failure.code,
        "request": failure.request_id,
    }
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value)
