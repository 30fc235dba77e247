"""What changes on a payment link, what an empty string clears, what stays: semantics §6."""

import pytest
import stripe

from reconciler.simulator.transport import SimulatorTransport

from .payment_links import ITEMS, LINKS, field, link


class TestUpdate:
    @pytest.mark.parametrize(
        ("name", "given", "emptied"),
        [
            ("custom_fields", field(0, "a"), []),
            ("inactive_message", "inactive_message=gone", None),
            ("name_collection", "name_collection[individual][enabled]=true", None),
            ("on_behalf_of", "on_behalf_of=acct_1", None),
            (
                "optional_items",
                "optional_items[0][price]={once}&optional_items[0][quantity]=1",
                None,
            ),
            (
                "payment_method_options",
                "payment_method_options[card][restrictions][brands_blocked][0]=visa",
                None,
            ),
            ("payment_method_types", "payment_method_types[0]=card", None),
            ("restrictions", "restrictions[completed_sessions][limit]=1", None),
            (
                "shipping_address_collection",
                "shipping_address_collection[allowed_countries][0]=FR",
                None,
            ),
            ("shipping_options", "shipping_options[0][shipping_rate]={rate}", []),
            ("transfer_data", "transfer_data[destination]=acct_1", None),
            ("application_fee_amount", "application_fee_amount=5", None),
        ],
    )
    def test_what_an_empty_string_clears(self, client, once, name, given, emptied):
        rate = client.made(
            "/v1/shipping_rates",
            {"display_name": "a", "fixed_amount[amount]": 1, "fixed_amount[currency]": "usd"},
        )
        made = link(client, once)
        path = f"{LINKS}/{made.id}"
        filled = client.post(path, given.format(once=once.id, rate=rate.id))
        assert filled.body.get(name) not in (None, [])
        assert client.post(path, f"{name}=").body == made.body | {name: emptied}

    @pytest.mark.parametrize("name", ["metadata", "custom_text", "subscription_data", "currency"])
    def test_and_what_it_does_not(self, client, once, name):
        answer = client.post(f"{LINKS}/{link(client, once).id}", f"{name}=")
        assert answer.status == 400
        assert answer.error["param"] == name

    @pytest.mark.parametrize("given", ["currency=usd", "managed_payments[enabled]=true"])
    def test_what_only_a_create_takes(self, client, once, given):
        answer = client.post(f"{LINKS}/{link(client, once).id}", given)
        assert answer.error["code"] == "parameter_unknown"

    def test_what_is_not_named_stays(self, client, once):
        made = link(client, once, **{"custom_text[submit][message]": "a", "metadata[a]": "b"})
        given = "custom_text[after_submit][message]=c&metadata[d]=e&active=false"
        assert client.post(f"{LINKS}/{made.id}", given).body == made.body | {
            "active": False,
            "custom_text": made["custom_text"] | {"after_submit": {"message": "c"}},
            "metadata": {"a": "b", "d": "e"},
        }
        cleared = client.post(f"{LINKS}/{made.id}", "custom_text[submit]=")
        assert cleared["custom_text"]["submit"] is None

    def test_metadata_for_what_it_makes_is_declared_whole(self, client, monthly):
        made = link(client, monthly, **{"subscription_data[metadata][a]": "b"})
        path = f"{LINKS}/{made.id}"
        given = {"subscription_data[metadata][c]": "d", "subscription_data[trial_period_days]": 7}
        changed = client.made(path, given)["subscription_data"]
        assert (changed["metadata"], changed["trial_period_days"]) == ({"c": "d"}, 7)
        emptied = client.post(path, "subscription_data[trial_period_days]=")["subscription_data"]
        assert (emptied["metadata"], emptied["trial_period_days"]) == ({"c": "d"}, None)

    def test_it_goes_off_and_on_and_is_never_deleted(self, client, once):
        first, second = link(client, once), link(client, once)
        client.made(f"{LINKS}/{first.id}", {"active": False})
        assert client.get(LINKS).ids == [second.id, first.id]
        assert client.get(LINKS, active=True).ids == [second.id]
        assert client.get(LINKS, active=False).ids == [first.id]
        assert client.made(f"{LINKS}/{first.id}", {"active": True}).body == first.body
        assert client.delete(f"{LINKS}/{first.id}").status == 404

    def test_a_refused_update_changes_no_item(self, client, once):
        made = link(client, once, **ITEMS)
        item = made["line_items"]["data"][0]
        given = {
            "line_items[0][id]": item["id"],
            "line_items[0][quantity]": 9,
            "shipping_options[0][shipping_rate]": "shr_none",
        }
        assert client.post(f"{LINKS}/{made.id}", given).status == 400
        assert client.get(f"{LINKS}/{made.id}", ITEMS)["line_items"]["data"] == [item]


def test_the_sdk_makes_one_pages_its_items_and_changes_them(simulator, client, product):
    prices = [client.price(product, unit_amount=amount) for amount in range(1, 13)]
    sdk = stripe.StripeClient("sk_test_123", http_client=SimulatorTransport(simulator)).v1
    made = sdk.payment_links.create(
        {
            "line_items": [{"price": price.id, "quantity": 1} for price in prices],
            "custom_text": {"submit": {"message": "Now"}},
        }
    )
    items = list(sdk.payment_links.line_items.list(made.id, {"limit": 5}).auto_paging_iter())
    assert [item.price.id for item in items] == [price.id for price in prices]
    changed = sdk.payment_links.update(
        made.id,
        {
            "line_items": [{"id": items[-1].id, "quantity": 4}],
            "custom_text": {"submit": ""},
            "expand": ["line_items"],
        },
    )
    assert changed.custom_text.submit is None
    assert [item.id for item in changed.line_items.data] == [item.id for item in items[:10]]
    assert client.get(f"{LINKS}/{made.id}/line_items", limit=100)["data"][-1]["quantity"] == 4
