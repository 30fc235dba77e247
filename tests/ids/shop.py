"""A catalog with something of each sort that has a name besides its id, and its account."""

from __future__ import annotations

from typing import Any

from laws.account import Account
from laws.strategies import KINDS
from reconciler.model.catalog import Catalog
from reconciler.planner.identify import Identities, identify
from reconciler.render.ids_document import Ids
from reconciler.spec.load import loads

CATALOG = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[meters.api_calls]
display_name = "API calls"

[features.sso]
name = "Single sign-on"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"

[products.pro.prices.seats]
amount = 8.00
interval = "month"

[plans.team]
items = ["pro.monthly", { price = "pro.seats", quantity = 3 }]
trial_period_days = 14

[coupons.launch]
percent_off = 20
duration = "once"

[promotion_codes.LAUNCH20]
coupon = "launch"

[payment_links.pro]
line_items = [{ price = "pro.monthly", quantity = 1 }]

[webhook_endpoints.main]
url = "https://example.com/stripe"
enabled_events = ["invoice.paid"]
"""

LINES = "monthly'\"\\\n`$(rm)*/${x}\u2028\u2029\u202e\U0001f600\r\t#\x1b[0m"
"""What could end a string, a comment or a line somewhere, or steer a terminal."""


def price(object_id: str, key: str, amount: int = 2900, **given: Any) -> dict[str, Any]:
    """A monthly price of `product.pro`, stamped, as it is seeded."""
    return {
        "object": "price",
        "id": object_id,
        "product": "prod_pro",
        "currency": "usd",
        "unit_amount": amount,
        "recurring": {"interval": "month"},
        "metadata": {"reconciler": f"acme/price.pro.{key}"},
        "lookup_key": f"pro_{key}",
        **given,
    }


PRODUCT: dict[str, Any] = {
    "object": "product",
    "id": "prod_pro",
    "name": "Pro",
    "metadata": {
        "reconciler": "acme/product.pro",
        "reconciler_plan_team": '{"items":[{"price":"pro_monthly"},{"price":"pro_seats",'
        '"quantity":3}],"trial_period_days":14}',
    },
}

OBJECTS: list[dict[str, Any]] = [
    PRODUCT,
    price("price_monthly", "monthly"),
    price("price_seats", "seats", 800),
    {
        "object": "billing.meter",
        "id": "mtr_1",
        "event_name": "api_calls",
        "display_name": "API calls",
        "default_aggregation": {"formula": "sum"},
    },
    {
        "object": "entitlements.feature",
        "id": "feat_1",
        "name": "Single sign-on",
        "lookup_key": "sso",
        "metadata": {"reconciler": "acme/feature.sso"},
    },
    {
        "object": "coupon",
        "id": "CoUpOn12",
        "percent_off": 20,
        "duration": "once",
        "metadata": {"reconciler": "acme/coupon.launch"},
    },
    {
        "object": "promotion_code",
        "id": "promo_1",
        "code": "LAUNCH20",
        "promotion": {"type": "coupon", "coupon": "CoUpOn12"},
        "metadata": {"reconciler": "acme/promotion_code.LAUNCH20"},
    },
    {
        "object": "payment_link",
        "id": "plink_1",
        "url": "https://buy.stripe.com/test_1",
        "line_items": [{"price": "price_monthly", "quantity": 1}],
        "metadata": {"reconciler": "acme/payment_link.pro"},
    },
    {
        "object": "webhook_endpoint",
        "id": "we_1",
        "url": "https://example.com/stripe",
        "enabled_events": ["invoice.paid"],
        "metadata": {"reconciler": "acme/webhook_endpoint.main"},
    },
]


def changed(object_id: str, **given: Any) -> list[dict[str, Any]]:
    """The objects, one of them with other fields."""
    return [{**one, **given} if one["id"] == object_id else one for one in OBJECTS]


def catalog(text: str = CATALOG) -> Catalog:
    """The catalog that a text says."""
    return loads(text, KINDS)


def identified(
    objects: list[dict[str, Any]], wanted: Catalog | None = None
) -> tuple[Account, Identities]:
    """Look at an account with these objects."""
    account = Account(KINDS)
    account.simulator.seed(objects)
    return account, identify(wanted or catalog(), account.look(), KINDS)


def ids(objects: list[dict[str, Any]], wanted: Catalog | None = None) -> Ids:
    """The ids of an account with these objects, which has to hold the catalog."""
    account, found = identified(objects, wanted)
    assert () == found.gaps
    owner = account.gateway.get_account()
    account.close()
    return Ids(catalog="acme", account=owner, identities=found, kinds=KINDS)
