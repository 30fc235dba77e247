"""What payment links are refused for, in Stripe's words: semantics §6."""

import pytest

from .conftest import refusal
from .payment_links import LINKS, field

REFUSALS = [
    ("", "Missing required param: line_items.", "line_items"),
    (
        "line_items[0][price]={once}",
        "Missing required param: line_items[0][quantity].",
        "line_items[0][quantity]",
    ),
    (
        "line_items[0][quantity]=1",
        "Missing required param: line_items[0][price].",
        "line_items[0][price]",
    ),
    (
        "line_items[0][price]=price_none&line_items[0][quantity]=1",
        "No such price: 'price_none'",
        "line_items[0][price]",
    ),
    (
        "line_items[0][price]={once}&line_items[0][quantity]=0",
        "Invalid positive integer",
        "line_items[0][quantity]",
    ),
    (
        "line_items[0][price]={once}&line_items[0][quantity]=1"
        "&line_items[0][price_data][currency]=usd",
        "You may only specify one of these parameters: price, price_data.",
        "line_items[0][price]",
    ),
    (
        "{items}&currency=eur",
        "The price specified only supports `usd`. This doesn't match the expected currency: `eur`.",
        "line_items[0][price]",
    ),
    (
        "{items}&shipping_options[0][shipping_rate]=shr_none",
        "No such shipping rate: 'shr_none'",
        "shipping_options[0][shipping_rate]",
    ),
    (
        "{items}&optional_items[0][price]=price_none&optional_items[0][quantity]=1",
        "No such price: 'price_none'",
        "optional_items[0][price]",
    ),
    (
        "{items}&after_completion[type]=redirect",
        "Missing required param: after_completion[redirect].",
        "after_completion[redirect]",
    ),
    (
        "{items}&subscription_data[trial_period_days]=3",
        "You can not pass `subscription_data` in `payment` mode.",
        "subscription_data",
    ),
    (
        "{items}&payment_method_collection=always",
        "You can not pass `payment_method_collection` in `payment` mode.",
        "payment_method_collection",
    ),
    (
        "{items}&application_fee_percent=5",
        "You can not pass `application_fee_percent` in `payment` mode.",
        "application_fee_percent",
    ),
    (
        "{recurring}&payment_intent_data[description]=d",
        "You can not pass `payment_intent_data` in `subscription` mode.",
        "payment_intent_data",
    ),
    (
        "{recurring}&application_fee_amount=5",
        "You can not pass `application_fee_amount` in `subscription` mode.",
        "application_fee_amount",
    ),
    (
        "{recurring}&invoice_creation[enabled]=true",
        "You can only enable invoice creation when `mode` is set to `payment`. Invoices are "
        "created automatically when `mode` is set to `subscription`, and are unsupported when set "
        "to `setup`. To learn more visit "
        "https://stripe.com/docs/payments/checkout/post-payment-invoices.",
        "invoice_creation",
    ),
    (
        "{recurring}&subscription_data[trial_period_days]=0",
        "Invalid positive integer",
        "subscription_data[trial_period_days]",
    ),
    (
        "{recurring}&application_fee_percent=101",
        "`application_fee_percent` must be between 0 and 100.",
        "application_fee_percent",
    ),
    (
        "{items}&restrictions[completed_sessions][limit]=0",
        "Invalid positive integer",
        "restrictions[completed_sessions][limit]",
    ),
    (
        "{items}&line_items[0][adjustable_quantity][enabled]=true"
        "&line_items[0][adjustable_quantity][minimum]=3"
        "&line_items[0][adjustable_quantity][maximum]=2",
        "`minimum` cannot be greater than `maximum`.",
        "line_items[0][adjustable_quantity]",
    ),
    (
        "{items}&line_items[0][adjustable_quantity][enabled]=true"
        "&line_items[0][adjustable_quantity][maximum]=1000000",
        "`maximum` must be between 0 and 999999.",
        "line_items[0][adjustable_quantity][maximum]",
    ),
    (
        "{items}&{field0}&{field0_again}",
        "The keys of custom fields must be unique.",
        "custom_fields[1][key]",
    ),
    ("{items}&{four}", "You can specify at most 3 custom fields.", "custom_fields"),
    (
        "{items}&{dropdown}",
        "Missing required param: custom_fields[0][dropdown].",
        "custom_fields[0][dropdown]",
    ),
]


@pytest.mark.parametrize(("given", "message", "param"), REFUSALS)
def test_refusals(client, once, monthly, given, message, param):
    filled = given.format(
        once=once.id,
        items=f"line_items[0][price]={once.id}&line_items[0][quantity]=1",
        recurring=f"line_items[0][price]={monthly.id}&line_items[0][quantity]=1",
        field0=field(0, "a"),
        field0_again=field(1, "a"),
        four="&".join(field(index, f"k{index}") for index in range(4)),
        dropdown=field(0, "a", "dropdown"),
    )
    assert refusal(client.post(LINKS, filled)) == (400, message, param)
    assert client.get(LINKS).ids == []
