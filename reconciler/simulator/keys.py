"""Who is asking: from an API key and the `Stripe-Account` header to an account, a mode, and leave.

A key belongs to the account named between its mode and its last underscore: `sk_test_acme_1` and
`rk_test_acme_2` are two keys of one account, `sk_test_123` is a key of the default account.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from reconciler.simulator.ids import token
from reconciler.simulator.values import RefusalError, Request

DEFAULT_KEY = "sk_test_simulator"

_KEY = re.compile(r"(sk|rk)_(test|live)_(?:([A-Za-z0-9_]+)_)?[A-Za-z0-9]+")
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]+")

Permissions = Mapping[str, frozenset[str]]
"""What restricted keys may do, by key: `rak_plan_read`, `rak_product_write`."""

LABELS: Mapping[str, str] = {
    "accounts_kyc_basic": "Basic Business Contact Information",
    "billing_meter": "Meters",
    "coupon": "Coupons",
    "customer": "Customers",
    "customer_portal": "Customer portal",
    "entitlement": "Entitlements",
    "payment_links": "Payment Links",
    "plan": "Prices",
    "product": "Products",
    "promotion_code": "Promotion Codes",
    "shipping_rate": "Shipping Rates",
    "subscription": "Subscriptions",
    "tax_rate": "Tax Rates",
    "webhook": "Webhook Endpoints",
}
"""What the Dashboard calls the permissions. Some of it is a guess: Meters, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A key that was accepted, and the world it acts in."""

    key: str
    account: str
    livemode: bool


def account_of(key: str = DEFAULT_KEY) -> str:
    """The id of the account that a key belongs to."""
    matched = _KEY.fullmatch(key)
    name = matched[3] if matched and matched[3] else "default"
    return "acct_1" + token(15, "account", name)


def identify(
    request: Request, permissions: Permissions | None, revoked: Collection[str] = ()
) -> Caller:
    """The caller, or the 401 or 403 that Stripe answers."""
    key = presented(request)
    if not key:
        raise RefusalError(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
            "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
            "can help at https://support.stripe.com/.",
            status=401,
            headers={"WWW-Authenticate": 'Bearer realm="Stripe"'},
        )
    matched = _KEY.fullmatch(key)
    if matched is None:
        raise RefusalError(f"Invalid API Key provided: {masked(key)}", status=401)
    if key in revoked:
        raise RefusalError(
            f"Expired API Key provided: {masked(key)}", status=401, code="api_key_expired"
        )
    connected = request.header("Stripe-Account")
    if connected is not None:
        _check_connected(key, connected, permissions)
    return Caller(key=key, account=connected or account_of(key), livemode=matched[2] == "live")


def allow(caller: Caller, permission: str, *, write: bool, granted: Permissions | None) -> None:
    """Refuses a restricted key that lacks a permission; a key without a list may do everything."""
    permissions = (granted or {}).get(caller.key)
    if permissions is None:
        return
    level = "Write" if write else "Read"
    needed = f"{permission}_{level.lower()}"
    if f"rak_{needed}" in permissions or f"rak_{permission}_write" in permissions:
        return
    raise RefusalError(
        # Until 2026 it said: Having the 'rak_plan_read' permission would allow this request …
        f"Permission denied. The provided key '{masked(caller.key)}' does not have the required "
        f"permissions for this endpoint on account '{caller.account}'. Enabling "
        f"\"{LABELS[permission]} {level}\" ('{needed}') permissions on this key would allow this "
        "request to continue. You can edit permissions at https://dashboard.stripe.com/apikeys",
        status=403,
        code="more_permissions_required",
    )


def masked(key: str) -> str:
    """A key as Stripe shows it in an error: its kind and its end."""
    head = re.match(r"(?:[a-z]{2}_(?:test|live)_)?", key)
    kind = head[0] if head else ""
    rest = key[len(kind) :]
    return f"{kind}{'*' * max(len(rest) - 4, 4)}{rest[-4:] if len(rest) > 4 else ''}"


def _check_connected(key: str, connected: str, permissions: Permissions | None) -> None:
    granted = (permissions or {}).get(key)
    if granted is not None and not any(name.startswith("rak_connect") for name in granted):
        raise RefusalError(
            "You passed a restricted API key with the Stripe-Account header, but the restricted "
            "API key does not have any Connect permissions.",
            status=403,
        )
    if not _ACCOUNT.fullmatch(connected):
        raise RefusalError(
            f"The provided key '{masked(key)}' does not have access to account '{connected}' (or "
            "that account does not exist). Application access may have been revoked.",
            status=403,
            code="account_invalid",
        )


def presented(request: Request) -> str:
    """The API key that a request brings, whether it is one or not; empty for none."""
    scheme, _, credentials = (request.header("Authorization") or "").partition(" ")
    match scheme.lower():
        case "bearer":
            return credentials.strip()
        case "basic":
            try:
                decoded = base64.b64decode(credentials, validate=True).decode("ascii")
            except (binascii.Error, UnicodeDecodeError):
                return credentials
            return decoded.partition(":")[0]
        case _:
            return ""
