"""Shipping rates: semantics §6, currency options as with prices."""

import pytest

from .conftest import NOW

GIVEN = {
    "display_name": "Ground",
    "fixed_amount[amount]": 500,
    "fixed_amount[currency]": "usd",
}
EUR = {"fixed_amount[currency_options][eur][amount]": 450}
EXPANDED = {"expand[]": "fixed_amount.currency_options"}


def rate(client, **more):
    return client.made("/v1/shipping_rates", {**GIVEN, **more})


def options(client, made):
    shown = client.get(f"/v1/shipping_rates/{made.id}", EXPANDED)
    return shown["fixed_amount"]["currency_options"]


def changed(client, made, given):
    answer = client.post(f"/v1/shipping_rates/{made.id}", given)
    return answer.status, options(client, made)


class TestCreate:
    def test_it_answers_every_default_and_options_only_when_expanded(self, client):
        made = rate(client, **EUR)
        assert made.body == {
            "id": made.id,
            "object": "shipping_rate",
            "active": True,
            "created": NOW,
            "delivery_estimate": None,
            "display_name": "Ground",
            "fixed_amount": {"amount": 500, "currency": "usd"},
            "livemode": False,
            "metadata": {},
            "tax_behavior": "unspecified",
            "tax_code": None,
            "type": "fixed_amount",
        }
        assert made.id.startswith("shr_1")
        assert options(client, made) == {
            "usd": {"amount": 500, "tax_behavior": "unspecified"},
            "eur": {"amount": 450, "tax_behavior": "unspecified"},
        }

    def test_a_delivery_estimate_has_both_bounds(self, client):
        bound = {
            "delivery_estimate[minimum][unit]": "business_day",
            "delivery_estimate[minimum][value]": 3,
        }
        assert rate(client, **bound)["delivery_estimate"] == {
            "maximum": None,
            "minimum": {"unit": "business_day", "value": 3},
        }

    @pytest.mark.parametrize(
        ("given", "message", "param"),
        [
            (
                "display_name=Ground",
                "Missing required param: fixed_amount.",
                "fixed_amount",
            ),
            (
                "fixed_amount[amount]=1&fixed_amount[currency]=usd",
                "Missing required param: display_name.",
                "display_name",
            ),
            (
                "display_name=a&fixed_amount[amount]=1",
                "Missing required param: fixed_amount[currency].",
                "fixed_amount[currency]",
            ),
            (
                "display_name=a&fixed_amount[amount]=-1&fixed_amount[currency]=usd",
                "Invalid non-negative integer",
                "fixed_amount[amount]",
            ),
            (
                f"display_name={'a' * 101}&fixed_amount[amount]=1&fixed_amount[currency]=usd",
                "Invalid string: aaaaaaaaaa...aaaaa; must be at most 100 characters",
                "display_name",
            ),
            (
                "display_name=a&fixed_amount[amount]=1&fixed_amount[currency]=usd"
                "&fixed_amount[currency_options][EUR][amount]=1",
                "Currencies must be lowercase when used as keys in a map. Use `eur` instead of "
                "`EUR`.",
                "fixed_amount[currency_options][EUR]",
            ),
            (
                "display_name=a&fixed_amount[amount]=1&fixed_amount[currency]=usd"
                "&fixed_amount[currency_options][usd][amount]=2",
                "`usd` is the shipping rate's own currency; its amount is not an option.",
                "fixed_amount[currency_options][usd]",
            ),
            (
                "display_name=a&fixed_amount[amount]=1&fixed_amount[currency]=usd&tax_code=food",
                "No such tax code: 'food'",
                "tax_code",
            ),
            (
                "display_name=a&fixed_amount[amount]=1&fixed_amount[currency]=usd"
                "&delivery_estimate[maximum][unit]=day&delivery_estimate[maximum][value]=0",
                "Invalid positive integer",
                "delivery_estimate[maximum][value]",
            ),
        ],
    )
    def test_refusals(self, client, given, message, param):
        answer = client.post("/v1/shipping_rates", given)
        assert (answer.status, answer.error["message"], answer.error["param"]) == (
            400,
            message,
            param,
        )


class TestUpdate:
    def test_what_changes(self, client):
        made = rate(client)
        answer = client.post(
            f"/v1/shipping_rates/{made.id}", "active=false&tax_behavior=inclusive&metadata[a]=b"
        )
        assert answer.body == made.body | {
            "active": False,
            "tax_behavior": "inclusive",
            "metadata": {"a": "b"},
        }

    @pytest.mark.parametrize(
        "given",
        [
            "display_name=x",
            "tax_code=txcd_92010001",
            "type=fixed_amount",
            "delivery_estimate[minimum][unit]=day",
        ],
    )
    def test_what_only_a_create_takes(self, client, given):
        answer = client.post(f"/v1/shipping_rates/{rate(client).id}", given)
        assert answer.error["code"] == "parameter_unknown"

    def test_nor_do_amount_and_currency_change(self, client):
        for name in ("amount", "currency"):
            answer = client.post(f"/v1/shipping_rates/{rate(client).id}", f"fixed_amount[{name}]=1")
            assert answer.error["message"] == f"Received unknown parameter: fixed_amount[{name}]"

    def test_tax_behaviour_is_set_once(self, client):
        made = rate(client, tax_behavior="exclusive")
        answer = client.post(f"/v1/shipping_rates/{made.id}", "tax_behavior=inclusive")
        assert (answer.status, answer.error["param"]) == (400, "tax_behavior")

    def test_an_option_may_say_part_of_itself(self, client):
        made = rate(client, **EUR)
        given = {"fixed_amount[currency_options][eur][tax_behavior]": "inclusive"}
        assert changed(client, made, given) == (
            200,
            {
                "usd": {"amount": 500, "tax_behavior": "unspecified"},
                "eur": {"amount": 450, "tax_behavior": "inclusive"},
            },
        )
        answer = client.post(
            f"/v1/shipping_rates/{made.id}",
            {"fixed_amount[currency_options][gbp][tax_behavior]": "inclusive"},
        )
        assert answer.error["param"] == "fixed_amount[currency_options][gbp][amount]"

    @pytest.mark.parametrize(
        ("setting", "expected"),
        [("merge", ["usd", "eur", "gbp"]), ("replace", ["usd", "gbp"])],
    )
    def test_currencies_not_named_by_the_switch(self, switched, setting, expected):
        client = switched(f"currency_options_update={setting}")
        made = rate(client, **EUR)
        given = {"fixed_amount[currency_options][gbp][amount]": 400}
        status, shown = changed(client, made, given)
        assert (status, list(shown)) == (200, expected)

    @pytest.mark.parametrize(
        ("setting", "status", "amount"), [("change", 200, 9), ("refuse", 400, 450)]
    )
    def test_another_amount_by_the_switch(self, switched, setting, status, amount):
        client = switched(f"currency_option_amount={setting}")
        made = rate(client, **EUR)
        got, shown = changed(client, made, {"fixed_amount[currency_options][eur][amount]": 9})
        assert (got, shown["eur"]["amount"]) == (status, amount)

    def test_its_own_currency_by_the_switch(self, switched):
        client = switched("base_currency_in_options=omit")
        own = {"fixed_amount[currency_options][usd][amount]": 500}
        made = rate(client, **EUR, **own)
        assert list(options(client, made)) == ["eur"]
        status, shown = changed(client, made, own)
        assert (status, list(shown)) == (200, ["eur"])


def test_lists_are_filtered(client, clock):
    first = rate(client)
    clock.now += 1
    second = rate(client, **{"fixed_amount[currency]": "eur"})
    client.made(f"/v1/shipping_rates/{second.id}", {"active": False})
    assert client.get("/v1/shipping_rates").ids == [second.id, first.id]
    assert client.get("/v1/shipping_rates", active=True).ids == [first.id]
    assert client.get("/v1/shipping_rates", currency="EUR").ids == [second.id]
    assert client.get("/v1/shipping_rates", {"created[gt]": NOW}).ids == [second.id]
    listed = client.get("/v1/shipping_rates", {"expand[]": "data.fixed_amount.currency_options"})
    assert [list(one["fixed_amount"]["currency_options"]) for one in listed["data"]] == [
        ["eur"],
        ["usd"],
    ]


def test_it_is_neither_found_nor_deleted_nor_expanded_too_far(client):
    missing = client.get("/v1/shipping_rates/shr_none")
    assert (missing.status, missing.error["message"], missing.error["param"]) == (
        404,
        "No such shipping rate: 'shr_none'",
        "shipping_rate_token",
    )
    assert client.delete(f"/v1/shipping_rates/{rate(client).id}").status == 404
    answer = client.get("/v1/shipping_rates", {"expand[]": "fixed_amount.currency_options"})
    assert answer.error["message"] == (
        "This property cannot be expanded (fixed_amount.currency_options). "
        "You may want to try expanding 'data.fixed_amount.currency_options' instead"
    )


def test_a_seeded_one_is_what_a_create_would_have_made(client, simulator):
    made = rate(client, **EUR)
    simulator.seed(
        [
            {
                "object": "shipping_rate",
                "id": "shr_s",
                "display_name": "Ground",
                "fixed_amount": {
                    "amount": 500,
                    "currency": "usd",
                    "currency_options": {"usd": {"amount": 500}, "eur": {"amount": 450}},
                },
            }
        ]
    )
    shown = client.get("/v1/shipping_rates/shr_s", EXPANDED)
    assert shown["fixed_amount"]["currency_options"] == options(client, made)
    assert client.get("/v1/shipping_rates/shr_s").body == made.body | {"id": "shr_s"}
