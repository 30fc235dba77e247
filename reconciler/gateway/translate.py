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
from reconciler.model.kind import Permission

KEYS = "https://dashboard.stripe.com/apikeys"

# Stripe's words since 2026, `Enabling "Prices Read" ('plan_read') permissions on this key would …`,
# with quotes around the label or without, and those before: `Having the 'rak_plan_read' …`.
_LABELLED = re.compile(
    r"""(?:\bEnabling|\band|\bor|,) "?(?P<label>[^"'().]{1,80}?) (?P<level>Read|Write)"? """
    r"""\('(?P<name>[a-z0-9_]{1,80})'\)"""
)
_NAMED = re.compile(r"\brak_(?P<name>[a-z0-9_]{1,80})")

# A link at the end may lead to another account, and a connected account may be named that the
# key has no access to.
_ACCOUNT = re.compile(r"\bon account '(acct_[A-Za-z0-9]+)'")

_NO_PERMISSION_HELPS = (
    # https://github.com/dj-stripe/dj-stripe/pull/1131
    (
        "not available for use by restricted keys",
        "No permission of a restricted key allows this. Use a secret key (sk_…) for it.",
    ),
    # https://github.com/stripe/stripe-mirakl-connector/issues/33
    (
        "does not have any Connect permissions",
        "Give the restricted key its permissions for connected accounts too, at "
        f"{KEYS}, or leave --stripe-account out and use a key of that account.",
    ),
    (
        "does not have access to account",
        "Check --stripe-account (or STRIPE_ACCOUNT), or use a key of that account.",
    ),
    (
        "does not allow requests from your IP address",
        f"The key is for certain addresses only: add this machine's, at {KEYS}",
    ),
)
"""What else Stripe refuses a key for, with the mend."""


def account_in(message: str) -> str | None:
    """Return the account that a refusal was made on, if it says so."""
    found = _ACCOUNT.search(message)
    return found[1] if found else None


def to_error(
    what: str,
    failure: Failure,
    *,
    writing: bool,
    unknown: bool,
    permission: Permission | None = None,
) -> StripeError:
    """Return the error for `what`, a call in words: "create_price for price.pro.monthly".

    `unknown` says that a write may have been done. `permission` is what the call should need, for
    a refusal that does not say.
    """
    cls, summary, mend = _judge(told(what), failure, unknown=writing and unknown)
    if cls is PermissionDeniedError:
        mend = _grant(failure.message, permission, write=writing)
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
            return PermissionDeniedError, f"{what}: the API key may not do this.", ""
        case 429 if failure.code == "lock_timeout":
            return (
                StripeError,
                f"{what}: another request holds this object at Stripe, and went on to.",
                "Nothing was done by this call. Run it again when the other one is done.",
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


def _grant(message: str, permission: Permission | None, *, write: bool) -> str:
    """Return what to grant, in the words of the Dashboard as far as they are known."""
    for words, mend in _NO_PERMISSION_HELPS:
        if words in message:
            return mend
    named = _named(message, permission)
    if named:
        several = "one of the permissions" if len(named) > 1 else "the permission"
        return f"Give the restricted key {several} {' or '.join(named)}, at {KEYS}"
    if permission is None:
        return "Use a key that has the permission."
    if write and not permission.writes:
        return (
            f"Stripe publishes no permission to write {permission.label}. Look for one at {KEYS}, "
            "or use a secret key (sk_…) for this."
        )
    text = permission.text(write=write)
    return f"It most probably lacks the permission {text}. Grant it at {KEYS}"


def _named(message: str, permission: Permission | None) -> list[str]:
    """Return the permissions that Stripe says would do, each with its label where that is known."""
    labelled = [
        f"{found['label']}: {found['level']} ({found['name']})"
        for found in _LABELLED.finditer(message)
    ]
    ours = [permission.text(write=write) for write in (False, True)] if permission else []
    names = [found["name"] for found in _NAMED.finditer(message)]
    return labelled or [
        next((text for text in ours if text.endswith(f" ({name})")), name) for name in names
    ]


def _facts(failure: Failure) -> str:
    facts = {
        "parameter": failure.param,
        "code": failure.code,
        "request": failure.request_id,
    }
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value)
