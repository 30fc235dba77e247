"""Coupons: semantics §4."""

import json
from decimal import Decimal

import pytest

from reconciler.simulator.values import Request

from .conftest import KEY, NOW
from .coupons import coupon


class TestCoupons:
    def test_a_create_answers_every_default(self, client):
        made = coupon(client)
        assert made.body == {
            "id": made.id,
            "object": "coupon",
            "amount_off": None,
            "created": NOW,
            "currency": None,
            "duration": "once",
            "duration_in_months": None,
            "livemode": False,
            "max_redemptions": None,
            "metadata": {},
            "name": None,
            "percent_off": Decimal("22.5"),
            "redeem_by": None,
            "times_redeemed": 0,
            "valid": True,
        }
        assert len(made.id) == 8

    @pytest.mark.parametrize(
        ("given", "written"), [("20", b"20.0"), ("22.50", b"22.5"), ("33.333", b"33.333")]
    )
    def test_a_percentage_is_a_json_float_as_given(self, client, simulator, given, written):
        made = coupon(client, percent_off=given)
        request = Request(
            method="GET", path=f"/v1/coupons/{made.id}", headers={"Authorization": f"Bearer {KEY}"}
        )
        body = simulator.handle(request).body
        assert b'"percent_off": ' + written + b"," in body
        assert isinstance(json.loads(body)["percent_off"], float)

    @pytest.mark.parametrize(
        ("params", "code", "message", "param"),
        [
            ("", "parameter_missing", "Must provide percent_off or amount_off.", None),
            (
                "percent_off=5&amount_off=5&currency=usd",
                None,
                "Received both percent_off and amount_off parameters. Please pass in only one.",
                None,
            ),
            ("amount_off=5", None, "You must pass currency when passing amount_off", "currency"),
            (
                "percent_off=5&duration=repeating",
                None,
                "The duration_in_months param must be set when creating a coupon with a repeating duration",
                "duration",
            ),
            (
                "percent_off=0",
                None,
                "This value must be greater than or equal to 0.01 (it currently is '0.0').",
                "percent_off",
            ),
            (
                "percent_off=150",
                None,
                "This value must be less than or equal to 100 (it currently is '150.0').",
                "percent_off",
            ),
            (
                "percent_off=5&redeem_by=1000",
                None,
                "The parameter `redeem_by` expects a unix timestamp in the future. You specified the value `1000` which is in the past.",
                "redeem_by",
            ),
            (
                "percent_off=5&currency_options[eur][amount_off]=1",
                None,
                "You may only specify one of these parameters: currency_options, percent_off.",
                "currency_options",
            ),
            (
                "percent_off=5&applies_to[products][0]=prod_none",
                "resource_missing",
                "No such product: 'prod_none'",
                "applies_to[products][0]",
            ),
            (
                "amount_off=0&currency=usd",
                "parameter_invalid_integer",
                "Invalid positive integer",
                "amount_off",
            ),
            (
                f"percent_off=5&name={'n' * 41}",
                None,
                "Invalid string: nnnnnnnnnn...nnnnn; must be at most 40 characters",
                "name",
            ),
        ],
    )
    def test_create_refuses_in_stripes_words(self, client, params, code, message, param):
        answer = client.post("/v1/coupons", params)
        error = answer.error
        assert (answer.status, error.get("code"), error["message"], error.get("param")) == (
            400,
            code,
            message,
            param,
        )

    def test_an_id_is_unique(self, client):
        coupon(client, id="LAUNCH")
        error = client.post("/v1/coupons", "id=LAUNCH&percent_off=5").error
        assert (error["code"], error["message"]) == (
            "resource_already_exists",
            "Coupon already exists.",
        )

    @pytest.mark.parametrize(("setting", "status"), [("reusable", 200), ("taken", 400)])
    def test_a_deleted_id_by_the_switch(self, switched, setting, status):
        client = switched(f"deleted_ids={setting}")
        coupon(client, id="LAUNCH")
        assert client.delete("/v1/coupons/LAUNCH").body == {
            "id": "LAUNCH",
            "object": "coupon",
            "deleted": True,
        }
        gone = client.get("/v1/coupons/LAUNCH")
        assert (gone.status, gone.error["message"], gone.error["param"]) == (
            404,
            "No such coupon: 'LAUNCH'",
            "coupon",
        )
        assert client.post("/v1/coupons", "id=LAUNCH&percent_off=5").status == status

    def test_only_name_metadata_and_currency_options_change(self, client):
        made = client.made(
            "/v1/coupons",
            {"amount_off": 5, "currency": "usd", "currency_options[eur][amount_off]": 4},
        )
        changed = client.made(
            f"/v1/coupons/{made.id}",
            {
                "name": "N",
                "metadata[a]": "b",
                "currency_options[gbp][amount_off]": 3,
                "expand[]": "currency_options",
            },
        )
        assert changed.body == made.body | {
            "name": "N",
            "metadata": {"a": "b"},
            "currency_options": {
                "usd": {"amount_off": 5},
                "eur": {"amount_off": 4},
                "gbp": {"amount_off": 3},
            },
        }
        for given in (
            "percent_off=5",
            "duration=once",
            "max_redemptions=3",
            "applies_to[products][0]=x",
        ):
            assert client.post(f"/v1/coupons/{made.id}", given).error["code"] == "parameter_unknown"

    def test_applies_to_is_absent_until_expanded(self, client):
        product = client.product().id
        made = coupon(client, **{"applies_to[products][0]": product})
        assert "applies_to" not in made.body
        assert client.get(f"/v1/coupons/{made.id}", "expand[]=applies_to")["applies_to"] == {
            "products": [product]
        }
