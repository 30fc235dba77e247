"""Ctrl-C and SIGTERM in the midst of an apply, in a real process over a slow server."""

from __future__ import annotations

import signal
import time

import pytest
from serving import journal, served

from reconciler.simulator.faults import Fault

SIGNALS = [signal.SIGINT, signal.SIGTERM]
DONE = [("price", "pro_monthly"), ("product", "Pro")]


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")


@pytest.fixture
def slow():
    """Whoever makes a price waits for the answer; it is made at once."""
    with served(faults=["POST /v1/prices: slow, seconds=3"]) as found:
        yield found


@pytest.fixture
def stuck():
    """The same, for longer than anybody waits here."""
    with served(faults=["POST /v1/prices: slow, seconds=60"]) as found:
        yield found


def steps(lines, word):
    return [line["step"] for line in lines if word in line]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_the_calls_in_flight_are_finished(number, slow, process, reconciler, folder):
    found = process("apply", "--api-base", slow.url, "--yes")
    slow.wait_for("POST", "/v1/prices")
    found.send_signal(number)
    _, err = found.communicate(timeout=60)
    path, lines = journal(folder)
    assert found.returncode == 5, err
    assert err == (
        f"Journal: .reconciler/{path.name}\n"
        "Stopping: the calls in flight are waited for. Once more stops at once.\n"
        "You stopped it.\n"
        "  2 of 3 calls are done; the journal has them. Nothing is lost.\n"
        f"  Finish it: reconciler apply --resume .reconciler/{path.name}\n"
    )
    assert (
        steps(lines, "attempt")
        == steps(lines, "done")
        == [
            "create product.pro",
            "create price.pro.monthly",
        ]
    )
    assert [one["metadata"]["reconciler_lock_until"] for one in slow.locks] == ["0"]
    ran = reconciler("apply", "--api-base", slow.url, "--resume", path)
    assert (ran.code, slow.others) == (0, DONE)
    assert reconciler("plan", "--api-base", slow.url, "--detailed-exitcode").code == 0


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_a_second_signal_ends_it_at_once(number, stuck, process, reconciler, folder):
    found = process("apply", "--api-base", stuck.url, "--yes")
    stuck.wait_for("POST", "/v1/prices")
    found.send_signal(number)
    while "Stopping" not in found.stderr.readline():
        assert found.poll() is None
    found.send_signal(number)
    _, err = found.communicate(timeout=60)
    path, lines = journal(folder)
    assert (found.returncode, err) == (
        5,
        f"Stopped at once. Finish it: reconciler apply --resume .reconciler/{path.name}\n",
    )
    assert steps(lines, "attempt") == ["create product.pro", "create price.pro.monthly"]
    assert steps(lines, "done") == ["create product.pro"]
    ran = reconciler("apply", "--api-base", stuck.url, "--resume", path)
    assert (ran.code, stuck.others) == (0, DONE)
    made = [
        call for call in stuck.simulator.calls if (call.method, call.path) == ("POST", "/v1/prices")
    ]
    assert len(made) == 1, "what was made is found, and not asked for again"


def test_while_it_plans_there_is_nothing_to_finish(process, folder):
    with served(faults=["GET /v1/coupons: slow, seconds=3"]) as stripe:
        found = process("apply", "--api-base", stripe.url, "--yes")
        stripe.wait_for_reads("/v1/coupons", 1)
        found.send_signal(signal.SIGINT)
        _, err = found.communicate(timeout=60)
        assert (found.returncode, stripe.writes) == (1, [])
        assert err.endswith("Stopped. Nothing is under way any more.\n")
        assert not (folder / ".reconciler").exists()


def test_while_it_looks_before_its_first_call_it_gives_the_lock_up(process, reconciler, folder):
    with served(faults=["GET /v1/account: slow, seconds=3, at=2"]) as stripe:
        found = process("apply", "--api-base", stripe.url, "--yes")
        stripe.wait_for_reads("/v1/account", 2)
        found.send_signal(signal.SIGINT)
        _, err = found.communicate(timeout=60)
        assert (found.returncode, stripe.others) == (1, [])
        assert err.endswith("You stopped it before anything was sent by this run.\n")
        assert [one["metadata"]["reconciler_lock_until"] for one in stripe.locks] == ["0"]
        assert not list((folder / ".reconciler").glob("*")), "there is nothing to resume"
        ran = reconciler("apply", "--api-base", stripe.url, "--yes")
        assert (ran.code, stripe.others) == (0, DONE)


def test_a_call_that_waits_to_be_repeated_is_not_repeated_any_more(process, reconciler, folder):
    """It would go for as long as a minute, and outlast the lock."""
    asked = []

    def busy(number, request):
        if (request.method, request.path) != ("POST", "/v1/prices"):
            return None
        asked.append(number)
        return Fault.TOO_MANY

    with served(script=busy) as stripe:
        found = process("apply", "--api-base", stripe.url, "--yes")
        ends = time.monotonic() + 30
        while len(asked) < 2:
            assert time.monotonic() < ends
            time.sleep(0.01)
        found.send_signal(signal.SIGTERM)
        _, err = found.communicate(timeout=20)
        assert found.returncode == 5
        assert "  1 of 3 calls are done; the journal has them. Nothing is lost.\n" in err
        assert [one["metadata"]["reconciler_lock_until"] for one in stripe.locks] == ["0"]
        assert len(asked) <= 3, "a tenth try would come after half a minute"
        _, lines = journal(folder)
        refused = [line for line in lines if "refused" in line]
        assert [line["step"] for line in refused] == ["create price.pro.monthly"]
