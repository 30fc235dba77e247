"""The fields of a payment link."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.payment_link.choices import PaymentMethod
from reconciler.kinds.payment_link.page import (
    AfterCompletion,
    AutomaticTax,
    ConsentCollection,
    CustomField,
    CustomText,
    NameCollection,
    PhoneNumberCollection,
    Restrictions,
    ShippingAddressCollection,
    TaxIdCollection,
)
from reconciler.kinds.payment_link.parts import (
    Adjustable,
    InvoiceCreation,
    PaymentIntentData,
    SubscriptionData,
)
from reconciler.model.common import Metadata
from reconciler.model.marks import (
    AS_SET,
    CHOSEN,
    CLEAR,
    CLEAR_INSIDE,
    EXPAND,
    READ_ONLY,
    REPLACE,
    UPDATE,
    UPDATE_ONLY,
    Body,
    Default,
    Exact,
    Items,
    Ref,
)

CardBrand = Literal["american_express", "discover_global_network", "mastercard", "visa"]


class LineItem(Body):
    """One price that is sold."""

    id: Annotated[
        str | None, REPLACE, CHOSEN, READ_ONLY, Field(description="Stripe's id of the item.")
    ] = None
    price: Annotated[str, REPLACE, CLEAR, Ref("price"), Field(description="The price sold.")]
    quantity: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=1, description="How many; 1 unless given.")
    ] = None
    adjustable_quantity: Annotated[
        Adjustable | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether customers may change that."),
    ] = None


class OptionalItem(Body):
    """One price that customers may add."""

    price: Annotated[str, UPDATE, CLEAR, Ref("price"), Field(description="The price offered.")]
    quantity: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=1, description="How many at first; 1 unless given.")
    ] = None
    adjustable_quantity: Annotated[
        Adjustable | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether customers may change that."),
    ] = None


class ShippingOption(Body):
    """One way of delivery."""

    shipping_rate: Annotated[
        str, UPDATE, CLEAR, Ref("shipping_rate"), Field(description="The shipping rate offered.")
    ]


class CardRestrictions(Body):
    """Cards that are not taken."""

    brands_blocked: Annotated[
        tuple[CardBrand, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="Brands that are not taken."),
    ] = None


class CardOptions(Body):
    """How cards are taken."""

    restrictions: Annotated[
        CardRestrictions | None, UPDATE, CLEAR, Field(description="Cards that are not taken.")
    ] = None


class PaymentMethodOptions(Body):
    """What holds for one way to pay."""

    card: Annotated[CardOptions | None, UPDATE, CLEAR, Field(description="For cards.")] = None


class ManagedPayments(Body):
    """Whether Stripe sells in its own name."""

    enabled: Annotated[
        bool | None, REPLACE, CLEAR, Field(description="Whether Stripe is the merchant of record.")
    ] = None


class TransferData(Body):
    """Where the money goes."""

    amount: Annotated[
        int | None, UPDATE, CLEAR, Field(ge=0, description="How much, in minor units; all of it.")
    ] = None
    destination: Annotated[
        str, UPDATE, CLEAR, Field(description="The id of the account that gets it.")
    ]


class PaymentLinkBody(Body):
    """The fields of a payment link."""

    line_items: Annotated[
        tuple[LineItem, ...],
        REPLACE,
        CLEAR,
        EXPAND,
        Items(by="price", path="line_items"),
        Field(min_length=1, max_length=20, description="What it sells: 1 to 20 prices."),
    ]
    active: Annotated[
        bool | None,
        UPDATE,
        UPDATE_ONLY,
        Default(True),
        Field(description="Whether it can be used."),
    ] = None
    after_completion: Annotated[
        AfterCompletion | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="What comes after the purchase."),
    ] = None
    allow_promotion_codes: Annotated[
        bool | None,
        UPDATE,
        Default(False),
        Field(description="Whether customers can give a promotion code."),
    ] = None
    application_fee_amount: Annotated[
        int | None,
        UPDATE,
        CLEAR,
        Field(ge=0, description="The platform's fee on a payment, in minor units."),
    ] = None
    application_fee_percent: Annotated[
        Exact | None,
        UPDATE,
        CLEAR,
        Field(
            ge=0,
            le=100,
            decimal_places=2,
            description="The platform's fee on a subscription's invoices, in per cent.",
        ),
    ] = None
    automatic_tax: Annotated[
        AutomaticTax | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether Stripe works out the tax."),
    ] = None
    billing_address_collection: Annotated[
        Literal["auto", "required"] | None,
        UPDATE,
        Default("auto"),
        Field(description="Whether customers have to give their billing address."),
    ] = None
    consent_collection: Annotated[
        ConsentCollection | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="What customers agree to."),
    ] = None
    currency: Annotated[
        str | None,
        REPLACE,
        CHOSEN,
        Field(pattern="^[a-z]{3}$", description="The currency; its prices' own unless given."),
    ] = None
    custom_fields: Annotated[
        tuple[CustomField, ...] | None,
        UPDATE,
        CLEAR,
        Field(max_length=3, description="Up to 3 questions to the customer."),
    ] = None
    custom_text: Annotated[
        CustomText | None, UPDATE, CLEAR_INSIDE, Field(description="Texts of your own on the page.")
    ] = None
    customer_creation: Annotated[
        Literal["always", "if_required"] | None,
        UPDATE,
        Default("if_required"),
        Field(description="Whether a one-time payment makes a customer."),
    ] = None
    inactive_message: Annotated[
        str | None, UPDATE, CLEAR, Field(description="What is read once it is switched off.")
    ] = None
    invoice_creation: Annotated[
        InvoiceCreation | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether a one-time payment gets an invoice."),
    ] = None
    managed_payments: Annotated[
        ManagedPayments | None,
        REPLACE,
        CLEAR,
        Field(description="Whether Stripe sells in its own name."),
    ] = None
    metadata: Metadata = None
    name_collection: Annotated[
        NameCollection | None, UPDATE, CLEAR, Field(description="Which names customers give.")
    ] = None
    on_behalf_of: Annotated[
        str | None, UPDATE, CLEAR, Field(description="The id of the account that sells.")
    ] = None
    optional_items: Annotated[
        tuple[OptionalItem, ...] | None,
        UPDATE,
        CLEAR,
        Field(max_length=10, description="Up to 10 prices that customers may add."),
    ] = None
    payment_intent_data: Annotated[
        PaymentIntentData | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="What one-time payments have."),
    ] = None
    payment_method_collection: Annotated[
        Literal["always", "if_required"] | None,
        UPDATE,
        Default("always"),
        Field(description="Whether a subscription that costs nothing yet takes a payment method."),
    ] = None
    payment_method_options: Annotated[
        PaymentMethodOptions | None,
        UPDATE,
        CLEAR,
        Field(description="What holds for one way to pay."),
    ] = None
    payment_method_types: Annotated[
        tuple[PaymentMethod, ...] | None,
        UPDATE,
        CLEAR,
        AS_SET,
        Field(description="Ways to pay; left out, those of your Dashboard."),
    ] = None
    phone_number_collection: Annotated[
        PhoneNumberCollection | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether customers give a telephone number."),
    ] = None
    restrictions: Annotated[
        Restrictions | None, UPDATE, CLEAR, Field(description="When the link ends.")
    ] = None
    shipping_address_collection: Annotated[
        ShippingAddressCollection | None,
        UPDATE,
        CLEAR,
        Field(description="Whether customers give a shipping address."),
    ] = None
    shipping_options: Annotated[
        tuple[ShippingOption, ...] | None,
        UPDATE,
        CLEAR,
        Field(description="Shipping rates; the first is chosen at first."),
    ] = None
    submit_type: Annotated[
        Literal["auto", "book", "donate", "pay", "subscribe"] | None,
        UPDATE,
        Default("auto"),
        Field(description="What the button says; the URL's host changes with it."),
    ] = None
    subscription_data: Annotated[
        SubscriptionData | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="What subscriptions have."),
    ] = None
    tax_id_collection: Annotated[
        TaxIdCollection | None,
        UPDATE,
        CLEAR_INSIDE,
        Field(description="Whether customers give their tax id."),
    ] = None
    transfer_data: Annotated[
        TransferData | None, UPDATE, CLEAR, Field(description="Where the money goes.")
    ] = None
