"""Meters: semantics §6."""

from .conftest import NOW

MONTHLY = {"recurring[interval]": "month"}
METER = {"display_name": "Calls", "event_name": "calls", "default_aggregation[formula]": "sum"}


class TestMeters:
    def test_a_create_answers_every_default(self, client):
        made = client.made("/v1/billing/meters", METER)
        assert made.body == {
            "id": made.id,
            "object": "billing.meter",
            "created": NOW,
            "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
            "default_aggregation": {"formula": "sum"},
            "display_name": "Calls",
            "event_name": "calls",
            "event_time_window": None,
            "livemode": False,
            "status": "active",
            "status_transitions": {"deactivated_at": None},
            "updated": NOW,
            "value_settings": {"event_payload_key": "value"},
        }

    def test_it_is_deactivated_and_reactivated(self, client, clock):
        made = client.made("/v1/billing/meters", METER)
        clock.now += 1
        off = client.post(f"/v1/billing/meters/{made.id}/deactivate")
        assert off.body == made.body | {
            "status": "inactive",
            "status_transitions": {"deactivated_at": NOW + 1},
            "updated": NOW + 1,
        }
        assert client.get("/v1/billing/meters", status="active").ids == []
        assert client.get("/v1/billing/meters", status="inactive").ids == [made.id]
        on = client.post(f"/v1/billing/meters/{made.id}/reactivate")
        assert on.body == made.body | {"updated": NOW + 1}

    def test_only_its_display_name_changes(self, client):
        made = client.made("/v1/billing/meters", METER)
        assert client.post(f"/v1/billing/meters/{made.id}", "display_name=X")["display_name"] == "X"
        for given in ("event_name=x", "metadata[a]=b", "default_aggregation[formula]=count"):
            assert (
                client.post(f"/v1/billing/meters/{made.id}", given).error["code"]
                == "parameter_unknown"
            )

    def test_an_event_name_stays_taken(self, client):
        made = client.made("/v1/billing/meters", METER)
        client.post(f"/v1/billing/meters/{made.id}/deactivate")
        answer = client.post("/v1/billing/meters", METER)
        assert (answer.status, answer.error["param"]) == (400, "event_name")

    def test_a_deactivated_one_cannot_be_attached(self, client, product):
        made = client.made("/v1/billing/meters", METER)
        metered = MONTHLY | {"recurring[usage_type]": "metered", "recurring[meter]": made.id}
        assert client.price(product, metered)["recurring"]["meter"] == made.id
        client.post(f"/v1/billing/meters/{made.id}/deactivate")
        answer = client.post(
            "/v1/prices", {"currency": "usd", "unit_amount": 1, "product": product, **metered}
        )
        assert (answer.status, answer.error["param"]) == (400, "recurring[meter]")

    def test_there_is_no_delete(self, client):
        made = client.made("/v1/billing/meters", METER)
        assert client.delete(f"/v1/billing/meters/{made.id}").status == 404
