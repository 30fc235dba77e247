"""Features, what is attached to products, tax rates and webhook endpoints: semantics §6."""

from decimal import Decimal

import pytest

from .conftest import NOW

FEATURE = {"name": "Single sign-on", "lookup_key": "sso"}


def feature(client, **params):
    return client.made("/v1/entitlements/features", {**FEATURE, **params})


class TestFeatures:
    def test_a_create_answers_every_default_and_no_created(self, client):
        made = feature(client)
        assert made.body == {
            "id": made.id,
            "object": "entitlements.feature",
            "active": True,
            "livemode": False,
            "lookup_key": "sso",
            "metadata": {},
            "name": "Single sign-on",
        }

    def test_a_lookup_key_is_unique_among_active_ones(self, client):
        first = feature(client)
        assert client.post("/v1/entitlements/features", FEATURE).error["param"] == "lookup_key"
        client.made(f"/v1/entitlements/features/{first.id}", {"active": False})
        second = feature(client)
        assert client.post(f"/v1/entitlements/features/{first.id}", "active=true").status == 400
        assert client.get("/v1/entitlements/features").ids == [second.id]
        assert client.get("/v1/entitlements/features", archived=True).ids == [first.id]
        assert client.get("/v1/entitlements/features", lookup_key="sso").ids == [second.id]
        assert client.get("/v1/entitlements/features", lookup_key="other").ids == []

    def test_its_lookup_key_never_changes(self, client):
        made = feature(client)
        answer = client.post(f"/v1/entitlements/features/{made.id}", "lookup_key=x")
        assert answer.error["code"] == "parameter_unknown"

    @pytest.mark.parametrize(("setting", "status"), [("editable", 200), ("frozen", 400)])
    def test_an_archived_one_by_the_switch(self, switched, setting, status):
        client = switched(f"archived_feature={setting}")
        made = feature(client)
        client.made(f"/v1/entitlements/features/{made.id}", {"active": False})
        for given in ("name=x", "active=true"):
            assert client.post(f"/v1/entitlements/features/{made.id}", given).status == status


class TestProductFeatures:
    @pytest.fixture
    def path(self, client):
        return f"/v1/products/{client.product().id}/features"

    def test_one_is_attached_listed_and_detached(self, client, path):
        sso = feature(client)
        made = client.made(path, {"entitlement_feature": sso.id})
        assert made.body == {
            "id": made.id,
            "object": "product_feature",
            "entitlement_feature": sso.body,
            "livemode": False,
        }
        listed = client.get(path)
        assert listed.body == {
            "object": "list",
            "data": [made.body],
            "has_more": False,
            "url": path,
        }
        assert client.get(f"{path}/{made.id}").body == made.body
        assert client.post(path, {"entitlement_feature": sso.id}).status == 400
        assert client.delete(f"{path}/{made.id}").body == {
            "id": made.id,
            "object": "product_feature",
            "deleted": True,
        }
        assert client.get(path).ids == []

    def test_pages_go_in_both_directions(self, client, path):
        made = [
            client.made(path, {"entitlement_feature": feature(client, lookup_key=key).id}).id
            for key in "abcde"
        ][::-1]
        first = client.get(path, limit=2)
        assert (first.ids, first["has_more"], first["url"]) == (made[:2], True, path)
        rest = client.get(path, limit=3, starting_after=first.ids[-1])
        assert (rest.ids, rest["has_more"]) == (made[2:], False)
        back = client.get(path, limit=1, ending_before=rest.ids[0])
        assert (back.ids, back["has_more"]) == (made[1:2], True)

    def test_one_is_attached_once(self, client, path):
        sso = feature(client)
        made = client.made(path, {"entitlement_feature": sso.id})
        answer = client.post(path, {"entitlement_feature": sso.id})
        assert (answer.status, answer.error["param"]) == (400, "entitlement_feature")
        assert client.get(path).ids == [made.id]
        other = f"/v1/products/{client.product().id}/features"
        client.made(other, {"entitlement_feature": sso.id})
        client.delete(f"{path}/{made.id}")
        client.made(path, {"entitlement_feature": sso.id})

    def test_one_that_is_attached_may_be_archived(self, client, path):
        sso = feature(client)
        made = client.made(path, {"entitlement_feature": sso.id})
        client.made(f"/v1/entitlements/features/{sso.id}", {"active": False})
        shown = client.get(path)["data"][0]["entitlement_feature"]
        assert shown == sso.body | {"active": False}
        assert client.delete(f"{path}/{made.id}")["deleted"] is True

    def test_they_go_with_their_product(self, client, simulator, path):
        client.made(path, {"entitlement_feature": feature(client).id})
        product = path.split("/")[3]
        assert client.delete(f"/v1/products/{product}")["deleted"] is True
        assert client.get(path).status == 404
        assert [obj["object"] for obj in simulator.dump()] == ["entitlements.feature"]
        client.product(id=product)
        assert client.get(path).ids == []

    def test_it_belongs_to_its_product(self, client, path):
        made = client.made(path, {"entitlement_feature": feature(client).id})
        other = f"/v1/products/{client.product().id}/features"
        assert client.get(other).ids == []
        assert client.get(f"{other}/{made.id}").status == 404
        assert client.delete(f"{other}/{made.id}").status == 404

    def test_neither_unknown_nor_archived_ones(self, client, path):
        archived = feature(client)
        client.made(f"/v1/entitlements/features/{archived.id}", {"active": False})
        for given in ("feat_none", archived.id):
            answer = client.post(path, {"entitlement_feature": given})
            assert (answer.status, answer.error["param"]) == (400, "entitlement_feature")
        assert client.get("/v1/products/prod_none/features").status == 404

    def test_seeds(self, client, simulator, path):
        product = path.split("/")[3]
        simulator.seed(
            [
                {"object": "entitlements.feature", "id": "feat_s", **FEATURE},
                {
                    "object": "product_feature",
                    "id": "prodft_s",
                    "product": product,
                    "entitlement_feature": "feat_s",
                },
            ]
        )
        assert [one["entitlement_feature"]["lookup_key"] for one in client.get(path)["data"]] == [
            "sso"
        ]


class TestTaxRates:
    def test_a_create_answers_every_default(self, client):
        made = client.made(
            "/v1/tax_rates",
            {"display_name": "VAT", "percentage": "7.125", "inclusive": True, "country": "DE"},
        )
        assert made.part(
            "percentage", "inclusive", "country", "active", "created", "state", "rate_type"
        ) == {
            "percentage": Decimal("7.125"),
            "inclusive": True,
            "country": "DE",
            "active": True,
            "created": NOW,
            "state": None,
            "rate_type": "percentage",
        }
        assert client.get("/v1/tax_rates", inclusive=True, active=True).ids == [made.id]

    def test_what_changes(self, client):
        made = client.made(
            "/v1/tax_rates", {"display_name": "VAT", "percentage": "7", "inclusive": False}
        )
        changed = client.post(
            f"/v1/tax_rates/{made.id}", "display_name=MwSt&active=false&metadata[a]=b"
        )
        assert changed.body == made.body | {
            "display_name": "MwSt",
            "active": False,
            "metadata": {"a": "b"},
        }
        for given in ("percentage=8", "inclusive=true"):
            assert (
                client.post(f"/v1/tax_rates/{made.id}", given).error["code"] == "parameter_unknown"
            )
        assert (
            client.get("/v1/tax_rates/txr_none").error["message"] == "No such tax rate: 'txr_none'"
        )


class TestWebhookEndpoints:
    GIVEN = {  # noqa: RUF012 - read only
        "url": "https://example.com/hook",
        **{
            f"enabled_events[{n}]": event
            for n, event in enumerate(
                ["price.created", "product.created", "product.updated", "price.updated"]
            )
        },
    }

    def test_the_secret_is_answered_once(self, client, simulator):
        made = client.made("/v1/webhook_endpoints", self.GIVEN)
        shown = client.get(f"/v1/webhook_endpoints/{made.id}")
        assert made.body == shown.body | {"secret": made["secret"]}
        assert (made["secret"][:6], len(made["secret"])) == ("whsec_", 38)
        assert [set(obj) & {"secret"} for obj in simulator.dump()] == [set()]
        assert shown.part("status", "enabled_events", "api_version") == {
            "status": "enabled",
            "enabled_events": [
                "price.created",
                "product.created",
                "product.updated",
                "price.updated",
            ],
            "api_version": None,
        }

    def test_what_changes(self, client):
        made = client.made("/v1/webhook_endpoints", self.GIVEN)
        path = f"/v1/webhook_endpoints/{made.id}"
        changed = client.made(
            path,
            {"disabled": True, "enabled_events[0]": "*", "description": "d", "metadata[a]": "b"},
        )
        assert changed.part("status", "enabled_events", "description", "metadata") == {
            "status": "disabled",
            "enabled_events": ["*"],
            "description": "d",
            "metadata": {"a": "b"},
        }
        for given in ("api_version=2026-10-28.endive", "connect=true"):
            assert client.post(path, given).error["code"] == "parameter_unknown"
        assert client.delete(path)["deleted"] is True
        assert client.get(path).status == 404

    def test_the_order_of_events_by_the_switch(self, switched):
        client = switched("enabled_events_order=shuffled")
        made = client.made("/v1/webhook_endpoints", self.GIVEN)
        given = [value for name, value in self.GIVEN.items() if name != "url"]
        assert made["enabled_events"] != given
        assert sorted(made["enabled_events"]) == sorted(given)

    @pytest.mark.parametrize("url", ["example.com", "ftp://x", "https://"])
    def test_a_bad_url(self, client, url):
        assert (
            client.post("/v1/webhook_endpoints", {**self.GIVEN, "url": url}).error["param"] == "url"
        )
