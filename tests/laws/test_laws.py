"""Laws of the engine, for any catalog that its kinds allow."""

from __future__ import annotations

from hypothesis import assume, given

from laws.account import Account
from laws.effort import trying
from laws.strategies import KINDS, catalogs, in_order
from reconciler import planfile
from reconciler.errors import PlanError
from reconciler.executor import fresh
from reconciler.model.catalog import Catalog
from reconciler.model.plan import Plan, Step
from reconciler.model.values import Frozen, Pending, substitute
from reconciler.model.world import project
from reconciler.planner.bind import references

laws = trying(25, 500)


def planned(account: Account, catalog: Catalog) -> Plan:
    """Plan; what the file ignores may be just what a replacement cannot be made with."""
    try:
        return account.plan(catalog)
    except PlanError as error:
        assume("with what its replacement takes over" not in str(error))
        raise


class TestApplying:
    @laws
    @given(before=catalogs(), after=catalogs())
    def test_leads_where_the_plan_projects(self, before: Catalog, after: Catalog) -> None:
        account = Account(KINDS)
        account.apply(planned(account, before))
        snapshot = account.look(after)
        made = planned(account, after)
        outcome = account.apply(made, workers=8)
        names = fresh.Names(
            made={
                done.object: Pending(done.address)
                for done in outcome.done
                if done.call.startswith("create_")
            }
        )
        projected = project(made, snapshot, KINDS)
        seen = account.look()
        differences = [
            *fresh.differences(made, KINDS, projected, seen, names),
        ]
        account.close()
        assert [] == differences

    @laws
    @given(before=catalogs(), after=catalogs())
    def test_leaves_nothing_to_do(self, before: Catalog, after: Catalog) -> None:
        account = Account(KINDS)
        account.apply(planned(account, before))
        account.apply(planned(account, after))
        writes = account.writes()
        again = account.plan(after)
        account.apply(again)
        changed = account.writes() - writes
        account.close()
        assert ((), (), 0) == (again.changes, again.steps, changed)

    @laws
    @given(catalog=catalogs())
    def test_there_and_back_brings_the_old_objects_back(self, catalog: Catalog) -> None:
        account = Account(KINDS)
        account.apply(account.plan(catalog))
        first = _active(account)
        gone = account.plan(catalog, destroy=True)
        account.apply(gone)
        deleted = {step.object for step in gone.steps if step.verb == "delete"}
        account.apply(account.plan(catalog))
        second = _active(account)
        account.close()
        lost = _leaning(catalog, {address for address, made in first.items() if made in deleted})
        kept = {address: made for address, made in first.items() if address not in lost}
        assert kept == {address: second[address] for address in kept}


def _active(account: Account) -> dict[str, str]:
    return {str(live.stamp.address): live.id for live in account.look() if live.stamp and live.on}


def _leaning(catalog: Catalog, gone: set[str]) -> set[str]:
    """Add what can only be made anew: it names what is gone, and cannot name anything else."""
    found = set(gone)
    for kind in in_order():
        for address, drawn in catalog.resources.items():
            named = references(kind.fields, drawn.body, late=False) if drawn.kind is kind else set()
            if any(isinstance(one, Pending) and str(one.address) in found for one in named):
                found.add(str(address))
    return found


class TestPlanFile:
    @laws
    @given(before=catalogs(), after=catalogs())
    def test_reads_back_equal(self, before: Catalog, after: Catalog) -> None:
        account = Account(KINDS)
        account.apply(planned(account, before))
        made = planned(account, after)
        account.close()
        assert made == planfile.read(planfile.write(made), KINDS)


class TestOwnership:
    @laws
    @given(ours=catalogs(), theirs=catalogs())
    def test_a_stranger_appears_in_no_step(self, ours: Catalog, theirs: Catalog) -> None:
        account = Account(KINDS)
        account.apply(account.plan(_called("other", theirs)))
        # A meter is whoever's names it, so it is no stranger to anybody.
        strangers = {live.id for live in account.look() if not live.kind.shared}
        before = [each for each in account.simulator.dump() if each["id"] in strangers]
        made = account.plan(ours)
        blocked = {finding.code for finding in made.findings}
        named = {
            leaf
            for step in made.steps
            for leaf in (step.object, *_leaves(_named(step)))
            if leaf in strangers
        }
        if "RC108" not in blocked:
            account.apply(made)
        after = [each for each in account.simulator.dump() if each["id"] in strangers]
        account.close()
        assert (set(), before) == (named, after)


def _called(name: str, catalog: Catalog) -> Catalog:
    return Catalog(name=name, resources=catalog.resources, moved={}, adopt={})


def _named(step: Step) -> Frozen:
    """What a call names: an id of one's own choice is a wish (RC108 stops it), and names nobody."""
    keys = {key.field: None for key in KINDS[step.kind].natural_keys}
    return step.payload.with_(keys)


def _leaves(value: object) -> set[object]:
    found: set[object] = set()

    def note(leaf: object) -> object:
        found.add(leaf)
        return leaf

    substitute(value, note)
    return found
