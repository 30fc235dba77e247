"""Payment links as they are made: semantics §6, and what the schema's texts say."""

import pytest

from .payment_links import ITEMS, LINKS, link, sold

BLANK_INVOICE = {
    "enabled": False,
    "invoice_data": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": None,
        "metadata": {},
        "rendering_options": None,
    },
}

BLANK_SUBSCRIPTION = {
    "description": None,
    "invoice_settings": {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": {"type": "self"},
    },
    "metadata": {},
    "trial_period_days": None,
    "trial_settings": None,
}


class TestCreate:
    def test_it_answers_every_default(self, client, once):
        made = link(client, once)
        assert made.body == {
            "id": made.id,
            "object": "payment_link",
            "active": True,
            "after_completion": {
                "hosted_confirmation": {"custom_message": None},
                "type": "hosted_confirmation",
            },
            "allow_promotion_codes": False,
            "application": None,
            "application_fee_amount": None,
            "application_fee_percent": None,
            "automatic_tax": {"enabled": False, "liability": None},
            "billing_address_collection": "auto",
            "consent_collection": None,
            "currency": "usd",
            "custom_fields": [],
            "custom_text": {
                "after_submit": None,
                "shipping_address": None,
                "submit": None,
                "terms_of_service_acceptance": None,
            },
            "customer_creation": "if_required",
            "inactive_message": None,
            "invoice_creation": BLANK_INVOICE,
            "livemode": False,
            "managed_payments": None,
            "metadata": {},
            "name_collection": None,
            "on_behalf_of": None,
            "optional_items": None,
            "payment_intent_data": None,
            "payment_method_collection": "always",
            "payment_method_options": None,
            "payment_method_types": None,
            "phone_number_collection": {"enabled": False},
            "restrictions": None,
            "shipping_address_collection": None,
            "shipping_options": [],
            "submit_type": "auto",
            "subscription_data": None,
            "tax_id_collection": {"enabled": False, "required": "never"},
            "transfer_data": None,
            "url": made["url"],
        }
        assert made.id.startswith("plink_1")
        assert made["url"].startswith("https://buy.stripe.com/test_")
        assert made["url"] != link(client, once)["url"]

    @pytest.mark.parametrize(
        ("given", "name", "expected"),
        [
            (
                "after_completion[type]=redirect&after_completion[redirect][url]=https://a.example",
                "after_completion",
                {"redirect": {"url": "https://a.example"}, "type": "redirect"},
            ),
            (
                "custom_fields[0][key]=size&custom_fields[0][label][type]=custom"
                "&custom_fields[0][label][custom]=Size&custom_fields[0][type]=dropdown"
                "&custom_fields[0][dropdown][options][0][label]=L"
                "&custom_fields[0][dropdown][options][0][value]=l"
                "&custom_fields[1][key]=note&custom_fields[1][label][type]=custom"
                "&custom_fields[1][label][custom]=Note&custom_fields[1][type]=text"
                "&custom_fields[1][optional]=true",
                "custom_fields",
                [
                    {
                        "dropdown": {
                            "default_value": None,
                            "options": [{"label": "L", "value": "l"}],
                        },
                        "key": "size",
                        "label": {"custom": "Size", "type": "custom"},
                        "optional": False,
                        "type": "dropdown",
                    },
                    {
                        "key": "note",
                        "label": {"custom": "Note", "type": "custom"},
                        "optional": True,
                        "text": {
                            "default_value": None,
                            "maximum_length": None,
                            "minimum_length": None,
                        },
                        "type": "text",
                    },
                ],
            ),
            (
                "consent_collection[terms_of_service]=required",
                "consent_collection",
                {
                    "payment_method_reuse_agreement": None,
                    "promotions": None,
                    "terms_of_service": "required",
                },
            ),
            (
                "custom_text[submit][message]=Now",
                "custom_text",
                {
                    "after_submit": None,
                    "shipping_address": None,
                    "submit": {"message": "Now"},
                    "terms_of_service_acceptance": None,
                },
            ),
            (
                "restrictions[completed_sessions][limit]=5",
                "restrictions",
                {"completed_sessions": {"count": 0, "limit": 5}},
            ),
            (
                "name_collection[business][enabled]=true",
                "name_collection",
                {"business": {"enabled": True, "optional": False}, "individual": None},
            ),
            (
                "tax_id_collection[enabled]=true",
                "tax_id_collection",
                {"enabled": True, "required": "never"},
            ),
            (
                "payment_intent_data[metadata][a]=b&payment_intent_data[capture_method]=manual",
                "payment_intent_data",
                {
                    "capture_method": "manual",
                    "description": None,
                    "metadata": {"a": "b"},
                    "setup_future_usage": None,
                    "statement_descriptor": None,
                    "statement_descriptor_suffix": None,
                    "transfer_group": None,
                },
            ),
            (
                "invoice_creation[enabled]=true"
                "&invoice_creation[invoice_data][custom_fields][0][name]=PO"
                "&invoice_creation[invoice_data][custom_fields][0][value]=7"
                "&invoice_creation[invoice_data][rendering_options][template]=inrtem_1",
                "invoice_creation",
                {
                    "enabled": True,
                    "invoice_data": BLANK_INVOICE["invoice_data"]
                    | {
                        "custom_fields": [{"name": "PO", "value": "7"}],
                        "rendering_options": {"amount_tax_display": None, "template": "inrtem_1"},
                    },
                },
            ),
            (
                "transfer_data[destination]=acct_1",
                "transfer_data",
                {"amount": None, "destination": "acct_1"},
            ),
            (
                "payment_method_options[card][restrictions][brands_blocked][0]=visa",
                "payment_method_options",
                {"card": {"restrictions": {"brands_blocked": ["visa"]}}},
            ),
            (
                "shipping_address_collection[allowed_countries][0]=DE",
                "shipping_address_collection",
                {"allowed_countries": ["DE"]},
            ),
            ("managed_payments[enabled]=true", "managed_payments", {"enabled": True}),
            ("submit_type=donate", "submit_type", "donate"),
        ],
    )
    def test_what_is_given_in_part_is_answered_whole(self, client, once, given, name, expected):
        text = "&".join(f"{key}={value}" for key, value in sold(once).items())
        answer = client.post(LINKS, f"{text}&{given}")
        assert answer.body.get(name, answer.body) == expected

    def test_a_recurring_price_brings_what_subscriptions_take(self, client, monthly):
        made = link(client, monthly, **{"subscription_data[trial_period_days]": 14})
        assert made.part("invoice_creation", "subscription_data") == {
            "invoice_creation": None,
            "subscription_data": BLANK_SUBSCRIPTION | {"trial_period_days": 14},
        }

    def test_what_was_not_given_by_the_switch(self, switched):
        for setting, liability, data, high in (
            ("filled", {"type": "self"}, BLANK_SUBSCRIPTION, 99),
            ("bare", None, None, None),
        ):
            client = switched(f"payment_link_defaults={setting}")
            price = client.price(client.product().id, {"recurring[interval]": "month"})
            adjustable = {"line_items[0][adjustable_quantity][enabled]": True}
            made = link(client, price, **adjustable, **{"automatic_tax[enabled]": True}, **ITEMS)
            assert made["automatic_tax"] == {"enabled": True, "liability": liability}
            assert made["subscription_data"] == data
            assert made["line_items"]["data"][0]["adjustable_quantity"]["maximum"] == high

    @pytest.mark.parametrize(
        ("submit", "host"),
        [("auto", "buy"), ("pay", "buy"), ("donate", "donate"), ("book", "book")],
    )
    def test_its_host_is_by_what_it_submits(self, client, once, submit, host):
        made = link(client, once, submit_type=submit)
        assert made["url"].startswith(f"https://{host}.stripe.com/test_")
        changed = client.made(f"{LINKS}/{made.id}", {"submit_type": "pay"})
        assert changed["url"] == made["url"].replace(f"//{host}.", "//buy.")

    def test_a_live_one_has_a_live_url(self, fresh):
        client = fresh(key="sk_live_123")
        made = link(client, client.price(client.product().id))
        assert made["livemode"] is True
        assert "test_" not in made["url"]


class TestShipping:
    @pytest.fixture
    def rate(self, client):
        return client.made(
            "/v1/shipping_rates",
            {
                "display_name": "Ground",
                "fixed_amount[amount]": 500,
                "fixed_amount[currency]": "usd",
                "fixed_amount[currency_options][eur][amount]": 450,
            },
        )

    @pytest.mark.parametrize(("currency", "amount"), [("usd", 500), ("eur", 450)])
    def test_an_option_shows_its_amount(self, client, product, rate, currency, amount):
        price = client.price(product, currency=currency)
        made = link(client, price, **{"shipping_options[0][shipping_rate]": rate.id})
        option = {"shipping_amount": amount, "shipping_rate": rate.id}
        assert made["shipping_options"] == [option]
        shown = client.get(LINKS, {"expand[]": "data.shipping_options.shipping_rate"})["data"][0]
        assert shown["shipping_options"] == [option | {"shipping_rate": rate.body}]

    def test_a_rate_has_to_have_the_links_currency(self, client, product, rate):
        price = client.price(product, currency="gbp")
        given = {**sold(price), "shipping_options[0][shipping_rate]": rate.id}
        assert client.post(LINKS, given).error["param"] == "shipping_options[0][shipping_rate]"
