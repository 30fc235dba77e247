"""The published schema of plan files: every plan is by it, and what is not a plan is not."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from plan_strategies import SMALL, plans

from reconciler import kinds, planfile
from reconciler.planfile.schema import json_schema

KINDS = kinds.load()
TESTS = Path(__file__).parent.parent
SCHEMA = json_schema(KINDS)
JUDGE = jsonschema.Draft202012Validator(SCHEMA)
DIGEST = f"sha256:{'0' * 32}"
GOLDEN = sorted((TESTS / "cases").glob("*/plan.json"))


def whole(path):
    """A golden plan with the digests that follow from the rest."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for step in document["steps"]:
        for reliance in step["relies_on"]:
            if "holders" not in reliance:
                reliance["digest"] = DIGEST
    return {**document, "digest": DIGEST, "spec_digest": DIGEST}


def flaws(document):
    return [error.message for error in JUDGE.iter_errors(document)]


def altered(where, value):
    """The small plan with something else at a place; without a value, with nothing there."""
    document = planfile.document(SMALL)
    at = document
    for step in where[:-1]:
        at = at[step]
    if value is KeyError:
        del at[where[-1]]
    else:
        at[where[-1]] = value
    return document


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_it_is_the_one_that_is_published():
    published = (TESTS.parent / "docs" / "plan.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == SCHEMA


def test_every_golden_plan_is_by_it():
    assert len(GOLDEN) > 300
    assert {} == {path.parent.name: found for path in GOLDEN if (found := flaws(whole(path)))}


def test_the_small_plan_is_by_it():
    assert [] == flaws(planfile.document(SMALL))


@given(plans())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_plan_is_by_it(made):
    assert [] == flaws(json.loads(planfile.write(made)))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("format_version",), 1),
        (("format_version",), KeyError),
        (("digest",), "sha256:0"),
        (("extra",), 1),
        (("account",), "acct 1"),
        (("livemode",), "no"),
        (("writes",), -1),
        (("writes",), 1.5),
        (("summary", "create"), KeyError),
        (("summary", "delete"), 1),
        (("changes", 0, "action"), "destroy"),
        (("changes", 0, "address"), "gizmo.pro"),
        (("changes", 0, "address"), "price"),
        (("changes", 0, "after"), {"colour": "red"}),
        (("changes", 0, "object"), "a/b"),
        (("changes", 0, "how"), "archive"),
        (("changes", 0, "edits"), [{"path": "name"}]),
        (("steps", 0, "call"), "create_gizmo"),
        (("steps", 0, "payload"), {"colour": "red"}),
        (("steps", 0, "payload"), {"name": 1}),
        (("steps", 0, "relies_on"), [{"kind": "price"}]),
        (("steps", 0, "object"), {"id_from": "delete product.pro"}),
        (("impacts", 0, "subscriptions"), {"active": "12"}),
        (("impacts", 0, "subscriptions"), {"Active!": 1}),
        (("impacts", 0, "hanging"), ["plink_1"]),
        (("impacts", 0, "revenue", 0, "now_why"), "because"),
        (("impacts", 0, "revenue", 0, "currency"), "dollars"),
        (("impacts", 0, "discounted"), KeyError),
        (("impacts", 0, "counted_before"), -1),
        (("subscribers",), "maybe"),
        (("strangers", 0, "count"), None),
        (("names",), {"price_1": "nothing"}),
        (("seen",), {"gizmo": {}}),
        (("seen",), {"price": {"price_1": {"unit_amount": "many"}}}),
    ],
)
def test_what_is_not_a_plan_is_not_by_it(where, value):
    assert [] != flaws(altered(where, value))


def test_what_it_says_of_a_retirement_holds_for_retirements_alone():
    retired = {"action": "retire", "how": "archive", "otherwise": None, "reason": "unlisted"}
    document = planfile.document(SMALL)
    (change,) = (one for one in document["changes"][:1])
    extras = {key: change[key] for key in ("successor", "from", "source") if key in change}
    for key in extras:
        del change[key]
    document["changes"] = [{**change, **retired}]
    assert [] == flaws(document)
    document["changes"] = [{**change, **retired, "reason": "tired"}]
    assert [] != flaws(document)
    document["changes"] = [{**change, **retired, "action": "create"}]
    assert [] != flaws(document)
