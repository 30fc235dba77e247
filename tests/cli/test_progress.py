"""Long work says on a terminal what it does, how far it is and how long it took; else nothing."""

from __future__ import annotations

import re
import threading
import time

import pytest
from conftest_cli import SIMULATED
from test_edges import on_a_terminal

from reconciler.cli.progress import Line, fitted, lasting, left
from reconciler.simulator.core import Simulator
from reconciler.simulator.server import running

KEY = {"STRIPE_API_KEY": "sk_test_simulator"}
WATCHED = {"CI": "", "TERM": "xterm"}


@pytest.fixture
def slow(request):
    """A Stripe that takes its time, so that there is something to wait for."""
    with Simulator() as simulator, running(simulator, latency_ms=request.param) as url:
        yield ("--api-base", url)


def drawn(seen):
    """Every state of the line."""
    return [re.split(r"[\r\n]", one)[0] for one in seen.split("\r\x1b[K")[1:]]


class TestOnATerminal:
    @pytest.mark.parametrize("slow", [1100], indirect=True)
    def test_a_plan_says_what_it_reads_and_for_how_long(self, process, slow):
        code, seen = on_a_terminal(process, ("plan", *slow), None, **KEY, **WATCHED)
        assert code == 0
        lines = drawn(seen)
        assert lines[0] == "Reading the account …"
        assert any(re.match(r"Reading the account … [1-9]\d* s$", one) for one in lines)
        assert lines[-1].startswith("\x1b[1mCatalog acme")

    def test_it_says_how_much_it_has_read(self, process, reconciler):
        reconciler("apply", *SIMULATED, "--yes")
        _, seen = on_a_terminal(process, ("plan", *SIMULATED), None, **WATCHED)
        assert "Reading the account: 1 product, 1 price …" in drawn(seen)

    @pytest.mark.parametrize("slow", [50], indirect=True)
    def test_an_apply_says_how_far_it_is(self, process, slow):
        code, seen = on_a_terminal(process, ("apply", "--yes", *slow), None, **KEY, **WATCHED)
        assert code == 0
        lines = drawn(seen)
        assert any(re.match(r"Looking whether anything has moved …", one) for one in lines)
        assert any(
            re.match(r"1 of 3 calls done: create_product for product.pro", one) for one in lines
        )
        assert any(re.match(r"3 of 3 calls done: verifying …", one) for one in lines)
        assert lines[-1] == ""

    def test_the_impact_says_how_far_it_is(self, process, reconciler, folder):
        reconciler("apply", *SIMULATED, "--yes")
        path = folder / "catalog.toml"
        path.write_text(path.read_text().replace("29.00", "30.00"))
        _, seen = on_a_terminal(process, ("plan", *SIMULATED), None, **WATCHED)
        assert "Counting subscriptions: 1 of 1 prices …" in seen


@pytest.mark.parametrize("slow", [50], indirect=True)
def test_without_a_terminal_nothing_but_notes_is_said(process, slow):
    with process("apply", "--yes", "--journal", "j.jsonl", *slow, env=KEY) as found:
        out, err = found.communicate()
    assert (0, "Journal: j.jsonl\n") == (found.returncode, err)
    assert "\r" not in out


@pytest.mark.parametrize("nobody", [{"CI": "true"}, {"TERM": "dumb"}])
def test_where_nobody_watches_nothing_is_drawn(nobody, process):
    env = {**WATCHED, **nobody}
    code, seen = on_a_terminal(process, ("plan", *SIMULATED), None, **env)
    assert (0, False) == (code, "Reading the account" in seen)


class TestTheLine:
    def test_it_goes_on_while_nothing_new_is_said_and_ends(self):
        written = []
        ticked = threading.Event()

        def write(text):
            written.append(text)
            if len(written) > 1:
                ticked.set()

        now = iter(range(0, 1000, 70))
        line = Line(write, lambda: 40, threading.RLock(), clock=lambda: float(next(now)))
        line.say("Reading")
        assert ticked.wait(30)
        line.end()
        assert "Reading … 1 min 10 s" == written[0]
        assert re.fullmatch(r"Reading … \d+ min \d+ s", written[1])
        assert "" == written[-1]
        count = len(written)
        time.sleep(1.2)
        assert count == len(written)

    @pytest.mark.parametrize(
        ("seconds", "told"),
        [
            (0, "0 s"),
            (59.9, "59 s"),
            (60, "1 min 0 s"),
            (3599, "59 min 59 s"),
            (3600, "1 h 0 min"),
            (7320, "2 h 2 min"),
        ],
    )
    def test_durations(self, seconds, told):
        assert told == lasting(seconds)

    @pytest.mark.parametrize(
        ("elapsed", "done", "total", "told"),
        [
            (2.9, 50, 100, ""),
            (10, 0, 100, ""),
            (10, 100, 100, ""),
            (10, 50, 100, ", about 11 s left"),
            (60, 10, 100, ", about 9 min 1 s left"),
        ],
    )
    def test_the_rest_is_estimated_once_there_is_a_rate(self, elapsed, done, total, told):
        assert told == left(elapsed, done, total)

    @pytest.mark.parametrize(
        ("text", "width", "told"),
        [
            ("Reading", 20, "Reading"),
            ("Reading the account", 10, "Reading t"),
            ("Reading the account", 9, "Reading"),
            ("価格価格価格", 8, "価格価"),
            ("a\x1b[2Jb", 20, "a\\x1b[2Jb"),
        ],
    )
    def test_it_never_takes_a_second_line(self, text, width, told):
        assert told == fitted(text, width)
