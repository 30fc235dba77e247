"""The plan file: steps that attach an entry to an object, and detach one from it."""

from __future__ import annotations

import json

import pytest
from plan_strategies import KINDS, SMALL, signed

from reconciler.errors import PlanFileError
from reconciler.planfile import document, read


def attached(**altered):
    """The small plan with a step that detaches, altered; `...` leaves a key out."""
    step = {
        "id": "detach product.old feat_1",
        "address": "product.old",
        "call": "detach_product_feature",
        "object": "prod_Old",
        "item": "prodft_1",
        "payload": {},
        "after": [],
        "relies_on": [],
    }
    step = {name: value for name, value in {**step, **altered}.items() if value is not ...}
    content = document(SMALL)
    content["steps"] = [*content["steps"], step]
    content["writes"] = len(content["steps"])
    return signed(json.loads(json.dumps(content)))


ATTACH = {
    "call": "attach_product_feature",
    "item": ...,
    "payload": {"entitlement_feature": "feat_1"},
}


@pytest.mark.parametrize(
    ("altered", "verb", "item", "payload"),
    [
        ({}, "detach", "prodft_1", {}),
        (ATTACH, "attach", None, {"entitlement_feature": "feat_1"}),
        (
            {**ATTACH, "object": {"id_from": "create product.pro"}},
            "attach",
            None,
            {"entitlement_feature": "feat_1"},
        ),
    ],
)
def test_what_is_attached_and_detached_is_read(altered, verb, item, payload):
    step = read(attached(**altered), KINDS).steps[-1]
    assert (verb, "product", "product_feature", item, payload) == (
        step.verb,
        step.kind,
        step.part,
        step.item,
        step.payload,
    )


@pytest.mark.parametrize(
    ("altered", "what"),
    [
        ({"item": ...}, "steps[3].call detaches an item, and attaches without one."),
        ({**ATTACH, "item": "prodft_1"}, "steps[3].call detaches an item, and attaches without"),
        ({"item": "../x"}, "steps[3].item "),
        ({"call": "detach_price"}, "steps[3].call is not a call that a product has."),
        (
            {"call": "detach_product_feature", "address": "price.old.x"},
            "steps[3].call is not a call that a price has.",
        ),
        ({"call": "create_product", "object": None}, "steps[3].item is for what detaches one."),
        (
            {"payload": {"entitlement_feature": "feat_1"}},
            "steps[3].payload is entitlement_feature for an attach, and nothing for a detach.",
        ),
        ({**ATTACH, "payload": {}}, "steps[3].payload is entitlement_feature for an attach"),
        (
            {**ATTACH, "payload": {"entitlement_feature": 5}},
            "steps[3].payload.entitlement_feature is not string.",
        ),
        (
            {**ATTACH, "payload": {"entitlement_feature": {"id_from": "create feature.none"}}},
            "steps[3] needs the id of feature.none, which no step creates.",
        ),
        ({"otherwise": {}}, "steps[3].otherwise is for deletes."),
        ({"object": None}, "steps[3].object "),
    ],
)
def test_what_attaches_or_detaches_otherwise_is_refused(altered, what):
    with pytest.raises(PlanFileError) as caught:
        read(attached(**altered), KINDS)
    assert str(caught.value).startswith(f"The plan file cannot be used: {what}")
