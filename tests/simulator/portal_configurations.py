"""What the tests of portal configurations share: where they are, how one is made, what a bare one has."""

PATH = "/v1/billing_portal/configurations"
PRODUCTS = "features[subscription_update][products]"
EXPANDED = {"expand[]": "features.subscription_update.products"}
INVOICES = {"features[invoice_history][enabled]": True}

BLANK_FEATURES = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "feedback_options": None, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {
        "duration": {
            "interval_options": [{"interval": "month", "interval_count": 1}],
            "type": "interval_options",
        },
        "enabled": False,
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}


def configuration(client, **more):
    return client.made(PATH, {**INVOICES, **more})


def offering(**products):
    """Parameters that offer prices of products, by the products' ids."""
    given = {"features[subscription_update][enabled]": True}
    for index, (product, prices) in enumerate(products.items()):
        given[f"{PRODUCTS}[{index}][product]"] = product
        given |= {f"{PRODUCTS}[{index}][prices][{n}]": price for n, price in enumerate(prices)}
    return given


def offered(client, made):
    shown = client.get(f"{PATH}/{made.id}", EXPANDED)
    return shown["features"]["subscription_update"]["products"]
