"""What a field may hold: drawn thinly, a few of an object's fields at a time.

Only the fields that are chosen are drawn. What has to go together, and words that Stripe alone
takes, are listed by name; everything else follows from the form of the field.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.catalog import Resource
from reconciler.model.shape import Field, Form, Listed, Mapped, Nested, Scalar
from reconciler.model.values import Pending

CURRENCIES = ("usd", "eur", "jpy", "kwd")

TEXTS = ("Pro", "a b", "Äß", "日本", "it's", "A & B", "x-1", "Zusatz", "aa", "B", "9 to 5")

WORDS: Mapping[str, tuple[Any, ...]] = {
    "account": ("acct_1", "acct_2"),
    "api_version": ("2024-06-20", "2026-10-28.endive"),
    "country": ("DE", "US"),
    "currency": CURRENCIES,
    "default_return_url": ("https://example.com/a", "https://example.com/b"),
    "enabled_events": ("invoice.paid", "charge.failed", "customer.created", "*"),
    "expires_at": (1_785_000_000, 1_790_000_000),
    "minimum_amount_currency": CURRENCIES,
    "redeem_by": (1_790_000_000, 1_795_000_000),
    "state": ("CA", "NY"),
    "tax_code": ("txcd_10000000", "txcd_20030000"),
    "url": ("https://example.com/a", "https://example.com/b"),
}
"""Fields in which Stripe takes no other text, and moments within five years of the clock."""

_MINE, _THEIRS = {"type": "self"}, {"type": "account", "account": "acct_1"}

WHOLE: Mapping[str, tuple[Any, ...]] = {
    "adjustable_quantity": ({"enabled": False}, {"enabled": True}, {"enabled": True, "minimum": 1}),
    "after_completion": (
        {"type": "redirect", "redirect": {"url": "https://example.com"}},
        {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Thanks"}},
        {"type": "hosted_confirmation"},
    ),
    "automatic_tax": (
        {"enabled": False},
        {"enabled": True},
        {"enabled": True, "liability": _THEIRS},
    ),
    "custom_fields": (
        [{"key": "a", "label": {"custom": "A"}, "type": "text"}],
        [
            {"key": "b", "label": {"custom": "B"}, "type": "numeric", "optional": True},
            {"key": "c", "label": {"custom": "C"}, "type": "text", "text": {"maximum_length": 9}},
        ],
        [
            {
                "key": "d",
                "label": {"custom": "D", "type": "custom"},
                "type": "dropdown",
                "dropdown": {"options": [{"label": "Red", "value": "red"}], "default_value": "red"},
            }
        ],
    ),
    "duration": (
        {"type": "indefinite"},
        {"type": "interval_options", "interval_options": [{"interval": "month"}]},
        {
            "type": "interval_options",
            "interval_options": [{"interval": "week", "interval_count": 2}, {"interval": "year"}],
        },
    ),
    "invoice_creation": (
        {"enabled": False},
        {"enabled": True},
        {"enabled": True, "invoice_data": {"footer": "F", "issuer": _THEIRS}},
        {"enabled": True, "invoice_data": {"metadata": {"a": "1"}, "issuer": _MINE}},
        {
            "enabled": True,
            "invoice_data": {
                "custom_fields": [{"name": "Order", "value": "17"}],
                "rendering_options": {"amount_tax_display": "exclude_tax"},
            },
        },
    ),
    "invoice_settings": ({"issuer": _THEIRS}, {"issuer": _MINE, "description": "D"}),
    "name_collection": (
        {"business": {"enabled": True}},
        {"individual": {"enabled": True, "optional": True}, "business": {"enabled": True}},
    ),
    "payment_method_options": (
        {"card": {"restrictions": {"brands_blocked": ["visa"]}}},
        {"card": {"restrictions": {"brands_blocked": ["mastercard", "american_express"]}}},
    ),
    "tax_id_collection": (
        {"enabled": False},
        {"enabled": True},
        {"enabled": True, "required": "if_supported"},
    ),
}
"""Objects whose fields have to go together, and deep ones, as a file might have them."""

_WHOLE = {name: st.sampled_from(values) for name, values in WHOLE.items()}

TOGETHER: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "coupon": (
        ("percent_off",),
        ("amount_off", "currency"),
        ("amount_off", "currency", "currency_options"),
        ("percent_off", "duration", "duration_in_months"),
    ),
    "payment_link.subscription_data.trial_settings": (("end_behavior",),),
    "portal_configuration.features.subscription_update": (("products",), ("plans",), ()),
    "price": (
        ("unit_amount",),
        ("unit_amount", "billing_scheme"),
        ("unit_amount", "recurring"),
        ("unit_amount", "recurring", "currency_options"),
        ("unit_amount_decimal", "recurring"),
        ("tiers", "tiers_mode", "recurring"),
        ("tiers", "tiers_mode", "recurring", "billing_scheme"),
        ("custom_unit_amount",),
    ),
    "price.currency_options": (
        ("unit_amount",),
        ("unit_amount", "tax_behavior"),
        ("unit_amount_decimal",),
        ("tiers",),
        ("custom_unit_amount",),
    ),
    "price.tiers": (("unit_amount",), ("flat_amount",), ("unit_amount_decimal", "flat_amount")),
    "price.currency_options.tiers": (("unit_amount",), ("flat_amount",)),
    "promotion_code.restrictions": (
        ("first_time_transaction",),
        ("minimum_amount", "minimum_amount_currency"),
        ("minimum_amount", "minimum_amount_currency", "currency_options"),
    ),
}
"""Which fields of an object stand together: one of these groups, and no other field of them."""

LEFT_OUT = frozenset({"promotion_code.customer", "promotion_code.customer_account"})
"""Customers are not of a catalog."""

SHARED: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "meter": {
        "pro": {"event_time_window": "hour", "customer_mapping": {"event_payload_key": "who"}},
        "basic": {"default_aggregation": {"formula": "last"}},
        "team": {"value_settings": {"event_payload_key": "n"}, "customer_mapping": {}},
    },
}
"""What never changes of a shared object: always the same, for there can be no other of the name."""

Others = Mapping[Address, Resource]


@cache
def one_of(choices: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Draw one of these."""
    return st.sampled_from(choices)


@cache
def some_of(choices: tuple[Any, ...], least: int, most: int) -> st.SearchStrategy[list[Any]]:
    """Draw a few of these, each once."""
    return st.lists(st.sampled_from(choices), unique=True, min_size=least, max_size=most)


COUNTS = st.integers(1, 20)
DECIMALS = st.integers(1, 9999).map(lambda n: f"{n // 100}.{n % 100:02}")
FEW = 3
"""How many fields of an inner object are given at most, beside the required ones."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws values of fields, given what else is in the catalog."""

    draw: st.DrawFn
    others: Others

    def named(self, kind: str) -> tuple[Pending, ...]:
        """What a reference to this kind may name."""
        return tuple(Pending(address) for address in self.others if address.kind == kind)

    def fields(
        self, path: str, fields: Mapping[str, Field], most: int, without: frozenset[str]
    ) -> dict[str, Any] | None:
        """Draw an object: what is required, what goes together, and a few of the rest."""
        free = {
            name: field
            for name, field in fields.items()
            if not field.read_only and name not in without and f"{path}.{name}" not in LEFT_OUT
        }
        groups = tuple(
            group for group in TOGETHER.get(path, ()) if all(name in free for name in group)
        )
        ruled = frozenset(name for group in groups for name in group)
        chosen = set(self.draw(one_of(groups))) if groups else set()
        chosen |= {name for name, field in free.items() if field.required}
        rest = tuple(name for name in free if name not in ruled | chosen)
        count = min(self.draw(one_of((0, 1, 2, most))), len(rest))
        chosen |= set(self.draw(some_of(rest, count, count))) if count else set()
        found: dict[str, Any] = {}
        for name, field in free.items():
            if name in chosen:
                drawn = self.value(f"{path}.{name}", field, field.form)
                if drawn is not None:
                    found[name] = drawn
                elif field.required:
                    return None
        return found

    def value(self, path: str, field: Field, form: Form) -> Any:
        """Draw what a field may hold; `None` if it needs what there is nothing of."""
        if path in SPECIAL:
            return SPECIAL[path](self)
        if field.ref is not None:
            return self.reference(field, form)
        if field.name in WHOLE and not isinstance(form, Scalar):
            return self.draw(_WHOLE[field.name])
        match form:
            case Scalar():
                return self.scalar(form, field.name)
            case Nested(fields=fields):
                return self.fields(path, fields, FEW, frozenset())
            case Listed(item=item):
                return self.entries(path, field, item)
            case Mapped(item=item):
                keys = CURRENCIES if "currency" in field.name else ("plan", "tier", "note")
                return {
                    key: entry
                    for key in self.draw(some_of(keys, 1, 2))
                    if (entry := self.value(path, field, item)) is not None
                } or None

    def entries(self, path: str, field: Field, item: Form) -> list[Any] | None:
        """Draw a list. One that is the complete list of what is attached may be empty."""
        if isinstance(item, Scalar) and (words := WORDS.get(field.name) or item.choices):
            return list(self.draw(some_of(words, 1, 3)))
        count = self.draw(st.integers(0 if field.attached else 1, 3))
        drawn = [self.value(path, field, item) for _ in range(count)]
        there = [entry for entry in drawn if entry is not None]
        if field.items is not None:
            there = list({str(entry[field.items.by]): entry for entry in there}.values())
        if field.name == "tiers":
            limits = [10 * number for number in range(1, len(there))]
            there = [
                {**one, "up_to": limit} for one, limit in zip(there, [*limits, "inf"], strict=True)
            ]
        return there if there or field.attached else None

    def reference(self, field: Field, form: Form) -> Any:
        """Draw names of what was drawn before. A late one comes when what it names is there."""
        assert field.ref is not None
        targets = self.named(field.ref.kind)
        if field.ref.late or not targets:
            return None
        if isinstance(form, Listed):
            return list(self.draw(some_of(targets, 1, 3)))
        return self.draw(one_of(targets))

    def scalar(self, form: Scalar, name: str) -> Any:
        """Draw one value, as a file would give it."""
        if name in WORDS:
            return self.draw(one_of(WORDS[name]))
        if form.choices and "integer" not in form.type:
            return self.draw(one_of(form.choices))
        match form.type.partition("|")[0]:
            case "boolean":
                return self.draw(st.booleans())
            case "integer":
                return self.draw(COUNTS)
            case "decimal":
                return self.draw(DECIMALS)
            case _:
                return self.draw(one_of(TEXTS))


def _offers(drawing: Drawing) -> list[Any] | None:
    """Draw products that a portal offers, each with prices of its own, one for each period."""
    by_product: dict[Any, dict[Any, Pending]] = {}
    for name in drawing.named("price"):
        body = drawing.others[name.address].body
        period = body.get("recurring")
        if period:
            length = (period["interval"], period.get("interval_count", 1))
            by_product.setdefault(body["product"], {})[length] = name
    if not by_product:
        return None
    offered = []
    for product in drawing.draw(some_of(tuple(by_product), 1, 2)):
        prices = drawing.draw(some_of(tuple(by_product[product].values()), 1, 2))
        quantity = drawing.draw(one_of((None, 0, 1)))
        more = {} if quantity is None else {"adjustable_quantity": {"enabled": bool(quantity)}}
        offered.append({"product": product, "prices": prices, **more})
    return offered


def _sold(drawing: Drawing, *, recurring: bool = False) -> list[Pending]:
    """Draw prices that are sold together: all of them in the first one's currency."""
    on = {
        name: body
        for name in drawing.named("price")
        if drawing.others[name.address].wanted_on
        and ("recurring" in (body := drawing.others[name.address].body) or not recurring)
    }
    if not on:
        return []
    first = drawing.draw(one_of(tuple(on)))
    wanted = on[first]["currency"]
    fitting = tuple(
        name
        for name, body in on.items()
        if name != first and wanted in {body["currency"], *body.get("currency_options", ())}
    )
    return [first, *(drawing.draw(some_of(fitting, 0, 2)) if fitting else ())]


def _planned(drawing: Drawing) -> list[Any] | None:
    """Draw the items of a plan. A metered price has no quantity: a flaw that goes by itself."""
    names = _sold(drawing, recurring=True)
    return [{"price": name, **_amounts(drawing, (0, 0, 1))} for name in names] or None


def _linked(drawing: Drawing) -> list[Any] | None:
    """Draw the items of a payment link."""
    names = _sold(drawing)
    return [{"price": name, **_amounts(drawing, (0, 0, 1, 2, 3))} for name in names] or None


def _amounts(drawing: Drawing, counts: tuple[int, ...]) -> dict[str, Any]:
    count = drawing.draw(one_of(counts))
    found: dict[str, Any] = {"quantity": count} if count else {}
    if count > 1:
        found["adjustable_quantity"] = {"enabled": True, "minimum": 1, "maximum": 5 + count}
    return found


SPECIAL: Mapping[str, Callable[[Drawing], Any]] = {
    "payment_link.line_items": _linked,
    "plan.items": _planned,
    "portal_configuration.features.subscription_update.products": _offers,
}
"""Fields that hang together with what they name."""
