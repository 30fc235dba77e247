"""Tiers: semantics §2."""

import pytest

MONTHLY = {"recurring[interval]": "month"}
TIERED = {
    "billing_scheme": "tiered",
    "tiers_mode": "graduated",
    "tiers[0][up_to]": 10,
    "tiers[0][unit_amount]": 500,
    "tiers[1][up_to]": "inf",
    "tiers[1][unit_amount_decimal]": "0.25",
    "tiers[1][flat_amount_decimal]": "100.0",
    **MONTHLY,
}


class TestTiers:
    def test_they_are_absent_until_expanded(self, client, product):
        made = client.made("/v1/prices", {"currency": "usd", "product": product, **TIERED})
        assert made.part(
            "tiers", "unit_amount", "unit_amount_decimal", "tiers_mode", "billing_scheme"
        ) == {
            "tiers": "absent",
            "unit_amount": None,
            "unit_amount_decimal": None,
            "tiers_mode": "graduated",
            "billing_scheme": "tiered",
        }
        tiers = [
            {
                "flat_amount": None,
                "flat_amount_decimal": None,
                "unit_amount": 500,
                "unit_amount_decimal": "500",
                "up_to": 10,
            },
            {
                "flat_amount": 100,
                "flat_amount_decimal": "100",
                "unit_amount": None,
                "unit_amount_decimal": "0.25",
                "up_to": None,
            },
        ]
        assert client.get(f"/v1/prices/{made.id}", "expand[]=tiers")["tiers"] == tiers
        assert client.get("/v1/prices", "expand[]=data.tiers")["data"][0]["tiers"] == tiers
        assert client.post(f"/v1/prices/{made.id}", "nickname=x&expand[]=tiers")["tiers"] == tiers

    @pytest.mark.parametrize(
        ("changed", "param"),
        [
            ({"tiers[1][up_to]": 20}, "tiers"),
            ({"tiers[0][up_to]": "inf"}, "tiers"),
            (
                {"tiers[2][up_to]": "inf", "tiers[2][unit_amount]": 1, "tiers[1][up_to]": 10},
                "tiers",
            ),
            ({"tiers[0][up_to]": 0}, "tiers[0][up_to]"),
            ({"tiers[1][flat_amount_decimal]": "1.5"}, "tiers[1][flat_amount_decimal]"),
            ({"tiers[0][unit_amount_decimal]": "1.5"}, "tiers[0][unit_amount]"),
            ({"unit_amount": 1}, "unit_amount"),
            (
                {"transform_quantity[divide_by]": 2, "transform_quantity[round]": "up"},
                "transform_quantity",
            ),
            ({"billing_scheme": "per_unit"}, "billing_scheme"),
        ],
    )
    def test_what_does_not_fit(self, client, product, changed, param):
        answer = client.post(
            "/v1/prices", {"currency": "usd", "product": product, **TIERED, **changed}
        )
        assert (answer.status, answer.error["param"]) == (400, param)

    @pytest.mark.parametrize("left_out", ["tiers_mode", "tiers"])
    def test_what_is_needed(self, client, product, left_out):
        given = {
            k: v for k, v in TIERED.items() if not k.startswith(f"{left_out}[") and k != left_out
        }
        answer = client.post("/v1/prices", {"currency": "usd", "product": product, **given})
        assert answer.error["message"] == f"Missing required param: {left_out}."
