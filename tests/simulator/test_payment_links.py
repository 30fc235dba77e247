"""Payment links and their line items: semantics §6, and what the schema's texts say."""

from itertools import count

import pytest
import stripe

from reconciler.simulator.transport import SimulatorTransport

LINKS = "/v1/payment_links"
ITEMS = {"expand[]": "line_items"}


@pytest.fixture
def product(client):
    return client.product().id


@pytest.fixture
def once(client, product):
    return client.price(product)


@pytest.fixture
def monthly(client, product):
    return client.price(product, {"recurring[interval]": "month"})


def sold(*prices, quantity=1):
    """Parameters of line items."""
    return {
        f"line_items[{index}][{name}]": value
        for index, price in enumerate(prices)
        for name, value in (("price", price.id), ("quantity", quantity))
    }


def link(client, *prices, **more):
    return client.made(LINKS, {**sold(*prices), **more})


def refusal(answer):
    return answer.status, answer.error["message"], answer.error.get("param")


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


REFUSALS = [
    ("", "Missing required param: line_items.", "line_items"),
    (
        "line_items[0][price]={once}",
        "Missing required param: line_items[0][quantity].",
        "line_items[0][quantity]",
    ),
    (
        "line_items[0][quantity]=1",
        "Missing required param: line_items[0][price].",
        "line_items[0][price]",
    ),
    (
        "line_items[0][price]=price_none&line_items[0][quantity]=1",
        "No such price: 'price_none'",
        "line_items[0][price]",
    ),
    (
        "line_items[0][price]={once}&line_items[0][quantity]=0",
        "Invalid positive integer",
        "line_items[0][quantity]",
    ),
    (
        "line_items[0][price]={once}&line_items[0][quantity]=1"
        "&line_items[0][price_data][currency]=usd",
        "You may only specify one of these parameters: price, price_data.",
        "line_items[0][price]",
    ),
    (
        "{items}&currency=eur",
        "The price specified only supports `usd`. This doesn't match the expected currency: `eur`.",
        "line_items[0][price]",
    ),
    (
        "{items}&shipping_options[0][shipping_rate]=shr_none",
        "No such shipping rate: 'shr_none'",
        "shipping_options[0][shipping_rate]",
    ),
    (
        "{items}&optional_items[0][price]=price_none&optional_items[0][quantity]=1",
        "No such price: 'price_none'",
        "optional_items[0][price]",
    ),
    (
        "{items}&after_completion[type]=redirect",
        "Missing required param: after_completion[redirect].",
        "after_completion[redirect]",
    ),
    (
        "{items}&subscription_data[trial_period_days]=3",
        "You can not pass `subscription_data` in `payment` mode.",
        "subscription_data",
    ),
    (
        "{items}&payment_method_collection=always",
        "You can not pass `payment_method_collection` in `payment` mode.",
        "payment_method_collection",
    ),
    (
        "{items}&application_fee_percent=5",
        "You can not pass `application_fee_percent` in `payment` mode.",
        "application_fee_percent",
    ),
    (
        "{recurring}&payment_intent_data[description]=d",
        "You can not pass `payment_intent_data` in `subscription` mode.",
        "payment_intent_data",
    ),
    (
        "{recurring}&application_fee_amount=5",
        "You can not pass `application_fee_amount` in `subscription` mode.",
        "application_fee_amount",
    ),
    (
        "{recurring}&invoice_creation[enabled]=true",
        "You can only enable invoice creation when `mode` is set to `payment`. Invoices are "
        "created automatically when `mode` is set to `subscription`, and are unsupported when set "
        "to `setup`. To learn more visit "
        "https://stripe.com/docs/payments/checkout/post-payment-invoices.",
        "invoice_creation",
    ),
    (
        "{recurring}&subscription_data[trial_period_days]=0",
        "Invalid positive integer",
        "subscription_data[trial_period_days]",
    ),
    (
        "{recurring}&application_fee_percent=101",
        "`application_fee_percent` must be between 0 and 100.",
        "application_fee_percent",
    ),
    (
        "{items}&restrictions[completed_sessions][limit]=0",
        "Invalid positive integer",
        "restrictions[completed_sessions][limit]",
    ),
    (
        "{items}&line_items[0][adjustable_quantity][enabled]=true"
        "&line_items[0][adjustable_quantity][minimum]=3"
        "&line_items[0][adjustable_quantity][maximum]=2",
        "`minimum` cannot be greater than `maximum`.",
        "line_items[0][adjustable_quantity]",
    ),
    (
        "{items}&line_items[0][adjustable_quantity][enabled]=true"
        "&line_items[0][adjustable_quantity][maximum]=1000000",
        "`maximum` must be between 0 and 999999.",
        "line_items[0][adjustable_quantity][maximum]",
    ),
    (
        "{items}&{field0}&{field0_again}",
        "The keys of custom fields must be unique.",
        "custom_fields[1][key]",
    ),
    ("{items}&{four}", "You can specify at most 3 custom fields.", "custom_fields"),
    (
        "{items}&{dropdown}",
        "Missing required param: custom_fields[0][dropdown].",
        "custom_fields[0][dropdown]",
    ),
]


def field(index, key, kind="text"):
    path = f"custom_fields[{index}]"
    return (
        f"{path}[key]={key}&{path}[type]={kind}&{path}[label][type]=custom&{path}[label][custom]=a"
    )


@pytest.mark.parametrize(("given", "message", "param"), REFUSALS)
def test_refusals(client, once, monthly, given, message, param):
    filled = given.format(
        once=once.id,
        items=f"line_items[0][price]={once.id}&line_items[0][quantity]=1",
        recurring=f"line_items[0][price]={monthly.id}&line_items[0][quantity]=1",
        field0=field(0, "a"),
        field0_again=field(1, "a"),
        four="&".join(field(index, f"k{index}") for index in range(4)),
        dropdown=field(0, "a", "dropdown"),
    )
    assert refusal(client.post(LINKS, filled)) == (400, message, param)
    assert client.get(LINKS).ids == []


class TestItems:
    def test_they_show_only_when_expanded(self, client, once, monthly):
        made = link(client, once, monthly, **ITEMS)
        path = f"{LINKS}/{made.id}/line_items"
        first, second = made["line_items"]["data"]
        assert first == {
            "id": first["id"],
            "object": "item",
            "adjustable_quantity": None,
            "amount_discount": 0,
            "amount_subtotal": 1000,
            "amount_tax": 0,
            "amount_total": 1000,
            "currency": "usd",
            "description": "Pro",
            "price": once.body,
            "quantity": 1,
        }
        assert first["id"].startswith("li_1")
        assert second["price"] == monthly.body
        assert made["line_items"] == {
            "object": "list",
            "data": [first, second],
            "has_more": False,
            "url": path,
        }
        assert "line_items" not in client.get(f"{LINKS}/{made.id}").body
        assert "line_items" not in client.get(LINKS)["data"][0]
        listed = client.get(LINKS, {"expand[]": "data.line_items"})
        assert listed["data"][0]["line_items"] == made["line_items"]
        assert client.get(path).body == made["line_items"]

    def test_ten_are_inlined_and_all_are_listed_in_order(self, client, product):
        prices = [client.price(product, unit_amount=amount) for amount in range(1, 21)]
        made = link(client, *prices, **ITEMS)
        path = f"{LINKS}/{made.id}/line_items"
        inlined = made["line_items"]
        assert [one["amount_total"] for one in inlined["data"]] == list(range(1, 11))
        assert inlined["has_more"] is True
        first = client.get(path, limit=15)
        rest = client.get(path, limit=15, starting_after=first.ids[-1])
        shown = [*first["data"], *rest["data"]]
        assert [one["amount_total"] for one in shown] == list(range(1, 21))
        assert (first["has_more"], rest["has_more"]) == (True, False)
        assert client.get(path, limit=3, ending_before=first.ids[5]).ids == first.ids[2:5]
        assert refusal(client.post(LINKS, sold(*prices, once_more(client, product)))) == (
            400,
            "A payment link can have at most 20 line items and optional items.",
            "line_items",
        )

    def test_what_they_refer_to_can_be_expanded(self, client, once, product):
        made = link(client, once, **{"expand[]": "line_items.data.price.product"})
        shown = made["line_items"]["data"][0]["price"]["product"]
        assert shown == client.get(f"/v1/products/{product}").body
        more = {"expand[0]": "data.taxes", "expand[1]": "data.price.currency_options"}
        item = client.get(f"{LINKS}/{made.id}/line_items", more)["data"][0]
        assert (item["taxes"], list(item["price"]["currency_options"])) == ([], ["usd"])
        wrong = client.get(f"{LINKS}/{made.id}", {"expand[]": "line_items.data.nope"})
        assert wrong.error["message"] == (
            "This property cannot be expanded (line_items.data.nope)."
        )

    def test_they_belong_to_their_link(self, client, once):
        assert refusal(client.get(f"{LINKS}/plink_none/line_items")) == (
            404,
            "No such payment link: 'plink_none'",
            "payment_link",
        )
        made, other = link(client, once, **ITEMS), link(client, once)
        item = made["line_items"]["data"][0]["id"]
        given = {"line_items[0][id]": item, "line_items[0][quantity]": 2}
        assert refusal(client.post(f"{LINKS}/{other.id}", given)) == (
            400,
            f"No such line item: '{item}'",
            "line_items[0][id]",
        )
        assert client.get(f"{LINKS}/{made.id}/line_items/{item}").status == 404

    def test_quantities_change_and_nothing_else_does(self, client, once, monthly):
        made = link(client, once, monthly, **ITEMS)
        first, second = made["line_items"]["data"]
        path = f"{LINKS}/{made.id}"
        given = {
            "line_items[0][id]": second["id"],
            "line_items[0][quantity]": 3,
            "line_items[0][adjustable_quantity][enabled]": True,
            "line_items[0][adjustable_quantity][maximum]": 5,
        }
        assert client.made(path, {**given, **ITEMS})["line_items"]["data"] == [
            first,
            second
            | {
                "quantity": 3,
                "adjustable_quantity": {"enabled": True, "maximum": 5, "minimum": 0},
                "amount_subtotal": 3000,
                "amount_total": 3000,
            },
        ]
        for name, value in (("price", once.id), ("price_data][currency", "usd")):
            one = {"line_items[0][id]": first["id"], f"line_items[0][{name}]": value}
            assert client.post(path, one).error["code"] == "parameter_unknown"
        assert refusal(client.post(path, {"line_items[0][quantity]": 1})) == (
            400,
            "Missing required param: line_items[0][id].",
            "line_items[0][id]",
        )

    def test_price_data_makes_an_inline_price(self, client, product):
        given = {
            "line_items[0][quantity]": 2,
            "line_items[0][price_data][currency]": "eur",
            "line_items[0][price_data][product]": product,
            "line_items[0][price_data][unit_amount]": 7,
        }
        made = client.made(LINKS, {**given, **ITEMS})
        item = made["line_items"]["data"][0]
        assert (made["currency"], item["amount_total"], item["currency"]) == ("eur", 14, "eur")
        assert client.get("/v1/prices").ids == []
        assert client.get(f"/v1/prices/{item['price']['id']}").body == item["price"]


AMOUNTS = [
    ({"unit_amount_decimal": "0.5"}, 3, 2),
    ({"transform_quantity[divide_by]": 10, "transform_quantity[round]": "up"}, 11, 2000),
    ({"transform_quantity[divide_by]": 10, "transform_quantity[round]": "down"}, 19, 1000),
    ({"custom_unit_amount[enabled]": True, "custom_unit_amount[preset]": 70}, 1, 70),
    ({"custom_unit_amount[enabled]": True}, 1, 0),
    ({"tiers_mode": "graduated"}, 2, 100 + 2 * 10),
    ({"tiers_mode": "graduated"}, 8, 100 + 5 * 10 + 3 * 4),
    ({"tiers_mode": "volume"}, 8, 8 * 4),
]

TIERED = {
    "billing_scheme": "tiered",
    "recurring[interval]": "month",
    "tiers[0][up_to]": 5,
    "tiers[0][unit_amount]": 10,
    "tiers[0][flat_amount]": 100,
    "tiers[1][up_to]": "inf",
    "tiers[1][unit_amount]": 4,
}


@pytest.mark.parametrize(("given", "quantity", "expected"), AMOUNTS)
def test_an_item_says_what_it_costs_at_once(client, product, given, quantity, expected):
    shape = {"product": product, "currency": "usd", **given}
    if "tiers_mode" in given:
        shape |= TIERED
    elif not any(name.startswith(("custom", "unit")) for name in given):
        shape["unit_amount"] = 1000
    price = client.made("/v1/prices", shape)
    made = client.made(LINKS, {**sold(price, quantity=quantity), **ITEMS})
    assert made["line_items"]["data"][0]["amount_total"] == expected


def once_more(client, product):
    return client.price(product)


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


class TestPrices:
    def test_an_archived_price_is_not_put_on_sale(self, client, once):
        client.made(f"/v1/prices/{once.id}", {"active": False})
        assert refusal(client.post(LINKS, sold(once))) == (
            400,
            "The price specified is inactive. This field only accepts active prices.",
            "line_items[0][price]",
        )

    def test_but_a_link_does_not_keep_its_price_from_being_archived(self, client, once):
        made = link(client, once)
        assert client.post(f"/v1/prices/{once.id}", "active=false").status == 200
        shown = client.get(f"{LINKS}/{made.id}", ITEMS)
        assert shown["active"] is True
        assert shown["line_items"]["data"][0]["price"]["active"] is False
        assert client.post(f"{LINKS}/{made.id}", "metadata[a]=b").status == 200

    def test_it_sells_in_a_currency_that_every_price_has(self, client, product):
        price = client.price(product, {"currency_options[eur][unit_amount]": 900})
        made = link(client, price, currency="EUR", **ITEMS)
        item = made["line_items"]["data"][0]
        assert (made["currency"], item["currency"], item["amount_total"]) == ("eur", "eur", 900)

    def test_ten_items_are_optional_at_most(self, client, once):
        def optional(many):
            return {
                f"optional_items[{index}][{name}]": value
                for index in range(many)
                for name, value in (("price", once.id), ("quantity", 1))
            }

        made = link(client, once, **optional(10))
        assert (
            made["optional_items"]
            == [{"adjustable_quantity": None, "price": once.id, "quantity": 1}] * 10
        )
        assert refusal(client.post(LINKS, {**sold(once), **optional(11)})) == (
            400,
            "You can specify at most 10 optional items.",
            "optional_items",
        )
        assert refusal(client.post(LINKS, {**sold(*[once] * 11), **optional(10)})) == (
            400,
            "A payment link can have at most 20 line items and optional items.",
            "line_items",
        )


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
