"""A listing by windows of time: object for object what a plain one gives, in few requests."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.gateway.listing import SIDE_BY_SIDE, Page, listing
from reconciler.ports import PAGE

NOW = 1_760_000_000


class Far:
    """A list at Stripe: newest first, and of one second the last created first."""

    def __init__(self, times, *, arriving=()):
        self.objects = [
            {"id": f"obj_{number}", "created": created, "active": number % 5 != 0}
            for number, created in enumerate(sorted(times))
        ]
        self.arriving = list(arriving)
        self.asked = []
        self.lock = threading.Lock()

    def ask(self, parameters):
        with self.lock:
            self.asked.append(dict(parameters))
            page = self.answer(
                **{name.partition("[")[2] or name: value for name, value in parameters.items()}
            )
            if self.arriving:
                self.objects.append(
                    {"id": f"new_{len(self.asked)}", "created": self.arriving.pop(), "active": True}
                )
            return page

    def answer(self, **given):
        found = self.objects[::-1]
        if "active" in given:
            found = [one for one in found if one["active"] == (given["active"] == "true")]
        if "gte]" in given:
            found = [one for one in found if one["created"] >= int(given["gte]"])]
        if "lt]" in given:
            found = [one for one in found if one["created"] < int(given["lt]"])]
        if "starting_after" in given:
            ids = [one["id"] for one in found]
            found = found[ids.index(given["starting_after"]) + 1 :]
        size = int(given["limit"])
        return Page(found[:size], more=len(found) > size)


BOTH = ({"active": "true"}, {"active": "false"})


def plain(far, lists):
    """What page after page gives, at this moment."""
    return [one for fixed in lists for one in far.answer(limit="1000000", **fixed).items]


def spread(count, every):
    """So many moments, evenly."""
    return [NOW - every * number for number in range(count)]


bursts = st.lists(
    st.tuples(
        st.integers(0, 5 * 365 * 86_400),
        st.integers(1, 450),
        st.sampled_from([0, 0, 1, 60, 86_400]),
    ),
    max_size=4,
)
"""When a burst ended, how many objects it made, and how many seconds apart."""


@given(
    bursts=bursts,
    lists=st.sampled_from([({},), BOTH]),
    arriving=st.lists(st.integers(NOW, NOW + 5), max_size=20).map(sorted),
    dated=st.sampled_from([True, True, False]),
)
@settings(max_examples=150, deadline=None)
def test_it_gives_what_a_plain_listing_gives(bursts, lists, arriving, dated):
    times = [NOW - ago - apart * number for ago, count, apart in bursts for number in range(count)]
    far = Far(times, arriving=arriving[::-1])
    expected = plain(far, lists)

    found = list(listing(far.ask, lists, dated=dated))

    old = [one for one in found if not one["id"].startswith("new_")]
    assert expected == old
    assert len(found) - len(old) <= len(lists) * PAGE, "what came first fits the first pages"
    pages = sum(max(1, -(-len(plain(Far(times), (fixed,))) // PAGE)) for fixed in lists)
    assert len(far.asked) <= 2 * pages + 2 * SIDE_BY_SIDE * len(lists)
    if not dated:
        assert not [asked for asked in far.asked if any("created" in name for name in asked)]


@pytest.mark.parametrize(
    ("count", "most"),
    [
        (0, 1),
        (99, 1),
        (100, 1),
        (101, 2),
        (200, 2),
        (250, 6),
        (800, 11),
        (4000, 51),
        (100_000, 1150),
    ],
)
def test_it_takes_few_requests_where_objects_came_evenly(count, most):
    far = Far(spread(count, 3_600))
    assert sum(1 for _ in listing(far.ask, ({},), dated=True)) == count
    assert len(far.asked) <= most


@pytest.mark.parametrize("count", [250, 1000])
def test_what_one_second_made_is_read_by_cursor(count):
    far = Far([NOW] * count)
    assert plain(far, ({},)) == list(listing(far.ask, ({},), dated=True))
    assert len(far.asked) <= 2 * count // PAGE + SIDE_BY_SIDE


def test_years_of_silence_cost_few_requests():
    far = Far([*spread(500, 60), *(time - 10 * 365 * 86_400 for time in spread(500, 60))])
    assert plain(far, ({},)) == list(listing(far.ask, ({},), dated=True))
    assert len(far.asked) <= 24


def test_pages_of_a_long_list_are_asked_for_side_by_side():
    """None of the windows is answered before four of them are under way."""
    far = Far(spread(4000, 3_600))
    crowd = threading.Event()
    under_way = set()

    def ask(parameters):
        if "created[lt]" in parameters and len(far.asked) > 20:
            under_way.add(parameters["created[lt]"])
            if len(under_way) >= 4:
                crowd.set()
            assert crowd.wait(timeout=20), "the windows came one by one"
        return far.ask(parameters)

    assert sum(1 for _ in listing(ask, ({},), dated=True)) == 4000
    assert crowd.is_set()


def test_a_refusal_ends_it():
    far = Far(spread(2000, 60))

    def ask(parameters):
        if len(far.asked) >= 5:
            raise PermissionError("no more")
        return far.ask(parameters)

    with pytest.raises(PermissionError):
        list(listing(ask, ({},), dated=True))
    assert len(far.asked) <= 5 + SIDE_BY_SIDE
