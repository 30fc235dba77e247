"""The lock of a catalog, at the command line: two applies, killed ones, and all ways on."""

from __future__ import annotations

import getpass
import json
import signal
import socket
import threading

import pytest
from conftest_cli import SIMULATED
from serving import NOON, Killer, journal, served

from reconciler.simulator.faults import Fault

HELD = """\
Another apply of catalog acme holds the lock: run {run} by {who}, since 2025-10-09 08:53:20 UTC.\
"""


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")


@pytest.fixture
def killer():
    return Killer()


@pytest.fixture
def stripe(killer):
    with served(script=killer) as found:
        yield found


@pytest.fixture
def applying(reconciler, stripe):
    def call(*arguments):
        return reconciler("apply", "--api-base", stripe.url, "--yes", *arguments)

    return call


@pytest.fixture
def killed(stripe, killer, process, folder):
    """An apply that was killed when its third write was done: the price, after lock and product."""
    killer.at = 3
    found = killer.process = process("apply", "--api-base", stripe.url, "--yes")
    found.communicate(timeout=60)
    killer.process = None
    stripe.wait_for_writes(3)
    assert found.returncode == -signal.SIGKILL
    path, lines = journal(folder)
    assert len(lines) == 4, "the head, product meant and done, price meant"
    return path, lines[0]["run"]


def told(run):
    return HELD.format(run=run, who=f"{getpass.getuser()}@{socket.gethostname()}")


def is_free(stripe):
    """Whether there is one lock, and nobody holds it."""
    return [one["metadata"]["reconciler_lock_until"] for one in stripe.locks] == ["0"]


DONE = [("price", "pro_monthly"), ("product", "Pro")]


class TestTwoAtOnce:
    def test_one_goes_on_and_the_other_says_who_has_it(self, process, reconciler, folder):
        begun, hold = threading.Event(), threading.Event()

        def script(_number, request):
            if (request.method, request.path) == ("POST", "/v1/prices"):
                begun.set()
                hold.wait(60)

        with served(script=script) as stripe:
            first = process("apply", "--api-base", stripe.url, "--yes")
            assert begun.wait(60)
            before = stripe.writes
            second = reconciler("apply", "--api-base", stripe.url, "--yes", "--journal", "second")
            after = stripe.writes
            hold.set()
            _, err = first.communicate(timeout=60)
            assert ((0, 1), before) == ((first.returncode, second.code), after), err
            assert second.err.startswith(told(journal(folder)[1][0]["run"]))
            assert "\n  Nothing was changed. Wait for it. If it crashed, " in second.err
            assert not (folder / "second").exists()
            assert (stripe.others, is_free(stripe)) == (DONE, True)

    def test_the_other_writes_nothing(self, killed, applying, stripe):
        before = stripe.writes, stripe.simulator.dump()
        assert applying().code == 1
        assert before == (stripe.writes, stripe.simulator.dump())


class TestAfterAKill:
    def test_a_new_apply_says_who_held_it_and_since_when(self, killed, applying, folder):
        ran = applying()
        assert (ran.code, ran.err.splitlines()[0][: len(told(killed[1]))]) == (1, told(killed[1]))
        assert " It ends in 65 seconds unless it is renewed.\n" in ran.err
        assert "apply --resume" in ran.err
        assert "--break-lock" in ran.err

    def test_its_own_resume_goes_on_at_once(self, killed, applying, stripe):
        ran = applying("--resume", killed[0])
        assert (ran.code, stripe.others, is_free(stripe)) == (0, DONE, True)
        assert stripe.clock == [NOON]

    def test_it_can_be_broken(self, killed, applying, stripe):
        ran = applying("--break-lock")
        assert (ran.code, stripe.others, is_free(stripe)) == (0, DONE, True)

    @pytest.mark.parametrize(("later", "code"), [(64, 1), (65, 0)])
    def test_it_ends_by_itself_on_stripe_s_clock(self, later, code, killed, applying, stripe):
        stripe.clock[0] += later
        assert applying().code == code

    def test_a_broken_one_cannot_go_on_writing(self, killed, applying, stripe):
        """Its resume takes the lock anew, looks, and finds that another apply did its work."""
        assert applying("--break-lock").code == 0
        before = stripe.others
        ran = applying("--resume", killed[0])
        assert ran.code == 4
        assert before == stripe.others == DONE


class TestAJournalInUse:
    def test_two_resumes_of_one_journal_are_kept_apart(
        self, killed, killer, process, applying, stripe
    ):
        """The lock of the run is theirs alike, so the file itself is locked."""
        path, _ = killed
        begun, hold = threading.Event(), threading.Event()
        killer.watch = lambda: (begun.set(), hold.wait(60))
        first = process("apply", "--api-base", stripe.url, "--resume", str(path))
        assert begun.wait(60)
        before = stripe.writes, path.read_text()
        second = applying("--resume", path)
        after = stripe.writes, path.read_text()
        killer.watch = lambda: None
        hold.set()
        _, err = first.communicate(timeout=60)
        assert ((0, 1), before) == ((first.returncode, second.code), after), err
        assert second.err == (
            f"{path} is in use: its apply, or another resume of it, is under way.\n"
            "  Nothing was changed. Wait until that has ended.\n"
        )
        assert stripe.others == DONE


class TestNoLock:
    def test_a_policy_may_want_none(self, applying, folder, stripe):
        catalog = folder / "catalog.toml"
        catalog.write_text(catalog.read_text() + "[policy]\nlock = false\n")
        assert (applying().code, stripe.locks, stripe.others) == (0, [], DONE)

    def test_then_another_s_is_not_asked_for(self, killed, applying, folder, stripe):
        catalog = folder / "catalog.toml"
        catalog.write_text(catalog.read_text() + "[policy]\nlock = false\n")
        assert (applying().code, stripe.others) == (0, DONE)

    def test_a_rehearsal_takes_none(self, applying, stripe):
        ran = applying("--dry-run")
        assert (ran.code, stripe.writes) == (0, [])

    def test_a_rehearsal_needs_none(self, killed, applying, stripe):
        before = stripe.writes
        assert (applying("--dry-run").code, before) == (0, stripe.writes)

    def test_a_plan_without_writes_takes_none(self, applying, stripe):
        assert applying().code == 0
        before = stripe.writes
        assert (applying().code, before) == (0, stripe.writes)

    def test_planning_takes_none(self, reconciler, stripe):
        assert reconciler("plan", "--api-base", stripe.url).code == 0
        assert stripe.writes == []

    def test_the_lock_of_another_catalog_is_none(self, killed, applying, folder, stripe):
        catalog = folder / "catalog.toml"
        catalog.write_text(
            catalog.read_text().replace('"acme"', '"acme-2"').replace("29.00", "9.0")
        )
        text = catalog.read_text().replace(
            'interval = "month"', 'interval = "month"\nlookup_key = ""'
        )
        catalog.write_text(text)
        assert applying().code == 0
        assert {one["id"] for one in stripe.locks} == {
            "reconciler-lock-acme-1",
            "reconciler-lock-acme-2-1",
        }


class TestASavedPlan:
    def test_it_takes_the_lock_and_gives_it_up(self, reconciler, applying, stripe):
        assert reconciler("plan", "--api-base", stripe.url, "--out", "plan.json").code == 0
        assert (applying("plan.json").code, is_free(stripe)) == (0, True)

    def test_it_respects_another_s(self, killed, reconciler, applying, stripe):
        assert reconciler("plan", "--api-base", stripe.url, "--out", "plan.json").code == 0
        before = stripe.writes
        ran = applying("plan.json")
        assert (ran.code, before) == (1, stripe.writes)
        assert ran.err.startswith(told(killed[1]))


class TestWhatIsLeft:
    def test_it_is_one_inactive_product_that_nobody_holds(self, applying, folder, stripe):
        catalog = folder / "catalog.toml"
        for amount in ("29.00", "30.00", "31.00"):
            catalog.write_text(catalog.read_text().replace("29.00", amount))
            assert applying().code == 0
            catalog.write_text(catalog.read_text().replace(amount, "29.00"))
        (lock,) = stripe.locks
        run = lock["metadata"].pop("reconciler_lock_run")
        assert (lock["id"], lock["name"], lock["active"], lock["metadata"]) == (
            "reconciler-lock-acme-3",
            "Lock of the reconciler for catalog acme",
            False,
            {
                "reconciler_lock_by": f"{getpass.getuser()}@{socket.gethostname()}",
                "reconciler_lock_since": str(NOON),
                "reconciler_lock_until": "0",
            },
        )
        assert len(run) == 16

    def test_no_plan_and_no_count_knows_of_it(self, killed, applying, reconciler, stripe):
        assert applying("--break-lock").code == 0
        ran = reconciler("plan", "--api-base", stripe.url)
        assert (ran.code, "Not managed" in ran.out, "ock" in ran.out) == (0, False, False)
        shown = reconciler("plan", "--api-base", stripe.url, "--format", "json")
        saved = json.loads(shown.out)
        assert ("reconciler-lock" in shown.out, saved["steps"]) == (False, [])
        ran = reconciler("plan", "--api-base", stripe.url, "--destroy", "--allow", "RC101")
        assert (ran.code, "lock-acme" in ran.out, "1 product" in ran.out) == (0, False, False)

    def test_the_requests_for_it_are_told_apart(self, reconciler, folder):
        ran = reconciler("apply", *SIMULATED, "--yes")
        assert ran.code == 0
        assert "\nApplied. 3 writes, 9 reads, 4 for the lock. Verified" in ran.out

    def test_an_apply_that_was_refused_gives_it_up(self, applying, folder):
        with served(faults=["POST /v1/prices: bad_request"]) as stripe:
            ran = applying("--api-base", stripe.url)
            assert (ran.code, is_free(stripe)) == (5, True)

    def test_after_an_unknown_end_it_is_kept(self, killer, process, reconciler, folder):
        """The call may still be on its way: nobody else is to begin before the lock has ended."""
        with served(faults=["POST /v1/prices: lost_after, times=all"]) as stripe:
            ran = reconciler("apply", "--api-base", stripe.url, "--yes")
            assert (ran.code, is_free(stripe)) == (5, False)
            assert reconciler("apply", "--api-base", stripe.url, "--yes").code == 1
            path, _ = journal(folder)
            assert reconciler("apply", "--api-base", stripe.url, "--resume", path).code == 0
            assert (is_free(stripe), stripe.others) == (True, DONE)


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        (1, Fault.LOST_AFTER),
        (2, Fault.LOST_BEFORE),
        (4, Fault.LOST_BEFORE),
        (4, Fault.LOST_AFTER),
        (5, Fault.LOST_BEFORE),
    ],
)
def test_killed_at_any_write_it_is_finished(at, fault, stripe, killer, process, applying, folder):
    killer.at, killer.fault = at, fault
    found = killer.process = process("apply", "--api-base", stripe.url, "--yes")
    found.communicate(timeout=60)
    killer.process = None
    stripe.wait_for_writes(at - (fault is Fault.LOST_BEFORE))
    assert found.returncode == -signal.SIGKILL
    if at == 1:  # there is no journal before there is a lock
        stripe.clock[0] += 65
        assert applying().code == 0
    else:
        path, _ = journal(folder)
        ran = applying("--resume", path)
        ended = at == 5  # the lock was about to be given up, and all else was done
        assert ran.code == (1 if ended else 0), ran.err
    assert stripe.others == DONE
