"""Payment links: as the file says them, and as calls make them.

The parameters are written out by hand, in Stripe's words; nothing here is computed from a kind.
`{monthly}`, `{once}`, `{extra}` and `{post}` stand for ids of the prices and the shipping rate
that every catalog here has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEAD = """[catalog]
name = "acme"
[products.pro]
name = "Pro"
[products.pro.prices.monthly]
amount = 29.00
currency = "usd"
interval = "month"
[products.pro.prices.once]
amount = 9.00
currency = "usd"
[products.pro.prices.extra]
amount = 1.00
currency = "usd"
[shipping_rates.post]
display_name = "Post"
amount = 5.00
currency = "usd"
[payment_links.it]
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One link. `toml` is in its table beside the items, `call` its parameters beside them.

    `stays` says that Stripe clears nothing of it: left out later, it is as it was.
    """

    toml: str
    call: dict[str, Any]
    recurring: bool = False
    stays: bool = False
    fixed: bool = False
    """Whether Stripe never changes it."""


INVOICE = {
    "account_tax_ids": ["atxi_1"],
    "custom_fields": [{"name": "Order", "value": "17"}],
}
INVOICE_TOML = 'account_tax_ids = ["atxi_1"]\ncustom_fields = [{ name = "Order", value = "17" }]'

WAYS: Mapping[str, Way] = {
    "nothing else": Way("", {}),
    "nothing else, recurring": Way("", {}, recurring=True),
    "after_completion, a message": Way(
        'after_completion = { type = "hosted_confirmation", '
        'hosted_confirmation = { custom_message = "Thanks" } }',
        {
            "after_completion": {
                "type": "hosted_confirmation",
                "hosted_confirmation": {"custom_message": "Thanks"},
            }
        },
        stays=True,
    ),
    "after_completion": Way(
        'after_completion = { type = "redirect", redirect = { url = "https://example.com" } }',
        {"after_completion": {"type": "redirect", "redirect": {"url": "https://example.com"}}},
    ),
    "allow_promotion_codes": Way("allow_promotion_codes = true", {"allow_promotion_codes": "true"}),
    "application_fee_amount": Way("application_fee_amount = 10", {"application_fee_amount": 10}),
    "application_fee_percent": Way(
        "application_fee_percent = 2.50", {"application_fee_percent": "2.5"}, recurring=True
    ),
    "automatic_tax": Way(
        "automatic_tax = { enabled = true }", {"automatic_tax": {"enabled": "true"}}
    ),
    "automatic_tax, of another account": Way(
        'automatic_tax = { enabled = true, liability = { type = "account", account = "acct_1" } }',
        {
            "automatic_tax": {
                "enabled": "true",
                "liability": {"type": "account", "account": "acct_1"},
            }
        },
    ),
    "billing_address_collection": Way(
        'billing_address_collection = "required"', {"billing_address_collection": "required"}
    ),
    "consent_collection": Way(
        'consent_collection = { terms_of_service = "required" }',
        {"consent_collection": {"terms_of_service": "required"}},
    ),
    "consent_collection, of all sorts": Way(
        'consent_collection = { terms_of_service = "none", promotions = "auto", '
        'payment_method_reuse_agreement = { position = "hidden" } }',
        {
            "consent_collection": {
                "promotions": "auto",
                "payment_method_reuse_agreement": {"position": "hidden"},
            }
        },
    ),
    "currency": Way('currency = "usd"', {"currency": "usd"}, fixed=True),
    "custom_fields": Way(
        """[[payment_links.it.custom_fields]]
key = "size"
label = { custom = "Size" }
type = "dropdown"
dropdown.options = [{ label = "Small", value = "s" }, { label = "Large", value = "l" }]
dropdown.default_value = "s"
[[payment_links.it.custom_fields]]
key = "count"
label = { type = "custom", custom = "How many?" }
type = "numeric"
optional = true
numeric = { minimum_length = 1, maximum_length = 3 }
[[payment_links.it.custom_fields]]
key = "note"
label = { custom = "Note" }
type = "text"
""",
        {
            "custom_fields": [
                {
                    "key": "size",
                    "label": {"type": "custom", "custom": "Size"},
                    "type": "dropdown",
                    "dropdown": {
                        "options": [
                            {"label": "Small", "value": "s"},
                            {"label": "Large", "value": "l"},
                        ],
                        "default_value": "s",
                    },
                },
                {
                    "key": "count",
                    "label": {"type": "custom", "custom": "How many?"},
                    "type": "numeric",
                    "optional": "true",
                    "numeric": {"minimum_length": 1, "maximum_length": 3},
                },
                {"key": "note", "label": {"type": "custom", "custom": "Note"}, "type": "text"},
            ]
        },
    ),
    "custom_text": Way(
        'custom_text = { submit = { message = "Now" }, after_submit = { message = "Then" } }',
        {"custom_text": {"submit": {"message": "Now"}, "after_submit": {"message": "Then"}}},
    ),
    "customer_creation": Way('customer_creation = "always"', {"customer_creation": "always"}),
    "inactive_message": Way('inactive_message = "Over"', {"inactive_message": "Over"}),
    "invoice_creation": Way(
        "invoice_creation = { enabled = true }", {"invoice_creation": {"enabled": "true"}}
    ),
    "invoice_creation, with all": Way(
        f"""[payment_links.it.invoice_creation]
enabled = true
[payment_links.it.invoice_creation.invoice_data]
{INVOICE_TOML}
description = "Goods"
footer = "Thanks"
issuer = {{ type = "account", account = "acct_1" }}
metadata = {{ a = "1" }}
rendering_options = {{ amount_tax_display = "exclude_tax", template = "inrtem_1" }}""",
        {
            "invoice_creation": {
                "enabled": "true",
                "invoice_data": {
                    **INVOICE,
                    "description": "Goods",
                    "footer": "Thanks",
                    "issuer": {"type": "account", "account": "acct_1"},
                    "metadata": {"a": "1"},
                    "rendering_options": {
                        "amount_tax_display": "exclude_tax",
                        "template": "inrtem_1",
                    },
                },
            }
        },
    ),
    "managed_payments": Way(
        "managed_payments = { enabled = true }",
        {"managed_payments": {"enabled": "true"}},
        fixed=True,
    ),
    "metadata": Way('metadata = { a = "1" }', {"metadata": {"a": "1"}}),
    "name_collection": Way(
        "name_collection = { business = { enabled = true, optional = true } }",
        {"name_collection": {"business": {"enabled": "true", "optional": "true"}}},
    ),
    "name_collection, of both": Way(
        "name_collection = { business = { enabled = true }, individual = { enabled = true } }",
        {
            "name_collection": {
                "business": {"enabled": "true"},
                "individual": {"enabled": "true"},
            }
        },
    ),
    "on_behalf_of": Way('on_behalf_of = "acct_1"', {"on_behalf_of": "acct_1"}),
    "optional_items": Way(
        'optional_items = ["pro.extra"]', {"optional_items": [{"price": "{extra}", "quantity": 1}]}
    ),
    "optional_items, adjustable": Way(
        'optional_items = [{ price = "pro.extra", quantity = 2, '
        "adjustable_quantity = { enabled = true, maximum = 5 } }]",
        {
            "optional_items": [
                {
                    "price": "{extra}",
                    "quantity": 2,
                    "adjustable_quantity": {"enabled": "true", "maximum": 5},
                }
            ]
        },
    ),
    "payment_intent_data": Way(
        """[payment_links.it.payment_intent_data]
description = "Goods"
metadata = { a = "1" }
setup_future_usage = "off_session"
statement_descriptor = "ACME"
statement_descriptor_suffix = "PRO"
transfer_group = "G"
""",
        {
            "payment_intent_data": {
                "description": "Goods",
                "metadata": {"a": "1"},
                "setup_future_usage": "off_session",
                "statement_descriptor": "ACME",
                "statement_descriptor_suffix": "PRO",
                "transfer_group": "G",
            }
        },
    ),
    "payment_intent_data, taken later": Way(
        'payment_intent_data = { capture_method = "manual" }',
        {"payment_intent_data": {"capture_method": "manual"}},
        fixed=True,
    ),
    "payment_method_collection": Way(
        'payment_method_collection = "if_required"',
        {"payment_method_collection": "if_required"},
        recurring=True,
    ),
    "payment_method_options": Way(
        'payment_method_options = { card = { restrictions = { brands_blocked = ["visa", '
        '"mastercard"] } } }',
        {
            "payment_method_options": {
                "card": {"restrictions": {"brands_blocked": ["mastercard", "visa"]}}
            }
        },
    ),
    "payment_method_types": Way(
        'payment_method_types = ["paypal", "card"]', {"payment_method_types": ["card", "paypal"]}
    ),
    "phone_number_collection": Way(
        "phone_number_collection = { enabled = true }",
        {"phone_number_collection": {"enabled": "true"}},
    ),
    "restrictions": Way(
        "restrictions = { completed_sessions = { limit = 5 } }",
        {"restrictions": {"completed_sessions": {"limit": 5}}},
    ),
    "shipping_address_collection": Way(
        'shipping_address_collection = { allowed_countries = ["US", "DE"] }',
        {"shipping_address_collection": {"allowed_countries": ["DE", "US"]}},
    ),
    "shipping_options": Way(
        'shipping_options = ["post"]', {"shipping_options": [{"shipping_rate": "{post}"}]}
    ),
    "submit_type": Way('submit_type = "book"', {"submit_type": "book"}),
    "subscription_data": Way(
        """[payment_links.it.subscription_data]
trial_period_days = 14
trial_settings = { end_behavior = { missing_payment_method = "cancel" } }
metadata = { a = "1" }
""",
        {
            "subscription_data": {
                "trial_period_days": 14,
                "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
                "metadata": {"a": "1"},
            }
        },
        recurring=True,
    ),
    "subscription_data, its invoices": Way(
        f"""[payment_links.it.subscription_data.invoice_settings]
{INVOICE_TOML}
issuer = {{ type = "account", account = "acct_1" }}
""",
        {
            "subscription_data": {
                "invoice_settings": {
                    **INVOICE,
                    "issuer": {"type": "account", "account": "acct_1"},
                }
            }
        },
        recurring=True,
    ),
    "subscription_data, words on invoices": Way(
        'subscription_data = { invoice_settings = { description = "D", footer = "F" } }',
        {"subscription_data": {"invoice_settings": {"description": "D", "footer": "F"}}},
        recurring=True,
        stays=True,
    ),
    "subscription_data, a description": Way(
        'subscription_data = { description = "All of it" }',
        {"subscription_data": {"description": "All of it"}},
        recurring=True,
        fixed=True,
    ),
    "subscription_data, the usual end": Way(
        "subscription_data = { trial_period_days = 7, "
        'trial_settings = { end_behavior = { missing_payment_method = "create_invoice" } } }',
        {
            "subscription_data": {
                "trial_period_days": 7,
                "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            }
        },
        recurring=True,
    ),
    "tax_id_collection": Way(
        'tax_id_collection = { enabled = true, required = "if_supported" }',
        {"tax_id_collection": {"enabled": "true", "required": "if_supported"}},
    ),
    "transfer_data": Way(
        'transfer_data = { destination = "acct_1", amount = 5 }',
        {"transfer_data": {"destination": "acct_1", "amount": 5}},
    ),
}
"""Each begins with the name of its field."""

ITEMS: Mapping[str, tuple[str, list[dict[str, Any]]]] = {
    "a name": ('["pro.once"]', [{"price": "{once}", "quantity": 1}]),
    "a quantity": ('[{ price = "pro.once", quantity = 3 }]', [{"price": "{once}", "quantity": 3}]),
    "adjustable": (
        '[{ price = "pro.once", adjustable_quantity = { enabled = true } }]',
        [{"price": "{once}", "quantity": 1, "adjustable_quantity": {"enabled": "true"}}],
    ),
    "adjustable within bounds": (
        '[{ price = "pro.once", '
        "adjustable_quantity = { enabled = true, minimum = 2, maximum = 5 } }]",
        [
            {
                "price": "{once}",
                "quantity": 1,
                "adjustable_quantity": {"enabled": "true", "minimum": 2, "maximum": 5},
            }
        ],
    ),
    "not adjustable": (
        '[{ price = "pro.once", adjustable_quantity = { enabled = false } }]',
        [{"price": "{once}", "quantity": 1, "adjustable_quantity": {"enabled": "false"}}],
    ),
}
"""One item, in each form that Stripe changes in place."""
