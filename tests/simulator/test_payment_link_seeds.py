"""Payment links that are seeded, and dumped: as a create would have made them."""

from itertools import count

from .payment_links import ITEMS, LINKS, link


class TestSeeds:
    def test_one_is_what_a_create_would_have_made(self, client, simulator, once):
        made = link(client, once, **ITEMS)
        simulator.seed(
            [
                {
                    "object": "payment_link",
                    "id": "plink_s",
                    "url": made["url"],
                    "line_items": [{"id": "li_s", "price": once.id}],
                }
            ]
        )
        seeded = client.get(f"{LINKS}/plink_s", ITEMS)
        assert seeded.body == made.body | {
            "id": "plink_s",
            "line_items": {
                "object": "list",
                "data": [made["line_items"]["data"][0] | {"id": "li_s"}],
                "has_more": False,
                "url": f"{LINKS}/plink_s/line_items",
            },
        }

    def test_one_without_items_can_be_changed(self, client, simulator):
        simulator.seed([{"object": "payment_link", "id": "plink_s"}])
        changed = client.made(f"{LINKS}/plink_s", {"active": False, **ITEMS})
        assert (changed["active"], changed["currency"]) == (False, "usd")
        assert changed["line_items"]["data"] == []

    def test_a_dump_seeds_the_same_again(self, client, simulator, fresh, product):
        numbers = count(1)
        prices = [client.price(product, unit_amount=next(numbers)) for _ in range(12)]
        link(client, *prices, **{"custom_text[submit][message]": "a"})
        dumped = simulator.dump()
        other = fresh().simulator
        other.seed(dumped)
        assert other.dump() == dumped

    def test_stripes_own_example_is_kept_as_it_is(self, client, simulator):
        given = {
            "object": "payment_link",
            "id": "plink_1Pgc78B7WZ01zgkWC75kX0jg",
            "after_completion": {
                "hosted_confirmation": {"custom_message": None},
                "type": "hosted_confirmation",
            },
            "automatic_tax": {"enabled": False, "liability": {"type": "account"}},
            "currency": "usd",
            "custom_text": {
                "after_submit": {"message": "message"},
                "shipping_address": {"message": "message"},
                "submit": {"message": "message"},
                "terms_of_service_acceptance": {"message": "message"},
            },
            "invoice_creation": None,
            "payment_method_collection": "if_required",
            "restrictions": {"completed_sessions": {"count": 94851343, "limit": 102976443}},
            "shipping_options": [{"shipping_amount": 5, "shipping_rate": {"id": "shr_1"}}],
            "subscription_data": None,
            "transfer_data": {"amount": None, "destination": "acct_1"},
        }
        simulator.seed([given])
        shown = client.get(f"{LINKS}/{given['id']}")
        expected = given | {"shipping_options": [{"shipping_amount": 5, "shipping_rate": "shr_1"}]}
        assert {name: shown.body[name] for name in given} == expected
