"""Laws of a comparison: what was made alike is alike, whichever way one looks and whatever the ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from laws.account import Account
from laws.effort import trying
from laws.strategies import KINDS, catalogs
from laws.test_import import NAMES, live_in, scenes
from reconciler.errors import PlanError
from reconciler.gateway.stripe import API_VERSION
from reconciler.importer.compare import compare
from reconciler.importer.sides import attached, lens
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import observe

laws = trying(12, 1000)

NAMES_OF = ("A", "B")


@contextmanager
def accounts(count: int) -> Iterator[list[Account]]:
    """Some accounts in which nothing has the id that it has in another one."""
    made = [Account(KINDS) for _ in range(count)]
    for number, one in enumerate(made):
        for _ in range(3 * number):
            one.post("/v1/products", name="Gone")
        for product in list(one.simulator.dump()):
            one.delete(f"/v1/products/{product['id']}")
    try:
        yield made
    finally:
        for one in made:
            one.close()


def look(account: Account, *files: Catalog) -> Snapshot:
    wanted = attached(KINDS, lambda seen: lens(files, [seen], owned_by=None))
    return observe(account.gateway, KINDS.values(), attached=wanted)


def told(first: Catalog | Snapshot, second: Catalog | Snapshot) -> Plan:
    return compare(first, second, KINDS, names=NAMES_OF, api_version=API_VERSION).plan


def both_ways(one: Catalog | Snapshot, other: Catalog | Snapshot) -> list[object]:
    plans = (told(one, other), told(other, one))
    return [step for made in plans for step in (*made.changes, *made.steps)]


class TestAlike:
    @laws
    @given(catalog=catalogs(least=1))
    def test_two_accounts_of_one_catalog_and_its_file(self, catalog: Catalog) -> None:
        with accounts(2) as (first, second):
            for account in (first, second):
                account.apply(account.plan(catalog))
            writes = first.writes() + second.writes()
            a, b = look(first, catalog), look(second, catalog)
            assert writes == first.writes() + second.writes()
        assert [] == both_ways(a, b)
        assert [] == both_ways(catalog, a)
        assert [] == both_ways(catalog, catalog)

    @laws
    @given(
        catalog=catalogs(least=1),
        deeds=scenes(),
        names=st.lists(st.sampled_from(NAMES), min_size=3, max_size=3),
    )
    def test_an_account_made_by_hand_and_itself(
        self, catalog: Catalog, deeds: list[str], names: list[str]
    ) -> None:
        with accounts(1) as (account,):
            live_in(account, catalog, deeds, names)
            a = look(account)
        assert [] == both_ways(a, a)


class TestDifferent:
    @laws
    @given(before=catalogs(least=1), after=catalogs(least=1))
    def test_a_file_and_an_account_differ_as_a_plan_says(
        self, before: Catalog, after: Catalog
    ) -> None:
        old, new = without_chosen_ids(before), without_chosen_ids(after)
        with accounts(1) as (account,):
            account.apply(account.plan(old))
            there = look(account, new)
            expected = outcome(lambda: account.plan(new))
        assert expected == outcome(lambda: told(new, there))


def without_chosen_ids(catalog: Catalog) -> Catalog:
    """An id that one side leaves to Stripe is a difference to a plan, and none to a comparison."""
    return replace(
        catalog,
        resources={
            address: replace(one, body=one.body.with_(dict.fromkeys(chosen(one), None)))
            for address, one in catalog.resources.items()
        },
    )


def chosen(resource: Resource) -> list[str]:
    return [key.field for key in resource.kind.natural_keys if key.default is None]


def outcome(make: Callable[[], Plan]) -> object:
    try:
        made = make()
    except PlanError as error:
        return str(error)
    return [(type(one), one.address, one.object, one.edits) for one in made.changes]
