"""Portal configurations: as the file says them, and as calls make them.

The parameters are written out by hand, in Stripe's words; nothing here is computed from the kind.
`{pro}`, `{monthly}` and the like stand for the ids of what is in `CATALOG`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CATALOG = """
[catalog]
name = "acme"
[defaults]
currency = "usd"
[products.pro]
name = "Pro"
[products.pro.prices.monthly]
amount = 29.00
interval = "month"
[products.pro.prices.yearly]
amount = 290.00
interval = "year"
[products.team]
name = "Team"
[products.team.prices.seat]
amount = 9.00
interval = "month"
[plans.pro]
items = ["pro.monthly"]
[plans.team]
items = ["team.seat"]
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One configuration. `toml` is the inside of its table, `call` its parameters."""

    toml: str
    call: dict[str, Any]


INVOICES: dict[str, Any] = {"invoice_history": {"enabled": "true"}}
UPDATE: dict[str, Any] = {"enabled": "true", "default_allowed_updates": ["price"]}
ONE = [{"product": "{pro}", "prices": ["{monthly}"], "adjustable_quantity": {"enabled": "false"}}]
BOTH = [
    {"product": "{team}", "prices": ["{seat}"], "adjustable_quantity": {"enabled": "false"}},
    {
        "product": "{pro}",
        "prices": ["{yearly}", "{monthly}"],
        "adjustable_quantity": {"enabled": "true", "minimum": 1, "maximum": 9},
    },
]
ALLOWED = 'default_allowed_updates = ["price"]'


def update(**more: Any) -> dict[str, Any]:
    return {"features": {"subscription_update": {**UPDATE, "products": ONE, **more}}}


def updating(more: str) -> str:
    return (
        f"[portal_configurations.it.features.subscription_update]\nenabled = true\n{ALLOWED}\n"
        f"{'' if 'products =' in more or 'plans =' in more else PRODUCTS}\n{more}\n"
    )


PRODUCTS = 'products = [{ product = "pro", prices = ["pro.monthly"] }]'
ON = "features.invoice_history.enabled = true"

WAYS: Mapping[str, Way] = {
    "invoices": Way(ON, {"features": INVOICES}),
    "features that are all off": Way(
        "features.invoice_history.enabled = false",
        {"features": {"invoice_history": {"enabled": "false"}}},
    ),
    "name": Way(f'name = "Main"\n{ON}', {"name": "Main", "features": INVOICES}),
    "default_return_url": Way(
        f'default_return_url = "https://example.com/a"\n{ON}',
        {"default_return_url": "https://example.com/a", "features": INVOICES},
    ),
    "business_profile": Way(
        f'business_profile = {{ headline = "Hello" }}\n{ON}',
        {"business_profile": {"headline": "Hello"}, "features": INVOICES},
    ),
    "business_profile, all of it": Way(
        'business_profile = { headline = "Hi", privacy_policy_url = "https://example.com/p", '
        f'terms_of_service_url = "https://example.com/t" }}\n{ON}',
        {
            "business_profile": {
                "headline": "Hi",
                "privacy_policy_url": "https://example.com/p",
                "terms_of_service_url": "https://example.com/t",
            },
            "features": INVOICES,
        },
    ),
    "login_page": Way(
        f"login_page.enabled = true\n{ON}",
        {"login_page": {"enabled": "true"}, "features": INVOICES},
    ),
    "login_page, none": Way(
        f"login_page.enabled = false\n{ON}",
        {"login_page": {"enabled": "false"}, "features": INVOICES},
    ),
    "metadata": Way(
        f'metadata = {{ a = "b" }}\n{ON}', {"metadata": {"a": "b"}, "features": INVOICES}
    ),
    "active": Way(f"active = true\n{ON}", {"features": INVOICES}),
    "details": Way(
        'features.customer_update = { enabled = true, allowed_updates = ["tax_id", "email"] }',
        {
            "features": {
                "customer_update": {"enabled": "true", "allowed_updates": ["email", "tax_id"]}
            }
        },
    ),
    "details that are off": Way(
        'features.customer_update = { enabled = false, allowed_updates = ["name"] }',
        {"features": {"customer_update": {"enabled": "false", "allowed_updates": ["name"]}}},
    ),
    "payment methods": Way(
        "features.payment_method_update.enabled = true",
        {"features": {"payment_method_update": {"enabled": "true"}}},
    ),
    "payment methods of a configuration": Way(
        "features.payment_method_update = "
        '{ enabled = true, payment_method_configuration = "pmc_1" }',
        {
            "features": {
                "payment_method_update": {
                    "enabled": "true",
                    "payment_method_configuration": "pmc_1",
                }
            }
        },
    ),
    "cancelling": Way(
        "features.subscription_cancel.enabled = true",
        {"features": {"subscription_cancel": {"enabled": "true"}}},
    ),
    "cancelling, as it is by default": Way(
        'features.subscription_cancel = { enabled = true, mode = "at_period_end", '
        'proration_behavior = "none", cancellation_reason = '
        '{ enabled = false, options = ["unused"] } }',
        {"features": {"subscription_cancel": {"enabled": "true"}}},
    ),
    "cancelling at once": Way(
        'features.subscription_cancel = { enabled = true, mode = "immediately", '
        'proration_behavior = "create_prorations" }',
        {
            "features": {
                "subscription_cancel": {
                    "enabled": "true",
                    "mode": "immediately",
                    "proration_behavior": "create_prorations",
                }
            }
        },
    ),
    "cancelling with a reason": Way(
        "features.subscription_cancel = { enabled = true, cancellation_reason = "
        '{ enabled = true, options = ["unused", "other"], feedback_options = ["fo_2", "fo_1"] } }',
        {
            "features": {
                "subscription_cancel": {
                    "enabled": "true",
                    "cancellation_reason": {
                        "enabled": "true",
                        "options": ["other", "unused"],
                        "feedback_options": ["fo_1", "fo_2"],
                    },
                }
            }
        },
    ),
    "pausing": Way(
        "features.subscription_pause.enabled = true",
        {"features": {"subscription_pause": {"enabled": "true"}}},
    ),
    "pausing, as it is by default": Way(
        "features.subscription_pause = { enabled = true, duration = "
        '{ type = "interval_options", interval_options = [{ interval = "month" }] } }',
        {"features": {"subscription_pause": {"enabled": "true"}}},
    ),
    "pausing without an end": Way(
        'features.subscription_pause = { enabled = true, duration = { type = "indefinite" } }',
        {
            "features": {
                "subscription_pause": {"enabled": "true", "duration": {"type": "indefinite"}}
            }
        },
    ),
    "pausing for weeks": Way(
        "features.subscription_pause = { enabled = true, duration = "
        '{ type = "interval_options", interval_options = '
        '[{ interval = "week", interval_count = 2 }, { interval = "day", interval_count = 1 }] } }',
        {
            "features": {
                "subscription_pause": {
                    "enabled": "true",
                    "duration": {
                        "type": "interval_options",
                        "interval_options": [
                            {"interval": "day"},
                            {"interval": "week", "interval_count": 2},
                        ],
                    },
                }
            }
        },
    ),
    "changing": Way(updating(""), update()),
    "changing among two products": Way(
        updating(
            'products = [{ product = "pro", prices = ["pro.monthly", "pro.yearly"], '
            "adjustable_quantity = { enabled = true, maximum = 9 } }, "
            '{ product = "team", prices = ["team.seat"], '
            "adjustable_quantity = { enabled = false, minimum = 2 } }]"
        ),
        update(products=BOTH),
    ),
    "changing between plans": Way(
        updating('plans = ["team", "pro"]'),
        update(products=[*ONE, BOTH[0]]),
    ),
    "changing, as it is by default": Way(
        updating(
            'billing_cycle_anchor = "unchanged"\nproration_behavior = "none"\n'
            'trial_update_behavior = "end_trial"\nschedule_at_period_end = { conditions = [] }'
        ),
        update(),
    ),
    "changing otherwise": Way(
        updating(
            'billing_cycle_anchor = "now"\nproration_behavior = "always_invoice"\n'
            'trial_update_behavior = "continue_trial"'
        ),
        update(
            billing_cycle_anchor="now",
            proration_behavior="always_invoice",
            trial_update_behavior="continue_trial",
        ),
    ),
    "changing later": Way(
        updating(
            "schedule_at_period_end = { conditions = "
            '[{ type = "shortening_interval" }, { type = "decreasing_item_amount" }] }'
        ),
        update(
            schedule_at_period_end={
                "conditions": [
                    {"type": "decreasing_item_amount"},
                    {"type": "shortening_interval"},
                ]
            }
        ),
    ),
}
