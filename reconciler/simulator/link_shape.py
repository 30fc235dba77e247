"""What a payment link holds beside its items, and its defaults, as a table of forms.

It checks nothing; `resources/payment_link.py` has the rules.
https://docs.stripe.com/api/payment-link/object
"""

from __future__ import annotations

from reconciler.simulator.nested import Absent, Each, Members, Metadata, Part, Typed

_LENGTHS: Members = {"default_value": None, "maximum_length": None, "minimum_length": None}

_CUSTOM_FIELD = Typed(
    {
        "text": _LENGTHS,
        "numeric": _LENGTHS,
        "dropdown": {"default_value": None, "options": Each({"label": "", "value": ""}, [])},
    },
    {"key": "", "label": {"custom": None, "type": "custom"}, "optional": False},
)

# Only a connected account is named; of itself the account says no more than that.
_ACCOUNT: Members = {"account": Absent.ABSENT, "type": "self"}

_INVOICE: Members = {
    "account_tax_ids": None,
    "custom_fields": Each({"name": "", "value": ""}, None),
    "description": None,
    "footer": None,
}

_NAME: Members = {"enabled": False, "optional": False}

ADJUSTABLE: Members = {"enabled": False, "maximum": None, "minimum": None}

SHAPE: Members = {
    "after_completion": Typed(
        {"hosted_confirmation": {"custom_message": None}, "redirect": {"url": ""}}, {}
    ),
    "allow_promotion_codes": False,
    "application_fee_amount": None,
    "application_fee_percent": None,
    "automatic_tax": {"enabled": False, "liability": Part(_ACCOUNT)},
    "billing_address_collection": "auto",
    "consent_collection": Part(
        {
            "payment_method_reuse_agreement": Part({"position": "auto"}),
            "promotions": None,
            "terms_of_service": None,
        }
    ),
    "custom_fields": Each(_CUSTOM_FIELD, []),
    "custom_text": {
        name: Part({"message": ""})
        for name in ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    },
    "customer_creation": "if_required",
    "inactive_message": None,
    "invoice_creation": Part(
        {
            "enabled": False,
            "invoice_data": {
                **_INVOICE,
                "issuer": Part(_ACCOUNT),
                "metadata": Metadata.MERGED,
                "rendering_options": Part({"amount_tax_display": None, "template": None}),
            },
        }
    ),
    "managed_payments": Part({"enabled": False}),
    "name_collection": Part({"business": Part(_NAME), "individual": Part(_NAME)}),
    "on_behalf_of": None,
    "optional_items": Each(
        {"adjustable_quantity": Part(ADJUSTABLE), "price": "", "quantity": 1}, None
    ),
    "payment_intent_data": Part(
        {
            "capture_method": None,
            "description": None,
            "metadata": Metadata.DECLARED,
            "setup_future_usage": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "transfer_group": None,
        }
    ),
    "payment_method_collection": "always",
    "payment_method_options": Part({"card": Part({"restrictions": Part({"brands_blocked": []})})}),
    "payment_method_types": None,
    "phone_number_collection": {"enabled": False},
    "restrictions": Part({"completed_sessions": {"count": 0, "limit": 0}}),
    "shipping_address_collection": Part({"allowed_countries": []}),
    "shipping_options": Each({"shipping_amount": 0, "shipping_rate": ""}, []),
    "submit_type": "auto",
    "subscription_data": Part(
        {
            "description": None,
            "invoice_settings": {**_INVOICE, "issuer": _ACCOUNT},
            "metadata": Metadata.DECLARED,
            "trial_period_days": None,
            "trial_settings": Part({"end_behavior": {"missing_payment_method": None}}),
        }
    ),
    "tax_id_collection": {"enabled": False, "required": "never"},
    "transfer_data": Part({"amount": None, "destination": ""}),
}
