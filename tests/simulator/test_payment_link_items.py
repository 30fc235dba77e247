"""The line items of payment links, and their prices: semantics §6."""

import pytest

from .conftest import refusal
from .payment_links import ITEMS, LINKS, link, sold


class TestItems:
    def test_they_show_only_when_expanded(self, client, once, monthly):
        made = link(client, once, monthly, **ITEMS)
        path = f"{LINKS}/{made.id}/line_items"
        first, second = made["line_items"]["data"]
        assert first == {
            "id": first["id"],
            "object": "item",
            "adjustable_quantity": None,
            "amount_discount": 0,
            "amount_subtotal": 1000,
            "amount_tax": 0,
            "amount_total": 1000,
            "currency": "usd",
            "description": "Pro",
            "price": once.body,
            "quantity": 1,
        }
        assert first["id"].startswith("li_1")
        assert second["price"] == monthly.body
        assert made["line_items"] == {
            "object": "list",
            "data": [first, second],
            "has_more": False,
            "url": path,
        }
        assert "line_items" not in client.get(f"{LINKS}/{made.id}").body
        assert "line_items" not in client.get(LINKS)["data"][0]
        listed = client.get(LINKS, {"expand[]": "data.line_items"})
        assert listed["data"][0]["line_items"] == made["line_items"]
        assert client.get(path).body == made["line_items"]

    def test_ten_are_inlined_and_all_are_listed_in_order(self, client, product):
        prices = [client.price(product, unit_amount=amount) for amount in range(1, 21)]
        made = link(client, *prices, **ITEMS)
        path = f"{LINKS}/{made.id}/line_items"
        inlined = made["line_items"]
        assert [one["amount_total"] for one in inlined["data"]] == list(range(1, 11))
        assert inlined["has_more"] is True
        first = client.get(path, limit=15)
        rest = client.get(path, limit=15, starting_after=first.ids[-1])
        shown = [*first["data"], *rest["data"]]
        assert [one["amount_total"] for one in shown] == list(range(1, 21))
        assert (first["has_more"], rest["has_more"]) == (True, False)
        assert client.get(path, limit=3, ending_before=first.ids[5]).ids == first.ids[2:5]
        assert refusal(client.post(LINKS, sold(*prices, client.price(product)))) == (
            400,
            "A payment link can have at most 20 line items and optional items.",
            "line_items",
        )

    def test_what_they_refer_to_can_be_expanded(self, client, once, product):
        made = link(client, once, **{"expand[]": "line_items.data.price.product"})
        shown = made["line_items"]["data"][0]["price"]["product"]
        assert shown == client.get(f"/v1/products/{product}").body
        more = {"expand[0]": "data.taxes", "expand[1]": "data.price.currency_options"}
        item = client.get(f"{LINKS}/{made.id}/line_items", more)["data"][0]
        assert (item["taxes"], list(item["price"]["currency_options"])) == ([], ["usd"])
        wrong = client.get(f"{LINKS}/{made.id}", {"expand[]": "line_items.data.nope"})
        assert wrong.error["message"] == (
            "This property cannot be expanded (line_items.data.nope)."
        )

    def test_they_belong_to_their_link(self, client, once):
        assert refusal(client.get(f"{LINKS}/plink_none/line_items")) == (
            404,
            "No such payment link: 'plink_none'",
            "payment_link",
        )
        made, other = link(client, once, **ITEMS), link(client, once)
        item = made["line_items"]["data"][0]["id"]
        given = {"line_items[0][id]": item, "line_items[0][quantity]": 2}
        assert refusal(client.post(f"{LINKS}/{other.id}", given)) == (
            400,
            f"No such line item: '{item}'",
            "line_items[0][id]",
        )
        assert client.get(f"{LINKS}/{made.id}/line_items/{item}").status == 404

    def test_quantities_change_and_nothing_else_does(self, client, once, monthly):
        made = link(client, once, monthly, **ITEMS)
        first, second = made["line_items"]["data"]
        path = f"{LINKS}/{made.id}"
        given = {
            "line_items[0][id]": second["id"],
            "line_items[0][quantity]": 3,
            "line_items[0][adjustable_quantity][enabled]": True,
            "line_items[0][adjustable_quantity][maximum]": 5,
        }
        assert client.made(path, {**given, **ITEMS})["line_items"]["data"] == [
            first,
            second
            | {
                "quantity": 3,
                "adjustable_quantity": {"enabled": True, "maximum": 5, "minimum": 0},
                "amount_subtotal": 3000,
                "amount_total": 3000,
            },
        ]
        for name, value in (("price", once.id), ("price_data][currency", "usd")):
            one = {"line_items[0][id]": first["id"], f"line_items[0][{name}]": value}
            assert client.post(path, one).error["code"] == "parameter_unknown"
        assert refusal(client.post(path, {"line_items[0][quantity]": 1})) == (
            400,
            "Missing required param: line_items[0][id].",
            "line_items[0][id]",
        )

    def test_price_data_makes_an_inline_price(self, client, product):
        given = {
            "line_items[0][quantity]": 2,
            "line_items[0][price_data][currency]": "eur",
            "line_items[0][price_data][product]": product,
            "line_items[0][price_data][unit_amount]": 7,
        }
        made = client.made(LINKS, {**given, **ITEMS})
        item = made["line_items"]["data"][0]
        assert (made["currency"], item["amount_total"], item["currency"]) == ("eur", 14, "eur")
        assert client.get("/v1/prices").ids == []
        assert client.get(f"/v1/prices/{item['price']['id']}").body == item["price"]


AMOUNTS = [
    ({"unit_amount_decimal": "0.5"}, 3, 2),
    ({"transform_quantity[divide_by]": 10, "transform_quantity[round]": "up"}, 11, 2000),
    ({"transform_quantity[divide_by]": 10, "transform_quantity[round]": "down"}, 19, 1000),
    ({"custom_unit_amount[enabled]": True, "custom_unit_amount[preset]": 70}, 1, 70),
    ({"custom_unit_amount[enabled]": True}, 1, 0),
    ({"tiers_mode": "graduated"}, 2, 100 + 2 * 10),
    ({"tiers_mode": "graduated"}, 8, 100 + 5 * 10 + 3 * 4),
    ({"tiers_mode": "volume"}, 8, 8 * 4),
]

TIERED = {
    "billing_scheme": "tiered",
    "recurring[interval]": "month",
    "tiers[0][up_to]": 5,
    "tiers[0][unit_amount]": 10,
    "tiers[0][flat_amount]": 100,
    "tiers[1][up_to]": "inf",
    "tiers[1][unit_amount]": 4,
}


@pytest.mark.parametrize(("given", "quantity", "expected"), AMOUNTS)
def test_an_item_says_what_it_costs_at_once(client, product, given, quantity, expected):
    shape = {"product": product, "currency": "usd", **given}
    if "tiers_mode" in given:
        shape |= TIERED
    elif not any(name.startswith(("custom", "unit")) for name in given):
        shape["unit_amount"] = 1000
    price = client.made("/v1/prices", shape)
    made = client.made(LINKS, {**sold(price, quantity=quantity), **ITEMS})
    assert made["line_items"]["data"][0]["amount_total"] == expected


class TestPrices:
    def test_an_archived_price_is_not_put_on_sale(self, client, once):
        client.made(f"/v1/prices/{once.id}", {"active": False})
        assert refusal(client.post(LINKS, sold(once))) == (
            400,
            "The price specified is inactive. This field only accepts active prices.",
            "line_items[0][price]",
        )

    def test_but_a_link_does_not_keep_its_price_from_being_archived(self, client, once):
        made = link(client, once)
        assert client.post(f"/v1/prices/{once.id}", "active=false").status == 200
        shown = client.get(f"{LINKS}/{made.id}", ITEMS)
        assert shown["active"] is True
        assert shown["line_items"]["data"][0]["price"]["active"] is False
        assert client.post(f"{LINKS}/{made.id}", "metadata[a]=b").status == 200

    def test_it_sells_in_a_currency_that_every_price_has(self, client, product):
        price = client.price(product, {"currency_options[eur][unit_amount]": 900})
        made = link(client, price, currency="EUR", **ITEMS)
        item = made["line_items"]["data"][0]
        assert (made["currency"], item["currency"], item["amount_total"]) == ("eur", "eur", 900)

    def test_ten_items_are_optional_at_most(self, client, once):
        def optional(many):
            return {
                f"optional_items[{index}][{name}]": value
                for index in range(many)
                for name, value in (("price", once.id), ("quantity", 1))
            }

        made = link(client, once, **optional(10))
        assert (
            made["optional_items"]
            == [{"adjustable_quantity": None, "price": once.id, "quantity": 1}] * 10
        )
        assert refusal(client.post(LINKS, {**sold(once), **optional(11)})) == (
            400,
            "You can specify at most 10 optional items.",
            "optional_items",
        )
        assert refusal(client.post(LINKS, {**sold(*[once] * 11), **optional(10)})) == (
            400,
            "A payment link can have at most 20 line items and optional items.",
            "line_items",
        )
