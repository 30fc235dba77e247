"""What other people do to the account behind our back, for the machine."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from laws.life import TEXTS, Life
from laws.strategies import KINDS

SWITCHED = (
    "product",
    "price",
    "promotion_code",
    "tax_rate",
    "feature",
    "shipping_rate",
    "payment_link",
    "portal_configuration",
)
"""What the Dashboard switches on and off."""

NAMED = {
    "coupon": "name",
    "tax_rate": "display_name",
    "feature": "name",
    "webhook_endpoint": "description",
    "portal_configuration": "name",
    "payment_link": "inactive_message",
}
"""What people read of an object, and may change."""

DELETED = ("coupon", "webhook_endpoint")


class Dashboard(Life):
    """The rules of the account."""

    @rule(data=st.data(), text=TEXTS)
    def edit_a_product_behind_our_back(self, data: st.DataObject, text: str) -> None:
        self.change(data, "product", {"description": text, "metadata": {"theirs": text}})

    @rule(data=st.data(), text=TEXTS)
    def edit_something_behind_our_back(self, data: st.DataObject, text: str) -> None:
        kind, field = data.draw(st.sampled_from(sorted(NAMED.items())))
        self.change(data, kind, {field: text, "metadata": {"theirs": text}})

    @rule(data=st.data(), on=st.booleans())
    def switch_something_behind_our_back(self, data: st.DataObject, *, on: bool) -> None:
        kind = data.draw(st.sampled_from(SWITCHED))
        self.change(data, kind, {"active": "true" if on else "false"})

    @rule(data=st.data(), on=st.booleans())
    def switch_an_endpoint_behind_our_back(self, data: st.DataObject, *, on: bool) -> None:
        self.change(data, "webhook_endpoint", {"disabled": "false" if on else "true"})

    @rule(data=st.data(), call=st.sampled_from(["deactivate", "reactivate"]))
    def switch_a_meter_behind_our_back(self, data: st.DataObject, call: str) -> None:
        self.change(data, "meter", {}, call=f"/{call}")

    @rule(data=st.data(), kind=st.sampled_from(DELETED))
    def delete_something_behind_our_back(self, data: st.DataObject, kind: str) -> None:
        found = self.ours(kind)
        if found:
            target = data.draw(st.sampled_from([live.id for live in found]))
            self.account.delete(f"{KINDS[kind].path}/{target}")

    @rule(data=st.data())
    def take_a_default_price_away(self, data: st.DataObject) -> None:
        self.change(data, "product", {"default_price": ""})

    @rule(data=st.data())
    def take_a_lookup_key_away(self, data: st.DataObject) -> None:
        self.change(data, "price", {"lookup_key": ""})

    @rule(data=st.data())
    def attach_a_feature_behind_our_back(self, data: st.DataObject) -> None:
        features = [live.id for live in self.ours("feature")]
        theirs = self.behind(
            "/v1/entitlements/features",
            {"name": "Theirs", "lookup_key": f"theirs-{len(self.strangers)}"},
        )
        assert theirs is not None
        self.strangers.add(theirs["id"])
        feature = data.draw(st.sampled_from([theirs["id"], *features]))
        self.change(data, "product", {"entitlement_feature": feature}, call="/features")

    @rule(data=st.data())
    def detach_a_feature_behind_our_back(self, data: st.DataObject) -> None:
        found = [
            each
            for each in self.account.simulator.dump()
            if each["object"] == "product_feature" and each["product"] not in self.strangers
        ]
        if found:
            at = data.draw(st.sampled_from([(one["product"], one["id"]) for one in found]))
            self.account.delete("/v1/products/{}/features/{}".format(*at))

    @rule(data=st.data())
    def change_what_a_link_sells_behind_our_back(self, data: st.DataObject) -> None:
        links = {
            each["id"]: each["line_items"]["data"][0]["id"]
            for each in self.account.simulator.dump()
            if each["object"] == "payment_link" and each["id"] not in self.strangers
        }
        if links:
            link, item = data.draw(st.sampled_from(list(links.items())))
            self.behind(f"/v1/payment_links/{link}", {"line_items": [{"id": item, "quantity": 7}]})

    @rule(data=st.data())
    def change_a_portal_behind_our_back(self, data: st.DataObject) -> None:
        features = {"customer_update": {"enabled": "true", "allowed_updates": ["phone"]}}
        self.change(data, "portal_configuration", {"features": features})

    @rule(name=TEXTS, data=st.data())
    def sell_something_else_beside_us(self, name: str, data: st.DataObject) -> None:
        product = self.account.post("/v1/products", name=name)
        self.strangers.add(product["id"])
        on = data.draw(
            st.sampled_from([product["id"], *(live.id for live in self.ours("product"))])
        )
        price = self.account.post(
            "/v1/prices", product=on, currency="usd", unit_amount=100, recurring={"interval": "day"}
        )
        self.strangers.add(price["id"])

    @rule(data=st.data())
    def build_on_our_objects(self, data: st.DataObject) -> None:
        """Make a stranger's link, portal or coupon that names what is ours."""
        prices = {live.id: str(live.raw["product"]) for live in self.ours("price") if live.on}
        if not prices:
            return
        price, product = data.draw(st.sampled_from(list(prices.items())))
        offered = {"product": product, "prices": [price]}
        update = {"enabled": "true", "default_allowed_updates": ["price"], "products": [offered]}
        path, given = data.draw(
            st.sampled_from(
                [
                    ("/v1/payment_links", {"line_items": [{"price": price, "quantity": 1}]}),
                    (
                        "/v1/billing_portal/configurations",
                        {"features": {"subscription_update": update}},
                    ),
                    ("/v1/coupons", {"percent_off": 5, "applies_to": {"products": [product]}}),
                ]
            )
        )
        made = self.behind(path, given)
        if made is not None:
            self.strangers.add(made["id"])

    @rule(data=st.data(), kind=st.sampled_from(["product", "tax_rate", "webhook_endpoint"]))
    def copy_an_object_with_its_stamp(self, data: st.DataObject, kind: str) -> None:
        found = [dict(live.metadata) for live in self.ours(kind)]
        if found:
            copied = data.draw(st.sampled_from(found))
            more: dict[str, dict[str, Any]] = {
                "product": {"name": "Copy"},
                "tax_rate": {"display_name": "Copy", "percentage": 1, "inclusive": "false"},
                "webhook_endpoint": {"url": "https://example.com", "enabled_events": ["*"]},
            }
            self.account.post(KINDS[kind].path, metadata=copied, **more[kind])

    def change(
        self, data: st.DataObject, kind: str, change: dict[str, Any], *, call: str = ""
    ) -> None:
        """Change one of our objects of a kind."""
        found = self.ours(kind)
        if found:
            target = data.draw(st.sampled_from([live.id for live in found]))
            self.behind(f"{KINDS[kind].path}/{target}{call}", change)
