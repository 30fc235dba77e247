"""What the plans of these tests are put together from."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.diff import Edit
from reconciler.model.marks import Rule
from reconciler.model.plan import (
    Plan,
    Step,
)
from reconciler.model.values import Frozen, digest

EMPTY = Plan(
    catalog="acme",
    account="acct_1A2b",
    livemode=False,
    api_version="2026-10-28.endive",
    spec_digest=digest("spec"),
    changes=(),
    steps=(),
)


def product(key):
    return Address("product", (key,))


def price(*keys):
    return Address("price", keys)


def edit(path, before, after, rule=Rule.UPDATE):
    return Edit(path=path, before=before, after=after, rule=rule)


def monthly(amount, **more):
    body = {"currency": "usd", "unit_amount": amount, "recurring": Frozen({"interval": "month"})}
    return Frozen({**body, **more})


def plan(*changes, **more):
    steps = tuple(
        Step(id=f"step {number}", address=change.address, verb="update", kind="product")
        for number, change in enumerate(changes)
        if change.address.kind != "plan"
    )
    return replace(EMPTY, **{"changes": changes, "steps": steps, "reads": 4, **more})
