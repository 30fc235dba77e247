"""`--refresh targeted` on the command line."""

from __future__ import annotations

import json

import pytest
from conftest_cli import SIMULATED

TARGETED = (*SIMULATED, "--refresh", "targeted")

MORE = '\n[products.pro.prices.yearly]\namount = 290.00\ninterval = "year"\n'


@pytest.fixture
def applied(reconciler, folder):
    assert reconciler("apply", *SIMULATED, "--yes").code == 0
    path = folder / "catalog.toml"
    path.write_text(path.read_text() + MORE)
    return path


class TestPlan:
    def test_it_says_that_it_is_targeted(self, reconciler, applied):
        ran = reconciler("plan", *TARGETED)
        assert (ran.code, ran.err) == (0, "")
        assert "  + price.pro.yearly  290.00 USD / year  lookup_key pro_yearly\n" in ran.out
        assert "Note: This plan is targeted: " in ran.out

    def test_its_file_records_it(self, reconciler, applied):
        targeted = json.loads(reconciler("plan", *TARGETED, "--format", "json").out)
        whole = json.loads(reconciler("plan", *SIMULATED, "--format", "json").out)
        assert ("targeted", "full") == (targeted["refresh"], whole["refresh"])
        assert targeted["steps"] == whole["steps"]

    def test_nothing_is_retired_when_a_table_goes(self, reconciler, applied):
        applied.write_text('[catalog]\nname = "acme"\n[products.pro]\nname = "Pro"\n')
        # Without a price in the file the product is found by a search alone.
        made = json.loads(reconciler("plan", *TARGETED, "--format", "json").out)
        assert [("update", "product.pro")] == [
            (change["action"], change["address"]) for change in made["changes"]
        ]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("plan", *TARGETED, "--destroy"), "--destroy retires everything that is ours"),
            (("apply", "plan.json", *TARGETED, "--yes"), "--refresh is for planning"),
            (("apply", *TARGETED, "--resume", "j.jsonl"), "--resume JOURNAL finishes the plan"),
            (("plan", *SIMULATED, "--refresh", "some"), "'some' is not one of"),
        ],
    )
    def test_what_does_not_go_together_is_refused(self, arguments, message, reconciler, applied):
        ran = reconciler(*arguments)
        assert ran.code == 1
        assert message in ran.err


class TestApply:
    def test_it_plans_and_applies(self, reconciler, applied):
        ran = reconciler("apply", *TARGETED, "--yes")
        assert (ran.code, ran.out.splitlines()[-1].partition(": ")[2]) == (
            0,
            "the account is as planned.",
        )
        again = reconciler("plan", *SIMULATED, "--detailed-exitcode")
        assert again.code == 0

    def test_a_saved_plan_is_applied_as_it_was_made(self, reconciler, applied):
        assert reconciler("plan", *TARGETED, "--out", "plan.json").code == 0
        assert reconciler("apply", "plan.json", "catalog.toml", *SIMULATED, "--yes").code == 0
        assert reconciler("apply", "plan.json", *SIMULATED, "--yes").code == 4

    def test_a_rehearsal_sends_nothing(self, reconciler, applied):
        ran = reconciler("apply", *TARGETED, "--dry-run")
        assert (ran.code, ran.out.count("create_price")) == (0, 1)
        assert reconciler("plan", *SIMULATED, "--detailed-exitcode").code == 2
