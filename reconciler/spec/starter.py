"""The catalog that `init` writes: small, commented, and valid as it stands."""

from __future__ import annotations

STARTER = """\
#:schema ./catalog.schema.json
#
# Your Stripe catalog. `reconciler validate` checks this file, `reconciler plan` shows what a
# Stripe account lacks of it, `reconciler apply` makes exactly those changes.
# Editors complete it with the schema that `reconciler schema > catalog.schema.json` writes.

[catalog]
name = "my-catalog"             # written on every object, to say whose it is; keep it for ever
# account = "acct_…"            # refuse to work on any other account

[defaults]
currency = "usd"


# The table's key is the product's name for ever: product.pro. What customers see is `name`.

[products.pro]
name = "Pro"
description = "For growing teams"
default_price = "monthly"

# Prices stand inside their product. Amounts are dollars and cents, with a decimal point;
# Stripe's own `unit_amount = 2900` works as well. Applications find a price by its lookup
# key, here "pro_monthly".

[products.pro.prices.monthly]
amount = 29.00
interval = "month"

[products.pro.prices.yearly]
amount = 290.00
interval = "year"
# currency_options = { eur = 270.00, gbp = 240.00 }

# Charged in tiers:
# [products.pro.prices.seats]
# interval = "month"
# tiers_mode = "graduated"
# tiers = [ { up_to = 10, amount = 0 }, { up_to = "inf", amount = 5.00 } ]


# A plan is what a customer subscribes to: prices sold together.

[plans.pro]
items = ["pro.monthly"]         # or { price = "pro.seats", quantity = 3 }
trial_period_days = 14


# To rename a thing without making it anew:
# [moved]
# "product.pro" = "product.team"

# To take over an object that exists already:
# [adopt]
# "product.pro" = "prod_…"
"""
