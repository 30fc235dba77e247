"""What pydantic finds wrong with a body, in our words: what, why, and the mend.

pydantic's own sentences never reach a person; its error types are read as facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.model.marks import Body
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar, shape
from reconciler.spec.locate import Steps, lookup
from reconciler.spec.words import number, show, some, suggest

_MANY = 10
"""Of more words than these a few are told, and not all of them twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One thing wrong, at a place in the body. `missing` says that nothing is there."""

    at: Steps
    what: str
    why: str = ""
    mend: str = ""
    missing: bool = False


def complaints(
    body: type[Body], data: Mapping[str, Any], error: ValidationError
) -> list[Complaint]:
    """Return what is wrong, once for each place: the arms of a union complain together."""
    grouped: dict[Steps, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        grouped.setdefault(_place(detail, data), []).append(detail)
    return [_complaint(body, data, at, details) for at, details in grouped.items()]


def _place(detail: ErrorDetails, data: Mapping[str, Any]) -> Steps:
    """Return the error's place less the names that pydantic gives to arms of unions."""
    at: Steps = ()
    for step in detail["loc"]:
        missing = detail["type"] == "missing" and step == detail["loc"][-1]
        if missing or lookup(data, (*at, step)) is not None:
            at = (*at, step)
    return at


def _complaint(
    body: type[Body], data: Mapping[str, Any], at: Steps, details: list[ErrorDetails]
) -> Complaint:
    field, form = _declared(body, at)
    about = field.description if field is not None else ""
    detail = details[0]
    if detail["type"] == "missing":
        return Complaint(at=at, what="is missing", why=about, missing=True)
    value: Any = lookup(data, at)
    if len(details) == 1:
        limit = _limit(detail, value)
        if limit is not None:
            what, mend = limit
            return Complaint(at=at, what=what, why=about, mend=mend)
    expected = _expected(form)
    mend = ""
    if isinstance(form, Scalar) and form.choices and isinstance(value, str):
        names = "" if len(form.choices) > _MANY else "-"
        mend = suggest(value, form.choices, otherwise=names).removesuffix("-")
    elif isinstance(form, Scalar):
        mend = _retype(form, value)
    return Complaint(at=at, what=f"must be {expected}, not {show(value)}", why=about, mend=mend)


def _declared(body: type[Body], at: Steps) -> tuple[Field | None, Form | None]:
    """Return the field that `at` leads through last, and the form of what is there."""
    field: Field | None = None
    form: Form | None = None
    fields: Mapping[str, Field] = shape(body)
    for step in at:
        match form:
            case Listed(item=item) | Mapped(item=item):
                form = item
            case _:
                field = fields.get(str(step))
                form = field.form if field is not None else None
        if isinstance(form, Nested):
            fields = form.fields
    return field, form


def _expected(form: Form | None) -> str:
    match form:
        case Scalar(type=kind, choices=choices):
            words = {"string": "a text in quotes", "integer": "a whole number"}
            words |= {"boolean": "true or false", "decimal": "a number"}
            arms = [words[arm] for arm in kind.split("|") if arm != "string" or not choices]
            if len(choices) > _MANY:
                return some([*arms, f"one of Stripe's {len(choices)} words"], quote=False)
            return some([*arms, *(f'"{choice}"' for choice in choices)], quote=False)
        case Nested(fields=fields):
            return f"a table with {some(fields, quote=False, last='and')}"
        case Listed():
            return "a list in square brackets"
        case Mapped():
            return "a table"
        case None:
            return "something else"


def _retype(form: Scalar, value: Any) -> str:
    """Return what a person probably meant by a value of the wrong type."""
    number_given = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if form.type == "string" and not form.choices and number_given:
        return f'Put it in quotes: "{number(value)}".'
    if form.type == "boolean" and isinstance(value, str) and value.lower() in {"true", "false"}:
        return f"Write {value.lower()}, without quotes."
    if "integer" in form.type and isinstance(value, str) and value.isdecimal():
        return f"Write {value}, without quotes."
    if "integer" in form.type and isinstance(value, Decimal) and value.is_finite():
        # What it would be is not guessed: 5.00 may have been meant in major units.
        return "Write it without a decimal point, in the unit that the field counts in."
    return ""


def _limit(detail: ErrorDetails, value: Any) -> tuple[str, str] | None:
    """Return what and mend for an error of size, range or form; `None` for one of type."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "greater_than_equal" if context["ge"] == 0:
            return f"cannot be negative: {show(value)}", ""
        case "greater_than_equal":
            return f"must be at least {_bound(context['ge'])}, not {show(value)}", ""
        case "less_than_equal":
            return f"must be at most {_bound(context['le'])}, not {show(value)}", ""
        case "greater_than":
            return f"must be more than {context['gt']}, not {show(value)}", ""
        case "less_than":
            return f"must be less than {context['lt']}, not {show(value)}", ""
        case "string_too_long":
            most = context["max_length"]
            return f"has {len(value)} characters; Stripe takes at most {most}", "Shorten it."
        case "string_too_short":
            return "must not be empty", "Leave it out, or give it a text."
        case "too_short":
            least = context["min_length"]
            return f"needs at least {_count(least)}, has {context['actual_length']}", ""
        case "too_long":
            most = context["max_length"]
            # pydantic stops counting early, so what is there is counted here.
            return f"has {len(value)} entries; Stripe takes at most {most}", ""
        case "decimal_max_places":
            places = context["decimal_places"]
            return f"has more than {places} decimals: {show(value)}", "Round it."
        case "finite_number":
            return f"must be a number, not {show(value)}", ""
        case "string_pattern_mismatch":
            lower = value.lower()
            fits = lower != value and len(value) == 3 and value.isalpha()
            mend = f'Write "{lower}".' if fits else ""
            return f"{show(value)} is not in the form that Stripe takes", mend
        case "value_error" | "assertion_error":
            return str(context.get("error", "")), ""
        case _:
            return None


def _bound(limit: Any) -> str:
    """Return a limit as a number: pydantic gives a decimal one as `Decimal('0.01')`."""
    return str(limit).removeprefix("Decimal('").removesuffix("')")


def _count(number_: int) -> str:
    return "one entry" if number_ == 1 else f"{number_} entries"
