"""Laws of an import: it takes all there is, and what it makes adopts it and changes nothing."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from laws.account import Account
from laws.effort import trying
from laws.strategies import KINDS, catalogs
from reconciler.gateway.stripe import API_VERSION
from reconciler.importer import texts
from reconciler.importer.build import Imported, build
from reconciler.importer.scope import Scope, attached
from reconciler.model.catalog import Catalog
from reconciler.model.plan import Adopt
from reconciler.model.snapshot import Live, Snapshot
from reconciler.observer.account import observe
from reconciler.spec.dump import dump
from reconciler.spec.load import load, loads

laws = trying(20, 1000)

NEW = Catalog(name="shop", resources={}, moved={}, adopt={})

NAMES = ("Pro", "pro", "Ünïcode ☃", "—", "prices", "price_1", "...", "Team  (yearly)", "x" * 90)

DEEDS = ("strip", "strip", "strip", "leave", "rename", "archive")


def scenes() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(DEEDS), min_size=12, max_size=12)


def live_in(account: Account, catalog: Catalog, deeds: list[str], names: list[str]) -> None:
    """Make an account that grew by hand: of the catalog "acme" some objects keep their stamps."""
    account.apply(account.plan(catalog))
    for number, live in enumerate(account.look()):
        deed = deeds[number % len(deeds)]
        if live.kind.shared or deed == "leave":
            continue
        change(account, live, metadata=dict.fromkeys(live.metadata.keys() & set(ours(live)), ""))
        if deed == "rename" and live.kind.name == "product":
            change(account, live, name=names[number % len(names)])
        if deed == "archive" and live.kind.archive is not None:
            archive = live.kind.archive
            change(account, live, **{archive.field: str(archive.value).lower()})


def ours(live: Live) -> list[str]:
    return [key for key in live.metadata if key.startswith("reconciler")]


def change(account: Account, live: Live, **parameters: Any) -> None:
    try:
        account.post(f"{live.kind.path}/{live.id}", **parameters)
    except Exception as error:  # noqa: BLE001 - what Stripe refuses, nobody has done
        event(f"refused: {type(error).__name__}")


def look(account: Account, scope: Scope, into: Catalog) -> Snapshot:
    return observe(account.gateway, KINDS.values(), attached=attached(KINDS, scope, into))


def imported(account: Account, scope: Scope, into: Catalog = NEW) -> Imported:
    snapshot = look(account, scope, into)
    return build(snapshot, KINDS, scope, into=into, api_version=API_VERSION)


def read(made: Imported, *, adopt: bool) -> Catalog:
    """Read what an import writes."""
    with tempfile.TemporaryDirectory() as folder:
        catalog, bindings = Path(folder, "catalog.toml"), Path(folder, "adopt.toml")
        catalog.write_text(texts.new_catalog(made), encoding="utf-8")
        text = texts.adoptions(None, made.adopt, catalog="catalog.toml", name="adopt.toml")
        bindings.write_text(text, encoding="utf-8")
        return load([catalog], KINDS, overlays=[bindings] if adopt else [])


def without_stamp(value: Any) -> Any:
    """Return an object, and what is inside it, as it is beside its stamp and its last change."""
    match value:
        case dict():
            away = {"reconciler", "updated"}
            return {key: without_stamp(item) for key, item in value.items() if key not in away}
        case list():
            return [without_stamp(item) for item in value]
        case _:
            return value


class TestImport:
    @laws
    @given(
        catalog=catalogs(least=1),
        deeds=scenes(),
        names=st.lists(st.sampled_from(NAMES), min_size=3, max_size=3),
        archived=st.booleans(),
        only=st.booleans(),
    )
    def test_it_adopts_and_changes_nothing(
        self, catalog: Catalog, deeds: list[str], names: list[str], *, archived: bool, only: bool
    ) -> None:
        account = Account(KINDS)
        live_in(account, catalog, deeds, names)
        before = {one["id"]: without_stamp(one) for one in account.simulator.dump()}
        made = imported(account, Scope(archived=archived, only_active=only))
        event(f"left out: {min(len(made.left_out), 3)} of {min(len(made.added), 9)}")

        whole = account.plan(read(made, adopt=True))
        assert [] == [c for c in whole.changes if not isinstance(c, Adopt) or c.edits]
        assert set(made.adopt) == {one.address for one in whole.changes}
        assert () == whole.blocked
        account.apply(whole)

        after = {one["id"]: without_stamp(one) for one in account.simulator.dump()}
        again = account.plan(read(made, adopt=False))
        account.close()
        assert ((), ()) == (again.changes, again.steps)
        assert before == after

    @laws
    @given(catalog=catalogs(least=1), archived=st.booleans())
    def test_a_lost_file_comes_back(self, catalog: Catalog, *, archived: bool) -> None:
        """What bears a catalog's stamps needs no binding: its addresses are on the objects."""
        account = Account(KINDS)
        account.apply(account.plan(catalog))
        scope = Scope(owned_by="acme", archived=archived)
        made = imported(account, scope, replace(NEW, name="acme"))
        plan = account.plan(read(made, adopt=False))
        account.close()
        lost = {at for at, one in catalog.resources.items() if not one.wanted_on and not archived}
        assert {} == made.adopt
        assert () == made.left_out
        assert [] == [c for c in plan.changes if c.address not in lost]
        gone = {one.address for one in plan.changes}
        # A meter bears no stamp: whose it is cannot be said, unless a price names it.
        stamped = {at for at, one in catalog.resources.items() if not one.kind.shared}
        assert stamped - gone <= made.added | lost

    @laws
    @given(mine=catalogs(least=1), theirs=catalogs(least=1))
    def test_what_is_added_leaves_the_file_as_it_was(self, mine: Catalog, theirs: Catalog) -> None:
        account = Account(KINDS)
        account.apply(account.plan(mine))
        other = account.plan(replace(theirs, name="other"))
        if other.blocked:  # the two want one natural key
            account.close()
            return
        account.apply(other)
        for live in account.look():
            if live.stamp is not None and live.stamp.catalog == "other":
                change(account, live, metadata=dict.fromkeys(ours(live), ""))
        before = account.plan(mine)
        text = f"# By hand.\r\n\r\n{dump(mine)}\r\n  # to the end"
        made = imported(account, Scope(), loads(text, KINDS))
        added = texts.added(text, made, {})
        whole = account.plan(replace(loads(added, KINDS), adopt=made.adopt))
        account.close()
        event(f"left out: {min(len(made.left_out), 3)} of {min(len(made.added), 9)}")
        assert added.startswith(text)
        assert before.changes == tuple(c for c in whole.changes if c.address not in made.added)
        new = [c for c in whole.changes if c.address in made.added]
        assert [] == [c for c in new if not isinstance(c, Adopt) or c.edits]
