"""Laws of the pacer: whatever the threads and the endpoints, no limit is tripped by us alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pacing.receivers import Line, by_limiter, by_window
from pacing.virtual import VirtualTime, most_in_a_second
from reconciler.gateway.pacing import Pacer
from reconciler.simulator.limits import Limiter

ENDPOINTS = ["get /v1/products", "get /v1/prices", "post /v1/prices", "get /v1/prices/search"]
NEAR = (0.0, 0.01)
"""Seconds on the way, where the pace alone is to slow threads down."""

WORK = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(ENDPOINTS),
            st.sampled_from([1, 3, 20]),
            st.sampled_from([0.0, 0.0, 0.003, 0.1, 1.1]),
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=2,
    max_size=16,
)
"""What each thread does: calls to an endpoint, how many, and the seconds before the next."""


def doing(line, work):
    """Return a function for each thread."""

    def one(calls):
        for endpoint, times, pause in calls:
            for _ in range(times):
                line.call(endpoint)
            line.time.sleep(pause)

    return [lambda calls=calls: one(calls) for calls in work]


def number_of(work):
    return sum(times for calls in work for _, times, _ in calls)


def size_of(endpoint, limit):
    return min(limit, 20) if endpoint.endswith("/search") else limit


class TestNoSecondHoldsMoreThanTheLimit:
    @settings(max_examples=60, deadline=None)
    @given(
        work=WORK,
        limit=st.sampled_from([1, 2, 7, 25, 40]),
        share=st.sampled_from([1, 2, 4]),
        seed=st.integers(0, 9),
    )
    def test_where_requests_leave(self, work, limit, share, seed):
        time = VirtualTime(seed)
        pacer = Pacer(endpoint=limit, overall=limit * share, timing=time.timing)
        line = Line(time, pacer, delay=NEAR)
        time.run(*doing(line, work))
        assert number_of(work) == len(line.all_sent)
        assert most_in_a_second(line.all_sent) <= limit * share
        for endpoint, times in line.sent.items():
            assert most_in_a_second(times) <= size_of(endpoint, limit)

    @settings(max_examples=40, deadline=None)
    @given(
        work=WORK,
        seed=st.integers(0, 9),
        refused=st.sets(st.integers(0, 40), max_size=12),
        reason=st.sampled_from(
            ["global-rate", "endpoint-rate", "endpoint-concurrency", "global-concurrency", ""]
        ),
    )
    def test_while_the_rate_falls_and_rises(self, work, seed, refused, reason):
        arrivals = iter(range(10**9))
        time = VirtualTime(seed)
        pacer = Pacer(endpoint=25, overall=25, timing=time.timing)
        line = Line(time, pacer, lambda *_: reason if next(arrivals) in refused else None)
        time.run(*doing(line, work))
        assert number_of(work) == sum(map(len, line.done.values()))
        assert most_in_a_second(line.all_sent) <= 25


class TestNothingIsRefused:
    @settings(max_examples=60, deadline=None)
    @given(work=WORK, live=st.booleans(), seed=st.integers(0, 9), late=st.floats(0, 0.8))
    def test_however_bunched_requests_arrive(self, work, live, seed, late):
        """Some are held up for most of a second, and come together with those after them."""
        time = VirtualTime(seed)
        pacer = Pacer.of_mode(livemode=live, timing=time.timing)
        judge = by_limiter(Limiter(25, time.clock), livemode=live)
        line = Line(time, pacer, judge, delay=(0.0, late), seed=seed)
        time.run(*doing(line, work))
        assert line.refusals == {}

    def test_when_everything_stalls_and_arrives_at_once(self):
        """The worst that can happen on the way: whatever left in 0.8 s arrives at its end."""
        time = VirtualTime()
        pacer = Pacer.of_mode(livemode=False, timing=time.timing)
        line = Line(time, pacer, by_limiter(Limiter(25, time.clock), livemode=False))
        began = time.now
        line._draw.uniform = lambda *_: 0.8 - (time.now - began) % 0.8
        time.run(*line.crowd(["get /v1/prices"] * 400, 40))
        assert line.refusals == {}

    def test_when_commands_follow_one_another(self):
        """Each begins anew, and knows nothing of the one before."""
        time = VirtualTime()
        judge = by_limiter(Limiter(25, time.clock), livemode=False)
        for _ in range(6):
            pacer = Pacer.of_mode(livemode=False, timing=time.timing)
            line = Line(time, pacer, judge, delay=NEAR)
            time.run(*line.crowd(ENDPOINTS[:3] * 3, 8))
            assert line.refusals == {}


class TestTheLimitIsUsed:
    def test_a_thousand_calls_to_one_endpoint(self):
        """Not more than a tenth above the forty seconds that 25 a second allow."""
        for livemode in (False, True):
            time = VirtualTime()
            line = Line(time, Pacer.of_mode(livemode=livemode, timing=time.timing))
            took = time.run(*line.crowd(["post /v1/prices"] * 1000, 16))
            assert 40 <= took <= 42

    def test_four_endpoints_share_what_a_live_account_may(self):
        time = VirtualTime()
        line = Line(time, Pacer.of_mode(livemode=True, timing=time.timing))
        calls = [endpoint for _ in range(500) for endpoint in "abcd"]
        took = time.run(*line.crowd(calls, 32))
        assert 20 <= took <= 22

    def test_search_has_a_smaller_limit(self):
        time = VirtualTime()
        line = Line(time, Pacer.of_mode(livemode=True, timing=time.timing))
        took = time.run(*line.crowd(["get /v1/prices/search"] * 200, 16))
        assert 10 <= took <= 10.7

    def test_a_small_plan_does_not_wait_at_each_call(self):
        """Twelve lists of a live account, one call each: they go at once."""
        time = VirtualTime()
        line = Line(time, Pacer.of_mode(livemode=True, timing=time.timing), delay=(0.0, 0.0))
        took = time.run(*[lambda n=n: line.call(f"get {n}") for n in range(12)])
        assert round(took, 6) == 0.04


class TestNobodyStarves:
    @settings(max_examples=25, deadline=None)
    @given(crowd=st.integers(1, 40), live=st.booleans(), seed=st.integers(0, 99))
    def test_a_crowd_at_one_endpoint_lets_the_others_through(self, crowd, live, seed):
        time = VirtualTime(seed)
        line = Line(time, Pacer.of_mode(livemode=live, timing=time.timing), delay=(0.0, 0.0))
        waits = []

        def lone():
            for _ in range(10):
                time.sleep(0.3)
                began = time.now
                line.pacer.wait("get /v1/coupons")
                waits.append(time.now - began)

        time.run(*line.crowd(["get /v1/prices"] * 120, crowd), lone)
        assert max(waits) <= 2 / 24 + 1e-6

    def test_crowds_share_evenly(self):
        time = VirtualTime()
        line = Line(time, Pacer.of_mode(livemode=False, timing=time.timing), delay=(0.0, 0.0))
        crowds = [
            function
            for endpoint, threads in (("a", 30), ("b", 4), ("c", 2))
            for function in line.crowd([endpoint] * 80, threads)
        ]
        time.run(*crowds)
        began = min(line.all_sent)
        early = [sum(at < began + 6 for at in line.sent[name]) for name in "abc"]
        assert max(early) - min(early) <= 4

    def test_one_line_goes_first_come_first_served(self):
        time, order = VirtualTime(), []
        pacer = Pacer(endpoint=10, overall=100, timing=time.timing)

        def caller(number):
            time.sleep(number / 1000)
            pacer.wait("get /v1/prices")
            order.append(number)

        time.run(*[lambda n=n: caller(n) for n in range(30)])
        assert order == list(range(30))


def test_a_receiver_that_counts_by_the_second_is_got_along_with():
    """No pace near the limit can please one when requests arrive bunched: we give way instead."""
    time = VirtualTime()
    pacer = Pacer.of_mode(livemode=True, timing=time.timing)
    line = Line(time, pacer, by_window(25))
    took = time.run(*line.crowd(["post /v1/prices"] * 1000, 16))
    assert (len(line.done["post /v1/prices"]), took < 70) == (1000, True)
    assert line.refusals.total() < 60
