"""The products and prices that a portal configuration offers: semantics §6."""

import pytest

from .conftest import refusal
from .portal_configurations import PATH, PRODUCTS, configuration, offered, offering


class TestProducts:
    def test_they_show_only_when_expanded(self, client, product, monthly):
        made = configuration(client, **offering(**{product: [monthly.id]}))
        assert "products" not in made["features"]["subscription_update"]
        whole = [
            {
                "adjustable_quantity": {"enabled": False, "maximum": None, "minimum": 1},
                "prices": [monthly.id],
                "product": product,
            }
        ]
        assert offered(client, made) == whole
        listed = client.get(PATH, {"expand[]": "data.features.subscription_update.products"})
        shown = listed["data"][0]["features"]["subscription_update"]["products"]
        assert shown == whole

    @pytest.mark.parametrize(("setting", "shown"), [("expanded", False), ("always", True)])
    def test_or_always_by_the_switch(self, switched, setting, shown):
        client = switched(f"portal_products={setting}")
        update = configuration(client)["features"]["subscription_update"]
        assert ("products" in update) is shown

    @pytest.mark.parametrize(("setting", "same"), [("kept", True), ("shuffled", False)])
    def test_their_order_by_the_switch(self, switched, setting, same):
        client = switched(f"portal_products_order={setting}")
        given = {}
        for _ in range(5):
            product = client.product().id
            given[product] = [client.price(product).id for _ in range(5)]
        shown = offered(client, configuration(client, **offering(**given)))
        orders = [
            [one["product"] for one in shown] == list(given),
            any(one["prices"] == given[one["product"]] for one in shown),
        ]
        assert orders == [same, same]
        assert {one["product"]: sorted(one["prices"]) for one in shown} == {
            product: sorted(prices) for product, prices in given.items()
        }

    @pytest.mark.parametrize(("setting", "enabled"), [("fixed", False), ("adjustable", True)])
    def test_a_quantity_that_was_not_given_by_the_switch(self, switched, setting, enabled):
        client = switched(f"portal_quantities={setting}")
        product = client.product().id
        given = offering(**{product: [client.price(product).id]})
        bounds = offered(client, configuration(client, **given))[0]["adjustable_quantity"]
        assert bounds == {"enabled": enabled, "maximum": None, "minimum": 1}
        quantity = f"{PRODUCTS}[0][adjustable_quantity]"
        given |= {f"{quantity}[enabled]": True, f"{quantity}[maximum]": 9}
        bounds = offered(client, configuration(client, **given))[0]["adjustable_quantity"]
        assert bounds == {"enabled": True, "maximum": 9, "minimum": 1}

    def test_prices_have_to_be_there_and_the_products_own(self, client, product, monthly):
        other = client.product().id
        for given, message, param in (
            (
                {"prod_none": [monthly.id]},
                "No such product: 'prod_none'",
                f"{PRODUCTS}[0][product]",
            ),
            (
                {product: [monthly.id, "price_none"]},
                "No such price: 'price_none'",
                f"{PRODUCTS}[0][prices][1]",
            ),
            (
                {product: [monthly.id], other: [monthly.id]},
                f"The price `{monthly.id}` does not belong to the product `{other}`.",
                f"{PRODUCTS}[1][prices][0]",
            ),
        ):
            assert refusal(client.post(PATH, offering(**given))) == (400, message, param)

    def test_ten_at_most(self, client):
        given = {}
        for _ in range(11):
            product = client.product().id
            given[product] = [client.price(product).id]
        answer = client.post(PATH, offering(**given))
        assert refusal(answer) == (400, "You can specify at most 10 products.", PRODUCTS)
        del given[product]
        made = client.made(PATH, offering(**given))
        assert [one["product"] for one in offered(client, made)] == list(given)

    def test_updates_need_something_to_switch_to(self, client, product, monthly):
        missing = (400, f"Missing required param: {PRODUCTS}.", PRODUCTS)
        assert refusal(client.post(PATH, offering())) == missing
        made = client.made(PATH, offering(**{product: [monthly.id]}))
        assert refusal(client.post(f"{PATH}/{made.id}", {PRODUCTS: ""})) == missing
        off = {"features[subscription_update][enabled]": False, PRODUCTS: ""}
        client.made(f"{PATH}/{made.id}", off)
        assert offered(client, made) == []

    def test_they_do_not_keep_a_price_from_being_archived(self, client, product, monthly):
        made = configuration(client, **offering(**{product: [monthly.id]}))
        assert client.post(f"/v1/prices/{monthly.id}", "active=false").status == 200
        assert offered(client, made)[0]["prices"] == [monthly.id]


def test_a_dump_seeds_the_same_again(client, simulator, fresh, product, monthly):
    configuration(client, **offering(**{product: [monthly.id]}), **{"login_page[enabled]": True})
    dumped = simulator.dump()
    other = fresh().simulator
    other.seed(dumped)
    assert other.dump() == dumped
