"""Lookup keys: semantics §2."""

import pytest


class TestLookupKey:
    def test_it_is_unique_even_over_archived_prices(self, client, product):
        holder = client.price(product, lookup_key="k", active=False)
        answer = client.post(
            "/v1/prices", f"currency=usd&unit_amount=1&product={product}&lookup_key=k"
        )
        assert (answer.status, answer.error) == (
            400,
            {
                "message": f"A price (`{holder.id}`) already uses that lookup key.",
                "param": "lookup_key",
                "type": "invalid_request_error",
            },
        )

    def test_a_transfer_at_create_takes_it_and_leaves_the_holder_active(self, client, product):
        holder = client.price(product, lookup_key="k")
        taker = client.price(product, lookup_key="k", transfer_lookup_key=True)
        assert taker["lookup_key"] == "k"
        assert client.get(f"/v1/prices/{holder.id}").body == holder.body | {"lookup_key": None}

    def test_a_transfer_at_update_too(self, client, product):
        holder, taker = client.price(product, lookup_key="k"), client.price(product)
        assert client.post(f"/v1/prices/{taker.id}", "lookup_key=k").status == 400
        assert (
            client.post(f"/v1/prices/{taker.id}", "lookup_key=k&transfer_lookup_key=true")[
                "lookup_key"
            ]
            == "k"
        )
        assert client.get(f"/v1/prices/{holder.id}")["lookup_key"] is None

    def test_ones_own_key_is_no_conflict(self, client, product):
        holder = client.price(product, lookup_key="k")
        assert client.post(f"/v1/prices/{holder.id}", "lookup_key=k").body == holder.body

    @pytest.mark.parametrize(
        ("setting", "status", "left"),
        [("clear", 200, None), ("ignore", 200, "k"), ("refuse", 400, "k")],
    )
    def test_clearing_it(self, switched, setting, status, left):
        client = switched(f"empty_lookup_key={setting}")
        made = client.price(client.product().id, lookup_key="k")
        assert client.post(f"/v1/prices/{made.id}", "lookup_key=").status == status
        assert client.get(f"/v1/prices/{made.id}")["lookup_key"] == left

    def test_a_freed_key_can_be_used(self, client, product):
        made = client.price(product, lookup_key="k")
        client.made(f"/v1/prices/{made.id}", {"lookup_key": ""})
        assert client.price(product, lookup_key="k")["lookup_key"] == "k"
