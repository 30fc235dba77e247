"""Currencies and exact amounts, as Stripe checks and writes them. Nothing passes through a float.

https://docs.stripe.com/currencies
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reconciler.simulator.values import Object, RefusalError

_CURRENCIES = """
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd
cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd
hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad
mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln
pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs
uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
"""
CURRENCIES = tuple(_CURRENCIES.split())


def currency(given: str, *, param: str) -> str:
    """A currency in lower case, or the refusal of one that Stripe does not know."""
    name = given.lower()
    if name not in CURRENCIES:
        raise RefusalError(
            f"Invalid currency: {name}. Stripe currently supports these currencies: "
            f"{', '.join(CURRENCIES)}",
            param=param,
        )
    return name


def currency_key(given: str, *, param: str) -> str:
    """A currency as the key of a map, where Stripe wants lower case."""
    if given != given.lower():
        raise RefusalError(
            "Currencies must be lowercase when used as keys in a map. "
            f"Use `{given.lower()}` instead of `{given}`.",
            param=param,
        )
    return currency(given, param=param)


def plain(value: Decimal) -> str:
    """A decimal as Stripe writes it: no exponent, no trailing zeros."""
    digits = f"{value:f}"
    return re.sub(r"\.?0+$", "", digits) if "." in digits else digits


def amounts(given: Mapping[str, Any], name: str, *, path: str = "") -> Object | None:
    """`{name}` and `{name}_decimal` of an answer from either of them, None when neither is given.

    An amount with a fraction has no integer form: `123.45` answers null beside `"123.45"`.
    """
    whole, exact = given.get(name), given.get(f"{name}_decimal")
    param = f"{path}[{name}]" if path else name
    if whole is not None and exact is not None:
        raise RefusalError(
            f"You may only specify one of these parameters: {name}, {name}_decimal.", param=param
        )
    value = exact if whole is None else Decimal(whole)
    if value is None:
        return None
    if value < 0:
        raise RefusalError(
            "Invalid non-negative integer", code="parameter_invalid_integer", param=param
        )
    integral = value == value.to_integral_value()
    return {name: int(value) if integral else None, f"{name}_decimal": plain(value)}
