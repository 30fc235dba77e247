"""What a catalog leans on: meters, customers, subscriptions and their items; semantics §6 and §9."""

import pytest

from reconciler.simulator import periods

from .conftest import NOW

MONTHLY = {"recurring[interval]": "month"}
METER = {"display_name": "Calls", "event_name": "calls", "default_aggregation[formula]": "sum"}


@pytest.fixture
def customer(client):
    return client.made("/v1/customers", {"email": "a@b.c", "metadata[x]": "y"}).id


def test_customers_are_made_listed_and_changed(client, customer):
    other = client.made("/v1/customers", {}).id
    assert client.get("/v1/customers").ids == [other, customer]
    assert client.get("/v1/customers", email="a@b.c").ids == [customer]
    changed = client.post(f"/v1/customers/{customer}", "name=N&metadata[x]=")
    assert changed.part("name", "email", "metadata") == {
        "name": "N",
        "email": "a@b.c",
        "metadata": {},
    }
    assert client.post("/v1/customers", "source=tok_x").error["message"] == (
        "The simulator does not support the parameter source here."
    )


class TestCreate:
    def test_it_carries_its_items_and_they_their_prices(self, client, customer, monthly):
        made = client.made(
            "/v1/subscriptions",
            {"customer": customer, "items[0][price]": monthly.id, "items[0][quantity]": 3},
        )
        assert made.part(
            "object", "status", "customer", "currency", "cancel_at_period_end", "billing_mode"
        ) == {
            "object": "subscription",
            "status": "active",
            "customer": customer,
            "currency": "usd",
            "cancel_at_period_end": False,
            "billing_mode": {"flexible": None, "type": "flexible"},
        }
        (item,) = made["items"]["data"]
        assert made["items"] == {
            "object": "list",
            "data": [item],
            "has_more": False,
            "total_count": 1,
            "url": f"/v1/subscription_items?subscription={made.id}",
        }
        assert item == {
            "id": item["id"],
            "object": "subscription_item",
            "billing_thresholds": None,
            "created": NOW,
            "current_period_end": periods.end(NOW, "month", 1),
            "current_period_start": NOW,
            "discounts": [],
            "metadata": {},
            "price": client.get(f"/v1/prices/{monthly.id}").body,
            "quantity": 3,
            "subscription": made.id,
            "tax_rates": [],
        }

    @pytest.mark.parametrize(
        ("change", "status", "code", "message", "param"),
        [
            (
                {"customer": "cus_none"},
                404,
                "resource_missing",
                "No such customer: 'cus_none'",
                "customer",
            ),
            (
                {"items[0][price]": "price_none"},
                400,
                "resource_missing",
                "No such price: 'price_none'",
                "items[0][price]",
            ),
            (
                {"items[0][price]": "{archived}"},
                400,
                None,
                "The price specified is inactive. This field only accepts active prices.",
                "items[0][price]",
            ),
            (
                {"items[0][price]": "{once}"},
                400,
                None,
                "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
                "items[0][price]",
            ),
            (
                {"items[1][price]": "{monthly}"},
                400,
                None,
                "Cannot create a Subscription with multiple Subscription Items with the same Price: {monthly}",
                "plan",
            ),
            (
                {"currency": "eur"},
                400,
                None,
                "The price specified only supports `usd`. This doesn't match the expected currency: `eur`.",
                "items[0][price]",
            ),
            (
                {"items[0][nope]": "1"},
                400,
                "parameter_unknown",
                "Received unknown parameter: items[0][nope]",
                "items[0][nope]",
            ),
            (
                {"items[0][quantity]": "-1"},
                400,
                "parameter_invalid_integer",
                "Invalid non-negative integer",
                "items[0][quantity]",
            ),
        ],
    )
    def test_refusals(
        self, client, customer, product, monthly, change, status, code, message, param
    ):
        known = {
            "monthly": monthly.id,
            "once": client.price(product).id,
            "archived": client.price(product, MONTHLY, active=False).id,
        }
        given = {"customer": customer, "items[0][price]": monthly.id} | {
            k: v.format(**known) for k, v in change.items()
        }
        answer = client.post("/v1/subscriptions", given)
        error = answer.error
        assert (answer.status, error.get("code"), error["message"], error["param"]) == (
            status,
            code,
            message.format(**known),
            param,
        )
        assert client.get("/v1/subscriptions").ids == []

    def test_a_price_of_an_archived_product_is_refused(self, client, customer, product, monthly):
        client.made(f"/v1/products/{product}", {"active": False})
        answer = client.post(
            "/v1/subscriptions", {"customer": customer, "items[0][price]": monthly.id}
        )
        assert answer.error["message"] == (
            f"The product {product} is marked as inactive, and thus no new subscriptions can be create to any plans of this product."
        )

    def test_at_most_twenty_items(self, client, customer, product):
        prices = [client.price(product, MONTHLY).id for _ in range(21)]
        items = {f"items[{n}][price]": price for n, price in enumerate(prices)}
        assert client.post("/v1/subscriptions", {"customer": customer, **items}).status == 400
        del items["items[20][price]"]
        made = client.made("/v1/subscriptions", {"customer": customer, **items})
        assert (len(made["items"]["data"]), made["items"]["has_more"]) == (10, True)
        listed = client.get("/v1/subscription_items", subscription=made.id, limit=100)
        assert [item["price"]["id"] for item in listed["data"]] == prices[19::-1]

    def test_metered_items_have_no_quantity(self, client, customer, product):
        meter = client.made("/v1/billing/meters", METER).id
        price = client.price(
            product, MONTHLY | {"recurring[usage_type]": "metered", "recurring[meter]": meter}
        ).id
        given = {"customer": customer, "items[0][price]": price}
        assert client.post("/v1/subscriptions", {**given, "items[0][quantity]": 1}).status == 400
        assert client.made("/v1/subscriptions", given)["items"]["data"][0]["quantity"] is None

    @pytest.mark.parametrize(
        ("given", "end"),
        [
            ({"trial_period_days": 14}, NOW + 14 * 86400),
            ({"trial_end": NOW + 99}, NOW + 99),
            ({"trial_from_plan": True}, NOW + 7 * 86400),
        ],
    )
    def test_trials(self, client, customer, product, given, end):
        price = client.price(product, MONTHLY | {"recurring[trial_period_days]": 7}).id
        base = {"customer": customer, "items[0][price]": price}
        made = client.made("/v1/subscriptions", base | given)
        assert made.part("status", "trial_start", "trial_end") == {
            "status": "trialing",
            "trial_start": NOW,
            "trial_end": end,
        }
        assert made["items"]["data"][0]["current_period_end"] == end
        assert client.made("/v1/subscriptions", base)["status"] == "active"

    def test_an_inline_price_is_found_by_id_and_in_no_list(self, client, customer, product):
        inline = {
            "items[0][price_data][currency]": "usd",
            "items[0][price_data][product]": product,
            "items[0][price_data][unit_amount]": 7,
            "items[0][price_data][recurring][interval]": "month",
        }
        made = client.made("/v1/subscriptions", {"customer": customer, **inline})
        price = made["items"]["data"][0]["price"]
        assert client.get(f"/v1/prices/{price['id']}").body == price
        assert client.get("/v1/prices").ids == client.get("/v1/prices", product=product).ids == []
        assert client.delete(f"/v1/products/{product}").status == 400
        assert client.get("/v1/subscriptions", price=price["id"]).ids == [made.id]

    @pytest.mark.parametrize(("mode", "status"), [("flexible", 200), ("classic", 400)])
    def test_mixed_intervals_need_flexible_billing(
        self, client, customer, product, monthly, mode, status
    ):
        yearly = client.price(product, {"recurring[interval]": "year"}).id
        given = {
            "customer": customer,
            "billing_mode[type]": mode,
            "items[0][price]": monthly.id,
            "items[1][price]": yearly,
        }
        assert client.post("/v1/subscriptions", given).status == status


class TestList:
    def test_by_price_status_and_customer(self, client, customer, product, monthly):
        other = client.price(product, MONTHLY).id
        someone = client.made("/v1/customers", {}).id
        a = client.made(
            "/v1/subscriptions", {"customer": customer, "items[0][price]": monthly.id}
        ).id
        b = client.made(
            "/v1/subscriptions",
            {
                "customer": someone,
                "items[0][price]": other,
                "items[1][price]": monthly.id,
                "trial_period_days": 3,
            },
        ).id
        c = client.made("/v1/subscriptions", {"customer": someone, "items[0][price]": other}).id
        assert client.delete(f"/v1/subscriptions/{c}")["status"] == "canceled"
        rows = [
            ({}, [b, a]),
            ({"status": "all"}, [c, b, a]),
            ({"status": "canceled"}, [c]),
            ({"status": "ended"}, [c]),
            ({"status": "trialing"}, [b]),
            ({"price": monthly.id}, [b, a]),
            ({"price": other}, [b]),
            ({"price": other, "status": "all"}, [c, b]),
            ({"customer": someone}, [b]),
            ({"customer": customer, "price": monthly.id, "status": "active"}, [a]),
        ]
        assert [client.get("/v1/subscriptions", asked).ids for asked, _ in rows] == [
            ids for _, ids in rows
        ]

    def test_a_bad_status(self, client):
        assert client.get("/v1/subscriptions", status="dead").error["message"] == (
            "Invalid status: must be one of active, all, canceled, ended, incomplete, incomplete_expired, past_due, paused, trialing, or unpaid"
        )


class TestChange:
    @pytest.fixture
    def made(self, client, customer, monthly):
        return client.made(
            "/v1/subscriptions",
            {"customer": customer, "items[0][price]": monthly.id, "items[0][quantity]": 2},
        )

    def prices(self, client, made):
        return [
            (item["price"]["id"], item["quantity"])
            for item in client.get(f"/v1/subscriptions/{made.id}")["items"]["data"]
        ]

    def test_an_item_moves_to_another_price(self, client, product, monthly, made):
        new = client.price(product, MONTHLY).id
        item = made["items"]["data"][0]["id"]
        moved = client.post(
            f"/v1/subscription_items/{item}", {"price": new, "proration_behavior": "none"}
        )
        assert moved.part("id", "quantity") == {"id": item, "quantity": 2}
        assert self.prices(client, made) == [(new, 2)]
        assert client.get("/v1/subscriptions", price=new).ids == [made.id]
        assert client.get("/v1/subscriptions", price=monthly.id).ids == []

    def test_by_the_subscription_too(self, client, product, monthly, made):
        new, item = client.price(product, MONTHLY).id, made["items"]["data"][0]["id"]
        client.made(f"/v1/subscriptions/{made.id}", {"items[0][id]": item, "items[0][price]": new})
        assert self.prices(client, made) == [(new, 2)]

    def test_without_an_id_a_price_is_added(self, client, product, monthly, made):
        new = client.price(product, MONTHLY).id
        client.made(f"/v1/subscriptions/{made.id}", {"items[0][price]": new})
        assert self.prices(client, made) == [(monthly.id, 2), (new, 1)]

    def test_items_come_and_go(self, client, product, monthly, made):
        new = client.price(product, MONTHLY).id
        added = client.made(
            "/v1/subscription_items", {"subscription": made.id, "price": new, "quantity": 5}
        )
        assert self.prices(client, made) == [(monthly.id, 2), (new, 5)]
        assert client.delete(f"/v1/subscription_items/{added.id}").body == {
            "id": added.id,
            "object": "subscription_item",
            "deleted": True,
        }
        assert self.prices(client, made) == [(monthly.id, 2)]
        last = made["items"]["data"][0]["id"]
        assert client.delete(f"/v1/subscription_items/{last}").status == 400

    def test_an_archived_price_is_no_target_and_an_archived_one_goes_on(
        self, client, product, monthly, made
    ):
        item = made["items"]["data"][0]["id"]
        dead = client.price(product, MONTHLY, active=False).id
        answer = client.post(f"/v1/subscription_items/{item}", {"price": dead})
        assert (
            answer.error["message"]
            == "The price specified is inactive. This field only accepts active prices."
        )
        client.made(f"/v1/prices/{monthly.id}", {"active": False})
        assert client.post(f"/v1/subscription_items/{item}", "quantity=9")["quantity"] == 9
        assert client.get(f"/v1/subscriptions/{made.id}")["status"] == "active"

    def test_cancel(self, client, made):
        gone = client.delete(f"/v1/subscriptions/{made.id}")
        assert gone.part("status", "canceled_at", "ended_at") == {
            "status": "canceled",
            "canceled_at": NOW,
            "ended_at": NOW,
        }
        assert client.get(f"/v1/subscriptions/{made.id}")["status"] == "canceled"
        assert client.delete(f"/v1/subscriptions/{made.id}").status == 404

    def test_expanding(self, client, product, customer, made):
        shown = client.get(
            f"/v1/subscriptions/{made.id}",
            {"expand[0]": "customer", "expand[1]": "items.data.price.product"},
        )
        assert shown["customer"]["email"] == "a@b.c"
        assert (
            shown["items"]["data"][0]["price"]["product"]
            == client.get(f"/v1/products/{product}").body
        )


@pytest.mark.parametrize(
    ("start", "interval", "count", "end"),
    [
        (1769817600, "month", 1, 1772236800),  # 31 January 2026 -> 28 February
        (1769817600, "month", 2, 1774915200),  # -> 31 March
        (1709164800, "year", 1, 1740700800),  # 29 February 2024 -> 28 February 2025
        (NOW, "week", 2, NOW + 14 * 86400),
        (NOW, "day", 3, NOW + 3 * 86400),
    ],
)
def test_periods_end_by_the_calendar(start, interval, count, end):
    assert periods.end(start, interval, count) == end
