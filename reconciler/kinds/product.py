"""Product: what is sold. Its prices say what it costs.

A product that ever had a price cannot be deleted, only archived.
https://docs.stripe.com/api/products
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from reconciler.model.catalog import Catalog, Resource
from reconciler.model.common import Metadata
from reconciler.model.kind import Archive, Delete, Flaw, Kind, Lookup, NaturalKey, Permission
from reconciler.model.marks import (
    CHOSEN,
    CLEAR,
    KEEP,
    READ_ONLY,
    REPLACE,
    UPDATE,
    Body,
    Default,
    Exact,
    Items,
    Ref,
)
from reconciler.model.values import Frozen, Pending

TAX_CODE = r"^txcd_[0-9]{1,20}$"
"""https://docs.stripe.com/tax/tax-categories"""


class MarketingFeature(Body):
    """One line of the feature list on a pricing table."""

    name: Annotated[str, UPDATE, CLEAR, Field(max_length=5000, description="The line's text.")]


class AttachedFeature(Body):
    """A feature that whoever buys the product is entitled to."""

    id: Annotated[
        str | None, REPLACE, CHOSEN, READ_ONLY, Field(description="The id of the attachment.")
    ] = None
    entitlement_feature: Annotated[
        str, REPLACE, CLEAR, Ref("feature"), Field(description="The feature.")
    ]


class PackageDimensions(Body):
    """The size of the product when shipped. Stripe wants all four or none."""

    height: Annotated[Exact, UPDATE, CLEAR, Field(ge=0, description="Height in inches.")]
    length: Annotated[Exact, UPDATE, CLEAR, Field(ge=0, description="Length in inches.")]
    weight: Annotated[Exact, UPDATE, CLEAR, Field(ge=0, description="Weight in ounces.")]
    width: Annotated[Exact, UPDATE, CLEAR, Field(ge=0, description="Width in inches.")]


class TaxDetails(Body):
    """How Stripe Tax treats the product."""

    tax_code: Annotated[
        str | None, UPDATE, CLEAR, Field(pattern=TAX_CODE, description="A tax code id: txcd_…")
    ] = None
    performance_location: Annotated[
        str | None,
        UPDATE,
        KEEP,
        Field(description="The id of the tax location where a service is performed."),
    ] = None


class ProductBody(Body):
    """The fields of a product."""

    id: Annotated[
        str | None,
        REPLACE,
        CHOSEN,
        Field(
            max_length=5000,
            # It stands in the paths of requests.
            pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*$",
            description="An id of your own choice, for ever.",
        ),
    ] = None
    name: Annotated[
        str, UPDATE, CLEAR, Field(max_length=5000, description="The name customers see.")
    ]
    active: Annotated[
        bool | None, UPDATE, Default(True), Field(description="Whether it can be bought.")
    ] = None
    description: Annotated[
        str | None,
        UPDATE,
        CLEAR,
        Field(max_length=40000, description="What customers read about it."),
    ] = None
    default_price: Annotated[
        str | None,
        UPDATE,
        CLEAR,
        Ref("price", late=True),
        Field(description="The price that is used when none is named."),
    ] = None
    features: Annotated[
        tuple[AttachedFeature, ...] | None,
        UPDATE,
        KEEP,
        Items(by="entitlement_feature", path="features", call="product_feature"),
        Field(description="All that it entitles to; left out, neither read nor changed."),
    ] = None
    images: Annotated[
        tuple[str, ...] | None,
        UPDATE,
        CLEAR,
        Field(max_length=8, description="Up to 8 URLs of images."),
    ] = None
    marketing_features: Annotated[
        tuple[MarketingFeature, ...] | None,
        UPDATE,
        CLEAR,
        Field(max_length=15, description="Up to 15 lines for pricing tables."),
    ] = None
    metadata: Metadata = None
    package_dimensions: Annotated[
        PackageDimensions | None, UPDATE, CLEAR, Field(description="Its size when shipped.")
    ] = None
    shippable: Annotated[
        bool | None, UPDATE, CLEAR, Field(description="Whether it is a physical good.")
    ] = None
    statement_descriptor: Annotated[
        str | None,
        UPDATE,
        KEEP,
        Field(
            min_length=1,
            max_length=22,
            pattern=r"""^[^<>\\"']*[A-Za-z][^<>\\"']*$""",
            description="What stands on the customer's bank statement.",
        ),
    ] = None
    tax_code: Annotated[
        str | None, UPDATE, CLEAR, Field(pattern=TAX_CODE, description="A tax code id: txcd_…")
    ] = None
    tax_details: Annotated[
        TaxDetails | None, UPDATE, CLEAR, Field(description="The tax code with its location.")
    ] = None
    unit_label: Annotated[
        str | None, UPDATE, CLEAR, Field(max_length=12, description="What one unit is called.")
    ] = None
    url: Annotated[
        str | None, UPDATE, CLEAR, Field(max_length=5000, description="Its public page.")
    ] = None


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Say a tax code once: `tax_details` may repeat the one beside it."""
    details = body.get("tax_details")
    if details and body.get("tax_code") and details.get("tax_code") == body["tax_code"]:
        rest = {key: value for key, value in details.items() if key != "tax_code"}
        body["tax_details"] = rest
    return body


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    """Find a default price and features that Stripe would refuse.

    https://docs.stripe.com/api/products/update#update_product-default_price
    https://docs.stripe.com/api/product-feature/attach
    """
    yield from _check_features(resource, catalog)
    chosen = resource.body.get("default_price")
    if not isinstance(chosen, Pending):
        return
    price = catalog.resources.get(chosen.address)
    if price is None:
        return
    if price.body.get("product") != Pending(resource.address):
        yield Flaw(
            path=("default_price",),
            what=f"{price.address} is a price of another product",
            why="A product's default price is one of its own.",
        )
    elif not price.wanted_on:
        yield Flaw(
            path=("default_price",),
            what=f"{price.address} is switched off",
            why="Stripe archives no price that is its product's default.",
            mend="Name another one, or leave default_price out.",
        )


def _check_features(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    seen = set()
    for number, entry in enumerate(resource.body.get("features", ())):
        named = entry["entitlement_feature"]
        feature = catalog.resources.get(named.address) if isinstance(named, Pending) else None
        if named in seen:
            yield Flaw(
                path=("features", number),
                what="names a feature that stands in the list already",
                why="Stripe attaches a feature to a product once.",
                mend="Remove it.",
            )
        elif feature is not None and not feature.wanted_on:
            yield Flaw(
                path=("features", number),
                what=f"{feature.address} is switched off",
                why="Stripe attaches no archived feature.",
                mend="Take it out of the list, or take active = false away from the feature.",
            )
        seen.add(named)


KIND = Kind(
    name="product",
    table="products",
    path="/v1/products",
    body=ProductBody,
    permission=Permission(name="product", label="Products", labelled="stripe"),
    # https://docs.stripe.com/products-prices/manage-prices: prices make a product permanent.
    retirement=Delete(unless=("price",), otherwise=Archive("active", value=False)),
    id_prefixes=("prod_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    dated=True,
    natural_keys=(NaturalKey(field="id"),),
    # https://docs.stripe.com/api/products/list: how many ids it takes is not said; a page's worth.
    lookups=(Lookup(field="id", parameter="ids", most=100),),
    searchable=True,
    canonical=canonical,
    check=check,
    notes=(
        "Left out, a `statement_descriptor` stays as it is: Stripe offers no way to clear one.",
        "`type` and `default_price_data` are not offered: the first is legacy, the second would "
        "make a price that is not in the file.",
    ),
    example="""\
[catalog]
name = "acme"

[features.sso]
name = "Single sign-on"

[products.pro]
name = "Pro"
description = "For growing teams"
features = ["sso"]                # what customers are entitled to
marketing_features = [{ name = "Unlimited projects" }, { name = "Priority support" }]
statement_descriptor = "ACME PRO"
unit_label = "seat"
tax_code = "txcd_10103001"
default_price = "monthly"

[products.pro.prices.monthly]
amount = 29.00
currency = "usd"
interval = "month"
""",
)
