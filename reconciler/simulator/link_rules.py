"""What Stripe refuses in the parameters of a payment link, beside what their types say.

Prices, items and shipping rates are looked up elsewhere; nothing here reads the store.
https://docs.stripe.com/api/payment-link/create
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from reconciler.simulator.resource import Params
from reconciler.simulator.values import RefusalError, missing

MAX_ITEMS = 20
MAX_OPTIONAL = 10
MAX_FIELDS = 3
MAX_OPTIONS = 200

_PAYMENT_ONLY = ("application_fee_amount", "payment_intent_data")
_SUBSCRIPTION_ONLY = ("application_fee_percent", "payment_method_collection", "subscription_data")

ONLY_PAYMENTS_ARE_INVOICED = (
    "You can only enable invoice creation when `mode` is set to `payment`. Invoices are created "
    "automatically when `mode` is set to `subscription`, and are unsupported when set to `setup`. "
    "To learn more visit https://stripe.com/docs/payments/checkout/post-payment-invoices."
)


def check_count(items: Sequence[Params], optional: Sequence[Params]) -> None:
    """Refuse a link of more than fits."""
    if len(optional) > MAX_OPTIONAL:
        raise RefusalError(
            f"You can specify at most {MAX_OPTIONAL} optional items.",
            param="optional_items",
        )
    if len(items) + len(optional) > MAX_ITEMS:
        raise RefusalError(
            f"A payment link can have at most {MAX_ITEMS} line items and optional items.",
            param="line_items",
        )


def check_mode(params: Params, *, recurring: bool) -> None:
    """A recurring price puts a link in subscription mode, where it takes other parameters."""
    if recurring and params.get("invoice_creation", {}).get("enabled"):
        raise RefusalError(ONLY_PAYMENTS_ARE_INVOICED, param="invoice_creation")
    mode = "subscription" if recurring else "payment"
    for name in _PAYMENT_ONLY if recurring else _SUBSCRIPTION_ONLY:
        if params.get(name) not in (None, ""):
            raise RefusalError(f"You can not pass `{name}` in `{mode}` mode.", param=name)


def check_values(params: Params) -> None:
    """Refuse values that each parameter's type allows."""
    after = params.get("after_completion", {})
    if after.get("type") == "redirect" and "redirect" not in after:
        raise missing("after_completion[redirect]")
    _check_fields(params.get("custom_fields") or [])
    percent = params.get("application_fee_percent")
    if isinstance(percent, Decimal) and not 0 <= percent <= 100:
        raise RefusalError(
            "`application_fee_percent` must be between 0 and 100.", param="application_fee_percent"
        )
    subscription = params.get("subscription_data", {})
    sessions = (params.get("restrictions") or {}).get("completed_sessions", {})
    for param, count in (
        ("subscription_data[trial_period_days]", subscription.get("trial_period_days")),
        ("restrictions[completed_sessions][limit]", sessions.get("limit")),
    ):
        if isinstance(count, int) and count < 1:
            raise RefusalError(
                "Invalid positive integer", code="parameter_invalid_integer", param=param
            )


def _check_fields(fields: list[Params]) -> None:
    if len(fields) > MAX_FIELDS:
        raise RefusalError(
            f"You can specify at most {MAX_FIELDS} custom fields.", param="custom_fields"
        )
    keys = [field["key"] for field in fields]
    for index, field in enumerate(fields):
        path = f"custom_fields[{index}]"
        if field["key"] in keys[:index]:
            raise RefusalError("The keys of custom fields must be unique.", param=f"{path}[key]")
        if field["type"] == "dropdown" and "dropdown" not in field:
            raise missing(f"{path}[dropdown]")
        if len(field.get("dropdown", {}).get("options", ())) > MAX_OPTIONS:
            raise RefusalError(
                f"You can specify at most {MAX_OPTIONS} options.",
                param=f"{path}[dropdown][options]",
            )
