"""Where Stripe's behaviour is uncertain and matters to a catalog tool: one switch each.

Defaults are the most likely truth. A switch is a property of one running simulator; no file keeps
it. A tool that plans against Stripe must converge, or stop with a named error, under every setting.
The sections (§) are those of `docs/stripe-semantics.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """One field per uncertainty, with the part of Stripe's behaviour it stands for."""

    prices_list_default: Literal["active", "all"] = "active"
    """§2 Listing: what `GET /v1/prices` without `active` returns."""

    currency_options_update: Literal["merge", "replace"] = "merge"
    """§2 currency_options: whether an update keeps the currencies that it does not name."""

    currency_option_amount: Literal["change", "refuse"] = "change"
    """§2 currency_options: whether the amount of a currency already there can change."""

    base_currency_in_options: Literal["echo", "omit"] = "echo"
    """§2 Response shape: whether expanded currency_options also hold the price's own currency."""

    empty_lookup_key: Literal["clear", "refuse", "ignore"] = "clear"
    """§2 lookup_key: what `lookup_key=""` does in an update."""

    empty_nickname: Literal["clear", "refuse"] = "clear"
    """§2: nickname has no empty variant in the schema; whether `nickname=""` clears it anyway."""

    default_price_must_be_active: bool = True
    """§1 default_price: whether an archived price may be made the default."""

    archive_default_price: Literal["refuse", "after_product", "allow"] = "after_product"
    """§1 default_price: refused always, refused while the product is active, or allowed."""

    deleted_ids: Literal["reusable", "taken"] = "reusable"
    """§1, §4: whether the id of a deleted product or coupon can be used again."""

    empty_metadata_value: Literal["drop", "refuse"] = "drop"
    """§7: what a create does with a metadata value that is empty."""

    enabled_events_order: Literal["kept", "shuffled"] = "kept"
    """§6: whether a webhook endpoint answers its events in the order given."""

    portal_products: Literal["expanded", "always"] = "expanded"
    """§6: whether a portal configuration answers its products only when they are expanded."""

    portal_products_order: Literal["kept", "shuffled"] = "kept"
    """§6: whether a portal configuration answers products and prices in the order given."""

    portal_quantities: Literal["fixed", "adjustable"] = "fixed"
    """§6: what a portal product answers whose adjustable_quantity was not given."""

    portal_cancellation_options: Literal["none", "usual"] = "none"
    """§6: which cancellation reasons a new portal configuration has when none were given."""

    payment_link_defaults: Literal["filled", "bare"] = "filled"
    """§6: whether parts of a payment link that were not given answer their defaults, or null."""

    product_data_sets_default_price: bool = True
    """§1 default_price: whether a price made with `product_data` becomes its product's default."""

    same_second_order: Literal["sequence", "id"] = "sequence"
    """§8: how objects made within one second follow each other in a list."""

    archived_feature: Literal["editable", "frozen"] = "editable"
    """§6: whether an archived feature can be edited or brought back."""

    create_price_on_archived_product: Literal["allow", "refuse"] = "allow"
    """§1: observed to succeed; refused would be the safer guess of a reader of the docs."""

    search: Literal["current", "minute_late", "hour_late", "refused"] = "current"
    """§8: how long a search does not find what is new; in some regions there is none."""

    @classmethod
    def parse(cls, settings: Iterable[str]) -> Self:
        """Switches from `name=value` texts, as a command line gives them."""
        chosen: dict[str, Any] = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            chosen[name] = _parsed(cls, name, value)
        return cls(**chosen)


def _parsed(cls: type, name: str, value: str) -> str | bool:
    hints = get_type_hints(cls)
    names = [field.name for field in fields(cls)]
    if name not in names:
        raise SwitchError(f"no switch is named {name!r}; there are: {', '.join(names)}")
    if hints[name] is bool:
        choices: dict[str, str | bool] = {"true": True, "false": False}
    else:
        choices = {choice: choice for choice in get_args(hints[name])}
    if value not in choices:
        raise SwitchError(f"{name} is one of {', '.join(choices)}, not {value!r}")
    return choices[value]


class SwitchError(ValueError):
    """A switch that does not exist, or a value that it does not have."""
