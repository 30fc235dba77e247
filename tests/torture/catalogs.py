"""The two catalogs between which an apply is tortured, and the strangers that live beside them.

From `BEFORE` to `AFTER` there is a step of every sort: creates, updates, replacements with and
without an id of our choice, what comes back, what goes, entries attached and detached.
"""

from __future__ import annotations

from typing import Any

BEFORE = """
[catalog]
name = "acme"
[defaults]
currency = "usd"

[features.sso]
name = "Single sign-on"
[features.export]
name = "Export"
[features.fax]
name = "Fax"

[meters.calls]
display_name = "Calls"
[meters.faxes]
display_name = "Faxes"

[products.pro]
name = "Pro"
default_price = "monthly"
features = ["sso", "fax"]
[products.pro.prices.monthly]
amount = 29.00
interval = "month"
[products.pro.prices.yearly]
amount = 290.00
interval = "year"
[products.usage]
name = "Usage"
[products.usage.prices.calls]
amount = 0.02
interval = "month"
meter = "calls"

[products.seats]
name = "Seats"
[products.seats.prices.monthly]
amount = 5.00
interval = "month"

[products.gone]
name = "Gone"
default_price = "once"
[products.gone.prices.once]
amount = 5.00

[products.empty]
name = "Never had a price"

[plans.pro]
items = ["pro.monthly", "usage.calls"]

[coupons.launch]
percent_off = 20
duration = "once"
[coupons.partner]
id = "PARTNER"
percent_off = 10
duration = "once"
[coupons.sorry]
off = 5.00
duration = "once"

[promotion_codes.LAUNCH20]
coupon = "launch"
[promotion_codes.SORRY]
coupon = "sorry"

[tax_rates.vat]
display_name = "VAT"
percentage = 19
inclusive = false

[shipping_rates.standard]
display_name = "Standard"
amount = 6.50

[payment_links.pro]
line_items = ["pro.monthly"]

[webhook_endpoints.billing]
url = "https://app.example/stripe"
enabled_events = ["invoice.paid"]
[webhook_endpoints.old]
url = "https://old.example/stripe"
enabled_events = ["*"]

[portal_configurations.main.features]
invoice_history = { enabled = true }
[portal_configurations.main.features.subscription_update]
enabled = true
default_allowed_updates = ["price"]
products = [{ product = "pro", prices = ["pro.monthly", "pro.yearly"] }]
"""

AFTER = """
[catalog]
name = "acme"
[defaults]
currency = "usd"

[moved]
"product.seats" = "product.places"

[features.sso]
name = "Single sign-on for all"
[features.export]
name = "Export"
[features.audit]
name = "Audit log"

[meters.calls]
display_name = "Calls"
[meters.faxes]
display_name = "Faxes"
retired = true

[products.pro]
name = "Pro"
description = "For growing teams"
default_price = "monthly"
features = ["sso", "export", "audit"]
[products.pro.prices.monthly]
amount = 39.00
interval = "month"
[products.pro.prices.yearly]
amount = 290.00
interval = "year"
nickname = "Two months free"
[products.usage]
name = "Usage"
[products.usage.prices.calls]
amount = 0.02
interval = "month"
meter = "calls"

[products.places]
name = "Places"
[products.places.prices.monthly]
amount = 5.00
interval = "month"

[products.team]
name = "Team"
default_price = "monthly"
features = ["sso"]
[products.team.prices.monthly]
amount = 99.00
interval = "month"

[plans.pro]
items = ["pro.monthly", "usage.calls"]
[plans.team]
items = ["team.monthly", { price = "places.monthly", quantity = 3 }]

[coupons.launch]
percent_off = 25
duration = "once"
[coupons.partner]
id = "PARTNER"
percent_off = 15
duration = "once"

[promotion_codes.LAUNCH20]
coupon = "launch"

[tax_rates.vat]
display_name = "VAT"
percentage = 20
inclusive = false

[shipping_rates.express]
display_name = "Express"
amount = 19.00

[payment_links.pro]
line_items = ["pro.monthly"]

[webhook_endpoints.billing]
url = "https://app.example/stripe"
enabled_events = ["invoice.paid", "charge.failed"]
[webhook_endpoints.books]
url = "https://books.example/stripe"
enabled_events = ["charge.refunded"]

[portal_configurations.main]
name = "Everybody"
[portal_configurations.main.features]
invoice_history = { enabled = true }
[portal_configurations.main.features.subscription_update]
enabled = true
default_allowed_updates = ["price"]
products = [{ product = "pro", prices = ["pro.monthly", "pro.yearly"] }]
"""

FIXED = frozenset({"coupon.partner", "promotion_code.LAUNCH20", "coupon.f", "promotion_code.CODE"})
"""What cannot be made before the old one goes: its id, or its code, is chosen."""

STRANGERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/products", {"id": "theirs", "name": "Theirs"}),
    ("/v1/products", {"name": "Other", "metadata": {"reconciler": "other/product.pro"}}),
    (
        "/v1/prices",
        {"product": "theirs", "currency": "usd", "unit_amount": 100, "lookup_key": "theirs"},
    ),
    ("/v1/coupons", {"id": "THEIRS", "percent_off": 5, "duration": "once"}),
    ("/v1/tax_rates", {"display_name": "VAT", "percentage": 7, "inclusive": "true"}),
    ("/v1/entitlements/features", {"name": "Theirs", "lookup_key": "theirs"}),
    ("/v1/webhook_endpoints", {"url": "https://they.example", "enabled_events": ["*"]}),
    (
        "/v1/shipping_rates",
        {
            "display_name": "Theirs",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 100, "currency": "usd"},
        },
    ),
    (
        "/v1/products",
        {
            "id": "reconciler-lock-other-1",
            "name": "Lock of the reconciler for catalog other",
            "active": "false",
        },
    ),
)
"""What others made: the path, and the parameters."""
