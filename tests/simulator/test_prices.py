"""Prices: semantics §2 and §3."""

import pytest

from .conftest import NOW

MONTHLY = {"recurring[interval]": "month"}


def test_a_create_answers_every_default(client, product):
    made = client.price(product)
    assert made.body == {
        "id": made.id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": NOW,
        "currency": "usd",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": 1000,
        "unit_amount_decimal": "1000",
    }
    assert made.id.startswith("price_1")
    assert len(made.id) == 30


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"unit_amount": 1000}, (1000, "1000")),
        ({"unit_amount": 0}, (0, "0")),
        ({"unit_amount_decimal": "1000"}, (1000, "1000")),
        ({"unit_amount_decimal": "1000.00"}, (1000, "1000")),
        ({"unit_amount_decimal": "123.45"}, (None, "123.45")),
        ({"unit_amount_decimal": "0.000000000001"}, (None, "0.000000000001")),
        ({"unit_amount_decimal": "1200.50"}, (None, "1200.5")),
        ({"unit_amount": 99_999_999_999}, (99_999_999_999, "99999999999")),
    ],
)
def test_an_amount_is_answered_in_both_forms(client, product, given, expected):
    made = client.made("/v1/prices", {"currency": "usd", "product": product, **given})
    assert (made["unit_amount"], made["unit_amount_decimal"]) == expected


def test_recurring_is_completed(client, product):
    made = client.price(product, MONTHLY)
    assert made.part("recurring", "type") == {
        "recurring": {
            "interval": "month",
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "type": "recurring",
    }


REFUSALS = [
    (
        "currency=usd&unit_amount=1",
        "You must specify either `product` or `product_data` when creating a price.",
        None,
    ),
    (
        "currency=usd&unit_amount=1&product={product}&product_data[name]=x",
        "You may only specify one of these parameters: product, product_data.",
        "product",
    ),
    ("currency=usd&unit_amount=1&product=prod_none", "No such product: 'prod_none'", "product"),
    (
        "currency=usd&product={product}",
        "Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.",
        None,
    ),
    (
        "currency=usd&product={product}&unit_amount=1&unit_amount_decimal=1",
        "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
        "unit_amount",
    ),
    (
        "currency=usd&product={product}&unit_amount=-1",
        "Invalid non-negative integer",
        "unit_amount",
    ),
    (
        "currency=usd&product={product}&billing_scheme=tiered&tiers_mode=volume&tiers[0][up_to]=inf&tiers[0][unit_amount]=1",
        "Prices with `type=one_time` are not supported with tiered billing.",
        "interval",
    ),
    (
        "currency=usd&product={product}&unit_amount=1&recurring[interval]=month&recurring[usage_type]=metered",
        "Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.",
        "recurring[meter]",
    ),
    (
        "currency=usd&product={product}&unit_amount=1&recurring[interval]=month&recurring[usage_type]=metered&recurring[meter]=mtr_none",
        "No such meter: 'mtr_none'",
        "recurring[meter]",
    ),
    (
        "currency=usd&product={product}&unit_amount=1&recurring[interval]=month&recurring[interval_count]=0",
        "Invalid positive integer",
        "recurring[interval_count]",
    ),
    (
        "currency=usd&product={product}&unit_amount=1&recurring[interval]=year&recurring[interval_count]=4",
        "The interval cannot be longer than three years: at most 3 with `interval=year`.",
        "recurring[interval_count]",
    ),
    (
        "currency=usd&product={product}&unit_amount=1&currency_options[EUR][unit_amount]=1",
        "Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`.",
        "currency_options[EUR]",
    ),
]


@pytest.mark.parametrize(("params", "message", "param"), REFUSALS)
def test_create_refuses_in_stripes_words(client, product, params, message, param):
    answer = client.post("/v1/prices", params.replace("{product}", product))
    assert (answer.status, answer.error["message"], answer.error.get("param")) == (
        400,
        message,
        param,
    )


@pytest.mark.parametrize(
    "params", ["currency=xyz", "currency=usd&currency_options[xyz][unit_amount]=1"]
)
def test_an_unknown_currency_is_answered_with_the_known_ones(client, product, params):
    answer = client.post("/v1/prices", f"{params}&unit_amount=1&product={product}")
    assert answer.error["message"].startswith(
        "Invalid currency: xyz. Stripe currently supports these currencies: usd, aed, afn, "
    )


def test_a_currency_may_be_given_in_upper_case(client, product):
    assert client.price(product, currency="USD")["currency"] == "usd"


class TestCustomAmount:
    def test_enabled_is_not_answered(self, client, product):
        made = client.made(
            "/v1/prices",
            {
                "currency": "usd",
                "product": product,
                "custom_unit_amount[enabled]": True,
                "custom_unit_amount[minimum]": 100,
            },
        )
        assert made.part("custom_unit_amount", "unit_amount", "unit_amount_decimal") == {
            "custom_unit_amount": {"maximum": None, "minimum": 100, "preset": None},
            "unit_amount": None,
            "unit_amount_decimal": None,
        }

    @pytest.mark.parametrize(
        "more",
        [
            {"unit_amount": 1},
            MONTHLY,
            {"custom_unit_amount[maximum]": 50, "custom_unit_amount[minimum]": 60},
        ],
    )
    def test_what_does_not_fit(self, client, product, more):
        given = {"currency": "usd", "product": product, "custom_unit_amount[enabled]": True, **more}
        assert client.post("/v1/prices", given).status == 400


def test_transform_quantity_is_echoed(client, product):
    made = client.price(
        product, {"transform_quantity[divide_by]": 10, "transform_quantity[round]": "up"}
    )
    assert made["transform_quantity"] == {"divide_by": 10, "round": "up"}


class TestUpdate:
    def test_what_can_change(self, client, product):
        made = client.price(product, nickname="a")
        changed = client.made(
            f"/v1/prices/{made.id}",
            {
                "nickname": "b",
                "metadata[x]": "y",
                "tax_behavior": "exclusive",
                "lookup_key": "k",
                "active": False,
            },
        )
        assert changed.body == made.body | {
            "nickname": "b",
            "metadata": {"x": "y"},
            "tax_behavior": "exclusive",
            "lookup_key": "k",
            "active": False,
        }

    def test_tax_behaviour_is_set_once(self, client, product):
        made = client.price(product, tax_behavior="exclusive")
        assert client.post(f"/v1/prices/{made.id}", "tax_behavior=exclusive").status == 200
        for other in ("inclusive", "unspecified"):
            answer = client.post(f"/v1/prices/{made.id}", {"tax_behavior": other})
            assert (answer.status, answer.error["param"]) == (400, "tax_behavior")

    @pytest.mark.parametrize(
        ("setting", "status", "left"), [("clear", 200, None), ("refuse", 400, "a")]
    )
    def test_clearing_the_nickname(self, switched, setting, status, left):
        client = switched(f"empty_nickname={setting}")
        made = client.price(client.product().id, nickname="a")
        assert client.post(f"/v1/prices/{made.id}", "nickname=").status == status
        assert client.get(f"/v1/prices/{made.id}")["nickname"] == left

    def test_it_can_be_archived_and_brought_back(self, client, product):
        made = client.price(product)
        assert client.post(f"/v1/prices/{made.id}", "active=false")["active"] is False
        assert client.post(f"/v1/prices/{made.id}", "active=true").body == made.body

    def test_there_is_no_delete(self, client, product):
        made = client.price(product)
        answer = client.delete(f"/v1/prices/{made.id}")
        assert answer.status == 404
        assert answer.error["message"].startswith(
            f"Unrecognized request URL (DELETE: /v1/prices/{made.id}). "
        )


class TestArchivingADefaultPrice:
    MESSAGE = "This price cannot be archived because it is the default price of its product."

    def archived(self, client, *, product_first):
        product = client.product().id
        price = client.price(product).id
        client.made(f"/v1/products/{product}", {"default_price": price})
        if product_first:
            client.made(f"/v1/products/{product}", {"active": False})
        answer = client.post(f"/v1/prices/{price}", "active=false")
        return answer.error["message"] if answer.status == 400 else answer["active"]

    @pytest.mark.parametrize(
        ("setting", "directly", "after_product"),
        [("after_product", MESSAGE, False), ("refuse", MESSAGE, MESSAGE), ("allow", False, False)],
    )
    def test_it_is_refused_by_the_switch(self, switched, setting, directly, after_product):
        client = switched(f"archive_default_price={setting}")
        assert self.archived(client, product_first=False) == directly
        assert self.archived(client, product_first=True) == after_product

    def test_orders_that_work(self, client, product):
        old, new = client.price(product), client.price(product)
        client.made(f"/v1/products/{product}", {"default_price": old.id})
        client.made(f"/v1/products/{product}", {"default_price": new.id})
        client.made(f"/v1/prices/{old.id}", {"active": False})
        client.made(f"/v1/products/{product}", {"default_price": ""})
        client.made(f"/v1/prices/{new.id}", {"active": False})


class TestProductData:
    @pytest.mark.parametrize(("setting", "is_default"), [("true", True), ("false", False)])
    def test_it_makes_the_product_too(self, switched, setting, is_default):
        client = switched(f"product_data_sets_default_price={setting}")
        price = client.made(
            "/v1/prices",
            {
                "currency": "usd",
                "unit_amount": 5,
                "product_data[name]": "Inline",
                "product_data[metadata][a]": "b",
            },
        )
        product = client.get(f"/v1/products/{price['product']}")
        assert product.part("name", "metadata", "default_price") == {
            "name": "Inline",
            "metadata": {"a": "b"},
            "default_price": price.id if is_default else None,
        }


def test_expanding_the_product(client, product):
    made = client.price(product)
    whole = client.get(f"/v1/products/{product}").body
    assert client.get(f"/v1/prices/{made.id}", "expand[]=product")["product"] == whole
    assert client.get("/v1/prices", "expand[]=data.product")["data"][0]["product"] == whole


@pytest.mark.parametrize(
    ("path", "expand", "message"),
    [
        (
            "/v1/prices",
            "tiers",
            "This property cannot be expanded (tiers). You may want to try expanding 'data.tiers' instead",
        ),
        ("/v1/prices", "data.nope", "This property cannot be expanded (data.nope)."),
        ("/v1/prices", "nope", "This property cannot be expanded (nope)."),
        ("/v1/prices/{price}", "data.tiers", "This property cannot be expanded (data)."),
        ("/v1/prices/{price}", "product.nope", "This property cannot be expanded (product.nope)."),
    ],
)
def test_what_cannot_be_expanded_is_refused(client, product, path, expand, message):
    made = client.price(product)
    answer = client.get(path.replace("{price}", made.id), {"expand[]": expand})
    assert (answer.status, answer.error["message"]) == (400, message)


def test_a_reference_in_an_expanded_one_can_be_expanded(client, product):
    made = client.price(product)
    client.made(f"/v1/products/{product}", {"default_price": made.id})
    shown = client.get(f"/v1/prices/{made.id}", "expand[]=product.default_price.currency_options")
    assert shown["product"]["default_price"]["currency_options"]["usd"]["unit_amount"] == 1000
