"""What several parts of a payment link are made of: switches, accounts, adjustable quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from reconciler.model.marks import (
    CLEAR,
    CLEAR_INSIDE,
    KEEP,
    REPLACE,
    UPDATE,
    Body,
    Default,
    Entries,
)


class Switch(Body):
    """Something that is on or off. Off, it has no more to say: its canonical form drops it."""

    enabled: Annotated[bool, UPDATE, Default(False), Field(description="Whether it is on.")]

    @model_validator(mode="after")
    def _on_or_bare(self) -> Self:
        more = [name for name in type(self).model_fields if name in self.model_fields_set]
        if not self.enabled and more != ["enabled"]:
            raise ValueError(f"needs enabled = true: switched off, it has no {more[-1]}")
        return self


class Party(Body):
    """Whose account it is."""

    type: Annotated[
        Literal["account", "self"],
        UPDATE,
        Default("self"),
        Field(description='"self" is your own; "account" a connected one.'),
    ]
    account: Annotated[
        str | None, UPDATE, KEEP, Field(description="The id of the connected account.")
    ] = None

    @model_validator(mode="after")
    def _of_one_account(self) -> Self:
        if (self.type == "account") != (self.account is not None):
            raise ValueError('needs type = "account" and account together')
        return self


class Adjustable(Switch):
    """Whether customers may change the quantity, and how far."""

    minimum: Annotated[
        int | None, UPDATE, Default(0), Field(ge=0, le=999999, description="The least.")
    ] = None
    maximum: Annotated[
        int | None, UPDATE, Default(99), Field(ge=0, le=999999, description="The most.")
    ] = None


class InvoiceField(Body):
    """One more line on the invoice."""

    name: Annotated[str, UPDATE, CLEAR, Field(max_length=40, description="What it is called.")]
    value: Annotated[str, UPDATE, CLEAR, Field(max_length=140, description="What it says.")]


class InvoiceSettings(Body):
    """What stands on the invoices of a subscription."""

    account_tax_ids: Annotated[
        tuple[str, ...] | None, UPDATE, CLEAR, Field(description="Ids of your own tax ids.")
    ] = None
    custom_fields: Annotated[
        tuple[InvoiceField, ...] | None,
        UPDATE,
        CLEAR,
        Field(max_length=4, description="Up to 4 more lines."),
    ] = None
    description: Annotated[
        str | None, UPDATE, KEEP, Field(description="What the invoice is for.")
    ] = None
    footer: Annotated[str | None, UPDATE, KEEP, Field(description="What stands at the bottom.")] = (
        None
    )
    issuer: Annotated[
        Party | None, UPDATE, CLEAR_INSIDE, Field(description="The account that issues invoices.")
    ] = None


class Rendering(Body):
    """How the invoice's PDF looks."""

    amount_tax_display: Annotated[
        Literal["exclude_tax", "include_inclusive_tax"] | None,
        UPDATE,
        CLEAR,
        Field(description="Whether amounts on it have the tax in them."),
    ] = None
    template: Annotated[
        str | None, UPDATE, KEEP, Field(description="The id of a rendering template.")
    ] = None


class InvoiceData(Body):
    """What stands on the invoice of a payment."""

    account_tax_ids: Annotated[
        tuple[str, ...] | None, UPDATE, CLEAR, Field(description="Ids of your own tax ids.")
    ] = None
    custom_fields: Annotated[
        tuple[InvoiceField, ...] | None,
        UPDATE,
        CLEAR,
        Field(max_length=4, description="Up to 4 more lines."),
    ] = None
    description: Annotated[
        str | None,
        UPDATE,
        KEEP,
        Field(max_length=1500, description="What the invoice is for."),
    ] = None
    footer: Annotated[str | None, UPDATE, KEEP, Field(description="What stands at the bottom.")] = (
        None
    )
    issuer: Annotated[
        Party | None, UPDATE, CLEAR_INSIDE, Field(description="The account that issues invoices.")
    ] = None
    metadata: Annotated[
        Mapping[str, str] | None,
        UPDATE,
        CLEAR,
        Entries(drop=UPDATE),
        Field(description="Notes on each invoice."),
    ] = None
    rendering_options: Annotated[
        Rendering | None, UPDATE, CLEAR, Field(description="How its PDF looks.")
    ] = None


class InvoiceCreation(Switch):
    """Whether a one-time payment gets an invoice."""

    invoice_data: Annotated[
        InvoiceData | None, UPDATE, CLEAR_INSIDE, Field(description="What stands on it.")
    ] = None


class EndBehavior(Body):
    """What happens when a trial ends."""

    missing_payment_method: Annotated[
        Literal["cancel", "create_invoice", "pause"],
        UPDATE,
        CLEAR,
        Field(description="What becomes of a subscription that nobody can be charged for."),
    ]


class TrialSettings(Body):
    """How a trial ends."""

    end_behavior: Annotated[
        EndBehavior, UPDATE, CLEAR, Field(description="What happens when it ends.")
    ]


class SubscriptionData(Body):
    """What subscriptions have that are bought here."""

    description: Annotated[
        str | None,
        REPLACE,
        CLEAR,
        Field(max_length=500, description="What customers read about it."),
    ] = None
    trial_period_days: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=1, le=730, description="Days before the first charge.")
    ] = None
    trial_settings: Annotated[
        TrialSettings | None,
        UPDATE,
        CLEAR,
        Field(description='How a trial ends; missing_payment_method = "create_invoice" is usual.'),
    ] = None
    invoice_settings: Annotated[
        InvoiceSettings | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="What stands on its invoices."),
    ] = None
    metadata: Annotated[
        Mapping[str, str] | None,
        UPDATE,
        CLEAR,
        Entries(drop=UPDATE),
        Field(description="Notes on each subscription."),
    ] = None


class PaymentIntentData(Body):
    """What one-time payments have that are made here."""

    capture_method: Annotated[
        Literal["automatic", "automatic_async", "manual"] | None,
        REPLACE,
        CLEAR,
        Field(description="When the money is taken."),
    ] = None
    description: Annotated[
        str | None, UPDATE, CLEAR, Field(description="What the payment is for.")
    ] = None
    metadata: Annotated[
        Mapping[str, str] | None,
        UPDATE,
        CLEAR,
        Entries(drop=UPDATE),
        Field(description="Notes on each payment."),
    ] = None
    setup_future_usage: Annotated[
        Literal["off_session", "on_session"] | None,
        UPDATE,
        CLEAR,
        Field(description="Whether the payment method is kept for later payments."),
    ] = None
    statement_descriptor: Annotated[
        str | None, UPDATE, CLEAR, Field(description="On bank statements, but for cards.")
    ] = None
    statement_descriptor_suffix: Annotated[
        str | None, UPDATE, CLEAR, Field(description="On card statements, after your prefix.")
    ] = None
    transfer_group: Annotated[
        str | None, UPDATE, CLEAR, Field(description="The group of transfers it belongs to.")
    ] = None
