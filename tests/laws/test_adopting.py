"""Laws of adoption by natural keys, and of several catalogs in one account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from laws.account import Account
from laws.effort import trying
from laws.strategies import KINDS, catalogs
from laws.test_targeted import SEARCHES, beyond, doubles
from reconciler.errors import PlanError
from reconciler.model.canonical import finish
from reconciler.model.catalog import STAMP, Catalog, Resource
from reconciler.model.kind import NaturalKey
from reconciler.model.named import references
from reconciler.model.plan import Adopt, Plan, Replace
from reconciler.model.snapshot import Live
from reconciler.simulator.switches import Switches

laws = trying(15, 500)


def made_by_hand(account: Account, catalog: Catalog, but: Collection[str] = ()) -> dict[str, str]:
    """Fill an account with what a catalog wants and nobody manages, `but` for some kinds.

    Return the ids of those that hold a natural key, by the addresses that they would have.
    """
    account.apply(account.plan(catalog))
    holders = {}
    for live in account.look():
        if live.kind.shared or live.stamp is None or live.kind.name in but:
            continue
        resource = catalog.resources[live.stamp.address]
        for key in live.kind.natural_keys:
            wanted = _wanted(resource, key)
            if wanted and key.held(live.kind, live.raw) == key.compared(wanted):
                holders[str(live.stamp.address)] = live.id
        account.post(f"{live.kind.path}/{live.id}", metadata=_unstamped(live))
    return holders


def _wanted(one: Resource, key: NaturalKey) -> str:
    """The key that a resource is made with; empty where Stripe chooses, or it has none."""
    own = one.body.get(key.field)
    default = key.default(one) if key.default is not None else ""
    return default if own is None else str(own)


def _unstamped(live: Live) -> dict[str, str]:
    """What to send for an object to bear no stamp, and none of a plan's entries."""
    return {
        name: ""
        for name in live.metadata
        if name == STAMP or name.startswith(("reconciler_plan_", "reconciler_protect"))
    }


def adopted(made: Plan) -> dict[str, str | None]:
    return {str(one.address): one.object for one in made.changes if isinstance(one, Adopt)}


class TestAdoptingByKeys:
    @laws
    @given(catalog=catalogs())
    def test_everything_with_a_key_is_adopted_and_nothing_is_left_to_do(
        self, catalog: Catalog
    ) -> None:
        account = Account(KINDS)
        holders = made_by_hand(account, catalog)
        made = account.plan(catalog, adopt_matching=True)
        found = adopted(made)
        replaced = [one for one in made.changes if isinstance(one, Replace)]
        account.apply(made)
        again = account.plan(catalog)
        account.close()
        event(f"adopted: {min(len(found), 5)}")
        assert holders == {address: found.get(address) for address in holders}
        assert {one for one in found if one not in holders} <= _named_by(catalog, holders)
        assert [] == [one for one in replaced if one.address.kind == "price"]
        assert ((), ()) == (again.changes, again.steps)

    @laws
    @given(catalog=catalogs(), theirs=st.booleans())
    def test_what_bears_a_stamp_is_never_adopted(self, catalog: Catalog, *, theirs: bool) -> None:
        account = Account(KINDS)
        account.apply(account.plan(replace(catalog, name="other" if theirs else "acme")))
        made = account.plan(catalog, adopt_matching=True)
        plain = account.plan(catalog)
        account.close()
        assert {} == adopted(made)
        assert plain == made

    @laws
    @given(
        catalog=catalogs(least=1),
        search=st.sampled_from(SEARCHES),
        ours=st.sets(st.sampled_from(["product", "price", "coupon", "promotion_code", "feature"])),
    )
    def test_a_targeted_plan_adopts_nothing_that_a_whole_one_would_not(
        self, catalog: Catalog, search: Any, ours: set[str]
    ) -> None:
        account = Account(KINDS, Switches(search=search))
        made_by_hand(account, catalog, but=ours)
        whole = account.plan(catalog, adopt_matching=True)
        made = account.targeted(catalog, adopt_matching=True)
        event(f"adopted: {min(len(adopted(made)), 5)} of {min(len(adopted(whole)), 5)}")
        account.apply(made)
        found = doubles(account)
        account.close()
        assert [] == beyond(made, whole)
        assert [] == found


def without_stamps(account: Account) -> dict[str, str]:
    """Take the stamps off the products and coupons on which objects in use of ours stand."""
    standing = {
        target
        for live in account.look()
        if live.on and live.stamp is not None
        for name in ("product", "promotion")
        for target in (_id_in(live.raw.get(name)),)
    }
    lost = {}
    for live in account.look():
        if live.id in standing and live.stamp is not None:
            lost[str(live.stamp.address)] = live.id
            account.post(f"{live.kind.path}/{live.id}", metadata={STAMP: ""})
    return lost


def _id_in(named: Any) -> str | None:
    found = named.get("coupon") if isinstance(named, dict) else named
    return found["id"] if isinstance(found, dict) else found


def stops(account: Account, catalog: Catalog) -> tuple[str, bool]:
    """Return what stops a plan, and whether it is refused altogether, for the first reason."""
    try:
        found = account.plan(catalog, allow=()).findings
    except PlanError as error:
        return str(error), True
    return "\n".join(one.text for one in found if one.blocks), False


class TestLostStamps:
    @laws
    @given(catalog=catalogs(least=1))
    def test_a_plan_is_stopped_and_matching_finds_them_by_what_stands_on_them(
        self, catalog: Catalog
    ) -> None:
        account = Account(KINDS)
        account.apply(account.plan(catalog))
        lost = without_stamps(account)
        event(f"lost: {min(len(lost), 3)}")
        why, refused = stops(account, catalog)
        made = account.plan(catalog, adopt_matching=True, allow=())
        account.apply(made)
        again = account.plan(catalog)
        account.close()
        named = {at: one for at, one in lost.items() if f'[adopt] "{at}" = "{one}"' in why}
        assert bool(named) if refused else lost == named
        assert (lost, ()) == (adopted(made), made.findings)
        assert set(lost) == {str(one.address) for one in made.changes}
        assert ((), ()) == (again.changes, again.steps)


def _named_by(catalog: Catalog, holders: dict[str, str]) -> set[str]:
    """What the holders of keys name, however far."""
    known = set(holders)
    found: set[str] = set()
    waiting = [one for at, one in catalog.resources.items() if str(at) in known]
    while waiting:
        one = waiting.pop()
        for leaf in references(one.kind.fields, one.body, late=False):
            address = getattr(leaf, "address", None)
            if address is not None and str(address) not in found:
                found.add(str(address))
                waiting.append(catalog.resources[address])
    return found


def with_other_keys(catalog: Catalog) -> Catalog:
    """The catalog under another name: the same addresses, and no natural key in common."""
    resources = {at: _with_other_keys(one) for at, one in catalog.resources.items()}
    return replace(catalog, name="other", resources=resources)


def _with_other_keys(one: Resource) -> Resource:
    keys = {}
    for key in one.kind.natural_keys:
        if text := _wanted(one, key):
            keys[key.field] = f"o{text}"
    return replace(one, body=finish(one.kind, one.body.with_(keys))) if keys else one


class TestSeveralCatalogs:
    @laws
    @given(ours=catalogs(), theirs=catalogs())
    def test_they_do_not_see_each_other(self, ours: Catalog, theirs: Catalog) -> None:
        theirs = with_other_keys(theirs)
        account = Account(KINDS)
        account.apply(account.plan(ours))
        account.apply(account.plan(theirs))
        of_ours, of_theirs = account.plan(ours), account.plan(theirs)
        counted = {(one.kind, one.catalog): one.count for one in of_ours.strangers if one.catalog}
        there = Counter(
            (live.kind.name, "other")
            for live in account.look()
            if live.stamp is not None and live.stamp.catalog == "other"
        )
        before = _objects_of(account, "acme")
        account.apply(account.plan(theirs, destroy=True))
        after = _objects_of(account, "acme")
        again = account.plan(ours)
        account.close()
        assert ((), (), ()) == (of_ours.changes, of_ours.steps, of_ours.findings)
        assert ((), (), ()) == (of_theirs.changes, of_theirs.steps, of_theirs.findings)
        assert dict(there) == counted
        assert before == after
        assert ((), ()) == (again.changes, again.steps)


def _objects_of(account: Account, catalog: str) -> list[dict[str, Any]]:
    """What the account holds of a catalog, with all that Stripe says of it."""
    return [
        each
        for each in account.simulator.dump()
        if str(each.get("metadata", {}).get(STAMP, "")).startswith(f"{catalog}/")
    ]
