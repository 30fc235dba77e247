"""`--adopt-matching` on the command line."""

from __future__ import annotations

import json

import pytest
from conftest_cli import SIMULATED
from serving import served

PRODUCT = {"object": "product", "id": "prod_pro", "name": "Pro", "default_price": "price_monthly"}
PRICE = {
    "object": "price",
    "id": "price_monthly",
    "product": "prod_pro",
    "currency": "usd",
    "unit_amount": 2900,
    "recurring": {"interval": "month"},
    "lookup_key": "pro_monthly",
}
STAMPS = {"prod_pro": "acme/product.pro", "price_monthly": "acme/price.pro.monthly"}


@pytest.fixture
def stripe(monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")
    with served() as found:
        found.simulator.seed([PRODUCT, PRICE])
        yield found


def adopted(stripe):
    return {
        one["id"]: one["metadata"].get("reconciler")
        for one in stripe.simulator.dump()
        if one["id"] in STAMPS
    }


class TestPlan:
    def test_without_it_the_finding_names_it(self, reconciler, stripe):
        ran = reconciler("plan", "--api-base", stripe.url)
        assert (ran.code, ran.out.count("; --adopt-matching adopts every such object)")) == (3, 1)

    @pytest.mark.parametrize("refresh", ["full", "targeted"])
    def test_it_adopts_and_nothing_else(self, refresh, reconciler, stripe):
        options = ("--adopt-matching", "--refresh", refresh, "--format", "json")
        ran = reconciler("plan", "--api-base", stripe.url, *options)
        made = json.loads(ran.out)
        assert (ran.code, [], []) == (0, made["findings"], stripe.writes)
        assert [
            ("adopt", "product.pro", "prod_pro"),
            ("adopt", "price.pro.monthly", PRICE["id"]),
        ] == [(change["action"], change["address"], change["object"]) for change in made["changes"]]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("plan", "--adopt-matching", "--destroy"), "--adopt-matching makes more ours"),
            (("apply", "plan.json", "--adopt-matching"), "--adopt-matching is for planning"),
            (("apply", "--adopt-matching", "--resume", "j.jsonl"), "--refresh, --adopt-matching,"),
        ],
    )
    def test_what_does_not_go_together_is_refused(self, arguments, message, reconciler):
        ran = reconciler(*arguments, *SIMULATED)
        assert ran.code == 1
        assert message in ran.err


class TestApply:
    @pytest.mark.parametrize("refresh", ["full", "targeted"])
    def test_it_adopts_for_good(self, refresh, reconciler, stripe):
        at = ("--api-base", stripe.url)
        ran = reconciler("apply", *at, "--adopt-matching", "--refresh", refresh, "--yes")
        assert (0, STAMPS) == (ran.code, adopted(stripe))
        assert reconciler("plan", *at, "--detailed-exitcode").code == 0

    def test_a_saved_plan_is_applied_as_it_was_made(self, reconciler, stripe):
        at = ("--api-base", stripe.url)
        assert reconciler("plan", *at, "--adopt-matching", "--out", "plan.json").code == 0
        ran = reconciler("apply", "plan.json", "catalog.toml", *at, "--yes")
        assert (0, STAMPS) == (ran.code, adopted(stripe))
        assert reconciler("apply", "plan.json", *at, "--yes").code == 4
