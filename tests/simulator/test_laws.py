"""What holds for every order of events: lookup keys, idempotency, paging."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reconciler.simulator import form, money
from reconciler.simulator.core import Simulator
from reconciler.simulator.values import dumps, loads

from .conftest import NOW, Client, Clock

KEYS = st.sampled_from(["a", "b", "c"])


class Prices(RuleBasedStateMachine):
    """A model of which price holds which lookup key, beside the simulator."""

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.client = Client(Simulator(clock=self.clock))
        self.product = self.client.product().id
        self.prices = {}
        self.sent = {}

    def teardown(self):
        self.client.simulator.close()

    def holder(self, key):
        return next((id_ for id_, price in self.prices.items() if price["key"] == key), None)

    @rule(
        key=st.none() | KEYS, transfer=st.booleans(), later=st.integers(0, 2), active=st.booleans()
    )
    def create(self, key, transfer, later, active):
        self.clock.now += later
        given = {
            "currency": "usd",
            "unit_amount": 1,
            "product": self.product,
            "active": active,
            "transfer_lookup_key": transfer,
        }
        answer = self.client.post("/v1/prices", given | ({"lookup_key": key} if key else {}))
        holder = self.holder(key) if key else None
        if holder and not transfer:
            assert answer.error["message"] == f"A price (`{holder}`) already uses that lookup key."
            return
        if holder:
            self.prices[holder]["key"] = None
        assert answer["lookup_key"] == key
        self.prices[answer.id] = {"key": key, "active": active}

    @precondition(lambda self: self.prices)
    @rule(data=st.data(), key=st.just("") | KEYS, transfer=st.booleans())
    def rekey(self, data, key, transfer):
        id_ = data.draw(st.sampled_from(sorted(self.prices)))
        answer = self.client.post(
            f"/v1/prices/{id_}", {"lookup_key": key, "transfer_lookup_key": transfer}
        )
        holder = self.holder(key) if key else None
        if holder not in {None, id_} and not transfer:
            assert answer.status == 400
            return
        if holder:
            self.prices[holder]["key"] = None
        self.prices[id_]["key"] = key or None
        assert answer.status == 200

    @precondition(lambda self: self.prices)
    @rule(data=st.data(), active=st.booleans())
    def switch(self, data, active):
        id_ = data.draw(st.sampled_from(sorted(self.prices)))
        assert self.client.post(f"/v1/prices/{id_}", {"active": active})["active"] is active
        self.prices[id_]["active"] = active

    @rule(
        key=st.sampled_from(["k1", "k2"]),
        name=st.sampled_from(["x", "y"]),
        later=st.sampled_from([0, 3600, 86400]),
    )
    def repeat(self, key, name, later):
        self.clock.now += later
        answer = self.client.post("/v1/products", {"name": name}, headers={"Idempotency-Key": key})
        before = self.sent.get(key)
        if before is None or self.clock.now - before[0] >= 86400:
            assert (answer.status, answer["name"]) == (200, name)
            self.sent[key] = (self.clock.now, name, answer.body)
        elif before[1] == name:
            assert answer.body == before[2]
        else:
            assert answer.error["type"] == "idempotency_error"

    @invariant()
    def the_model_and_the_simulator_agree(self):
        shown = {
            obj["id"]: {"key": obj["lookup_key"], "active": obj["active"]}
            for obj in self.client.simulator.dump()
            if obj["object"] == "price"
        }
        assert shown == self.prices

    @invariant()
    def pages_show_each_price_once_in_both_directions(self):
        for active in (True, False):
            made = [id_ for id_, price in self.prices.items() if price["active"] is active]
            forwards = self.walk("starting_after", active, -1)
            assert forwards == made[::-1]
            if made:
                backwards = self.walk("ending_before", active, 0, made[0])
                assert backwards == made[1:][::-1]

    def walk(self, cursor, active, end, start=None):
        seen, at = [], {} if start is None else {cursor: start}
        while True:
            page = self.client.get("/v1/prices", {"limit": 2, "active": active, **at})
            seen = seen + page.ids if end == -1 else page.ids + seen
            if not page["has_more"]:
                return seen
            at = {cursor: page.ids[end]}


TestPrices = Prices.TestCase
TestPrices.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NAMES = st.text("abcxyz_é-. ", min_size=1, max_size=6)


class TestNotation:
    @given(
        st.dictionaries(
            NAMES, TEXT | st.dictionaries(NAMES, TEXT, min_size=1, max_size=3), max_size=4
        )
    )
    def test_what_is_encoded_is_decoded(self, params):
        pairs = [
            (f"{name}[{inner}]" if inner else name, text)
            for name, value in params.items()
            for inner, text in (value.items() if isinstance(value, dict) else [("", value)])
        ]
        assert form.decode(urlencode(pairs)) == params

    @given(st.text(max_size=200))
    @settings(max_examples=200)
    def test_no_text_breaks_the_door(self, text):
        with Simulator(clock=lambda: NOW) as simulator:
            answer = Client(simulator).post("/v1/products", text or "x")
            assert answer.status in {200, 400}


class TestAmounts:
    @given(st.decimals(min_value=0, max_value=10**12, places=12))
    def test_an_exact_amount_is_answered_as_it_is(self, amount):
        shown = money.amounts({"unit_amount_decimal": amount}, "unit_amount")
        assert type(amount)(shown["unit_amount_decimal"]) == amount
        assert (shown["unit_amount"] is None) == (amount != int(amount))
        assert shown["unit_amount_decimal"] == "0" or not shown["unit_amount_decimal"].endswith(
            ".0"
        )

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | TEXT
            | st.decimals(allow_nan=False, allow_infinity=False, places=3),
            lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
        )
    )
    def test_json_keeps_decimals_exactly(self, value):
        assert loads(dumps(value)) == value


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_windows_of_creation_time_cut_a_list_without_loss(gaps, limit):
    clock = Clock()
    with Simulator(clock=clock) as simulator:
        client = Client(simulator)
        made = []
        for gap in gaps:
            clock.now += gap
            made.append(client.product().id)
        middle = NOW + sum(gaps) // 2
        newer = every(client, {"created[gte]": middle}, limit)
        older = every(client, {"created[lt]": middle}, limit)
    assert newer + older == made[::-1]


def every(client, asked, limit):
    page = client.get("/v1/products", asked, limit=limit)
    seen = page.ids
    while page["has_more"]:
        page = client.get("/v1/products", asked, limit=limit, starting_after=seen[-1])
        seen += page.ids
    return seen


def test_an_amount_is_never_negative():
    with pytest.raises(Exception, match="Invalid non-negative integer"):
        money.amounts({"unit_amount": -1}, "unit_amount")
