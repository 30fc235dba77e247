"""Feature: something a product entitles to, such as single sign-on.

Applications ask Stripe which features a customer has, by lookup key. Not a marketing feature,
which is a line of text on a product. https://docs.stripe.com/api/entitlements/feature
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.model.catalog import Resource
from reconciler.model.common import Metadata
from reconciler.model.kind import Kind, NaturalKey, Permission
from reconciler.model.marks import (
    CLEAR,
    KEEP,
    REPLACE,
    UPDATE,
    UPDATE_ONLY,
    Body,
    Default,
)
from reconciler.model.values import EMPTY, Frozen


class FeatureBody(Body):
    """The fields of a feature."""

    name: Annotated[str, UPDATE, CLEAR, Field(max_length=80, description="For yourself.")]
    lookup_key: Annotated[
        str | None,
        REPLACE,
        KEEP,
        Field(
            max_length=80,
            description="How applications find it; the table's key unless given.",
        ),
    ] = None
    active: Annotated[
        bool | None,
        UPDATE,
        UPDATE_ONLY,
        Default(True),
        Field(description="Whether products can be given it."),
    ] = None
    metadata: Metadata = None


def _default_lookup_key(resource: Resource) -> str:
    return resource.address.key


KIND = Kind(
    name="feature",
    table="features",
    path="/v1/entitlements/features",
    body=FeatureBody,
    # Stripe's list has `entitlement_read` alone, though features are created by the API.
    permission=Permission(
        name="entitlement", label="Entitlements", labelled="guides", writes=False
    ),
    id_prefixes=("feat_",),
    # The list leaves archived ones out, and lists them alone when asked for them.
    scopes=(EMPTY, Frozen({"archived": True})),
    natural_keys=(NaturalKey(field="lookup_key", default=_default_lookup_key, active_only=True),),
    freezes=True,
    notes=("A feature's lookup key is free again once it is archived.",),
    example="""\
[catalog]
name = "acme"

[features.sso]                    # applications ask for it by its lookup_key, sso
name = "Single sign-on"

[products.pro]
name = "Pro"
features = ["sso"]
""",
)
