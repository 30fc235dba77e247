"""`examples/full.toml`, a catalog of every kind: made, destroyed and made again."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from engine.test_switches import settings
from examples.company import FULL, KINDS, Company, catalog
from examples.ordering import made_before_named, named_go_last, puts_away
from reconciler.errors import ReconcilerError
from reconciler.model.catalog import Catalog
from reconciler.model.plan import Plan
from reconciler.planner.guards import FEW
from reconciler.simulator.switches import Switches
from reconciler.spec.dump import dump
from reconciler.spec.load import loads
from reconciler.spec.schema import json_schema

CHOSEN = {
    "coupon.partner": {"PARTNER": "PARTNER-2"},
    "product.enterprise": {"lumen-enterprise": "lumen-enterprise-2"},
}
"""The ids that the file chooses, and others that it might."""


@pytest.fixture
def company() -> Iterator[Company]:
    made = Company()
    yield made
    made.close()


def built(company: Company) -> Plan:
    """Make everything; return the plan that did."""
    made = company.plan(catalog())
    assert made.findings == ()
    company.apply(made)
    return made


def destroyed(company: Company) -> Plan:
    """Take everything away; return the plan that did."""
    made = company.plan(catalog(), destroy=True)
    company.apply(made)
    return made


class TestTheFile:
    def test_it_has_every_kind_and_sixty_objects(self) -> None:
        wanted = catalog()
        counts = Counter(resource.kind.name for resource in wanted.resources.values())
        stored = sum(count for name, count in counts.items() if KINDS[name].stored)
        assert KINDS.keys() == counts.keys()
        assert len(KINDS) == 12
        assert stored >= 60
        assert counts["plan"] >= 5

    def test_editors_find_nothing_wrong_with_it(self) -> None:
        judge = jsonschema.Draft7Validator(json_schema(KINDS))
        said = tomllib.loads(FULL.read_text(encoding="utf-8"))
        assert [error.json_path for error in judge.iter_errors(said)] == []

    def test_it_says_nothing_that_a_clock_undoes(self) -> None:
        """A moment in an example comes, and then nobody could try it any more."""
        bodies = [resource.body for resource in catalog().resources.values()]
        assert [body for body in bodies if {"redeem_by", "expires_at"} & body.keys()] == []

    def test_ids_are_chosen_where_this_says(self) -> None:
        chosen = {
            str(address): resource.body["id"]
            for address, resource in catalog().resources.items()
            if "id" in resource.body
        }
        assert chosen == {address: next(iter(ids)) for address, ids in CHOSEN.items()}

    def test_it_comes_back_from_a_dump(self) -> None:
        wanted = catalog()
        again = loads(dump(wanted), KINDS)
        assert wanted == again
        assert wanted.digest == again.digest


class TestItsLife:
    def test_it_is_made_once(self, company: Company) -> None:
        made = built(company)
        assert {change.action for change in made.changes} == {"create"}
        assert len(catalog().resources) == len(made.changes)
        assert made_before_named(made) > 80
        assert len(made.steps) == company.writes()
        company.nothing_to_do(catalog())

    def test_what_names_goes_before_what_is_named(self, company: Company) -> None:
        built(company)
        ours = company.ours()
        made = company.plan(catalog(), destroy=True)
        assert named_go_last(made, ours) == {
            ("coupon", "product"),
            ("payment_link", "price"),
            ("payment_link", "product"),
            ("payment_link", "shipping_rate"),
            ("portal_configuration", "price"),
            ("portal_configuration", "product"),
            ("price", "product"),
            ("product", "price"),
            ("promotion_code", "coupon"),
        }
        away = [str(step.object) for step in made.steps if puts_away(step)]
        assert sorted(away) == sorted(live.id for live in ours if live.on)

    def test_destroyed_it_leaves_nothing_of_ours_in_use(self, company: Company) -> None:
        built(company)
        made = destroyed(company)
        assert company.standing() == {}
        assert {change.action for change in made.changes} == {"retire"}
        left = company.ours()
        assert [
            key for live in left for key in live.metadata if key.startswith("reconciler_")
        ] == []
        # What can be deleted is gone, and what cannot is archived.
        assert {live.kind.name for live in left} == KINDS.keys() - {
            "coupon",
            "webhook_endpoint",
            "meter",
            "plan",
        }
        deleted = {str(live.stamp.address) for live in left if live.stamp} & CHOSEN.keys()
        assert deleted == set()
        company.nothing_to_do(catalog(), destroy=True)

    def test_meters_stay_and_are_listed(self, company: Company) -> None:
        built(company)
        made = destroyed(company)
        meters = company.look().of("meter").values()
        assert {meter.raw["event_name"] for meter in meters if meter.on} == {
            "events",
            "api_call",
            "storage",
        }
        assert made.notes == tuple(
            f"meter.{key} stays: others may use it. `retired = true` in its table switches it off."
            for key in ("events", "calls", "storage")
        )

    def test_to_destroy_it_takes_leave_by_name(self, company: Company) -> None:
        built(company)
        made = company.plan(catalog(), destroy=True, allow=())
        assert [finding.code for finding in made.blocked] == ["RC101"]
        assert len(company.standing()) >= FEW

    def test_made_again_it_brings_back_what_was_archived(self, company: Company) -> None:
        built(company)
        first = company.standing()
        destroyed(company)
        archived = {live.id for live in company.ours()}
        company.apply(company.plan(catalog()))
        second = company.standing()
        assert first.keys() == second.keys()
        anew = {address for address, name in first.items() if name not in archived}
        # A code whose coupon is gone can never be used again, so it is made anew with it.
        anew |= {address for address in first if address.startswith("promotion_code.")}
        assert {address: first[address] for address in first.keys() - anew} == {
            address: second[address] for address in second.keys() - anew
        }
        assert {address.partition(".")[0] for address in anew} == {
            "coupon",
            "product",
            "promotion_code",
            "webhook_endpoint",
        }
        company.nothing_to_do(catalog())


def lived(switches: Switches, wanted: Catalog) -> str:
    """Make, destroy and make again; return where that stopped, and at what."""
    company = Company(switches)
    try:
        for doing, destroy in (("make", False), ("destroy", True), ("make again", False)):
            try:
                company.apply(company.plan(wanted, destroy=destroy))
            except ReconcilerError as error:
                return f"{doing}: {type(error).__name__}: {error}"
            company.nothing_to_do(wanted, destroy=destroy)
    finally:
        company.close()
    return ""


# Where Stripe cannot be brought to what the file says, and what is said of it.
STOPS: dict[tuple[str, Any], tuple[str, ...]] = {
    ("deleted_ids", "taken"): (
        "make again: IncompleteError: create_coupon for coupon.partner: ",
        "parameter id, code resource_already_exists",
    ),
    ("archived_feature", "frozen"): (
        "make again: IncompleteError: update_feature for feature.dashboards: ",
        "An archived feature cannot be changed.",
        "give its table another name, and plan anew.",
    ),
}


@pytest.mark.parametrize(("switch", "value"), [("", None), *settings()])
def test_as_stripe_may_be_it_lives_or_stops_by_name(switch: str, value: Any) -> None:
    switches = replace(Switches(), **{switch: value}) if switch else Switches()
    stop = lived(switches, catalog())
    expected = STOPS.get((switch, value), ())
    assert [text for text in expected if text not in stop] == []
    assert bool(expected) == bool(stop), stop


def test_every_stop_is_of_a_switch_that_there_is() -> None:
    assert STOPS.keys() - set(settings()) == set()


def test_an_id_that_stripe_gives_once_takes_another_id() -> None:
    company = Company(Switches(deleted_ids="taken"))
    built(company)
    destroyed(company)
    edits: dict[str, str] = {}
    for address, chosen in CHOSEN.items():
        with pytest.raises(ReconcilerError, match=f"{address}: .*\n.* already exists"):
            company.apply(company.plan(catalog(edits)))
        edits |= chosen
    company.apply(company.plan(catalog(edits)))
    company.nothing_to_do(catalog(edits))
    standing = company.standing()
    assert {standing[address]: "" for address in CHOSEN}.keys() == set(edits.values())
    company.close()
