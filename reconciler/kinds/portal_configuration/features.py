"""What customers may do in the portal: the fields of each feature.

What a feature has that the file leaves out stands in `forms.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.portal_configuration.offer import MOST_PRODUCTS
from reconciler.model.marks import (
    AS_SET,
    CLEAR,
    CLEAR_INSIDE,
    EXPAND,
    FILE_ONLY,
    KEEP,
    UPDATE,
    Body,
    Default,
    Ref,
)

_ON = Field(description="Whether customers may.")


class CustomerUpdate(Body):
    """Changing one's own details."""

    enabled: Annotated[bool, UPDATE, CLEAR, _ON]
    allowed_updates: Annotated[
        tuple[Literal["address", "email", "name", "phone", "shipping", "tax_id"], ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="What of them; without any, nothing."),
    ] = None


class InvoiceHistory(Body):
    """Seeing one's invoices."""

    enabled: Annotated[bool, UPDATE, CLEAR, _ON]


class PaymentMethodUpdate(Body):
    """Changing one's payment methods."""

    enabled: Annotated[bool, UPDATE, CLEAR, _ON]
    payment_method_configuration: Annotated[
        str | None,
        UPDATE,
        CLEAR,
        Field(description="Which methods: an id of a configuration; the default one's."),
    ] = None


class CancellationReason(Body):
    """Asking why."""

    enabled: Annotated[bool, UPDATE, Default(False), Field(description="Whether it is asked.")]
    options: Annotated[
        tuple[
            Literal[
                "customer_service",
                "low_quality",
                "missing_features",
                "other",
                "switched_service",
                "too_complex",
                "too_expensive",
                "unused",
            ],
            ...,
        ],
        UPDATE,
        CLEAR,
        AS_SET,
        Field(min_length=1, description="The answers to choose from."),
    ]
    feedback_options: Annotated[
        tuple[str, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="Ids of answers of your own."),
    ] = None


class SubscriptionCancel(Body):
    """Cancelling a subscription."""

    enabled: Annotated[bool, UPDATE, CLEAR, _ON]
    mode: Annotated[
        Literal["at_period_end", "immediately"] | None,
        UPDATE,
        Default("at_period_end"),
        Field(description="When it ends."),
    ] = None
    proration_behavior: Annotated[
        Literal["create_prorations", "none"] | None,
        UPDATE,
        Default("none"),
        Field(description='Whether the rest is credited, if the mode is "immediately".'),
    ] = None
    cancellation_reason: Annotated[
        CancellationReason | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether they are asked why."),
    ] = None


class IntervalOption(Body):
    """One length of a pause."""

    interval: Annotated[
        Literal["day", "month", "week", "year"], UPDATE, CLEAR, Field(description="Its unit.")
    ]
    interval_count: Annotated[
        int | None,
        UPDATE,
        Default(1),
        Field(ge=1, description="How many of them; three years at most."),
    ] = None


class Duration(Body):
    """How long a pause lasts."""

    type: Annotated[
        Literal["indefinite", "interval_options"],
        UPDATE,
        CLEAR,
        Field(description="Without an end, or one of some lengths."),
    ]
    interval_options: Annotated[
        tuple[IntervalOption, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="The lengths to choose from."),
    ] = None


class SubscriptionPause(Body):
    """Pausing a subscription."""

    enabled: Annotated[
        bool | None, UPDATE, CLEAR, Field(description="Whether customers may; no.")
    ] = None
    # Without effect, and not compared, while there are no pauses.
    duration: Annotated[
        Duration | None, UPDATE, KEEP, Field(description="How long; one month unless given.")
    ] = None


class AdjustableQuantity(Body):
    """Changing how many."""

    enabled: Annotated[bool, UPDATE, CLEAR, _ON]
    minimum: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=0, description="How many at least; 1 unless given.")
    ] = None
    maximum: Annotated[int | None, UPDATE, CLEAR, Field(ge=1, description="How many at most.")] = (
        None
    )


class OfferedProduct(Body):
    """A product that customers may switch to, and within."""

    product: Annotated[str, UPDATE, CLEAR, Ref("product"), Field(description="The product.")]
    prices: Annotated[
        tuple[str, ...],
        UPDATE,
        CLEAR,
        AS_SET,
        Ref("price"),
        Field(min_length=1, description="Which of its prices."),
    ]
    adjustable_quantity: Annotated[
        AdjustableQuantity | None,
        UPDATE,
        CLEAR,
        Field(description="Whether they may change how many; no."),
    ] = None


class Condition(Body):
    """A change that waits."""

    type: Annotated[
        Literal["decreasing_item_amount", "shortening_interval"],
        UPDATE,
        CLEAR,
        Field(description="Paying less, or for a shorter period."),
    ]


class ScheduleAtPeriodEnd(Body):
    """Which changes wait until the period ends."""

    conditions: Annotated[
        tuple[Condition, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="Changes of any of these sorts."),
    ] = None


class SubscriptionUpdate(Body):
    """Changing a subscription."""

    enabled: Annotated[bool, UPDATE, CLEAR, _ON]
    default_allowed_updates: Annotated[
        tuple[Literal["price", "promotion_code", "quantity"], ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="What of it; without any, nothing."),
    ] = None
    products: Annotated[
        tuple[OfferedProduct, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        EXPAND,
        Field(max_length=MOST_PRODUCTS, description="Up to 10 products with their prices."),
    ] = None
    plans: Annotated[
        tuple[str, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        FILE_ONLY,
        Ref("plan"),
        Field(description="Plans whose products and prices are offered too."),
    ] = None
    billing_cycle_anchor: Annotated[
        Literal["now", "unchanged"] | None,
        UPDATE,
        Default("unchanged"),
        Field(description="Whether a change starts a new period."),
    ] = None
    proration_behavior: Annotated[
        Literal["always_invoice", "create_prorations", "none"] | None,
        UPDATE,
        Default("none"),
        Field(description="How what was paid already is credited."),
    ] = None
    schedule_at_period_end: Annotated[
        ScheduleAtPeriodEnd | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Which changes wait until the period ends."),
    ] = None
    trial_update_behavior: Annotated[
        Literal["continue_trial", "end_trial"] | None,
        UPDATE,
        Default("end_trial"),
        Field(description="What a change does to a trial."),
    ] = None


class Features(Body):
    """What customers may do."""

    customer_update: Annotated[
        CustomerUpdate | None, UPDATE, CLEAR, Field(description="Change their own details.")
    ] = None
    invoice_history: Annotated[
        InvoiceHistory | None, UPDATE, CLEAR, Field(description="See their invoices.")
    ] = None
    payment_method_update: Annotated[
        PaymentMethodUpdate | None, UPDATE, CLEAR, Field(description="Change how they pay.")
    ] = None
    subscription_cancel: Annotated[
        SubscriptionCancel | None, UPDATE, CLEAR, Field(description="Cancel a subscription.")
    ] = None
    subscription_pause: Annotated[
        SubscriptionPause | None, UPDATE, CLEAR, Field(description="Pause a subscription.")
    ] = None
    subscription_update: Annotated[
        SubscriptionUpdate | None, UPDATE, CLEAR, Field(description="Change a subscription.")
    ] = None
