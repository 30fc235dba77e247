"""Amounts in major units, as a person writes them, into Stripe's minor ones. Always exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from reconciler.model import money
from reconciler.model.marks import Major
from reconciler.model.values import plain
from reconciler.spec.shorthand import minor_form
from reconciler.spec.words import number, show

MAX_PLACES = 12
"""How many decimals Stripe takes. https://docs.stripe.com/api/prices/object#price_object-unit_amount_decimal"""

MAX_DIGITS = 15
"""How many digits an amount may have before its point: beyond this it is a slip of the keyboard,
and exact arithmetic would need more than Python's 28 digits."""


Fine = Callable[[], bool]
"""Says whether there may be less than the smallest unit; asked only where there is."""


class Minor(NamedTuple):
    """An amount ready for its field: a whole number, or an exact one below the unit."""

    field: str
    value: int | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Why an amount is not one."""

    what: str
    why: str = ""
    mend: str = ""


def convert(
    major: Major, value: Any, currency: str, *, fine: Fine, called: str | None = None
) -> Minor | Wrong:
    """Return what `value` in the major units of `currency` is in minor ones.

    It is `called` that in messages, where it does not stand under its own name.
    """
    name, unit = called or major.name, currency.upper()
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        quoted = isinstance(value, str) and _number(value)
        return Wrong(
            what=f"{name} must be a number, not {show(value)}",
            why="Money is a TOML number, so that nothing has to guess what a text means.",
            mend=f"Write {name} = {value}, without quotes."
            if quoted
            else f"Write, say, {name} = 29.00.",
        )
    if currency in money.UNCERTAIN:
        minor = minor_form(major)
        return Wrong(
            what=f"{name} cannot be used with {unit}",
            why=f"Stripe's texts disagree on how {unit} is counted, and a wrong guess is off "
            "by a factor of 100.",
            mend=f"Write {minor}, in the units that Stripe's API takes."
            if minor is not None
            else "Use another currency: this amount has no form in Stripe's own units.",
        )
    given = Decimal(value)
    exponent = given.as_tuple().exponent
    if not isinstance(exponent, int):
        return Wrong(what=f"{name} must be a number, not {show(given)}")
    places = -exponent if isinstance(value, Decimal) else 0
    wrong = _sized(name, given, places, unit)
    return wrong or _converted(major, given, places, currency, name, fine=fine)


def _number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text.isascii()


def _sized(name: str, given: Decimal, places: int, unit: str) -> Wrong | None:
    if given < 0:
        return Wrong(
            what=f"{name} cannot be negative: {number(given)}",
            why="Stripe refuses it; a reduction is a coupon's business.",
        )
    if given and given.adjusted() >= MAX_DIGITS:
        return Wrong(
            what=f"{name} is too large: {show(given)}",
            why=f"Nothing costs that much {unit}.",
            mend=f"Use at most {MAX_DIGITS} digits before the point.",
        )
    if places > MAX_PLACES:
        return Wrong(
            what=f"{name} has more than {MAX_PLACES} decimals: {show(given)}",
            why=f"Stripe takes at most {MAX_PLACES}.",
            mend="Round it.",
        )
    return None


def _converted(
    major: Major, given: Decimal, places: int, currency: str, name: str, *, fine: Fine
) -> Minor | Wrong:
    """Return what is given with so many places behind its point."""
    usual, pointed = money.written_decimals(currency), places > 0
    if 0 < places <= usual:  # as nearly all are
        return Minor(field=major.minor, value=int(money.to_minor(given, currency)))
    if given and usual and not pointed:
        return _without_point(major, given, currency, name)
    unit_is_whole = not pointed or given == given.to_integral_value()
    if not usual and pointed and unit_is_whole:
        return Wrong(
            what=f"{name} = {number(given)} has a decimal point, and "
            f"{currency.upper()} has no decimals",
            why="It may be an amount of another currency, copied.",
            mend=f"Write {name} = {plain(given)} if that is what it costs.",
        )
    minor = money.to_minor(given, currency)
    special = currency in money.WHOLE_BUT_SENT_IN_HUNDREDTHS
    if minor == minor.to_integral_value() and (unit_is_whole or not special):
        return Minor(field=major.minor, value=int(minor))
    if special or major.decimal is None or not fine():
        return _too_fine(major, given, minor, currency, name)
    return Minor(field=major.decimal, value=Decimal(plain(minor)))


def _without_point(major: Major, given: Decimal, currency: str, name: str) -> Wrong:
    whole = int(given)
    as_minor = _pointed(money.to_major(Decimal(whole), currency), currency)
    as_major = _pointed(Decimal(whole), currency)
    minor = minor_form(major)
    other = f" (or {minor} = {whole})" if minor is not None else ""
    return Wrong(
        what=f"{name} = {number(given)} has no decimal point, and {currency.upper()} has "
        f"{money.decimals(currency)} decimals",
        why=f"It could be {money.text(Decimal(whole), currency)}, copied in minor units, or "
        f"{money.text(money.to_minor(Decimal(whole), currency), currency)}.",
        mend=f"Write {name} = {as_minor}{other} for the first, {name} = {as_major} for the second.",
    )


def _pointed(amount: Decimal, currency: str) -> str:
    return f"{amount:.{money.decimals(currency)}f}"


def _too_fine(major: Major, given: Decimal, minor: Decimal, currency: str, name: str) -> Wrong:
    unit = currency.upper()
    smallest = plain(Decimal(1).scaleb(-money.written_decimals(currency)))
    if currency in money.WHOLE_BUT_SENT_IN_HUNDREDTHS:
        return Wrong(
            what=f"{name} = {number(given)} is not whole, and {unit} has no decimals",
            why=f"Stripe counts {unit} in hundredths, and both last digits must be zero.",
            mend="Write a whole amount."
            if minor_form(major) is None
            else f"Write a whole amount, or {major.minor} in Stripe's own units.",
        )
    if major.decimal is None:
        return Wrong(
            what=f"{name} = {number(given)} is finer than {unit}'s smallest unit, {smallest}",
            why="Stripe takes no fractions of it here.",
            mend="Round it.",
        )
    offered = f'{major.decimal} = "{plain(minor)}"'
    if not major.decimal.startswith("unit_"):
        offered = "unit_amount_decimal, which is charged for each unit"
    return Wrong(
        what=f"{name} = {number(given)} is finer than {unit}'s smallest unit, {smallest}",
        why="Only metered prices and tiers charge fractions of it; elsewhere it is a slip "
        "more often than not.",
        mend=f"Write {offered}, if it is meant.",
    )
