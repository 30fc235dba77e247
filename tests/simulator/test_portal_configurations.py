"""Portal configurations: semantics §6, and what the schema's texts say."""

import pytest

from .conftest import NOW, refusal
from .portal_configurations import BLANK_FEATURES, EXPANDED, PATH, configuration, offering


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


class TestUpdate:
    def test_what_is_not_named_stays(self, client, clock, product, monthly):
        made = configuration(
            client,
            **offering(**{product: [monthly.id]}),
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
