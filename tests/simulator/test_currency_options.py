"""Currency options: semantics §2 and §3."""

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


class TestCurrencyOptions:
    def given(self, client, **more):
        return client.made(
            "/v1/prices",
            {
                "currency": "usd",
                "product": client.product().id,
                "unit_amount": 10,
                "currency_options[eur][unit_amount]": 9,
                "currency_options[gbp][unit_amount_decimal]": "8.5",
                "currency_options[gbp][tax_behavior]": "inclusive",
                **more,
            },
        )

    def shown(self, client, made):
        return client.get(f"/v1/prices/{made.id}", "expand[]=currency_options")["currency_options"]

    def test_they_are_absent_until_expanded_and_then_whole(self, client):
        made = self.given(client)
        assert "currency_options" not in made.body
        assert self.shown(client, made) == {
            "usd": {
                "custom_unit_amount": None,
                "tax_behavior": "unspecified",
                "unit_amount": 10,
                "unit_amount_decimal": "10",
            },
            "eur": {
                "custom_unit_amount": None,
                "tax_behavior": "unspecified",
                "unit_amount": 9,
                "unit_amount_decimal": "9",
            },
            "gbp": {
                "custom_unit_amount": None,
                "tax_behavior": "inclusive",
                "unit_amount": None,
                "unit_amount_decimal": "8.5",
            },
        }

    def test_the_own_currency_may_be_left_out(self, switched):
        client = switched("base_currency_in_options=omit")
        assert sorted(self.shown(client, self.given(client))) == ["eur", "gbp"]

    @pytest.mark.parametrize(
        ("setting", "left"), [("merge", ["chf", "eur", "gbp", "usd"]), ("replace", ["chf", "usd"])]
    )
    def test_an_update_merges_or_replaces(self, switched, setting, left):
        client = switched(f"currency_options_update={setting}")
        made = self.given(client)
        client.made(f"/v1/prices/{made.id}", {"currency_options[chf][unit_amount]": 7})
        assert sorted(self.shown(client, made)) == left

    @pytest.mark.parametrize(
        ("setting", "status", "amount"), [("change", 200, 7), ("refuse", 400, 9)]
    )
    def test_an_amount_changes_or_not(self, switched, setting, status, amount):
        client = switched(f"currency_option_amount={setting}")
        made = self.given(client)
        assert (
            client.post(f"/v1/prices/{made.id}", {"currency_options[eur][unit_amount]": 7}).status
            == status
        )
        assert self.shown(client, made)["eur"]["unit_amount"] == amount

    def test_the_same_amount_is_no_change(self, switched):
        client = switched("currency_option_amount=refuse")
        made = self.given(client)
        before = self.shown(client, made)
        client.made(f"/v1/prices/{made.id}", {"currency_options[eur][unit_amount]": 9})
        assert self.shown(client, made) == before

    def test_an_empty_string_drops_them_all(self, client):
        made = self.given(client)
        client.made(f"/v1/prices/{made.id}", {"currency_options": ""})
        assert sorted(self.shown(client, made)) == ["usd"]

    def test_tax_behaviour_of_an_option_is_set_once(self, client):
        made = self.given(client)
        client.made(f"/v1/prices/{made.id}", {"currency_options[eur][tax_behavior]": "exclusive"})
        assert self.shown(client, made)["eur"] == {
            "custom_unit_amount": None,
            "tax_behavior": "exclusive",
            "unit_amount": 9,
            "unit_amount_decimal": "9",
        }
        answer = client.post(
            f"/v1/prices/{made.id}", {"currency_options[eur][tax_behavior]": "inclusive"}
        )
        assert (answer.status, answer.error["param"]) == (
            400,
            "currency_options[eur][tax_behavior]",
        )

    def test_options_of_a_tiered_price_have_tiers(self, client):
        tiers = {
            "currency_options[eur][tiers][0][up_to]": "inf",
            "currency_options[eur][tiers][0][unit_amount]": 3,
        }
        made = client.made(
            "/v1/prices", {"currency": "usd", "product": client.product().id, **TIERED, **tiers}
        )
        shown = self.shown(client, made)
        assert [tier["up_to"] for tier in shown["usd"]["tiers"]] == [10, None]
        assert shown["eur"] == {
            "custom_unit_amount": None,
            "tax_behavior": "unspecified",
            "tiers": [
                {
                    "flat_amount": None,
                    "flat_amount_decimal": None,
                    "unit_amount": 3,
                    "unit_amount_decimal": "3",
                    "up_to": None,
                }
            ],
            "unit_amount": None,
            "unit_amount_decimal": None,
        }

    @pytest.mark.parametrize(
        "option",
        [
            {"currency_options[eur][unit_amount]": 1},
            {
                "currency_options[usd][tiers][0][up_to]": "inf",
                "currency_options[usd][tiers][0][unit_amount]": 1,
            },
        ],
    )
    def test_and_no_others(self, client, product, option):
        answer = client.post(
            "/v1/prices", {"currency": "usd", "product": product, **TIERED, **option}
        )
        assert answer.status == 400
