"""Portal configuration: what customers may do by themselves in Stripe's customer portal.

All of it changes in place, and it can only be switched off.
https://docs.stripe.com/api/customer_portal/configurations
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.portal_configuration.check import check
from reconciler.kinds.portal_configuration.forms import canonical
from reconciler.kinds.portal_configuration.offer import resolve
from reconciler.model.kind import Kind, Permission
from reconciler.model.marks import Body
from reconciler.model.values import Frozen

_WORDS = {
    "customer_update": "details",
    "invoice_history": "invoices",
    "payment_method_update": "payment methods",
    "subscription_cancel": "cancel",
    "subscription_pause": "pause",
    "subscription_update": "switch",
}


def kept(raw: Mapping[str, Any]) -> str:
    """Say why the default one stays.

    Observed: https://github.com/lukasaron/terraform-provider-stripe/issues/95
    """
    if not raw.get("is_default"):
        return ""
    return (
        "it is the account's default one, which Stripe does not deactivate.\n"
        "  Make another one the default in the Dashboard first. To leave this one to the Dashboard "
        'for good, take the entry "reconciler" out of its metadata there.'
    )


def headline(body: Mapping[str, Any]) -> str:
    """Return its name and what it is for: `"Main": details, invoices, cancel`."""
    features = body.get("features") or {}
    given = [word for name, word in _WORDS.items() if (features.get(name) or {}).get("enabled")]
    what = ", ".join(given) or "nothing"
    return f'"{body["name"]}": {what}' if body.get("name") else what


def _body() -> type[Body]:
    from reconciler.kinds.portal_configuration.body import (  # noqa: PLC0415 - dear, rarely needed
        PortalConfigurationBody,
    )

    return PortalConfigurationBody


KIND = Kind(
    name="portal_configuration",
    table="portal_configurations",
    path="/v1/billing_portal/configurations",
    body=_body,
    permission=Permission(name="customer_portal", label="Customer portal", labelled="guides"),
    id_prefixes=("bpc_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    canonical=canonical,
    check=check,
    resolve=resolve,
    kept=kept,
    public=True,
    headline=headline,
    notes=(
        "A feature that is left out is switched off.",
        "`plans` offers what plans sell, by name: each of their products with its prices. It may "
        "stand beside `products`; together they are at most 10 products.",
        "The account's default one can be adopted and changed, but not switched off or retired: "
        "Stripe does not allow it. Which one is the default is set in the Dashboard alone.",
    ),
    example="""\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.basic]
name = "Basic"

[products.basic.prices.monthly]
amount = 9.00
interval = "month"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"

[plans.pro]
items = ["pro.monthly"]

[portal_configurations.main]
name = "Main"
default_return_url = "https://example.com/account"

[portal_configurations.main.business_profile]
headline = "Acme: your subscription"
privacy_policy_url = "https://example.com/privacy"

[portal_configurations.main.features]      # what is not named is off
invoice_history = { enabled = true }
payment_method_update = { enabled = true }
customer_update = { enabled = true, allowed_updates = ["email", "tax_id"] }
subscription_cancel = { enabled = true, mode = "at_period_end" }

[portal_configurations.main.features.subscription_update]
enabled = true
default_allowed_updates = ["price"]
plans = ["pro"]                            # with its products and prices
products = [{ product = "basic", prices = ["basic.monthly"] }]
""",
)
