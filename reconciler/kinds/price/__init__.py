"""Price: what one product costs, in one currency, once or per period.

Stripe never lets an amount change, so a new amount is a new price.
https://docs.stripe.com/api/prices
"""

from __future__ import annotations

from reconciler.kinds.price.body import PriceBody, canonical
from reconciler.kinds.price.check import check
from reconciler.kinds.price.revenue import monthly
from reconciler.kinds.price.words import amounts, headline, scale, suggests
from reconciler.model.catalog import Resource
from reconciler.model.kind import (
    Archive,
    Kind,
    Lookup,
    NaturalKey,
    Permission,
    Subscribed,
    Within,
)
from reconciler.model.values import Frozen


def _default_lookup_key(resource: Resource) -> str:
    return "_".join(resource.address.keys)


KIND = Kind(
    name="price",
    table="prices",
    path="/v1/prices",
    body=PriceBody,
    # Named after what came before prices, and still covers both.
    permission=Permission(name="plan", label="Prices", labelled="stripe"),
    retirement=Archive("active", value=False),
    id_prefixes=("price_", "plan_"),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    dated=True,
    natural_keys=(
        NaturalKey(field="lookup_key", default=_default_lookup_key, transfer="transfer_lookup_key"),
    ),
    lookups=(
        # Up to ten: https://docs.stripe.com/api/prices/list#list_prices-lookup_keys
        Lookup(field="lookup_key", parameter="lookup_keys", most=10),
        Lookup(field="product", parameter="product"),
    ),
    searchable=True,
    within=Within("product", "product"),
    inherits={"currency": lambda _: True},
    canonical=canonical,
    check=check,
    headline=headline,
    suggests=suggests,
    amounts=amounts,
    scale=scale,
    subscribed=Subscribed(
        parameter="price", when=lambda body: bool(body.get("recurring")), monthly=monthly
    ),
    sellable=True,
    notes=(
        "A price cannot be deleted, only switched off; its subscribers go on paying it.",
        "Adding a currency option is an update. Changing or dropping one makes a new price, "
        "because Stripe may reprice present subscribers.",
    ),
    example="""\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[meters.api_calls]
display_name = "API calls"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]     # its lookup_key is pro_monthly
amount = 29.00
interval = "month"
currency_options = { eur = 27.00, gbp = { amount = 24.00, tax_behavior = "inclusive" } }

[products.pro.prices.seats]
interval = "month"
tiers_mode = "graduated"
tiers = [
  { up_to = 5, amount = 0 },
  { up_to = 50, amount = 8.00, flat = 10.00 },
  { up_to = "inf", amount = 6.50 },
]

[products.pro.prices.calls]       # by what the meter counts
amount = 0.002
interval = "month"
meter = "api_calls"
""",
)
