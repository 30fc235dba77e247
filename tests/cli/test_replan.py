"""`apply --replan`: a plan from where others can write is applied only if it is what it should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest_cli import SIMULATED

from reconciler.model.values import digest

BOTH = ("plan.json", "catalog.toml", "--replan", "--yes")


@pytest.fixture
def plan(reconciler, folder):
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text().replace('default_price = "monthly"\n', ""))
    assert reconciler("plan", *SIMULATED, "--out", "plan.json").code == 0
    return Path("plan.json")


def forged(path, change):
    """Write the plan with a change, and the digest that goes with it."""
    content = json.loads(path.read_text())
    change(content)
    del content["digest"]
    path.write_text(json.dumps({**content, "digest": digest(content)}))


def cheaper(content):
    (step,) = [step for step in content["steps"] if step["call"] == "create_price"]
    step["payload"]["unit_amount"] = 1
    for change in content["changes"]:
        if change["address"] == "price.pro.monthly":
            change["after"]["unit_amount"] = 1


def test_the_plan_that_planning_anew_gives_is_applied(reconciler, plan):
    assert 0 == reconciler("apply", *BOTH, *SIMULATED).code
    assert 0 == reconciler("plan", *SIMULATED, "--detailed-exitcode").code


def test_a_forged_plan_is_stopped_and_nothing_is_written(reconciler, plan):
    forged(plan, cheaper)
    ran = reconciler("apply", *BOTH, *SIMULATED)
    assert (4, True) == (
        ran.code,
        ran.err.startswith("Planning anew gives another plan than the one to apply:"),
    )
    again = reconciler("plan", *SIMULATED, "--format", "json")
    assert {"create": 2} == {k: v for k, v in json.loads(again.out)["summary"].items() if v}


def test_without_it_the_same_forgery_passes(reconciler, plan):
    """So the option does what it is for."""
    forged(plan, cheaper)
    assert 0 == reconciler("apply", *BOTH[:2], "--yes", *SIMULATED).code


def test_a_guard_that_only_the_plan_lifts_is_not_lifted(reconciler, plan, folder):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text().replace("29.00", "99.00"))
    made = reconciler("plan", *SIMULATED, "--out", "plan.json", "--allow", "RC103")
    assert 0 == made.code
    ran = reconciler("apply", *BOTH, *SIMULATED)
    assert (3, "Nothing was changed: RC103 stopped it.") == (ran.code, ran.err.splitlines()[0])
    assert 0 == reconciler("apply", *BOTH, *SIMULATED, "--allow", "RC103").code


def test_an_account_that_moved_stops_it(reconciler, plan):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    assert 4 == reconciler("apply", *BOTH, *SIMULATED).code


@pytest.mark.parametrize(
    "given", [("catalog.toml",), ("plan.json",), (), ("--resume", "journal.jsonl")]
)
def test_it_needs_a_plan_file_and_the_paths(given, reconciler, plan):
    ran = reconciler("apply", *given, "--replan", "--yes", *SIMULATED)
    assert (1, "--replan compares a plan file with the catalog that it was made from.") == (
        ran.code,
        ran.err.splitlines()[0],
    )
