"""Seeding and dumping: objects by hand, completed as a create would answer them."""

from decimal import Decimal
from operator import itemgetter

import pytest

from .conftest import NOW


def test_a_seeded_object_is_what_a_create_would_have_made(simulator, client):
    made = client.price(client.product().id, {"recurring[interval]": "month"}, lookup_key="a")
    simulator.seed(
        [
            {"object": "product", "id": "prod_s", "name": "Pro"},
            {
                "object": "price",
                "id": "price_s",
                "product": "prod_s",
                "unit_amount": 1000,
                "recurring": {"interval": "month"},
                "lookup_key": "b",
            },
        ]
    )
    assert client.get("/v1/prices/price_s").body == made.body | {
        "id": "price_s",
        "product": "prod_s",
        "lookup_key": "b",
    }
    product = client.get(f"/v1/products/{made['product']}")
    assert client.get("/v1/products/prod_s").body == product.body | {"id": "prod_s"}
    assert client.get("/v1/prices", {"lookup_keys[]": "b"}).ids == ["price_s"]
    assert client.delete("/v1/products/prod_s").status == 400


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"unit_amount": 5}, (5, "5")),
        ({"unit_amount_decimal": "0.5"}, (None, "0.5")),
        ({"unit_amount_decimal": Decimal("2.50")}, (None, "2.5")),
        ({"unit_amount": 5, "unit_amount_decimal": "5"}, (5, "5")),
        ({}, (None, None)),
    ],
)
def test_amounts_are_completed(simulator, client, given, expected):
    simulator.seed([{"object": "price", "id": "price_s", "product": "prod_s", **given}])
    shown = client.get("/v1/prices/price_s")
    assert (shown["unit_amount"], shown["unit_amount_decimal"]) == expected


def test_tiers_and_currency_options(simulator, client):
    simulator.seed(
        [
            {
                "object": "price",
                "id": "price_s",
                "product": "prod_s",
                "currency": "usd",
                "recurring": {"interval": "year"},
                "tiers": [{"up_to": 5, "unit_amount": 3}, {"flat_amount": 2}],
                "currency_options": {
                    "usd": {"unit_amount": 1},
                    "eur": {"tiers": [{"up_to": "inf", "unit_amount_decimal": "0.1"}]},
                },
            }
        ]
    )
    shown = client.get(
        "/v1/prices/price_s", {"expand[0]": "tiers", "expand[1]": "currency_options"}
    )
    assert shown.part("billing_scheme", "tiers_mode", "type") == {
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "type": "recurring",
    }
    assert shown["tiers"] == [
        {
            "flat_amount": None,
            "flat_amount_decimal": None,
            "unit_amount": 3,
            "unit_amount_decimal": "3",
            "up_to": 5,
        },
        {
            "flat_amount": 2,
            "flat_amount_decimal": "2",
            "unit_amount": None,
            "unit_amount_decimal": None,
            "up_to": None,
        },
    ]
    assert sorted(shown["currency_options"]) == ["eur", "usd"]
    assert shown["currency_options"]["eur"]["tiers"] == [
        {
            "flat_amount": None,
            "flat_amount_decimal": None,
            "unit_amount": None,
            "unit_amount_decimal": "0.1",
            "up_to": None,
        }
    ]


def test_subscriptions_with_items_in_any_shape(simulator, client):
    simulator.seed(
        [
            {
                "object": "subscription",
                "id": "sub_a",
                "customer": "cus_a",
                "items": [{"price": "price_s", "quantity": 4}],
            },
            {
                "object": "subscription",
                "id": "sub_b",
                "customer": "cus_a",
                "status": "canceled",
                "items": {"data": [{"price": {"id": "price_s"}}]},
            },
            {"object": "customer", "id": "cus_a"},
            {"object": "product", "id": "prod_s", "name": "x"},
            {
                "object": "price",
                "id": "price_s",
                "product": "prod_s",
                "unit_amount": 1,
                "recurring": {"interval": "month"},
            },
        ]
    )
    assert client.get("/v1/subscriptions", price="price_s").ids == ["sub_a"]
    assert client.get("/v1/subscriptions", price="price_s", status="all").ids == ["sub_b", "sub_a"]
    (item,) = client.get("/v1/subscriptions/sub_a")["items"]["data"]
    assert (item["price"]["id"], item["quantity"]) == ("price_s", 4)


@pytest.mark.parametrize("order", [1, -1])
def test_a_dump_can_be_seeded_again(simulator, client, switched, order):
    product = client.product(**{"metadata[a]": "b"}).id
    client.made(
        "/v1/prices",
        {
            "currency": "usd",
            "product": product,
            "unit_amount_decimal": "1.5",
            "currency_options[eur][unit_amount]": 2,
            "lookup_key": "k",
        },
    )
    monthly = client.price(product, {"recurring[interval]": "month"}).id
    client.made(f"/v1/products/{product}", {"default_price": monthly})
    customer = client.made("/v1/customers", {}).id
    client.made("/v1/subscriptions", {"customer": customer, "items[0][price]": monthly})
    feature = client.made("/v1/entitlements/features", {"name": "F", "lookup_key": "f"}).id
    client.made(f"/v1/products/{product}/features", {"entitlement_feature": feature})
    coupon = client.made("/v1/coupons", {"percent_off": 5}).id
    client.made("/v1/promotion_codes", {"promotion[type]": "coupon", "promotion[coupon]": coupon})
    dumped = simulator.dump()
    other = switched().simulator
    other.seed(dumped[::order])
    assert sorted(other.dump(), key=itemgetter("id")) == sorted(dumped, key=itemgetter("id"))


def test_a_dump_is_whole_and_in_order(simulator, client):
    product = client.product().id
    second = client.price(product).id
    client.product(id="prod_a")
    dumped = simulator.dump()
    assert [obj["id"] for obj in dumped] == [second, product, "prod_a"]
    assert "currency_options" in dumped[0]
    client.delete("/v1/products/prod_a")
    assert [obj["id"] for obj in simulator.dump()] == [second, product]


def test_a_seeded_object_has_the_time_and_mode_of_its_world(simulator):
    simulator.seed([{"object": "product", "name": "x"}], "acct_1X", livemode=True)
    (made,) = simulator.dump("acct_1X", livemode=True)
    assert (made["created"], made["updated"], made["livemode"], made["id"][:5]) == (
        NOW,
        NOW,
        True,
        "prod_",
    )
    assert simulator.dump("acct_1X") == simulator.dump() == []
