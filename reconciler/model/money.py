"""Amounts: how Stripe counts each currency, and how a person reads it.

Stripe takes amounts in a currency's smallest unit. https://docs.stripe.com/currencies
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from reconciler.model.values import plain

SUPPORTED = tuple(
    """
    usd eur gbp jpy aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd
    bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb fjd
    fkp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod kes kgs khr kmf krw
    kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad
    ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek
    sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst
    xaf xcd xcg xof xpf yer zar zmw
    """.split()  # noqa: SIM905  # a hundred quoted codes would not be read
)
"""The currencies that Stripe takes, the commonest first. A slip would stop an apply half-way.
https://docs.stripe.com/currencies#presentment-currencies
"""

ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})

WHOLE_BUT_SENT_IN_HUNDREDTHS = frozenset({"isk"})
"""Has no decimals any more, and is still sent times 100, with both last digits zero.
https://docs.stripe.com/currencies#special-cases"""

UNCERTAIN = frozenset({"ugx"})
"""Stripe's texts disagree on whether it is sent times 100: only minor units are safe to write."""


def decimals(currency: str) -> int:
    """Return how many decimals Stripe counts in `currency`, a lower-case ISO 4217 code."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def written_decimals(currency: str) -> int:
    """Return how many decimals a person writes in `currency`."""
    return 0 if currency in WHOLE_BUT_SENT_IN_HUNDREDTHS else decimals(currency)


def to_minor(amount: Decimal, currency: str) -> Decimal:
    """Return a major amount in minor units: 29.00 in "usd" is 2900."""
    return amount.scaleb(decimals(currency))


def to_major(minor: Decimal, currency: str) -> Decimal:
    """Return an amount of minor units in major units: 2900 in "usd" is 29.00."""
    return minor.scaleb(-decimals(currency))


def minor_of(body: Mapping[str, Any], name: str = "unit_amount") -> Decimal | None:
    """Return the amount in minor units that `body` holds as `name` or as `name_decimal`."""
    whole = body.get(name)
    if whole is not None:
        return Decimal(whole)
    exact = body.get(f"{name}_decimal")
    return None if exact is None else Decimal(exact)


def text(minor: Decimal, currency: str) -> str:
    """Return an amount as a person reads it: `1,188.00 USD`, `0.002 USD`, `2,900 JPY`."""
    places = written_decimals(currency)
    major = plain(to_major(minor, currency))
    whole, _, fraction = major.partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    fraction = fraction.ljust(places, "0")
    grouped = f"{int(whole):,}"
    return f"{sign}{grouped}{'.' + fraction if fraction else ''} {currency.upper()}"


def unknown_currency(code: str) -> str | None:
    """Return the mend for a code that Stripe does not take; `None` for one that it does."""
    if code in SUPPORTED:
        return None
    near = get_close_matches(code.lower(), SUPPORTED, n=len(SUPPORTED))
    if not near:
        return "See https://docs.stripe.com/currencies."
    return f'Did you mean "{min(near, key=SUPPORTED.index)}"?'


def settle_amount(body: dict[str, Any], name: str) -> None:
    """Leave one of `name` and `name_decimal` in `body`: the integer wherever it is whole.

    Stripe answers both, and `null` for the integer when the decimal has a fraction.
    """
    exact = body.get(f"{name}_decimal")
    if body.get(name) is not None:
        body.pop(f"{name}_decimal", None)
    elif exact is not None:
        number = Decimal(exact)
        if number == number.to_integral_value():
            body[name] = int(number)
            del body[f"{name}_decimal"]
        else:
            body[f"{name}_decimal"] = plain(number)
