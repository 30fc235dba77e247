"""Portal configurations: semantics §6, and what the schema's texts say."""

import pytest

from .conftest import NOW

PATH = "/v1/billing_portal/configurations"
PRODUCTS = "features[subscription_update][products]"
EXPANDED = {"expand[]": "features.subscription_update.products"}
INVOICES = {"features[invoice_history][enabled]": True}

BLANK_FEATURES = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "feedback_options": None, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {
        "duration": {
            "interval_options": [{"interval": "month", "interval_count": 1}],
            "type": "interval_options",
        },
        "enabled": False,
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}


@pytest.fixture
def product(client):
    return client.product().id


@pytest.fixture
def price(client, product):
    return client.price(product, {"recurring[interval]": "month"}).id


def configuration(client, **more):
    return client.made(PATH, {**INVOICES, **more})


def offering(**products):
    """Parameters that offer prices of products, by the products' ids."""
    given = {"features[subscription_update][enabled]": True}
    for index, (product, prices) in enumerate(products.items()):
        given[f"{PRODUCTS}[{index}][product]"] = product
        given |= {f"{PRODUCTS}[{index}][prices][{n}]": price for n, price in enumerate(prices)}
    return given


def offered(client, made):
    shown = client.get(f"{PATH}/{made.id}", EXPANDED)
    return shown["features"]["subscription_update"]["products"]


def refusal(answer):
    return answer.status, answer.error["message"], answer.error.get("param")


class TestCreate:
    def test_it_answers_every_feature_and_default(self, client):
        made = configuration(client)
        assert made.body == {
            "id": made.id,
            "object": "billing_portal.configuration",
            "active": True,
            "application": None,
            "business_profile": {
                "headline": None,
                "privacy_policy_url": None,
                "terms_of_service_url": None,
            },
            "created": NOW,
            "default_return_url": None,
            "features": BLANK_FEATURES | {"invoice_history": {"enabled": True}},
            "is_default": False,
            "livemode": False,
            "login_page": {"enabled": False, "url": None},
            "metadata": {},
            "name": None,
            "updated": NOW,
        }
        assert made.id.startswith("bpc_1")

    def test_features_are_required(self, client):
        assert refusal(client.post(PATH, "name=a")) == (
            400,
            "Missing required param: features.",
            "features",
        )

    def test_a_login_page_has_an_address_while_it_is_on(self, client):
        made = configuration(client, **{"login_page[enabled]": True})
        url = made["login_page"]["url"]
        assert url.startswith("https://billing.stripe.com/p/login/test_")
        off = client.made(f"{PATH}/{made.id}", {"login_page[enabled]": False})
        assert off["login_page"] == {"enabled": False, "url": None}

    @pytest.mark.parametrize(
        ("setting", "options"),
        [
            ("none", []),
            (
                "usual",
                ["too_expensive", "missing_features", "switched_service", "unused", "other"],
            ),
        ],
    )
    def test_cancellation_reasons_by_the_switch(self, switched, setting, options):
        client = switched(f"portal_cancellation_options={setting}")
        reason = configuration(client)["features"]["subscription_cancel"]["cancellation_reason"]
        assert reason["options"] == options
        given = "features[subscription_cancel][cancellation_reason]"
        cancel = {
            "features[subscription_cancel][enabled]": True,
            f"{given}[enabled]": True,
            f"{given}[options]": "",
        }
        made = configuration(client, **cancel)["features"]["subscription_cancel"]
        assert made["cancellation_reason"]["options"] == []


class TestProducts:
    def test_they_show_only_when_expanded(self, client, product, price):
        made = configuration(client, **offering(**{product: [price]}))
        assert "products" not in made["features"]["subscription_update"]
        whole = [
            {
                "adjustable_quantity": {"enabled": False, "maximum": None, "minimum": 1},
                "prices": [price],
                "product": product,
            }
        ]
        assert offered(client, made) == whole
        listed = client.get(PATH, {"expand[]": "data.features.subscription_update.products"})
        shown = listed["data"][0]["features"]["subscription_update"]["products"]
        assert shown == whole

    @pytest.mark.parametrize(("setting", "shown"), [("expanded", False), ("always", True)])
    def test_or_always_by_the_switch(self, switched, setting, shown):
        client = switched(f"portal_products={setting}")
        update = configuration(client)["features"]["subscription_update"]
        assert ("products" in update) is shown

    @pytest.mark.parametrize(("setting", "same"), [("kept", True), ("shuffled", False)])
    def test_their_order_by_the_switch(self, switched, setting, same):
        client = switched(f"portal_products_order={setting}")
        given = {}
        for _ in range(5):
            product = client.product().id
            given[product] = [client.price(product).id for _ in range(5)]
        shown = offered(client, configuration(client, **offering(**given)))
        orders = [
            [one["product"] for one in shown] == list(given),
            any(one["prices"] == given[one["product"]] for one in shown),
        ]
        assert orders == [same, same]
        assert {one["product"]: sorted(one["prices"]) for one in shown} == {
            product: sorted(prices) for product, prices in given.items()
        }

    @pytest.mark.parametrize(("setting", "enabled"), [("fixed", False), ("adjustable", True)])
    def test_a_quantity_that_was_not_given_by_the_switch(self, switched, setting, enabled):
        client = switched(f"portal_quantities={setting}")
        product = client.product().id
        given = offering(**{product: [client.price(product).id]})
        bounds = offered(client, configuration(client, **given))[0]["adjustable_quantity"]
        assert bounds == {"enabled": enabled, "maximum": None, "minimum": 1}
        quantity = f"{PRODUCTS}[0][adjustable_quantity]"
        given |= {f"{quantity}[enabled]": True, f"{quantity}[maximum]": 9}
        bounds = offered(client, configuration(client, **given))[0]["adjustable_quantity"]
        assert bounds == {"enabled": True, "maximum": 9, "minimum": 1}

    def test_prices_have_to_be_there_and_the_products_own(self, client, product, price):
        other = client.product().id
        for given, message, param in (
            (
                {"prod_none": [price]},
                "No such product: 'prod_none'",
                f"{PRODUCTS}[0][product]",
            ),
            (
                {product: [price, "price_none"]},
                "No such price: 'price_none'",
                f"{PRODUCTS}[0][prices][1]",
            ),
            (
                {product: [price], other: [price]},
                f"The price `{price}` does not belong to the product `{other}`.",
                f"{PRODUCTS}[1][prices][0]",
            ),
        ):
            assert refusal(client.post(PATH, offering(**given))) == (400, message, param)

    def test_ten_at_most(self, client):
        given = {}
        for _ in range(11):
            product = client.product().id
            given[product] = [client.price(product).id]
        answer = client.post(PATH, offering(**given))
        assert refusal(answer) == (400, "You can specify at most 10 products.", PRODUCTS)
        del given[product]
        made = client.made(PATH, offering(**given))
        assert [one["product"] for one in offered(client, made)] == list(given)

    def test_updates_need_something_to_switch_to(self, client, product, price):
        missing = (400, f"Missing required param: {PRODUCTS}.", PRODUCTS)
        assert refusal(client.post(PATH, offering())) == missing
        made = client.made(PATH, offering(**{product: [price]}))
        assert refusal(client.post(f"{PATH}/{made.id}", {PRODUCTS: ""})) == missing
        off = {"features[subscription_update][enabled]": False, PRODUCTS: ""}
        client.made(f"{PATH}/{made.id}", off)
        assert offered(client, made) == []

    def test_they_do_not_keep_a_price_from_being_archived(self, client, product, price):
        made = configuration(client, **offering(**{product: [price]}))
        assert client.post(f"/v1/prices/{price}", "active=false").status == 200
        assert offered(client, made)[0]["prices"] == [price]


class TestUpdate:
    def test_what_is_not_named_stays(self, client, clock, product, price):
        made = configuration(
            client,
            **offering(**{product: [price]}),
            **{
                "features[subscription_update][default_allowed_updates][0]": "price",
                "business_profile[headline]": "Hello",
                "metadata[a]": "b",
            },
            **EXPANDED,
        )
        clock.now += 5
        given = {
            "features[subscription_update][proration_behavior]": "always_invoice",
            "business_profile[privacy_policy_url]": "https://a.example",
            "metadata[c]": "d",
            "name": "Main",
        }
        changed = client.made(f"{PATH}/{made.id}", {**given, **EXPANDED})
        update = made["features"]["subscription_update"]
        assert changed.body == made.body | {
            "business_profile": {
                "headline": "Hello",
                "privacy_policy_url": "https://a.example",
                "terms_of_service_url": None,
            },
            "features": made["features"]
            | {"subscription_update": update | {"proration_behavior": "always_invoice"}},
            "metadata": {"a": "b", "c": "d"},
            "name": "Main",
            "updated": NOW + 5,
        }

    @pytest.mark.parametrize(
        ("given", "path", "emptied"),
        [
            ("name=a", "name", None),
            ("default_return_url=https://a.example", "default_return_url", None),
            ("business_profile[headline]=a", "business_profile.headline", None),
            (
                "business_profile[terms_of_service_url]=a",
                "business_profile.terms_of_service_url",
                None,
            ),
            ("metadata[a]=b", "metadata", {}),
            (
                "features[customer_update][allowed_updates][0]=email",
                "features.customer_update.allowed_updates",
                [],
            ),
            (
                "features[payment_method_update][payment_method_configuration]=pmc_1"
                "&features[payment_method_update][enabled]=true",
                "features.payment_method_update.payment_method_configuration",
                None,
            ),
            (
                "features[subscription_update][default_allowed_updates][0]=price",
                "features.subscription_update.default_allowed_updates",
                [],
            ),
            (
                "features[subscription_update][schedule_at_period_end][conditions][0][type]"
                "=shortening_interval",
                "features.subscription_update.schedule_at_period_end.conditions",
                [],
            ),
        ],
    )
    def test_what_an_empty_string_clears(self, client, given, path, emptied):
        def at(answer):
            value = answer.body
            for part in path.split("."):
                value = value[part]
            return value

        made = configuration(client)
        filled = client.post(f"{PATH}/{made.id}", given)
        assert at(filled) not in (None, [], {})
        head, *rest = path.split(".")
        empty = head + "".join(f"[{part}]" for part in rest) + "="
        if "payment_method_update" in path:
            empty += "&features[payment_method_update][enabled]=true"
        assert at(client.post(f"{PATH}/{made.id}", empty)) == emptied

    def test_none_made_here_is_the_default_one(self, client, simulator):
        made = configuration(client)
        simulator.seed(
            [{"object": "billing_portal.configuration", "id": "bpc_d", "is_default": True}]
        )
        assert client.get(PATH, is_default=True).ids == ["bpc_d"]
        assert client.get(PATH, is_default=False).ids == [made.id]
        assert client.get(f"{PATH}/bpc_d")["features"] == BLANK_FEATURES
        assert refusal(client.post(f"{PATH}/bpc_d", "active=false")) == (
            400,
            "You cannot deactivate the default configuration.",
            "active",
        )
        assert client.post(f"{PATH}/bpc_d", "name=Main")["name"] == "Main"
        assert client.post(f"{PATH}/bpc_d", "is_default=false").error["code"] == "parameter_unknown"

    def test_others_go_off_and_on_and_are_never_deleted(self, client):
        made = configuration(client)
        assert client.made(f"{PATH}/{made.id}", {"active": False})["active"] is False
        assert client.get(PATH, active=True).ids == []
        assert client.get(PATH, active=False).ids == [made.id]
        assert client.made(f"{PATH}/{made.id}", {"active": True}).body == made.body
        assert client.delete(f"{PATH}/{made.id}").status == 404
        assert refusal(client.get(f"{PATH}/bpc_none")) == (
            404,
            "No such configuration: 'bpc_none'",
            "configuration",
        )


CANCEL = "features[subscription_cancel]"
PAUSE = "features[subscription_pause]"


class TestFeatures:
    @pytest.mark.parametrize(
        ("given", "status"),
        [
            (f"{CANCEL}[proration_behavior]=always_invoice&{CANCEL}[mode]=immediately", 400),
            (f"{CANCEL}[proration_behavior]=create_prorations", 400),
            (f"{CANCEL}[proration_behavior]=create_prorations&{CANCEL}[mode]=immediately", 200),
            (f"{CANCEL}[proration_behavior]=none&{CANCEL}[mode]=at_period_end", 200),
        ],
    )
    def test_prorations_go_with_cancelling_at_once(self, client, given, status):
        made = configuration(client)
        assert client.post(f"{PATH}/{made.id}", given).status == status

    def test_nor_can_the_mode_leave_them_behind(self, client):
        given = {f"{CANCEL}[proration_behavior]": "create_prorations", f"{CANCEL}[enabled]": True}
        made = configuration(client, **given, **{f"{CANCEL}[mode]": "immediately"})
        answer = client.post(f"{PATH}/{made.id}", f"{CANCEL}[mode]=at_period_end")
        assert answer.error["param"] == f"{CANCEL}[proration_behavior]"

    def test_a_pause_without_end_offers_no_durations(self, client):
        made = configuration(client, **{f"{PAUSE}[duration][type]": "indefinite"})
        assert made["features"]["subscription_pause"] == {
            "duration": {"interval_options": [], "type": "indefinite"},
            "enabled": False,
        }

    @pytest.mark.parametrize(
        ("given", "param"),
        [
            (
                f"{PAUSE}[duration][type]=interval_options",
                f"{PAUSE}[duration][interval_options]",
            ),
            (
                f"{PAUSE}[duration][type]=interval_options"
                f"&{PAUSE}[duration][interval_options][0][interval]=month"
                f"&{PAUSE}[duration][interval_options][0][interval_count]=37",
                f"{PAUSE}[duration][interval_options][0][interval_count]",
            ),
        ],
    )
    def test_a_pause_with_one_lasts_three_years_at_most(self, client, given, param):
        answer = client.post(f"{PATH}/{configuration(client).id}", given)
        assert (answer.status, answer.error["param"]) == (400, param)

    def test_durations_replace_those_before(self, client):
        option = f"{PAUSE}[duration][interval_options][0]"
        given = {f"{PAUSE}[duration][type]": "interval_options", f"{option}[interval]": "week"}
        made = configuration(client, **given)
        assert made["features"]["subscription_pause"]["duration"] == {
            "interval_options": [{"interval": "week", "interval_count": 1}],
            "type": "interval_options",
        }


def test_a_dump_seeds_the_same_again(client, simulator, fresh, product, price):
    configuration(client, **offering(**{product: [price]}), **{"login_page[enabled]": True})
    dumped = simulator.dump()
    other = fresh().simulator
    other.seed(dumped)
    assert other.dump() == dumped
