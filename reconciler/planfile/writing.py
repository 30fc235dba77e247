"""A plan as JSON text. The same text is the plan file and `--format json`."""

from __future__ import annotations

import json
from typing import Any, assert_never

from reconciler.model.comparison import Comparison
from reconciler.model.diff import Edit
from reconciler.model.impact import Hanging, Impact
from reconciler.model.plan import (
    Beside,
    Change,
    Finding,
    HeldBy,
    Plan,
    Reliance,
    Step,
    Strangers,
    Unmoved,
)
from reconciler.model.revenue import Revenue
from reconciler.model.values import digest, to_json
from reconciler.planfile.layout import COMPARISON_VERSION, EXTRAS, FORMAT_VERSION, REVENUE


def write(plan: Plan) -> str:
    """Return the plan file's text, its last character a line break.

    It is plain ASCII: no control character or bidi override of a description reaches a
    terminal, and no encoding can spoil it.
    """
    return _text(document(plan))


def write_comparison(comparison: Comparison) -> str:
    """Return a comparison as JSON: a plan's own keys, and in the place of its version another one.

    So nothing that reads plans takes it for one.
    """
    content = {
        "comparison_version": COMPARISON_VERSION,
        "first": comparison.first,
        "second": comparison.second,
        **_content(comparison.plan),
    }
    return _text({**content, "digest": digest(content)})


def _text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def document(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON's own types, with the digest over all of it."""
    content = {"format_version": FORMAT_VERSION, **_content(plan)}
    return {**content, "digest": digest(content)}


def _content(plan: Plan) -> dict[str, Any]:
    content: dict[str, Any] = {
        "catalog": plan.catalog,
        "account": plan.account,
        "livemode": plan.livemode,
        "api_version": plan.api_version,
        "spec_digest": plan.spec_digest,
        "summary": plan.summary,
        "writes": plan.writes,
        "reads": plan.reads,
        "unchanged": plan.unchanged,
        "changes": [_change(change) for change in plan.changes],
        "steps": [_step(step) for step in plan.steps],
        "findings": [_finding(finding) for finding in plan.findings],
        "lifted": list(plan.lifted),
        "lock": plan.lock,
        "impacts": [_impact(impact) for impact in plan.impacts],
        "subscribers": plan.subscribers,
        "refresh": plan.refresh,
        "notes": list(plan.notes),
        "strangers": [_strangers(strangers) for strangers in plan.strangers],
        "seen": to_json(plan.seen),
        "names": to_json(plan.names),
        "ignore_metadata": list(plan.ignore_metadata),
    }
    if plan.beside:
        content["beside"] = [_beside(beside) for beside in plan.beside]
    return content


def _change(change: Change) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "action": change.action,
        "object": change.object,
        **{key: getattr(change, name) for key, name in EXTRAS[type(change)].items()},
        "edits": [_edit(edit) for edit in change.edits],
        "before": to_json(change.before),
        "after": to_json(change.after),
        "notes": list(change.notes),
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "path": edit.path,
        "before": to_json(edit.before),
        "after": to_json(edit.after),
        "rule": edit.rule.value,
    }


def _step(step: Step) -> dict[str, Any]:
    written = {
        "id": step.id,
        "address": str(step.address),
        "call": step.call,
        "object": to_json(step.object),
        "payload": to_json(step.payload),
        "after": list(step.after),
        "relies_on": [_reliance(reliance) for reliance in step.relies_on],
    }
    if step.item is not None:
        written["item"] = step.item
    if step.otherwise is not None:
        written["otherwise"] = to_json(step.otherwise)
    return written


def _reliance(reliance: Reliance) -> dict[str, Any]:
    match reliance:
        case Unmoved():
            return {
                "kind": reliance.kind,
                "object": to_json(reliance.object),
                "digest": reliance.digest,
            }
        case HeldBy():
            return {
                "kind": reliance.kind,
                "field": reliance.field,
                "value": reliance.value,
                "holders": to_json(reliance.holders),
            }
        case _:
            assert_never(reliance)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "address": None if finding.address is None else str(finding.address),
        "text": finding.text,
        "blocks": finding.blocks,
        "lifted": finding.lifted,
    }


def _impact(impact: Impact) -> dict[str, Any]:
    return {
        "address": str(impact.address),
        "kind": impact.kind,
        "object": impact.object,
        "hanging": [_hanging(other) for other in impact.hanging],
        "subscriptions": to_json(impact.subscriptions),
        "unknown": impact.unknown,
        "revenue": [_revenue(revenue) for revenue in impact.revenue],
        "discounted": impact.discounted,
        "counted_before": impact.counted_before,
    }


def _hanging(other: Hanging) -> dict[str, Any]:
    return {
        "kind": other.kind,
        "object": other.object,
        "address": None if other.address is None else str(other.address),
    }


def _revenue(revenue: Revenue) -> dict[str, Any]:
    return {name: getattr(revenue, name) for name in REVENUE}


def _beside(beside: Beside) -> dict[str, Any]:
    return {
        "address": str(beside.address),
        "bodies": to_json(beside.bodies),
        "more": beside.more,
    }


def _strangers(strangers: Strangers) -> dict[str, Any]:
    return {"kind": strangers.kind, "catalog": strangers.catalog, "count": strangers.count}
