"""Which object an address is: what the plan says, and a gap where the plan has something to do."""

from __future__ import annotations

import pytest
from hypothesis import given

from ids.shop import CATALOG, OBJECTS, catalog, changed, identified, price
from laws.account import Account
from laws.effort import trying
from laws.strategies import KINDS, catalogs
from laws.test_laws import planned
from reconciler.errors import PlanError
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Embedded
from reconciler.model.plan import Create, Plan, Reactivate, Replace
from reconciler.planner.identify import identify

GAPS = {
    "nothing is there": (
        [],
        {str(address) for address in catalog().resources},
    ),
    "a price is there and archived": (
        changed("price_seats", active=False),
        {"price.pro.seats: price_seats is archived, and would come back"},
    ),
    "a price has another amount": (
        changed("price_seats", unit_amount=900),
        {
            "price.pro.seats: price_seats differs from the file and would be replaced",
            "plan.team: it names what is not there yet: price.pro.seats",
            # The plan's entry quotes a lookup key, which the new price takes over.
        },
    ),
    "a lookup key was given away": (
        changed("price_seats", lookup_key="other"),
        {"plan.team: it is not as the file says"},
    ),
    "two objects bear one stamp": (
        [*OBJECTS, price("price_again", "seats", 900), price("price_third", "seats", 700)],
        set(),
    ),
    "two objects bear one stamp, and neither is what the file says": (
        [
            *changed("price_seats", unit_amount=900),
            price("price_third", "seats", 700, lookup_key="third"),
        ],
        {
            "price.pro.seats: several objects bear its stamp, and the file does not tell which is "
            "meant",
            "plan.team: it names what is not there yet: price.pro.seats",
        },
    ),
    "the stamp is another catalog's": (
        changed("feat_1", metadata={"reconciler": "other/feature.sso"}),
        {"feature.sso: there is no such object yet"},
    ),
    "the entry of a plan is missing": (
        changed("prod_pro", metadata={"reconciler": "acme/product.pro"}),
        {"plan.team: there is no such entry yet"},
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_each_gap_says_why(name):
    objects, expected = GAPS[name]
    account, found = identified(objects)
    account.close()
    told = {f"{gap.address}: {gap.why}" for gap in found.gaps}
    if name == "nothing is there":
        told = {str(gap.address) for gap in found.gaps}
    assert expected == told


def test_a_lookup_key_that_the_file_changes_is_a_gap():
    text = CATALOG.replace("amount = 8.00", 'amount = 8.00\nlookup_key = "seats"')
    account, found = identified(OBJECTS, catalog(text))
    account.close()
    assert [
        (
            "price.pro.seats",
            'the lookup_key of price_seats is "pro_seats" at Stripe, and "seats" in the file',
        ),
        ("plan.team", "it is not as the file says"),
    ] == sorted(((str(gap.address), gap.why) for gap in found.gaps), reverse=True)


def test_what_is_ours_and_not_wanted_is_not_listed():
    account, found = identified([*OBJECTS, price("price_old", "old")])
    account.close()
    assert () == found.gaps
    assert "price_old" not in {one.id for one in found.held}


def test_what_is_wanted_switched_off_is_held_when_it_is_archived():
    text = CATALOG.replace("[features.sso]", "[features.sso]\nactive = false")
    account, found = identified(changed("feat_1", active=False), catalog(text))
    account.close()
    assert () == found.gaps
    assert "feat_1" in {one.id for one in found.held}


def missing(made: Plan) -> set[str]:
    """The addresses that will be another object, or be known by another name, after a plan."""
    found = set()
    for change in made.changes:
        kind = KINDS[change.address.kind]
        fields = {key.field for key in kind.natural_keys}
        embedded = isinstance(kind.identity, Embedded)
        other = isinstance(change, Create | Replace | Reactivate)
        if embedded or other or any(edit.path in fields for edit in change.edits):
            found.add(change.address)
    return {str(address) for address in found}


class TestAgreement:
    @trying(20, 500)
    @given(before=catalogs(), after=catalogs())
    def test_a_gap_is_what_a_plan_would_make_or_rename(
        self, before: Catalog, after: Catalog
    ) -> None:
        account = Account(KINDS)
        account.apply(planned(account, before))
        try:
            made = planned(account, after)
        except PlanError:  # a plan names a price that has no lookup key, and keeps it so
            account.close()
            return
        found = identify(after, account.look(), KINDS)
        account.close()
        expected = {name for name in missing(made) if name in set(map(str, after.resources))}
        # An entry that stays as it is names prices by keys that their successors take over.
        gaps = {str(gap.address) for gap in found.gaps if gap.address.kind != "plan"}
        assert {name for name in expected if not name.startswith("plan.")} == gaps
        assert {name for name in expected if name.startswith("plan.")} <= {
            str(gap.address) for gap in found.gaps
        }

    @trying(20, 500)
    @given(before=catalogs(), after=catalogs())
    def test_a_targeted_look_gives_the_same_or_a_gap(self, before: Catalog, after: Catalog) -> None:
        account = Account(KINDS)
        account.apply(planned(account, before))
        try:
            whole = identify(after, account.look(), KINDS)
        except PlanError:
            account.close()
            return
        aimed = identify(after, account.look_at(after), KINDS)
        account.close()
        assert set(aimed.held) <= set(whole.held)
        assert set(aimed.entries) <= set(whole.entries)
        assert {gap.address for gap in whole.gaps} <= {gap.address for gap in aimed.gaps}

    @trying(20, 500)
    @given(wanted=catalogs())
    def test_after_an_apply_there_is_none(self, wanted: Catalog) -> None:
        account = Account(KINDS)
        account.apply(planned(account, wanted))
        seen = account.look()
        found = identify(wanted, seen, KINDS)
        account.close()
        stamped = {str(live.stamp.address): live.id for live in seen if live.stamp is not None}
        assert () == found.gaps
        assert set(wanted.resources) == {one.address for one in (*found.held, *found.entries)}
        assert stamped == {
            str(one.address): one.id for one in found.held if not one.resource.kind.shared
        }
        for one in found.held:
            live = seen.of(one.address.kind)[one.id]
            assert one.names == {name: live.raw[name] for name in one.names}
