"""What a portal configuration holds beside its features.

What each feature holds stands in `features.py`; how two compare, in `forms.py`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.portal_configuration.features import Features
from reconciler.model.common import Metadata
from reconciler.model.marks import CLEAR, CLEAR_INSIDE, UPDATE, UPDATE_ONLY, Body, Default


class BusinessProfile(Body):
    """What the portal says of the business."""

    headline: Annotated[
        str | None,
        UPDATE,
        CLEAR,
        Field(max_length=60, description="What customers read at the top."),
    ] = None
    privacy_policy_url: Annotated[
        str | None, UPDATE, CLEAR, Field(description="Where your privacy policy is.")
    ] = None
    terms_of_service_url: Annotated[
        str | None, UPDATE, CLEAR, Field(description="Where your terms of service are.")
    ] = None


class LoginPage(Body):
    """A page where customers log in by their email address."""

    enabled: Annotated[bool, UPDATE, CLEAR, Field(description="Whether there is one.")]


class PortalConfigurationBody(Body):
    """The fields of a portal configuration."""

    name: Annotated[
        str | None, UPDATE, CLEAR, Field(description="What you read in the Dashboard.")
    ] = None
    business_profile: Annotated[
        BusinessProfile | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="What the portal says of the business."),
    ] = None
    default_return_url: Annotated[
        str | None,
        UPDATE,
        CLEAR,
        Field(description="Where the portal's link back leads, unless a session says another."),
    ] = None
    features: Annotated[
        Features, UPDATE, CLEAR, Field(description="What customers may do; all else is off.")
    ]
    login_page: Annotated[
        LoginPage | None,
        UPDATE,
        CLEAR,
        Field(description="Whether there is a page to log in, with a URL to share; off."),
    ] = None
    active: Annotated[
        bool | None,
        UPDATE,
        UPDATE_ONLY,
        Default(True),
        Field(description="Whether it can be used."),
    ] = None
    metadata: Metadata = None
