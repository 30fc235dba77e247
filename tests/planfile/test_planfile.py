"""The plan file: what is written is read back, and nothing else is."""

from __future__ import annotations

import json
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_strategies import KINDS, SMALL, plans, signed

from reconciler.errors import PlanFileError
from reconciler.model.plan import Plan
from reconciler.planfile import document, load, read, write

GOLDEN = Path(__file__).parent / "small.plan.json"


def altered(path, value):
    """The small plan with one value changed, and its digest made right again."""
    content = document(SMALL)
    *way, last = path
    place = content
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return signed(json.loads(json.dumps(content)))


class TestLaws:
    @given(plans())
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def test_reading_what_was_written_gives_the_same_plan(self, plan):
        assert plan == read(write(plan), KINDS)

    @given(plans())
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_text_is_ascii_without_control_characters(self, plan):
        text = write(plan)
        assert all(" " <= character <= "~" or character == "\n" for character in text)

    @given(st.data())
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_value_in_any_place_gives_a_plan_or_a_plan_file_error(self, data):
        content = json.loads(write(SMALL))
        place, way = content, data.draw(st.integers(1, 6))
        for _ in range(way):
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
                place = place[key]
                continue
            place[key] = data.draw(
                st.recursive(
                    st.none() | st.booleans() | st.integers() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                    max_leaves=4,
                )
            )
            break
        try:
            plan = read(signed(content), KINDS)
        except PlanFileError:
            return
        assert isinstance(plan, Plan)

    @given(st.text())
    @settings(max_examples=100, deadline=None)
    def test_any_text_gives_a_plan_file_error(self, text):
        with pytest.raises(PlanFileError):
            read(text, KINDS)


def test_the_file_is_this_text(update):
    if update:
        GOLDEN.write_text(write(SMALL), encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == write(SMALL)


def test_every_field_of_a_plan_is_in_the_file():
    derived = {"format_version", "summary", "writes", "digest"}
    assert {field.name for field in fields(Plan)} == document(SMALL).keys() - derived


def test_a_file_is_loaded_by_its_path():
    assert load(GOLDEN, KINDS) == SMALL


REFUSALS = [
    (("catalog",), "A cme", 'catalog is "A cme", which it cannot be.'),
    (("account",), "prod_1", 'account is "prod_1", which it cannot be.'),
    (("livemode",), 0, "livemode is neither true nor false."),
    (("reads",), -1, "reads is not a whole number from 0 up."),
    (("reads",), True, "reads is not a whole number from 0 up."),
    (("notes",), "none", "notes is not a list."),
    (("notes",), ["\ud800"], "notes[0] holds half a character (a lone surrogate)."),
    (("seen",), ..., 'its content lacks "seen".'),
    (("colour",), "red", 'its content has "colour", which this version does not know.'),
    (("summary", "create"), 7, "summary does not count the changes and steps of the file."),
    (("writes",), 0, "summary does not count the changes and steps of the file."),
    (
        ("changes", 0, "action"),
        "creat",
        'changes[0].action is "creat", not one of create, update, replace, retire, reactivate, '
        "adopt, move.",
    ),
    (("changes", 0, "action"), ..., "changes[0].action is not a string."),
    (("changes", 0, "address"), "pro", 'changes[0].address is "pro", which is not an address.'),
    (
        ("changes", 0, "address"),
        "gizmo.pro",
        'changes[0].address names the kind "gizmo", which this version does not know.',
    ),
    (
        ("changes", 0, "after", "colour"),
        "red",
        'changes[0].after has "colour", which Stripe does not take there.',
    ),
    (("changes", 0, "after", "active"), "yes", "changes[0].after.active is not boolean."),
    (("changes", 1, "after", "unit_amount"), True, "changes[1].after.unit_amount is not integer."),
    (("changes", 1, "after", "currency"), 5, "changes[1].after.currency is not string."),
    (
        ("changes", 0, "edits"),
        [{"path": "colour", "before": 1, "after": 2, "rule": "update"}],
        'changes[0].edits[0].before is an edit of "colour", which a product has not.',
    ),
    (
        ("changes", 0, "edits"),
        [{"path": "name", "before": None, "after": "b", "rule": "never"}],
        'changes[0].edits[0].rule is "never", not one of update, replace, set_once.',
    ),
    (
        ("steps", 0, "call"),
        "drop_product",
        'steps[0].call is "drop_…", and no call begins so.',
    ),
    (
        ("steps", 0, "call"),
        "create_gizmo",
        'steps[0].call names the kind "gizmo", which this version does not know.',
    ),
    (
        ("steps", 0, "call"),
        "create_price",
        "steps[0].call does not write a product, which product.pro is.",
    ),
    (
        ("steps", 0, "object"),
        "prod_1",
        "steps[0].object is for updates and deletes, which need one; a create has none.",
    ),
    (
        ("steps", 2, "object"),
        None,
        "steps[2].object is for updates and deletes, which need one; a create has none.",
    ),
    (
        ("steps", 2, "object"),
        "../customers/cus_1",
        "steps[2].object holds characters that no id of Stripe has.",
    ),
    (("steps", 2, "object"), "..", "steps[2].object holds characters that no id of Stripe has."),
    (
        ("steps", 2, "object"),
        "prod_\u202e1",
        "steps[2].object holds characters that no id of Stripe has.",
    ),
    (
        ("steps", 2, "payload"),
        {"active": False},
        "steps[2].payload is for creates and updates; a delete takes no parameters.",
    ),
    (("steps", 0, "otherwise"), {"active": False}, "steps[0].otherwise is for deletes."),
    (
        ("steps", 0, "payload", "type"),
        "service",
        'steps[0].payload has "type", which Stripe does not take there.',
    ),
    (
        ("steps", 1, "payload", "transfer_lookup_key"),
        "yes",
        "steps[1].payload.transfer_lookup_key is neither true nor false.",
    ),
    (("steps", 1, "payload", "unit_amount"), [], "steps[1].payload.unit_amount is not integer."),
    (
        ("steps", 1, "payload", "unit_amount_decimal"),
        "1e9",
        "steps[1].payload.unit_amount_decimal is not decimal.",
    ),
    (
        ("steps", 1, "payload", "product"),
        {"id_from": "create product.gone"},
        "steps[1] needs the id of product.gone, which no step creates.",
    ),
    (
        ("steps", 1, "payload", "product"),
        {"id_from": "delete product.pro"},
        "steps[1].payload.product.id_from does not name a create.",
    ),
    (
        ("steps", 1, "payload", "product"),
        {"id_from": "create product.pro", "to": 1},
        'steps[1].payload.product has "to", which this version does not know.',
    ),
    (("steps", 1, "after"), ["create x"], 'steps[1] comes after "create x", which is no step.'),
    (
        ("steps", 0, "after"),
        ["create price.pro.monthly"],
        "steps has steps that wait for one another.",
    ),
    (("steps", 1, "id"), "create product.pro", "steps has two steps with one id."),
    (
        ("steps", 0, "relies_on", 0, "field"),
        "name",
        'steps[0].relies_on[0].field is "name", not one of stamp, id.',
    ),
    (
        ("steps", 2, "relies_on", 0, "digest"),
        "sha256:short",
        'steps[2].relies_on[0].digest is "sha256:short", which it cannot be.',
    ),
    (
        ("findings",),
        [{"code": "R1", "address": None, "text": "", "blocks": True, "lifted": False}],
        'findings[0].code is "R1", which it cannot be.',
    ),
    (
        ("strangers", 0, "kind"),
        "gizmo",
        'strangers[0].kind names the kind "gizmo", which this version does not know.',
    ),
    (("impacts", 0, "counted_before"), 14, "impacts[0].counted_before is more than all of them."),
    (
        ("seen",),
        {"product": {"a/b": {}}},
        "seen.product.a/b holds characters that no id of Stripe has.",
    ),
]

MEND = (
    "  It is damaged, or was edited or made by something other than this program.\n"
    "  Make a new one: reconciler plan --out FILE"
)


@pytest.mark.parametrize(("path", "value", "what"), REFUSALS)
def test_a_value_that_no_plan_has_is_refused_by_its_place(path, value, what):
    with pytest.raises(PlanFileError) as caught:
        read(altered(path, value), KINDS)
    assert f"The plan file cannot be used: {what}\n{MEND}" == str(caught.value)


def test_an_edit_by_hand_is_seen():
    text = write(SMALL).replace('"unit_amount": 2900', '"unit_amount": 1900')
    with pytest.raises(PlanFileError) as caught:
        read(text, KINDS)
    assert str(caught.value) == (
        "The plan file cannot be used: it was edited by hand, or damaged: its content does not "
        "have its digest.\n"
        "  Change the catalog file instead, and make a new plan: reconciler plan --out FILE"
    )


def test_layout_alone_is_no_edit():
    assert read(json.dumps(json.loads(write(SMALL))), KINDS) == SMALL


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            0,
            "an older version wrote it (format 0; this one reads 2).\n"
            "  Make a new plan with this version: reconciler plan --out FILE",
        ),
        (
            3,
            "a newer version wrote it (format 3; this one reads 2).\n"
            "  Update the reconciler, or make a new plan with this version.",
        ),
    ],
)
def test_another_format_is_refused_as_older_or_newer(version, message):
    with pytest.raises(PlanFileError) as caught:
        read(altered(("format_version",), version), KINDS)
    assert f"The plan file cannot be used: {message}" == str(caught.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1 is not JSON (Expecting value)."),
        ("{}", "it has no format_version, so it is not a plan.\n"),
        ("[]", "its content is not an object."),
        ('{"a": 1, "a": 2}', 'it has the key "a" twice in one object.'),
        ('{"a": 0.1}', "it holds a number with a fraction; a plan writes those as text."),
        ('{"a": NaN}', "it holds a number with a fraction; a plan writes those as text."),
        ('{"a": Infinity}', "it holds a number with a fraction; a plan writes those as text."),
        ('{"a": ' + "9" * 5000 + "}", "it holds a number beyond any bounds."),
        ("[" * 200_000, "it is nested deeper than any plan."),
    ],
)
def test_what_is_no_plan_at_all_is_refused(text, what):
    with pytest.raises(PlanFileError) as caught:
        read(text, KINDS)
    assert str(caught.value).startswith(f"The plan file cannot be used: {what}")


def test_deep_nesting_that_json_takes_is_refused_too():
    depth = sys.getrecursionlimit() - 200
    text = '{"format_version": 2, "digest": "x", "a": ' + "[" * depth + "]" * depth + "}"
    with pytest.raises(PlanFileError):
        read(text, KINDS)


def test_a_file_that_is_not_there_not_text_or_a_folder_is_an_error(tmp_path):
    missing, binary = tmp_path / "plan.json", tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe")
    messages = []
    for path in (missing, binary, tmp_path):
        with pytest.raises(PlanFileError) as caught:
            load(path, KINDS)
        messages.append(str(caught.value).splitlines()[0])
    assert [
        f"{missing} cannot be read: No such file or directory.",
        f"{binary} cannot be used: it is not text in UTF-8.",
        f"{tmp_path} cannot be read: Is a directory.",
    ] == messages
