"""How long a refused call is tried again, and what is said when it was for too long."""

from __future__ import annotations

from collections import Counter

import pytest

from pacing.virtual import VirtualTime
from reconciler.errors import StripeError
from reconciler.gateway.failure import Failure
from reconciler.gateway.retry import Policy, Tries
from reconciler.gateway.stripe import Gateway
from reconciler.model.values import Frozen
from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault
from reconciler.simulator.transport import SimulatorTransport

LIMITED = Failure(message="Too many.", status=429, code="rate_limit")
LOCKED = Failure(message="In use.", status=429, code="lock_timeout")
LOST = Failure(message="Gone.", passing=True)


class TestTries:
    def test_refusals_count_in_a_row_in_which_nothing_gets_through(self):
        tries, seen = Tries(began=0.0), []
        for passed in [0, 0, 0, 4, 4, 5, 5]:
            tries.note(LIMITED, passed=("post /v1/prices", passed))
            seen.append(tries.busy)
        assert [1, 2, 3, 1, 2, 1, 2] == seen
        assert 7 == tries.all

    def test_the_limits_are_told_apart(self):
        tries, seen = Tries(began=0.0), []
        for limit, passed in [("", 90), ("a", 5), ("", 90), ("a", 5), ("a", 6), ("", 91)]:
            tries.note(LIMITED, passed=(limit, passed))
            seen.append(tries.busy)
        assert [1, 1, 2, 3, 1, 1] == seen

    def test_a_busy_object_and_a_lost_answer_have_counts_of_their_own(self):
        tries = Tries(began=0.0)
        for failure in [LOCKED, LOST, LOCKED, LOST, LOST, LOCKED]:
            tries.note(failure)
        assert (3, 3, 6) == (tries.busy, tries.lost, tries.all)


class TestPolicy:
    @pytest.mark.parametrize(("failure", "tries"), [(LIMITED, 10), (LOCKED, 10), (LOST, 4)])
    def test_waits_double_until_it_gives_up(self, failure, tries):
        so_far, waits = Tries(began=0.0), []
        while None not in waits:
            so_far.note(failure)
            waits.append(Policy().wait(failure, so_far, now=1.0, jitter=1.0))
        assert [0.5, 1, 2, 4, 8, 8, 8, 8, 8][: tries - 1] == waits[:-1]

    def test_ten_minutes_are_enough_whatever_gets_through(self):
        policy, tries = Policy(), Tries(began=100.0)
        tries.note(LIMITED, passed=("", 1))
        assert policy.wait(LIMITED, tries, now=699.9, jitter=1.0) == 0.5
        assert policy.wait(LIMITED, tries, now=700.0, jitter=1.0) is None


class Shop:
    """The real gateway on the simulator, in virtual time; 80 ms on the way, up and down."""

    def __init__(self, *, seed=0, fault=None, **options):
        self.time = VirtualTime(seed)
        self.simulator = Simulator(clock=self.time.clock, **options)
        shop = self

        class Transport(SimulatorTransport):
            def request(self, *args, **kwargs):
                shop.time.sleep(shop.time._draw.uniform(0.02, 0.22))
                try:
                    return super().request(*args, **kwargs)
                finally:
                    shop.time.sleep(0.04)

        script = (lambda _, request: fault(request, self.time.now)) if fault else ()
        self.gateway = Gateway(
            "sk_test_pacing",
            transport=Transport(self.simulator, script=script, sleep=self.time.sleep),
            timing=self.time.timing,
        )

    def make(self, number):
        return self.gateway.write_product(
            None, Frozen({"name": f"P{number}"}), f"making {number}", key=f"key-{number}"
        )

    def make_all(self, count, *, workers=8):
        left = list(range(count))

        def work():
            while left:
                self.make(left.pop(0))

        return self.time.run(*[work] * workers)

    @property
    def statuses(self):
        return Counter(call.status for call in self.simulator.calls)

    @property
    def made(self):
        return Counter(one["name"] for one in self.simulator.dump())


def once_each(count):
    return Counter(f"P{number}" for number in range(count))


class TestAgainstTheSimulator:
    def test_alone_nothing_is_refused(self):
        shop = Shop(rate_limit=25)
        took = shop.make_all(300)
        assert {200: 300} == shop.statuses
        assert 12 <= took <= 1.1 * 12

    @pytest.mark.parametrize("neighbour", [0.3, 0.5, 0.9])
    def test_beside_a_neighbour_all_is_done_once(self, neighbour):
        shop = Shop(rate_limit=25, neighbour=neighbour)
        took = shop.make_all(300)
        statuses = shop.statuses
        assert (once_each(300), 300) == (shop.made, statuses[200])
        assert 0 < statuses[429] < 300 / 4
        floor = 300 / (25 * (1 - neighbour))
        assert took < 1.25 * floor + 2

    def test_a_limit_far_below_the_documented_one_is_found(self):
        """Stripe may lower a limit without a word."""
        shop = Shop(rate_limit=5)
        took = shop.make_all(150)
        assert once_each(150) == shop.made
        assert took < 1.25 * 150 / 5 + 2

    def test_a_crowd_of_forty_is_no_different(self):
        shop = Shop(rate_limit=25, neighbour=0.5)
        shop.make_all(300, workers=40)
        assert once_each(300) == shop.made

    def test_an_object_in_use_does_not_slow_anybody_down(self):
        drawn = iter(range(10**6))
        busy = Shop(
            fault=lambda *_: Fault.LOCK_TIMEOUT if next(drawn) % 20 == 7 else None,
        )
        took = busy.make_all(300, workers=16)
        assert once_each(300) == busy.made
        assert took <= 1.15 * (300 * 20 / 19) / 25

    def test_when_nothing_gets_through_it_is_given_up_within_a_minute(self):
        shop = Shop(fault=lambda *_: Fault.TOO_MANY)
        with pytest.raises(StripeError) as caught:
            shop.make_all(1, workers=1)
        assert str(caught.value).startswith(
            "making 0: Stripe is busy with too many requests, and stayed so.\n"
        )
        assert shop.gateway.requests == 10

    def test_a_call_that_alone_never_gets_through_is_given_up_after_ten_minutes(self):
        def fault(request, _now):
            return Fault.TOO_MANY if b"P0" in request.body else None

        shop = Shop(fault=fault)
        failed = []

        def unlucky():
            try:
                shop.make(0)
            except StripeError as error:
                failed.append(str(error).splitlines()[0])

        def others():
            for number in range(1, 1000):
                if failed:
                    return
                shop.make(number)
                shop.time.sleep(2.0)

        took = shop.time.run(unlucky, others)
        assert 600 <= took < 620
        (text,) = failed
        begin, _, rest = text.partition(" (tried ")
        times, _, end = rest.partition(" times in ")
        assert begin == "making 0"
        assert 100 < int(times) < 1000
        assert end.endswith(" seconds): Stripe is busy with too many requests, and stayed so.")
