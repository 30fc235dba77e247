"""A catalog and an account that both change, at random, and an apply that must cope.

The machine edits the file, edits the account behind the reconciler's back, lets calls fail, and
applies. After each apply the account is what the file says, in one run.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from laws.dashboard import Dashboard
from laws.editing import Editing
from laws.effort import trying
from laws.strategies import NAMES, catalogs
from reconciler.errors import IncompleteError, PlanError, StripeError
from reconciler.model.catalog import Catalog
from reconciler.model.plan import Plan, Replace, Retire
from reconciler.simulator.faults import Fault

UNREACHABLE = ("with what its replacement takes over", "to be quoted by")
"""What no plan can do: what is ignored is not enough for a new object, or not for a plan."""


TOLD = "description"
"""Of an item in a link: the name of the product, whoever's that is."""


class Billing(Editing, Dashboard):
    """The rules of file and account, what goes wrong, and what must hold whatever happens."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[dict[str, Any]] = []

    @initialize(catalog=catalogs(least=1))
    def begin(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.apply()

    # What goes wrong.

    @precondition(lambda self: not self.account.faults)
    @rule(
        after=st.integers(0, 4),
        fault=st.sampled_from(
            [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.ERROR_AFTER, Fault.TOO_MANY]
        ),
        times=st.sampled_from([1, 4]),
    )
    def let_calls_fail(self, after: int, fault: Fault, times: int) -> None:
        """Once is overcome by a repetition; four times in a row stops the apply."""
        self.account.faults = [None] * after + [fault] * times

    # What we do about it.

    @rule()
    def apply_at_once(self) -> None:
        self.apply()

    @rule(data=st.data(), name=st.sampled_from([*NAMES, "other"]))
    def rename_and_apply(self, data: st.DataObject, name: str) -> None:
        self.rename_a_product(data, name)
        self.apply()

    @rule()
    def apply(self) -> None:
        self.account.now += 60  # people are slower than programs: Stripe dates things by the second
        foreign = self._foreign()
        try:
            made = self.account.plan(self.catalog)
        except PlanError as error:
            if any(reason in str(error) for reason in UNREACHABLE):
                return
            raise
        blocked = {finding.code for finding in made.blocked}
        if blocked == {"RC108"}:
            return  # two renamings of which the file tells one: a chosen id is still held
        assert set() == blocked
        with contextlib.suppress(IncompleteError, StripeError):
            self.account.apply(made)
        self.account.faults = []
        snapshot = self.account.look()
        final = self.account.plan(self.catalog)
        self._watched_apply(final)
        again = self.account.plan(self.catalog)
        assert ((), ()) == (again.changes, again.steps), "one run was not enough"
        assert foreign == self._foreign(), "something foreign was written"
        self._nothing_lost(snapshot.objects, final)
        self._one_active_each()

    def _watched_apply(self, made: Plan) -> None:
        self.moments = [self._moment()]
        self.account.watch = lambda: self.moments.append(self._moment())
        self.account.apply(made)
        self.account.watch = lambda: None
        first, last = self.moments[0], self.moments[-1]
        stays = {p for p in last["on sale"] if p in first["on sale"]}
        replaced = {
            f"acme/{change.address}"
            for change in made.changes
            if isinstance(change, Replace) or (isinstance(change, Retire) and change.object)
        }
        for moment in self.moments:
            assert stays <= moment["on sale"], "a product was without a price half-way"
            doubled = {stamp for stamp, count in moment["stamps"].items() if count > 1}
            assert doubled <= replaced, "two active objects for one address"

    def _moment(self) -> dict[str, Any]:
        objects = self.account.simulator.dump()
        prices = [each for each in objects if each["object"] == "price" and each["active"]]
        stamps = Counter(
            each["metadata"]["reconciler"]
            for each in objects
            if each.get("active") and "reconciler" in each.get("metadata", {})
        )
        return {"on sale": {price["product"] for price in prices}, "stamps": stamps}

    def _foreign(self) -> list[Any]:
        dumped = self.account.simulator.dump()
        return [_alone(each) for each in dumped if each["id"] in self.strangers]

    def _nothing_lost(self, before: Any, made: Plan) -> None:
        deleted = {step.object for step in made.steps if step.verb == "delete"}
        known = {object_id for objects in before.values() for object_id in objects}
        assert known - deleted <= {live.id for live in self.account.look()}

    def _one_active_each(self) -> None:
        found = Counter(
            str(live.stamp.address) for live in self.account.look() if live.stamp and live.on
        )
        wanted = {
            str(address): 1
            for address, resource in self.catalog.resources.items()
            if resource.kind.stored and not resource.kind.shared and resource.wanted_on
        }
        assert wanted == dict(found)


def _alone(dumped: dict[str, Any]) -> dict[str, Any]:
    """An object with what it names by id: a stranger's link shows the whole of a price of ours."""

    def named(value: Any) -> Any:
        match value:
            case {"object": "price" | "product" | "entitlements.feature", "id": str(name)}:
                return name
            case dict():
                own = {k: v for k, v in value.items() if value.get("object") != "item" or k != TOLD}
                return {key: named(entry) for key, entry in own.items()}
            case list():
                return [named(entry) for entry in value]
            case _:
                return value

    return {key: named(value) for key, value in dumped.items()}


TestBilling = Billing.TestCase
TestBilling.settings = trying(18, 300)
