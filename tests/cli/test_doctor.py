"""`reconciler doctor`: what it says, what it asks Stripe, and how it ends."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager

import pytest
from conftest_cli import SIMULATED

from reconciler import kinds
from reconciler.simulator.core import Simulator
from reconciler.simulator.keys import account_of
from reconciler.simulator.server import running

KEY = "rk_test_limited1"
PERMISSIONS = {
    name: kind.permission for name, kind in kinds.load().items() if kind.permission is not None
}
READING = {f"rak_{one.name}_read" for one in PERMISSIONS.values()} | {"rak_subscription_read"}
LISTS = sum(len(kind.scopes) for kind in kinds.load().values() if kind.stored)
HEAD = f"Account  {account_of()} (test mode), API 2026-10-28.endive\n"


@pytest.fixture
def limited(folder, monkeypatch):
    """A server where the key may do what it was granted."""
    monkeypatch.setenv("STRIPE_API_KEY", KEY)

    @contextmanager
    def serve(granted):
        with (
            Simulator(permissions={KEY: frozenset(granted)}) as simulator,
            running(simulator) as url,
        ):
            yield simulator, url

    return serve


def test_an_account_as_the_apply_left_it_is_healthy(reconciler):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    ran = reconciler("doctor", *SIMULATED, "--detailed-exitcode")
    assert (
        0,
        f"{HEAD}"
        "Key      secret: it may read and write everything\n"
        "File     catalog.toml: catalog acme, 2 resources\n\n"
        "Managed by catalog acme: 1 product, 1 price\n\n"
        "Nothing is wrong.\n",
        "",
    ) == (ran.code, ran.out, ran.err)


def test_without_a_file_the_account_alone_is_looked_at(reconciler, folder):
    (folder / "catalog.toml").unlink()
    ran = reconciler("doctor", *SIMULATED)
    assert (
        0,
        f"{HEAD}"
        "Key      secret: it may read and write everything\n"
        "File     none: name the catalog's files, or start one with reconciler init\n\n"
        "Nothing is in the account.\n\n"
        "Nothing is wrong.\n",
    ) == (ran.code, ran.out)


def test_a_file_with_mistakes_stops_nothing_else(reconciler, folder):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    path = folder / "catalog.toml"
    path.write_text(path.read_text().replace("amount = 29.00", "amuont = 29.00"))
    ran = reconciler("doctor", *SIMULATED)
    assert 1 == ran.code
    assert "File     catalog.toml has mistakes; they are told below\n" in ran.out
    assert "Managed by catalog acme: 1 product, 1 price\n" in ran.out
    assert ran.out.endswith("\nThe file has mistakes. In the account: nothing is wrong.\n")
    assert ran.err.startswith("catalog.toml:12:1  price.pro.monthly: ")


@pytest.mark.parametrize(("given", "code"), [((), 0), (("--detailed-exitcode",), 2)])
def test_problems_are_an_exit_code_when_asked_for(given, code, reconciler, folder):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    path = folder / "catalog.toml"
    path.write_text(path.read_text().replace('"acme"', '"acme"\naccount = "acct_1other"', 1))
    ran = reconciler("doctor", *SIMULATED, *given)
    assert (code, True) == (
        ran.code,
        "Problem: The key reaches another account than the file's\n"
        f"  [catalog] account = acct_1other  the key reaches {account_of()}\n" in ran.out,
    )


def test_notes_are_none(reconciler, folder):
    with Simulator(folder / "stripe.db") as simulator:
        simulator.seed([{"object": "product", "id": "prod_1", "name": "Theirs"}])
    ran = reconciler("doctor", *SIMULATED, "--detailed-exitcode")
    assert (0, "1 note.") == (ran.code, ran.out.splitlines()[-1])


def test_without_a_key_both_ways_out_are_named(reconciler):
    ran = reconciler("doctor")
    assert (1, "") == (ran.code, ran.out)
    assert ran.err.startswith("There is no API key, and no simulator was named.\n")


class TestRequests:
    def test_it_only_reads_and_asks_for_each_list_once(self, reconciler, limited):
        with limited(READING) as (simulator, url):
            ran = reconciler("doctor", "--api-base", url)
            calls = Counter((call.method, call.path) for call in simulator.calls)
        assert 0 == ran.code
        assert {"GET"} == {method for method, _ in calls}
        assert LISTS + 2 == calls.total()
        assert (1, 1) == (calls["GET", "/v1/account"], calls["GET", "/v1/subscriptions"])

    def test_the_requests_follow_the_pages(self, reconciler, limited):
        with limited(READING) as (simulator, url):
            simulator.seed(
                {"object": "product", "id": f"prod_{number}", "name": "x"} for number in range(301)
            )
            assert 0 == reconciler("doctor", "--api-base", url).code
            assert LISTS + 3 + 2 <= len(simulator.calls) <= LISTS + 5 + 2


class TestRestrictedKeys:
    def test_what_it_may_is_told_kind_by_kind(self, reconciler, limited):
        with limited(READING) as (_, url):
            ran = reconciler("doctor", "--api-base", url)
        assert "Key      restricted: it may read 11 of 11 kinds; what it may write" in ran.out
        assert "         yes   prices                 Prices: Write (plan_write)\n" in ran.out
        assert (0, "Nothing is wrong.") == (ran.code, ran.out.splitlines()[-1])

    def test_a_list_that_is_refused_stops_no_other(self, reconciler, limited):
        with limited(READING - {"rak_coupon_read", "rak_plan_read"}) as (simulator, url):
            simulator.seed([{"object": "product", "id": "prod_1", "name": "x"}])
            ran = reconciler("doctor", "--api-base", url, "--detailed-exitcode")
        grant = "Give the restricted key the permission {}, at https://dashboard.stripe.com/apikeys"
        assert (
            "Problem: The key may not read what every plan needs\n"
            f"  coupons  {grant.format('Coupons: Read (coupon_read)')}\n"
            f"  prices  {grant.format('Prices: Read (plan_read)')}\n"
        ) in ran.out
        assert "Not managed: 1 product\n" in ran.out
        assert "On sale without" not in ran.out  # nobody can know
        assert (2, "2 problems.") == (ran.code, ran.out.splitlines()[-1])

    def test_one_that_may_nothing_is_told_so(self, reconciler, limited):
        with limited(()) as (_, url):
            ran = reconciler("doctor", "--api-base", url, "--format", "json")
        told = json.loads(ran.out)
        assert {False} == {each["read"] for each in told["permissions"]}
        assert {None} == {each["write"] for each in told["permissions"]}
        assert ("restricted", False, []) == (
            told["key"],
            told["subscriptions"]["read"],
            told["holdings"],
        )
        unread = [each["place"] for each in told["findings"] if each["check"] == "unread"]
        assert sorted(each["kind"] for each in told["permissions"]) == sorted(unread)

    @pytest.mark.parametrize("style", ["text", "json"])
    def test_the_key_is_never_told(self, style, reconciler, limited):
        with limited(()) as (_, url):
            ran = reconciler("doctor", "--api-base", url, "--format", style)
        assert "limited1" not in ran.out + ran.err


def test_a_lock_that_a_killed_apply_left_is_told(reconciler, folder):
    assert 0 == reconciler("apply", *SIMULATED, "--yes").code
    assert "Nothing is wrong.\n" in reconciler("doctor", *SIMULATED).out
    with Simulator(folder / "stripe.db") as simulator:
        simulator.seed(
            [
                {
                    "object": "product",
                    "id": "reconciler-lock-acme-9",
                    "name": "Lock",
                    "active": False,
                    "metadata": {
                        "reconciler_lock_run": "1f2e",
                        "reconciler_lock_since": "1760000000",
                        "reconciler_lock_until": "1760000060",
                        "reconciler_lock_by": "ann@host",
                    },
                }
            ]
        )
    told = reconciler("doctor", *SIMULATED).out
    assert (
        "Problem: An apply holds the lock of its catalog, or left it\n"
        "  catalog acme  reconciler-lock-acme-9  run 1f2e by ann@host, since 2025-10-09 08:53:20 UTC; "
        "it ended without being given up, so that apply did not finish\n"
        "    reconciler apply --resume with its journal, or reconciler plan, then apply.\n"
    ) in told
