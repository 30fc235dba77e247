"""Promotion codes: semantics §5."""

from decimal import Decimal

import pytest

from .conftest import NOW
from .coupons import code, coupon


class TestPromotionCodes:
    def test_a_create_answers_every_default(self, client):
        of = coupon(client).id
        made = code(client, of)
        assert made.body == {
            "id": made.id,
            "object": "promotion_code",
            "active": True,
            "code": made["code"],
            "created": NOW,
            "customer": None,
            "customer_account": None,
            "expires_at": None,
            "livemode": False,
            "max_redemptions": None,
            "metadata": {},
            "promotion": {"coupon": of, "type": "coupon"},
            "restrictions": {
                "first_time_transaction": False,
                "minimum_amount": None,
                "minimum_amount_currency": None,
            },
            "times_redeemed": 0,
        }
        assert (len(made["code"]), made["code"].upper()) == (8, made["code"])

    @pytest.mark.parametrize(
        ("params", "code", "message", "param"),
        [
            ("", "parameter_missing", "Missing required param: promotion.", "promotion"),
            ("coupon=x", "parameter_unknown", "Received unknown parameter: coupon", "coupon"),
            (
                "promotion[type]=coupon",
                None,
                "You must pass promotion.coupon when passing promotion",
                "promotion.coupon",
            ),
            (
                "promotion[type]=coupon&promotion[coupon]=none",
                "resource_missing",
                "No such coupon: 'none'",
                "promotion[coupon]",
            ),
            (
                "promotion[type]=coupon&promotion[coupon]=C&code=a%20b",
                None,
                "Promotion codes may only contain letters, digits, dashes and underscores.",
                "code",
            ),
            (
                f"promotion[type]=coupon&promotion[coupon]=C&expires_at={NOW * 2}",
                None,
                "Invalid timestamp: can be no more than five years in the future.",
                "expires_at",
            ),
            (
                "promotion[type]=coupon&promotion[coupon]=C&max_redemptions=11",
                None,
                "`max_redemptions` cannot exceed the coupon's `max_redemptions`.",
                "max_redemptions",
            ),
        ],
    )
    def test_create_refuses_in_stripes_words(self, client, params, code, message, param):
        coupon(client, id="C", max_redemptions=10)
        answer = client.post("/v1/promotion_codes", params)
        error = answer.error
        assert (answer.status, error.get("code"), error["message"], error.get("param")) == (
            400,
            code,
            message,
            param,
        )

    def test_a_code_is_unique_among_active_ones_whatever_its_case(self, client):
        of = coupon(client).id
        first = code(client, of, code="Save_1-x")
        clash = {"promotion[type]": "coupon", "promotion[coupon]": of, "code": "SAVE_1-X"}
        answer = client.post("/v1/promotion_codes", clash)
        assert (answer.status, answer.error["message"]) == (
            400,
            "An active promotion code with `code: SAVE_1-X` already exists.",
        )
        client.made(f"/v1/promotion_codes/{first.id}", {"active": False})
        second = client.made("/v1/promotion_codes", clash)
        assert client.post(f"/v1/promotion_codes/{first.id}", "active=true").status == 400
        assert client.get("/v1/promotion_codes", code="save_1-x").ids == [second.id, first.id]

    def test_for_each_customer_apart(self, client):
        of, customer = coupon(client).id, client.made("/v1/customers", {}).id
        code(client, of, code="X")
        assert code(client, of, code="X", customer=customer)["customer"] == customer

    def test_what_changes(self, client):
        made = code(
            client,
            coupon(client).id,
            **{"restrictions[minimum_amount]": 5, "restrictions[minimum_amount_currency]": "usd"},
        )
        changed = client.made(
            f"/v1/promotion_codes/{made.id}",
            {
                "metadata[a]": "b",
                "restrictions[currency_options][eur][minimum_amount]": 4,
                "expand[]": "restrictions.currency_options",
            },
        )
        assert changed.part("metadata", "restrictions") == {
            "metadata": {"a": "b"},
            "restrictions": made["restrictions"]
            | {"currency_options": {"eur": {"minimum_amount": 4}}},
        }
        for given in (
            "code=x",
            "expires_at=1",
            "restrictions[minimum_amount]=1",
            "promotion[type]=coupon",
        ):
            assert (
                client.post(f"/v1/promotion_codes/{made.id}", given).error["code"]
                == "parameter_unknown"
            )
        assert client.delete(f"/v1/promotion_codes/{made.id}").status == 404

    def test_it_dies_with_its_coupon_and_stays_dead(self, client):
        of = coupon(client, id="C").id
        made = code(client, of)
        client.delete(f"/v1/coupons/{of}")
        assert client.get(f"/v1/promotion_codes/{made.id}")["active"] is False
        assert client.get("/v1/promotion_codes", active=False).ids == [made.id]
        coupon(client, id="C")
        assert client.post(f"/v1/promotion_codes/{made.id}", "active=true").status == 400

    def test_it_goes_off_when_it_expires(self, client, clock):
        made = code(client, coupon(client).id, expires_at=NOW + 10)
        clock.now += 10
        assert client.get(f"/v1/promotion_codes/{made.id}")["active"] is False

    def test_one_that_went_off_by_itself_is_listed_so(self, client, simulator, clock):
        """§5: expired, used up, or of a coupon that is."""
        kept = code(client, coupon(client).id, code="KEPT").id
        expired = code(client, coupon(client).id, expires_at=NOW + 10).id
        late = code(client, coupon(client, redeem_by=NOW + 10).id).id
        simulator.seed(
            [
                {"object": "coupon", "id": "SPENT", "max_redemptions": 1, "times_redeemed": 1},
                *(
                    {
                        "object": "promotion_code",
                        "promotion": {"type": "coupon", "coupon": coupon_id},
                        **used,
                    }
                    for coupon_id, used in (
                        ("SPENT", {"id": "promo_spent", "code": "SPENT"}),
                        (
                            client.get("/v1/coupons").ids[-1],
                            {
                                "id": "promo_used",
                                "code": "USED",
                                "max_redemptions": 2,
                                "times_redeemed": 2,
                            },
                        ),
                    )
                ),
            ]
        )
        path = "/v1/promotion_codes"
        assert client.get(path, active=True).ids == [late, expired, kept]
        clock.now += 10
        assert client.get(path, active=True).ids == [kept]
        assert client.get(path, active=False).ids == ["promo_used", "promo_spent", late, expired]
        assert client.get(path, active=False, code="spent").ids == ["promo_spent"]
        assert client.get(path, active=True, code="spent").ids == []
        assert client.get(path, active=True, code="kept").ids == [kept]
        assert [one["active"] for one in client.get(path)["data"]] == [False] * 4 + [True]

    def test_pages_of_those_that_went_off_are_full(self, client, clock):
        of = coupon(client).id
        made = []
        for index in range(12):
            until = {"expires_at": NOW + 10} if index % 2 else {}
            made.append(code(client, of, **until).id)
        clock.now += 10
        expired, kept = made[::-2], made[-2::-2]
        path = "/v1/promotion_codes"
        first = client.get(path, active=False, limit=4)
        assert (first.ids, first["has_more"]) == (expired[:4], True)
        rest = client.get(path, active=False, limit=4, starting_after=first.ids[-1])
        assert (rest.ids, rest["has_more"]) == (expired[4:], False)
        back = client.get(path, active=False, limit=3, ending_before=rest.ids[0])
        assert (back.ids, back["has_more"]) == (expired[1:4], True)
        back = client.get(path, active=False, limit=4, ending_before=rest.ids[0])
        assert (back.ids, back["has_more"]) == (expired[:4], False)
        exact = client.get(path, active=True, limit=6)
        assert (exact.ids, exact["has_more"]) == (kept, False)
        assert client.get(path, active=True, starting_after="promo_none").status == 400

    def test_filters_and_expansion(self, client):
        one, two = coupon(client), coupon(client)
        first, second = code(client, one.id).id, code(client, two.id).id
        assert client.get("/v1/promotion_codes").ids == [second, first]
        assert client.get("/v1/promotion_codes", coupon=one.id).ids == [first]
        shown = client.get(
            "/v1/promotion_codes", {"coupon": one.id, "expand[]": "data.promotion.coupon"}
        )
        assert shown["data"][0]["promotion"]["coupon"] == one.body

    def test_a_missing_one_is_named_in_words(self, client):
        error = client.get("/v1/promotion_codes/promo_none").error
        assert (error["message"], error["param"]) == (
            "No such promotion code: 'promo_none'",
            "promotion_code",
        )


def test_seeds(simulator, client):
    simulator.seed(
        [
            {"object": "coupon", "id": "C", "percent_off": 12.5, "valid": True},
            {
                "object": "promotion_code",
                "id": "promo_s",
                "code": "X",
                "promotion": {"type": "coupon", "coupon": "C"},
            },
        ]
    )
    shown = client.get("/v1/promotion_codes/promo_s", "expand[]=promotion.coupon")
    assert (shown["active"], shown["promotion"]["coupon"]["percent_off"]) == (True, Decimal("12.5"))
