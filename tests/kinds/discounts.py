"""Coupons, promotion codes, tax rates and features: as the file says them, and as calls make them.

The parameters are written out by hand, in Stripe's words; nothing here is computed from a kind.
`{product}` and `{coupon}` stand for ids, `{customer}` for one of a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SOON = 1_790_000_000
"""2026-09-21 14:13:20 UTC: within five years of the account's clock."""


@dataclass(frozen=True, slots=True)
class Way:
    """One object. `toml` is the inside of its table, `call` its parameters."""

    toml: str
    call: dict[str, Any]


PERCENT = {"percent_off": "20"}
TAX = {"display_name": "VAT", "percentage": "19", "inclusive": "false"}
VAT = 'display_name = "VAT"\npercentage = 19\ninclusive = false\n'
CODE = {"promotion": {"type": "coupon", "coupon": "{coupon}"}, "code": "it"}

COUPONS: Mapping[str, Way] = {
    "a percentage": Way("percent_off = 20", PERCENT),
    "a percentage with decimals": Way("percent_off = 22.50", {"percent_off": "22.5"}),
    "a percentage of a hundredth": Way("percent_off = 0.01", {"percent_off": "0.01"}),
    "everything": Way("percent_off = 100.0", {"percent_off": "100"}),
    "dollars": Way('off = 5.00\ncurrency = "usd"', {"amount_off": 500, "currency": "usd"}),
    "cents": Way('amount_off = 500\ncurrency = "usd"', {"amount_off": 500, "currency": "usd"}),
    "yen": Way('off = 500\ncurrency = "jpy"', {"amount_off": 500, "currency": "jpy"}),
    "dinars": Way('off = 5.000\ncurrency = "kwd"', {"amount_off": 5000, "currency": "kwd"}),
    "currency_options": Way(
        'off = 5.00\ncurrency = "usd"\ncurrency_options = { eur = 4.50, jpy = { off = 700 } }',
        {
            "amount_off": 500,
            "currency": "usd",
            "currency_options": {"eur": {"amount_off": 450}, "jpy": {"amount_off": 700}},
        },
    ),
    "duration": Way('percent_off = 20\nduration = "forever"', {**PERCENT, "duration": "forever"}),
    "duration, as it is by default": Way(
        'percent_off = 20\nduration = "once"', {**PERCENT, "duration": "once"}
    ),
    "duration_in_months": Way(
        'percent_off = 20\nduration = "repeating"\nduration_in_months = 3',
        {**PERCENT, "duration": "repeating", "duration_in_months": 3},
    ),
    "applies_to": Way(
        'percent_off = 20\napplies_to = { products = ["pro"] }',
        {**PERCENT, "applies_to": {"products": ["{product}"]}},
    ),
    "max_redemptions": Way(
        "percent_off = 20\nmax_redemptions = 9", PERCENT | {"max_redemptions": 9}
    ),
    "redeem_by": Way(f"percent_off = 20\nredeem_by = {SOON}", {**PERCENT, "redeem_by": SOON}),
    "redeem_by, as a date-time": Way(
        "percent_off = 20\nredeem_by = 2026-09-21T16:13:20+02:00", {**PERCENT, "redeem_by": SOON}
    ),
    "name": Way('percent_off = 20\nname = "Launch"', {**PERCENT, "name": "Launch"}),
    "metadata": Way(
        'percent_off = 20\nmetadata = { a = "b" }', {**PERCENT, "metadata": {"a": "b"}}
    ),
    "id": Way('percent_off = 20\nid = "Launch_2026-1"', {**PERCENT, "id": "Launch_2026-1"}),
}

CODES: Mapping[str, Way] = {
    "nothing but a coupon": Way("", CODE),
    "promotion": Way('promotion = { type = "coupon", coupon = "it" }', CODE),
    "code": Way('code = "Launch_2026-1"', {**CODE, "code": "Launch_2026-1"}),
    "active": Way("active = true", {**CODE, "active": "true"}),
    "customer": Way('customer = "{customer}"', {**CODE, "customer": "{customer}"}),
    "customer_account": Way('customer_account = "acct_9"', {**CODE, "customer_account": "acct_9"}),
    "expires_at": Way(f"expires_at = {SOON}", {**CODE, "expires_at": SOON}),
    "expires_at, as a date-time": Way(
        "expires_at = 2026-09-21T14:13:20Z", {**CODE, "expires_at": SOON}
    ),
    "max_redemptions": Way("max_redemptions = 9", {**CODE, "max_redemptions": 9}),
    "restrictions": Way(
        "restrictions = { first_time_transaction = true }",
        {**CODE, "restrictions": {"first_time_transaction": "true"}},
    ),
    "restrictions that restrict nothing": Way(
        "restrictions = { first_time_transaction = false }", CODE
    ),
    "restrictions to an amount": Way(
        'restrictions = { minimum_amount = 5000, minimum_amount_currency = "usd" }',
        {**CODE, "restrictions": {"minimum_amount": 5000, "minimum_amount_currency": "usd"}},
    ),
    "restrictions in currencies": Way(
        'restrictions = { minimum_amount = 5000, minimum_amount_currency = "usd", '
        "currency_options = { eur = { minimum_amount = 4500 } } }",
        {
            **CODE,
            "restrictions": {
                "minimum_amount": 5000,
                "minimum_amount_currency": "usd",
                "currency_options": {"eur": {"minimum_amount": 4500}},
            },
        },
    ),
    "metadata": Way('metadata = { a = "b" }', {**CODE, "metadata": {"a": "b"}}),
}

TAX_RATES: Mapping[str, Way] = {
    "display_name, percentage, inclusive": Way(VAT, TAX),
    "percentage with a zero behind the point": Way(VAT.replace("19", "19.0"), TAX),
    "percentage with decimals": Way(VAT.replace("19", "7.50"), {**TAX, "percentage": "7.5"}),
    "percentage of four decimals": Way(VAT.replace("19", "8.8750"), {**TAX, "percentage": "8.875"}),
    "percentage zero": Way(VAT.replace("19", "0"), {**TAX, "percentage": "0"}),
    "inclusive of it": Way(VAT.replace("false", "true"), {**TAX, "inclusive": "true"}),
    "active": Way(f"{VAT}active = true", {**TAX, "active": "true"}),
    "country": Way(f'{VAT}country = "DE"', {**TAX, "country": "DE"}),
    "state": Way(f'{VAT}country = "US"\nstate = "CA"', {**TAX, "country": "US", "state": "CA"}),
    "jurisdiction": Way(f'{VAT}jurisdiction = "DE"', {**TAX, "jurisdiction": "DE"}),
    "description": Way(f'{VAT}description = "VAT Germany"', {**TAX, "description": "VAT Germany"}),
    "tax_type": Way(f'{VAT}tax_type = "vat"', {**TAX, "tax_type": "vat"}),
    "metadata": Way(f'{VAT}metadata = {{ a = "b" }}', {**TAX, "metadata": {"a": "b"}}),
}

FEATURES: Mapping[str, Way] = {
    "name": Way('name = "Single sign-on"', {"name": "Single sign-on", "lookup_key": "it"}),
    "lookup_key": Way(
        'name = "SSO"\nlookup_key = "sso v2"', {"name": "SSO", "lookup_key": "sso v2"}
    ),
    "active": Way('name = "SSO"\nactive = true', {"name": "SSO", "lookup_key": "it"}),
    "metadata": Way(
        'name = "SSO"\nmetadata = { a = "b" }',
        {"name": "SSO", "lookup_key": "it", "metadata": {"a": "b"}},
    ),
}

WAYS = {"coupon": COUPONS, "promotion_code": CODES, "tax_rate": TAX_RATES, "feature": FEATURES}
