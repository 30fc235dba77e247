"""The one form in which payment links compare: whatever Stripe fills in, nulls or leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.marks import Clear, Default
from reconciler.model.shape import Field, Listed, Nested, Shape, shape

_SWITCHES = ("automatic_tax", "invoice_creation", "phone_number_collection", "tax_id_collection")


def _fields() -> Shape:
    from reconciler.kinds.payment_link.body import (  # noqa: PLC0415 - dear, and rarely needed
        PaymentLinkBody,
    )

    return shape(PaymentLinkBody)


def canonical(body: dict[str, Any]) -> dict[str, Any]:
    """Fill in what Stripe has of itself; drop what is switched off, or of another type."""
    fields = _fields()
    for name in ("line_items", "optional_items"):
        body[name] = tuple(_item(name, item) for item in body.get(name) or ())
    for name in _SWITCHES:
        body[name] = _switch(fields[name], body.get(name))
    for name in ("after_completion", "consent_collection", "custom_text", "payment_intent_data"):
        body[name] = _filled(fields[name], body.get(name))
    body["after_completion"] = _one_page(body["after_completion"])
    body["subscription_data"] = _subscription(
        _filled(fields["subscription_data"], body.get("subscription_data"))
    )
    tax, invoice = body["automatic_tax"], body["invoice_creation"]
    body["automatic_tax"] = {**tax, "liability": _party(tax["liability"])}
    body["invoice_creation"] = {**invoice, "invoice_data": _issued(invoice["invoice_data"])}
    body["custom_fields"] = tuple(_labelled(asked) for asked in body.get("custom_fields") or ())
    body["name_collection"] = _names(fields["name_collection"], body.get("name_collection"))
    if not (body.get("managed_payments") or {}).get("enabled"):
        body["managed_payments"] = None
    return body


def _filled(field: Field, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return an object with what it has though nobody gave it."""
    body = dict(given or {})
    for name, inner in field.form.fields.items() if isinstance(field.form, Nested) else ():
        if isinstance(inner.omitted, Clear) and inner.omitted.inside:
            body[name] = _filled(inner, body.get(name))
        elif body.get(name) is None and isinstance(inner.omitted, Default):
            body[name] = inner.default
    return body


def _switch(field: Field, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return an object that says no more than that it is off, if it is."""
    return _filled(field, given if given and given.get("enabled") else None)


def _item(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    form = _fields()[name].form
    if not isinstance(form, Listed) or not isinstance(form.item, Nested):
        return dict(given)
    adjustable = form.item.fields["adjustable_quantity"]
    return {
        **given,
        "quantity": given.get("quantity") or 1,
        "adjustable_quantity": _switch(adjustable, given.get("adjustable_quantity")),
    }


def _one_page(after: dict[str, Any]) -> dict[str, Any]:
    other = "hosted_confirmation" if after["type"] == "redirect" else "redirect"
    return {**after, other: None}


def _party(party: Mapping[str, Any]) -> dict[str, Any]:
    own = party["type"] == "self"
    return {**party, "account": None} if own else dict(party)


def _issued(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "issuer": _party(data["issuer"])}


def _subscription(data: Mapping[str, Any]) -> dict[str, Any]:
    ending = (data.get("trial_settings") or {}).get("end_behavior") or {}
    usual = ending.get("missing_payment_method") in {None, "create_invoice"}
    trial = None if usual else data["trial_settings"]
    settings = _issued(data["invoice_settings"])
    return {**data, "invoice_settings": settings, "trial_settings": trial}


def _labelled(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {**asked, "label": {**asked["label"], "type": "custom"}}


def _names(field: Field, given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if given is None or not isinstance(field.form, Nested):
        return None
    names = {name: _switch(inner, given.get(name)) for name, inner in field.form.fields.items()}
    return names if any(name["enabled"] for name in names.values()) else None


def seen(raw: Mapping[str, Any], _at: int) -> Mapping[str, Any]:
    """Read what means nothing for what the link sells as nobody's choice.

    A subscription always makes a customer, and a payment always takes a payment method.
    """
    listed = raw.get("line_items")
    items = listed.get("data") if isinstance(listed, Mapping) else listed
    prices = [item.get("price") for item in items or ()]
    if not prices or not all(isinstance(price, Mapping) for price in prices):
        return raw
    if any(price.get("recurring") for price in prices):
        return {**raw, "customer_creation": "if_required"}
    return {**raw, "payment_method_collection": "always"}
