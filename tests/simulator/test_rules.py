"""Rules: which exchanges they befall, how they are written, and what is wrong with a wrong one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.main import run
from reconciler.simulator.core import Request, Simulator
from reconciler.simulator.fault_text import parse
from reconciler.simulator.faults import Fault, FaultError, Rule
from reconciler.simulator.script import Script
from reconciler.simulator.transport import SimulatorTransport

from .conftest import KEY, NOW

CALLS = [
    "GET /v1/account",
    "POST /v1/products",
    "POST /v1/prices",
    "GET /v1/prices/price_1",
    "POST /v1/prices",
    "POST /v1/prices/price_1",
    "DELETE /v1/products/prod_1",
    "POST /v1/prices",
    "GET /v1/prices",
]


def befallen(rules, calls=CALLS):
    """The fault of each call, by its number from 1."""
    script = Script(rules=rules)
    found = {}
    for number, call in enumerate(calls, start=1):
        method, path = call.split(" ")
        rule = script.ruled(Request(method=method, path=path))
        if rule is not None:
            found[number] = rule.fault.name.lower()
    return found


EVERY = range(1, len(CALLS) + 1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("slow", EVERY),
        ("*: slow", EVERY),
        ("* *: slow", EVERY),
        ("slow, at=4", [4]),
        ("slow, at=4, times=2", [4, 5]),
        ("slow, at=4, times=all", [4, 5, 6, 7, 8, 9]),
        ("slow, at=99", []),
        ("slow, times=2", [1, 2]),
        ("slow, times=all", EVERY),
        ("WRITE *: slow", [2, 3, 5, 6, 7, 8]),
        ("write: slow, at=5", [7]),
        ("READ *: slow", [1, 4, 9]),
        ("POST *: slow, at=2", [3]),
        ("DELETE: slow", [7]),
        ("POST /v1/prices: slow", [3, 5, 8]),
        ("POST /v1/prices: slow, at=2", [5]),
        ("post /v1/prices: slow, at=2, times=2", [5, 8]),
        ("/v1/prices: slow", [3, 5, 8, 9]),
        ("* /v1/prices: slow, at=4", [9]),
        ("POST /v1/prices/{price}: slow", [6]),
        ("POST /v1/prices/*: slow", [6]),
        ("* /v1/prices/{id}: slow", [4, 6]),
        ("* /v1/prices/price_1: slow, at=2", [6]),
        ("* /v1/prices/price_2: slow", []),
        ("* /v1/products/{product}/features: slow", []),
        ("slow, probability=0", []),
        ("slow, probability=1", EVERY),
        ("slow, at=4, probability=1.0", [4]),
        ("slow, at=4, probability=0.0", []),
    ],
)
def test_which_calls_a_rule_befalls(text, numbers):
    assert dict.fromkeys(numbers, "slow") == befallen([text])


def test_the_first_rule_that_is_due_wins_and_all_of_them_count():
    rules = ["POST /v1/prices: lost_after, at=2", "WRITE *: error_before, at=3, times=2"]
    assert befallen(rules) == {5: "lost_after", 6: "error_before"}
    assert befallen(rules[::-1]) == {5: "error_before", 6: "error_before"}
    assert befallen(["slow, times=1", "refused, times=1"]) == {1: "slow", 2: "refused"}


class TestChance:
    def test_a_seed_gives_the_same_calls_in_every_process_and_another_one_others(self):
        calls = ["GET /v1/prices"] * 30
        drawn = {
            seed: sorted(befallen([f"slow, probability=0.2, seed={seed}"], calls))
            for seed in (0, 1)
        }
        assert drawn == {0: [8, 12, 18, 28, 30], 1: [4, 5, 9]}

    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize("probability", [0.05, 0.5, 0.9])
    def test_it_comes_about_as_often_as_it_says(self, probability, seed):
        rule = Rule(fault=Fault.SLOW, probability=probability, seed=seed)
        often = len(befallen([rule], ["GET /v1/prices"] * 1000)) / 1000
        assert pytest.approx(probability, abs=0.05) == often

    def test_times_bounds_it(self):
        calls = ["GET /v1/prices"] * 1000
        assert len(befallen(["slow, probability=0.5, times=3"], calls)) == 3

    def test_calls_of_other_endpoints_do_not_change_it(self):
        rule = "GET /v1/prices: slow, probability=0.3"
        alone = befallen([rule], ["GET /v1/prices"] * 40)
        mixed = befallen([rule], ["GET /v1/prices", "GET /v1/account"] * 40)
        assert mixed == {number * 2 - 1: fault for number, fault in alone.items()}

    def test_rules_draw_apart(self):
        """Or two faults with one probability would always come together, and one never."""
        both = befallen(
            ["slow, probability=0.5", "refused, probability=0.5"], ["GET /v1/prices"] * 100
        )
        assert set(both.values()) == {"slow", "refused"}


@given(at=st.integers(1, 12), times=st.integers(1, 12), calls=st.integers(0, 20))
def test_a_rule_befalls_so_many_in_a_row_from_its_number_on(at, times, calls):
    rule = Rule(fault=Fault.SLOW, at=at, times=times)
    found = list(befallen([rule], ["GET /v1/prices"] * calls))
    assert [n for n in range(at, at + times) if n <= calls] == found


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("lost_after", Rule(fault=Fault.LOST_AFTER)),
        (
            "POST /v1/prices: lost_after, at=2",
            Rule(fault=Fault.LOST_AFTER, endpoint="POST /v1/prices", at=2),
        ),
        (
            " GET /v1/prices/price:1 :SLOW , seconds = 0.25,times=all, probability=0.5 ,seed=7 ",
            Rule(
                fault=Fault.SLOW,
                endpoint="GET /v1/prices/price:1",
                seconds=0.25,
                times="all",
                probability=0.5,
                seed=7,
            ),
        ),
        ("too-many-global", Rule(fault=Fault.TOO_MANY_GLOBAL)),
    ],
)
def test_a_text_says_a_rule(text, rule):
    assert parse(text) == rule


METHODS = "*, READ, WRITE, GET, POST, DELETE"

WRONG = {
    "lost_aftr": "no fault is named 'lost_aftr'; the nearest is lost_after",
    "POST /v1/prices: ": "no fault is named ''; there are: "
    + ", ".join(fault.name.lower() for fault in Fault),
    "POST /v1/prices lost_after": "between the endpoint and the fault stands a colon",
    "POST /v1/price: slow": "there is no endpoint 'POST /v1/price'; the nearest is 'POST /v1/prices'",
    "DELETE /v1/prices/{price}: slow": "there is no endpoint 'DELETE /v1/prices/{price}'; the nearest is 'GET /v1/prices/{price}'",
    "/zzz: slow": "there is no endpoint '/zzz'",
    "PUT /v1/prices: slow": f"'PUT /v1/prices' is no endpoint: write a method ({METHODS}) and a path, as in 'POST /v1/prices'",
    "POST /v1/prices /v1/products: slow": f"'POST /v1/prices /v1/products' is no endpoint: write a method ({METHODS}) and a path, as in 'POST /v1/prices'",
    "slow, at=0": "at counts from 1, so it cannot be 0",
    "slow, at=two": "at is a whole number, not 'two'",
    "slow, at=-1": "at is a whole number, not '-1'",
    "slow, at": "at is a whole number, not ''",
    "slow, at=1, at=2": "at is given twice",
    "slow, times=0": "times is at least 1, or all, not 0",
    "slow, times=ever": "times is a whole number, not 'ever'",
    "slow, probability=1.01": "probability lies between 0 and 1, not at 1.01",
    "slow, probability=nan": "probability is a number such as 0.5, not 'nan'",
    "slow, chance=1": "a rule has no 'chance'; it has: at, times, probability, seed, seconds",
    "slow,": "a rule has no ''; it has: at, times, probability, seed, seconds",
    "slow, seconds=4000": "seconds lies between 0 and 3600, not at 4000",
    "refused, seconds=3": "seconds belong to slow alone",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_text_is_told(text):
    with pytest.raises(FaultError) as raised:
        parse(text)
    assert f"{text!r}: {WRONG[text]}" == str(raised.value)


@pytest.mark.parametrize(
    "given",
    [
        {"endpoint": "POST /v1/nothing"},
        {"at": 0},
        {"times": 0},
        {"probability": -0.1},
        {"probability": float("nan")},
        {"seconds": -1},
    ],
)
def test_a_wrong_rule_cannot_be_made(given):
    with pytest.raises(FaultError):
        Rule(fault=Fault.SLOW, **given)


def test_rules_and_a_script_together(simulator):
    """The script is asked for what no rule befalls, and counts these calls alone."""
    transport = SimulatorTransport(
        simulator, faults=["POST *: error_before, at=1"], script=[None, Fault.TOO_MANY]
    )
    client = stripe.StripeClient(KEY, http_client=transport)
    found = []
    for method in ("post", "get", "post", "get"):
        try:
            client.raw_request(
                method, "/v1/products", **({"name": "x"} if method == "post" else {})
            )
        except stripe.StripeError as error:
            found.append(error.http_status)
        else:
            found.append(200)
    assert found == [500, 200, 429, 200]


class TestServing:
    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (
                ("--fault", "slow", "--fault", "POST /v1/price: slow"),
                "--fault 'POST /v1/price: slow': there is no endpoint 'POST /v1/price'; the nearest is 'POST /v1/prices'.\n",
            ),
            (
                ("--neighbour", "0.5"),
                "--neighbour takes a share of the rate limit, and there is none.\n"
                "  Give one with --rate-limit; Stripe's own is 25.\n",
            ),
            (
                ("--rate-limit", "25", "--neighbour", "1"),
                "Invalid value for '--neighbour': 1.0 is not in the range 0<=x<1.\n"
                "  reconciler simulator serve --help tells what it takes.\n",
            ),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_served(self, capsys, options, told):
        code = run(["simulator", "serve", "--port", "0", *options])
        assert (code, *capsys.readouterr()) == (1, "", told)

    def test_faults_and_a_neighbour_are_served(self):
        root = Path(__file__).parents[2]
        options = ["--fault", "POST *: bad_request, at=2", "--fault", "DELETE *: lost_before"]
        limits = ["--rate-limit", "2", "--neighbour", "0.99"]
        with subprocess.Popen(
            [
                sys.executable,
                "-m",
                "reconciler",
                "simulator",
                "serve",
                "--port=0",
                *options,
                *limits,
            ],
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            text=True,
        ) as served:
            try:
                url = served.stdout.readline().split(" answers at ")[1].split(". ")[0]
                # Accounts do not share a limit, so each call has one of its own.
                calls = [("post", 1), ("post", 2), ("post", 3), ("delete", 4), ("get", 3)]
                found = [status(url, method, f"sk_test_{n}_1") for method, n in calls]
            finally:
                served.send_signal(signal.SIGTERM)
        assert found == [200, 400, 200, None, 429]


def status(url, method, key):
    client = stripe.StripeClient(key, base_addresses={"api": url})
    path = "/v1/products/prod_1" if method == "delete" else "/v1/products"
    try:
        client.raw_request(method, path, **({"name": "x"} if method == "post" else {}))
    except stripe.StripeError as error:
        return error.http_status
    return 200


def test_a_script_may_look_at_the_request():
    asked = []

    def script(number, request):
        asked.append((number, request.method, request.path, request.body))
        return Fault.ERROR_BEFORE if request.method == "GET" else None

    with Simulator(clock=lambda: NOW) as simulator:
        transport = SimulatorTransport(simulator, script=script)
        client = stripe.StripeClient(KEY, http_client=transport)
        client.v1.products.create({"name": "x"})
        with pytest.raises(stripe.APIError):
            client.v1.products.list()
    assert asked == [(0, "POST", "/v1/products", b"name=x"), (1, "GET", "/v1/products", b"")]


def test_rules_are_data():
    """Rules can come from a file of any sort: they are made of texts and numbers."""
    read = json.loads('["POST /v1/prices: lost_after, at=2", "slow, at=9"]')
    assert befallen(read) == {5: "lost_after", 9: "slow"}
