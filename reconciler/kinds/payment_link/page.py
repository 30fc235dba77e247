"""What stands on the page of a payment link: texts, questions, consents, what comes after."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.payment_link.choices import Country
from reconciler.kinds.payment_link.parts import Party, Switch
from reconciler.model.marks import AS_SET, CLEAR, CLEAR_INSIDE, KEEP, UPDATE, Body, Default


class Confirmation(Body):
    """Stripe's own page after the purchase."""

    custom_message: Annotated[
        str | None,
        UPDATE,
        KEEP,
        Field(max_length=500, description="What it says beside Stripe's own words."),
    ] = None


class Redirect(Body):
    """Your own page after the purchase."""

    url: Annotated[
        str,
        UPDATE,
        CLEAR,
        Field(max_length=2048, description="Its URL; {CHECKOUT_SESSION_ID} is filled in."),
    ]


class AfterCompletion(Body):
    """What customers see after the purchase."""

    type: Annotated[
        Literal["hosted_confirmation", "redirect"],
        UPDATE,
        Default("hosted_confirmation"),
        Field(description="Stripe's own page, or yours."),
    ]
    hosted_confirmation: Annotated[
        Confirmation | None, UPDATE, CLEAR_INSIDE, Field(description="Stripe's own page.")
    ] = None
    redirect: Annotated[Redirect | None, UPDATE, CLEAR_INSIDE, Field(description="Yours.")] = None

    @model_validator(mode="after")
    def _one_page(self) -> Self:
        """Refuse a page of the other type: the canonical form would drop it unseen."""
        other = "redirect" if self.type == "hosted_confirmation" else "hosted_confirmation"
        if getattr(self, other) is not None:
            raise ValueError(f'has {other}, and needs type = "{other}" for it')
        if self.type == "redirect" and self.redirect is None:
            raise ValueError('needs redirect = { url = "https://…" }')
        return self


class AutomaticTax(Switch):
    """Whether Stripe Tax works out the tax."""

    liability: Annotated[
        Party | None, UPDATE, CLEAR_INSIDE, Field(description="The account that owes the tax.")
    ] = None


class TaxIdCollection(Switch):
    """Whether customers give their tax id."""

    required: Annotated[
        Literal["if_supported", "never"] | None,
        UPDATE,
        Default("never"),
        Field(description="Whether they have to."),
    ] = None


class PhoneNumberCollection(Switch):
    """Whether customers give a telephone number."""


class ReuseAgreement(Body):
    """Where Stripe says that a payment method is kept."""

    position: Annotated[
        Literal["auto", "hidden"],
        UPDATE,
        Default("auto"),
        Field(description='"hidden" leaves it to you to say so.'),
    ]


class ConsentCollection(Body):
    """What customers agree to."""

    payment_method_reuse_agreement: Annotated[
        ReuseAgreement | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Where Stripe says that a payment method is kept."),
    ] = None
    promotions: Annotated[
        Literal["auto", "none"] | None,
        UPDATE,
        Default("none"),
        Field(description="Whether they are asked for leave to send promotions (US only)."),
    ] = None
    terms_of_service: Annotated[
        Literal["none", "required"] | None,
        UPDATE,
        Default("none"),
        Field(description="Whether they have to accept your terms."),
    ] = None


class Option(Body):
    """One choice of a dropdown."""

    label: Annotated[str, UPDATE, CLEAR, Field(max_length=100, description="What is shown.")]
    value: Annotated[
        str,
        UPDATE,
        CLEAR,
        Field(
            max_length=100,
            pattern="^[A-Za-z0-9]+$",
            description="What you get: letters and digits.",
        ),
    ]


class Dropdown(Body):
    """A question with given answers."""

    default_value: Annotated[
        str | None, UPDATE, CLEAR, Field(description="The value that is chosen at first.")
    ] = None
    options: Annotated[
        tuple[Option, ...],
        UPDATE,
        CLEAR,
        Field(min_length=1, max_length=200, description="Up to 200 choices."),
    ]


class Typed(Body):
    """A question with an answer that is typed in."""

    default_value: Annotated[
        str | None, UPDATE, CLEAR, Field(description="What stands there at first.")
    ] = None
    minimum_length: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=0, description="The fewest characters.")
    ] = None
    maximum_length: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=0, description="The most characters.")
    ] = None


class Label(Body):
    """What a question is called."""

    type: Annotated[
        Literal["custom"] | None, UPDATE, CLEAR, Field(description='Always "custom".')
    ] = None
    custom: Annotated[str, UPDATE, CLEAR, Field(max_length=50, description="The text.")]


class CustomField(Body):
    """One question to the customer."""

    key: Annotated[
        str,
        UPDATE,
        CLEAR,
        Field(
            max_length=200,
            pattern="^[A-Za-z0-9]+$",
            description="How you tell it from others: letters and digits.",
        ),
    ]
    label: Annotated[Label, UPDATE, CLEAR, Field(description="What customers read.")]
    type: Annotated[
        Literal["dropdown", "numeric", "text"], UPDATE, CLEAR, Field(description="How it is asked.")
    ]
    optional: Annotated[
        bool | None, UPDATE, Default(False), Field(description="Whether it may stay empty.")
    ] = None
    dropdown: Annotated[Dropdown | None, UPDATE, CLEAR, Field(description="For a dropdown.")] = None
    numeric: Annotated[Typed | None, UPDATE, CLEAR, Field(description="For digits only.")] = None
    text: Annotated[Typed | None, UPDATE, CLEAR, Field(description="For any text.")] = None


class Text(Body):
    """A text of your own."""

    message: Annotated[str, UPDATE, CLEAR, Field(max_length=1200, description="The text.")]


class CustomText(Body):
    """Texts of your own."""

    after_submit: Annotated[Text | None, UPDATE, CLEAR, Field(description="After the button.")] = (
        None
    )
    shipping_address: Annotated[
        Text | None, UPDATE, CLEAR, Field(description="Beside the shipping address.")
    ] = None
    submit: Annotated[Text | None, UPDATE, CLEAR, Field(description="Beside the button.")] = None
    terms_of_service_acceptance: Annotated[
        Text | None, UPDATE, CLEAR, Field(description="In place of Stripe's words on your terms.")
    ] = None


class Name(Switch):
    """Whether a name is asked for."""

    optional: Annotated[
        bool | None, UPDATE, Default(False), Field(description="Whether it may stay empty.")
    ] = None


class NameCollection(Body):
    """Which names customers give."""

    business: Annotated[
        Name | None, UPDATE, CLEAR_INSIDE, Field(description="The name of their company.")
    ] = None
    individual: Annotated[Name | None, UPDATE, CLEAR_INSIDE, Field(description="Their own.")] = None


class ShippingAddressCollection(Body):
    """Where customers may have it sent."""

    allowed_countries: Annotated[
        tuple[Country, ...],
        UPDATE,
        CLEAR,
        AS_SET,
        Field(min_length=1, description="Two-letter codes of countries."),
    ]


class CompletedSessions(Body):
    """How often the link may be used."""

    limit: Annotated[int, UPDATE, CLEAR, Field(ge=1, description="How many purchases in all.")]


class Restrictions(Body):
    """When the link ends."""

    completed_sessions: Annotated[
        CompletedSessions, UPDATE, CLEAR, Field(description="After so many purchases.")
    ]
