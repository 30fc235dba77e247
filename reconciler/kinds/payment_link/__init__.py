"""Payment link: a page with a URL of its own that sells prices.

What it sells never changes; it is switched off, never deleted.
https://docs.stripe.com/api/payment-link
"""

from __future__ import annotations

from reconciler.kinds.payment_link.check import check
from reconciler.kinds.payment_link.forms import canonical, seen
from reconciler.kinds.payment_link.words import headline, suggests
from reconciler.model.kind import Kind, Permission
from reconciler.model.marks import Body
from reconciler.model.values import Frozen


def _body() -> type[Body]:
    from reconciler.kinds.payment_link.body import (  # noqa: PLC0415 - dear, and rarely needed
        PaymentLinkBody,
    )

    return PaymentLinkBody


KIND = Kind(
    name="payment_link",
    table="payment_links",
    path="/v1/payment_links",
    body=_body,
    permission=Permission(name="payment_links", label="Payment Links", labelled="guides"),
    id_prefixes=("plink_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    canonical=canonical,
    seen=seen,
    check=check,
    headline=headline,
    suggests=suggests,
    shows=("url",),
    public=True,
    notes=(
        "A link that sells something else, or whose price is replaced, is a new link with another "
        "URL; the old one is switched off. Quantities change in place.",
        "Left out, a message after the purchase, and an invoice's description, footer and "
        "template stay as they are: Stripe clears none of them.",
        "`price_data` is not offered: it would make a price that is not in the file.",
    ),
    example="""\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.mug]
name = "Mug"

[products.mug.prices.one]
amount = 14.00

[products.mug.prices.lid]
amount = 3.00

[shipping_rates.ground]
display_name = "Ground"
amount = 4.50

[payment_links.mug]
line_items = [
  { price = "mug.one", quantity = 1, adjustable_quantity = { enabled = true, maximum = 10 } },
]
optional_items = ["mug.lid"]
shipping_address_collection = { allowed_countries = ["CA", "US"] }
shipping_options = ["ground"]
allow_promotion_codes = true
after_completion = { type = "redirect", redirect = { url = "https://example.com/thanks" } }
""",
)
