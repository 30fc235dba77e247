"""What a refusal changes, for whom, and for how long."""

from __future__ import annotations

import pytest

from pacing.receivers import Line
from pacing.virtual import VirtualTime, most_in_a_second
from reconciler.gateway.pacing import Pacer, Timing
from reconciler.gateway.pacing_limits import Bucket, Room

PRICES, PRODUCTS = "post /v1/prices", "post /v1/products"


class Town:
    """A crowd at each of two endpoints of an account; a receiver that refuses at chosen times."""

    def __init__(self, refuses, *, calls=700, livemode=True, delay=(0.0, 0.05)):
        self.time = VirtualTime()
        self.began = self.time.now
        pacer = Pacer.of_mode(livemode=livemode, timing=self.time.timing)
        line = self.line = Line(self.time, pacer, self.judge, delay=delay)
        self.refuses = refuses
        self.time.run(*line.crowd([PRICES] * calls, 12), *line.crowd([PRODUCTS] * calls, 12))

    def judge(self, endpoint, now):
        return self.refuses(endpoint, now - self.began)

    def sent(self, endpoint, first, last=None):
        """How many requests left in some seconds since the beginning, on average in each."""
        last = first + 1 if last is None else last
        times = [at - self.began for at in self.line.sent[endpoint]]
        return sum(first <= at < last for at in times) / (last - first)


def once_at(second, reason, at=PRICES):
    """Refuse the first request to an endpoint that arrives after a time."""
    left = [True]

    def refuses(endpoint, now):
        if left and endpoint == at and now >= second:
            left.clear()
            return reason
        return None

    return refuses


@pytest.mark.parametrize("reason", ["endpoint-rate", "resource-specific", "", "news-of-2027"])
def test_a_refusal_halves_the_rate_of_its_endpoint_and_of_no_other(reason):
    town = Town(once_at(5, reason))
    assert 24 == town.sent(PRICES, 3, 5)
    assert 11 <= town.sent(PRICES, 5.2, 6.2) <= 14
    assert 24 == town.sent(PRODUCTS, 5, 9)
    assert town.line.refusals == {reason: 1}


def test_a_refusal_for_the_account_halves_the_rate_of_everything():
    town = Town(once_at(5, "global-rate"))
    both = town.sent(PRICES, 5.2, 6.2) + town.sent(PRODUCTS, 5.2, 6.2)
    assert 48 == town.sent(PRICES, 3, 5) + town.sent(PRODUCTS, 3, 5)
    assert both == 48  # half of 96 is as much as those two may

    third = Town(lambda _, now: "global-rate" if 5 <= now < 5.6 else None)
    total = third.sent(PRICES, 5.7, 6.7) + third.sent(PRODUCTS, 5.7, 6.7)
    assert total < 36


def test_the_rate_comes_back_in_a_straight_line():
    town = Town(once_at(5, "endpoint-rate"))
    seconds = [town.sent(PRICES, 5.1 + second) for second in range(16)]
    assert all(abs(12.5 + second - rate) <= 1.5 for second, rate in enumerate(seconds[:12]))
    assert 24 == town.sent(PRICES, 18, 21)


def test_requests_that_are_refused_together_count_once():
    """All that left before the rate was lowered say nothing about the lowered rate."""
    late = {"calls": 300, "delay": (0.3, 0.3)}
    town = Town(
        lambda at, now: "endpoint-rate" if at == PRICES and 5 <= now < 5.2 else None, **late
    )
    one = Town(once_at(5, "endpoint-rate"), **late)
    assert town.line.refusals.total() >= 4
    assert abs(one.sent(PRICES, 5.2, 7.2) - town.sent(PRICES, 5.2, 7.2)) <= 1


def test_so_do_those_that_were_too_many_at_once():
    room = Room()
    for under_way, now in ((19, 10.0), (18, 10.1), (17, 10.2)):
        room.under_way = under_way
        room.lower(9.9, now)
    assert 10 == room.most(10.3)
    room.lower(10.1, 10.4)
    assert 9 == room.most(10.5)


def test_no_rate_falls_below_one_a_second():
    bucket = Bucket(25, 0.0)
    for step in range(1, 20):
        bucket.lower(step / 1000 - 0.0001, step / 1000)
    assert 1.0 == bucket.rate(0.019)


def test_a_crowd_that_is_refused_does_not_hold_up_the_others():
    """It does not even where both share all that a sandbox has: its places are not kept for it."""
    town = Town(
        lambda at, now: "endpoint-rate" if at == PRICES and 2 <= now < 12 else None,
        calls=300,
        livemode=False,
    )
    assert town.sent(PRODUCTS, 5, 12) + town.sent(PRICES, 5, 12) >= 23.5


def test_however_much_is_refused_one_a_second_is_tried():
    town = Town(
        lambda endpoint, now: "endpoint-rate" if endpoint == PRICES and 5 <= now < 65 else None
    )
    tried = town.sent(PRICES, 15, 65)
    assert 0.9 <= tried <= 3
    assert 24 == town.sent(PRICES, 92, 94)
    assert 700 == len(town.line.done[PRICES])


@pytest.mark.parametrize("reason", ["endpoint-concurrency", "global-concurrency"])
def test_too_many_at_once_lowers_how_many_are_under_way(reason):
    """Six at once, half a second each: twelve a second is what there is."""
    time = VirtualTime()
    pacer = Pacer.of_mode(livemode=True, timing=time.timing)
    line = Line(time, pacer, lambda *_: reason if line.there >= 6 else None, answer=0.5)
    took = time.run(*line.crowd([PRICES] * 300, 30))
    assert 300 == len(line.done[PRICES])
    assert (300 / 12 <= took < 1.7 * 300 / 12, line.refusals.total() < 40) == (True, True)


def test_too_many_at_once_does_not_lower_the_rate():
    town = Town(once_at(5, "endpoint-concurrency"))
    assert 23.5 <= town.sent(PRICES, 8, 11) <= 25  # short answers: few are under way at that rate


class TestTheWaitThatStripeAsksFor:
    @pytest.fixture
    def time(self):
        return VirtualTime()

    @pytest.fixture
    def pacer(self, time):
        return Pacer.of_mode(livemode=True, timing=time.timing)

    @pytest.mark.parametrize(
        ("asked", "reason", "waited", "others"),
        [
            (7.0, "endpoint-rate", 7.0, 0.0),
            (7.0, "global-rate", 7.0, 7.0),
            (86400.0, "endpoint-rate", 20.0, 0.0),
            (0.0, "endpoint-rate", 1 / 12, 0.0),
            (None, "endpoint-rate", 1 / 12, 0.0),
        ],
    )
    def test_it_is_kept_within_bounds(self, time, pacer, asked, reason, waited, others):
        waits = {}

        def refused():
            leave = pacer.wait(PRICES)
            pacer.answered(leave)
            pacer.refused(leave, reason, asked)

        def next_one(endpoint):
            began = time.now
            pacer.wait(endpoint)
            waits[endpoint] = round(time.now - began, 6)

        time.run(refused)
        time.run(lambda: next_one(PRODUCTS), lambda: next_one(PRICES))
        assert {PRICES: waited, PRODUCTS: others} == pytest.approx(waits, abs=0.02)


def test_whoever_breaks_off_leaves_the_line():
    def interrupted(_seconds):
        raise KeyboardInterrupt

    now = [0.0]
    patient = Timing(
        clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds)
    )
    pacer = Pacer(endpoint=2, overall=100, timing=patient)
    pacer.wait(PRICES)
    pacer._timing = Timing(clock=lambda: now[0], sleep=interrupted)
    with pytest.raises(KeyboardInterrupt):
        pacer.wait(PRICES)
    pacer._timing = patient
    pacer.wait(PRICES)
    assert now == [1.0]


def test_the_limit_holds_while_the_rate_changes():
    town = Town(lambda _, now: "endpoint-rate" if int(now) % 7 == 5 and now % 1 < 0.1 else None)
    assert most_in_a_second(town.line.sent[PRICES]) <= 25
    assert most_in_a_second(town.line.all_sent) <= 100
