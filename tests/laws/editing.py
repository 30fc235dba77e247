"""What the people who own the file do to it, for the machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from laws.life import TEXTS, Life
from laws.strategies import KINDS, NAMES, catalogs
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.values import Frozen, Pending, freeze, pendings, substitute

SWITCHED = (
    "price",
    "feature",
    "promotion_code",
    "tax_rate",
    "shipping_rate",
    "payment_link",
    "portal_configuration",
)
"""What a file may switch off by `active = false`."""

PORTALS = (
    {"invoice_history": {"enabled": True}},
    {"customer_update": {"enabled": True, "allowed_updates": ["email", "name"]}},
    {"subscription_cancel": {"enabled": True, "mode": "immediately"}},
)


class Editing(Life):
    """The rules of the file."""

    @rule(catalog=catalogs(least=1))
    def write_another_file(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @rule(data=st.data(), amount=st.sampled_from([900, 1900, 2900]))
    def change_an_amount(self, data: st.DataObject, amount: int) -> None:
        self.edit(data, "price", "unit_amount", amount, only_with="unit_amount")

    @rule(data=st.data(), text=TEXTS)
    def change_a_description(self, data: st.DataObject, text: str) -> None:
        self.edit(data, "product", "description", text)

    @rule(data=st.data(), percent=st.sampled_from(["10", "20"]))
    def change_a_percentage(self, data: st.DataObject, percent: str) -> None:
        self.edit(data, "coupon", "percent_off", percent, only_with="percent_off")
        self.edit(data, "tax_rate", "percentage", percent)

    @rule(data=st.data(), most=st.sampled_from([1, 2]))
    def change_how_often_a_code_works(self, data: st.DataObject, most: int) -> None:
        self.edit(data, "promotion_code", "max_redemptions", most)

    @rule(data=st.data(), count=st.sampled_from([1, 2, 3]))
    def change_how_many_a_link_sells(self, data: st.DataObject, count: int) -> None:
        found = self.addresses("payment_link")
        if found:
            link = self.catalog.resources[data.draw(st.sampled_from(found))]
            first, *rest = link.body["line_items"]
            items = (first.with_({"quantity": count}), *rest)
            self.rewrite(replace(link, body=link.body.with_({"line_items": items})))

    @rule(data=st.data(), allowed=st.sampled_from(PORTALS))
    def allow_something_else_in_a_portal(
        self, data: st.DataObject, allowed: dict[str, Any]
    ) -> None:
        self.edit(data, "portal_configuration", "features", freeze(allowed))

    @rule(data=st.data(), events=st.sampled_from([("*",), ("charge.failed", "invoice.paid")]))
    def listen_to_something_else(self, data: st.DataObject, events: tuple[str, ...]) -> None:
        self.edit(data, "webhook_endpoint", "enabled_events", events)

    @rule(data=st.data())
    def entitle_to_something_else(self, data: st.DataObject) -> None:
        features = [Frozen({"entitlement_feature": Pending(a)}) for a in self.addresses("feature")]
        some = st.lists(st.sampled_from(features), unique=True) if features else st.just([])
        named: Any = data.draw(st.none() | some.map(tuple))
        self.edit(data, "product", "features", named)

    @rule(data=st.data())
    def take_something_out(self, data: st.DataObject) -> None:
        if self.catalog.resources:
            address = data.draw(st.sampled_from(sorted(self.catalog.resources)))
            rest = {a: r for a, r in self.catalog.resources.items() if a != address}
            self.catalog = replace(self.catalog, resources=without_loose_ends(rest), moved={})

    @rule(data=st.data(), name=st.sampled_from([*NAMES, "other"]))
    def rename_a_product(self, data: st.DataObject, name: str) -> None:
        products = self.addresses("product")
        target = Address("product", (name,))
        if products and target not in products:
            source = data.draw(st.sampled_from(products))
            resources = _renamed(self.catalog, source, target)
            self.catalog = replace(self.catalog, resources=resources, moved={source: target})

    @rule(data=st.data(), kind=st.sampled_from([*SWITCHED, "meter", "webhook_endpoint"]))
    def switch_something(self, data: st.DataObject, kind: str) -> None:
        found = self.addresses(kind)
        if found:
            resource = self.catalog.resources[data.draw(st.sampled_from(found))]
            archive = KINDS[kind].archive
            name, off = (archive.field, archive.value) if archive else ("disabled", True)
            switched = resource.body.with_({name: None if name in resource.body else off})
            self.rewrite(replace(resource, body=switched))

    def edit(
        self, data: st.DataObject, kind: str, field: str, value: Any, only_with: str = ""
    ) -> None:
        """Give one field of one table of a kind another value."""
        found = [
            address
            for address in self.addresses(kind)
            if not only_with or only_with in self.catalog.resources[address].body
        ]
        if found:
            resource = self.catalog.resources[data.draw(st.sampled_from(found))]
            self.rewrite(replace(resource, body=resource.body.with_({field: value})))


def without_loose_ends(resources: dict[Address, Resource]) -> dict[Address, Resource]:
    """Take out what refers to something that is not there, until nothing does."""
    while True:
        kept: dict[Address, Resource] = {}
        for address, resource in resources.items():
            loose = {target for target in pendings(resource.body) if target not in resources}
            default = resource.body.get("default_price")
            if isinstance(default, Pending) and loose == {default.address}:
                without = resource.body.with_({"default_price": None})
                kept[address] = replace(resource, body=without)
            elif not loose:
                kept[address] = resource
        if kept == resources:
            return kept
        resources = kept


def _renamed(catalog: Catalog, source: Address, target: Address) -> dict[Address, Resource]:
    """Give a product, and the prices in its table, another name."""

    def new(address: Address) -> Address:
        if address == source:
            return target
        if address.kind == "price" and address.keys[:-1] == source.keys:
            return Address("price", (*target.keys, address.key))
        return address

    def leaf(value: Any) -> Any:
        return Pending(new(value.address)) if isinstance(value, Pending) else value

    renamed: dict[Address, Resource] = {}
    for address, resource in catalog.resources.items():
        body: Frozen = substitute(resource.body, leaf)
        renamed[new(address)] = replace(resource, address=new(address), body=body)
    return renamed
