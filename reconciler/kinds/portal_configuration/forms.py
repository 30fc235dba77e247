"""The one form in which portal configurations compare: what Stripe fills in, and what is off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MONTH = ({"interval": "month", "interval_count": 1},)
"""How long a pause lasts unless it is said: Stripe's own default."""

USUAL: Mapping[str, Mapping[str, Any]] = {
    "customer_update": {"enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False},
    "subscription_cancel": {
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {"enabled": False},
    "subscription_update": {
        "enabled": False,
        "billing_cycle_anchor": "unchanged",
        "proration_behavior": "none",
        "trial_update_behavior": "end_trial",
    },
}
"""What a feature has that nobody said anything of."""


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Fill in what Stripe would, and leave out what has no effect while it is switched off."""
    if body.get("features") is not None:
        given = body["features"] or {}
        features = {name: {**usual, **(given.get(name) or {})} for name, usual in USUAL.items()}
        features["subscription_cancel"] = _cancel(features["subscription_cancel"])
        features["subscription_pause"] = _pause(features["subscription_pause"])
        features["subscription_update"] = _update(features["subscription_update"])
        body["features"] = features
    body["login_page"] = body.get("login_page") or {"enabled": False}
    return body


def _cancel(feature: dict[str, Any]) -> dict[str, Any]:
    """Drop reasons that are not asked for: Stripe lists some of its own there."""
    reason = feature.get("cancellation_reason") or {}
    return {**feature, "cancellation_reason": reason if reason.get("enabled") else {}}


def _pause(feature: dict[str, Any]) -> dict[str, Any]:
    """Say how long a pause lasts where there is one, as Stripe would."""
    if not feature["enabled"]:
        return {**feature, "duration": None}
    duration = feature.get("duration") or {"type": "interval_options", "interval_options": MONTH}
    options = duration.get("interval_options") or ()
    options = tuple({"interval_count": 1, **option} for option in options)
    return {**feature, "duration": {**duration, "interval_options": options}}


def _update(feature: dict[str, Any]) -> dict[str, Any]:
    return {**feature, "products": tuple(map(_product, feature.get("products") or ()))}


def _product(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say always whether the quantity is adjustable, and the least of one that is.

    Stripe documents no default for either; customers were seen to change a quantity that
    nobody had said anything of. So both are sent.
    """
    quantity = entry.get("adjustable_quantity") or {}
    said = {"minimum": 1, **quantity} if quantity.get("enabled") else {"enabled": False}
    return {**entry, "adjustable_quantity": said}
