"""What the tests of coupons and of promotion codes share: how one is made. It expects nothing."""

PERCENT = {"percent_off": "22.5"}


def coupon(client, **params):
    return client.made("/v1/coupons", {**PERCENT, **params})


def code(client, of, **params):
    return client.made(
        "/v1/promotion_codes", {"promotion[type]": "coupon", "promotion[coupon]": of, **params}
    )
