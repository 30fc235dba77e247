"""Tax rate: a fixed percentage that subscriptions and invoices name.

Its percentage never changes; subscriptions that have an archived rate keep it.
https://docs.stripe.com/api/tax_rates
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.model.common import Metadata
from reconciler.model.kind import Kind, Permission
from reconciler.model.marks import (
    CLEAR,
    KEEP,
    REPLACE,
    UPDATE,
    Body,
    Default,
    Exact,
)
from reconciler.model.values import Frozen

TaxType = Literal[
    "admissions_tax",
    "amusement_tax",
    "attendance_tax",
    "communications_tax",
    "digital_excise_tax",
    "entertainment_tax",
    "get_fund",
    "gross_receipts_tax",
    "gst",
    "hospitality_tax",
    "hst",
    "igst",
    "jct",
    "lease_tax",
    "luxury_tax",
    "mass_transit_parking_tax",
    "nhil",
    "parking_tax",
    "pst",
    "qst",
    "resort_tax",
    "retail_delivery_fee",
    "rst",
    "sales_tax",
    "service_tax",
    "tourism_tax",
    "utility_users_tax",
    "vat",
]


class TaxRateBody(Body):
    """The fields of a tax rate."""

    display_name: Annotated[
        str, UPDATE, CLEAR, Field(max_length=50, description="What customers read: VAT.")
    ]
    percentage: Annotated[
        Exact, REPLACE, CLEAR, Field(ge=0, le=100, description="The rate in per cent.")
    ]
    inclusive: Annotated[
        bool, REPLACE, CLEAR, Field(description="Whether amounts have the tax in them.")
    ]
    active: Annotated[
        bool | None, UPDATE, Default(True), Field(description="Whether it can be used anew.")
    ] = None
    country: Annotated[
        str | None, UPDATE, KEEP, Field(pattern="^[A-Z]{2}$", description="ISO 3166 code.")
    ] = None
    state: Annotated[
        str | None, UPDATE, KEEP, Field(max_length=2, description="ISO 3166-2 code, no country.")
    ] = None
    jurisdiction: Annotated[
        str | None, UPDATE, KEEP, Field(max_length=50, description="Shown beside the rate.")
    ] = None
    description: Annotated[
        str | None, UPDATE, KEEP, Field(max_length=5000, description="For yourself.")
    ] = None
    tax_type: Annotated[
        TaxType | None, UPDATE, KEEP, Field(description="What sort of tax it is.")
    ] = None
    metadata: Metadata = None


def headline(body: Mapping[str, Any]) -> str:
    """Return what is added: `VAT 20 % DE, inclusive`."""
    way = "inclusive" if body.get("inclusive") else "exclusive"
    place = f" {body['country']}" if "country" in body else ""
    return f"{body.get('display_name', '')} {body.get('percentage', '')} %{place}, {way}"


def suggests(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what customers read, with where and how much: `vat_de`, `vat_19`, `vat_de_19`."""
    name, place = str(body.get("display_name", "")), str(body.get("country", ""))
    much = str(body.get("percentage", "")).replace(".", "_")
    yield f"{name} {place}"
    yield f"{name} {much}"
    yield f"{name} {place} {much}"
    yield f"{name} {place} {'inclusive' if body.get('inclusive') else 'exclusive'}"


KIND = Kind(
    name="tax_rate",
    table="tax_rates",
    path="/v1/tax_rates",
    body=TaxRateBody,
    permission=Permission(name="tax_rate", label="Tax Rates", labelled="guides"),
    id_prefixes=("txr_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    dated=True,
    headline=headline,
    suggests=suggests,
    notes=("Stripe clears none of the texts of a tax rate: left out, they stay as they are.",),
    example="""\
[catalog]
name = "acme"

[tax_rates.vat_de]
display_name = "VAT"
percentage = 19
inclusive = true
country = "DE"
jurisdiction = "Germany"
tax_type = "vat"
""",
)
