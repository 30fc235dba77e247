"""Whatever Stripe turns out to do: under each switch the engine converges, or stops by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

import pytest

from engine.bench import ALL
from engine.scenarios import HEAD, SCENARIOS
from laws.account import Account
from reconciler import kinds as all_kinds
from reconciler.errors import BlockedError, ReconcilerError
from reconciler.simulator.switches import Switches
from reconciler.spec.load import loads

KINDS = all_kinds.load()

Stop = tuple[str, str, str]
"""The file at which a life stops, our error, and what it says."""

STOPS: dict[tuple[str, Any, str], Stop] = {
    ("empty_lookup_key", "refuse", "no lookup key"): (
        "take it away",
        "RefusedError",
        "parameter lookup_key, code parameter_invalid_empty",
    ),
    # An answer that says the key is still there is not what the plan projected.
    ("empty_lookup_key", "ignore", "no lookup key"): (
        "take it away",
        "StalePlanError",
        "lookup_key is pro_monthly, not unset",
    ),
    ("empty_nickname", "refuse", "nicknames"): (
        "clear",
        "RefusedError",
        "parameter nickname, code parameter_invalid_empty",
    ),
    ("deleted_ids", "taken", "chosen ids"): (
        "create anew",
        "RefusedError",
        "code resource_already_exists",
    ),
    ("create_price_on_archived_product", "refuse", "a price on an archived product"): (
        "create",
        "IncompleteError",
        "1 of 2 calls are done",
    ),
}
"""Where Stripe cannot be brought to what the file says. Everything else must converge."""


def settings() -> Iterator[tuple[str, Any]]:
    """Every value of every switch that is not the usual one."""
    hints = get_type_hints(Switches)
    for one in fields(Switches):
        values = (True, False) if hints[one.name] is bool else get_args(hints[one.name])
        assert len(values) > 1, f"{one.name}: how to turn it is not known here"
        yield from ((one.name, value) for value in values if value != one.default)


def lived(switches: Switches, scenario: str) -> Stop | None:
    """Live through a scenario; return where it stopped, if it did."""
    account = Account(KINDS, switches)
    try:
        SCENARIOS[scenario].before(account)
        for name, text in SCENARIOS[scenario].files.items():
            stop = _applied(account, HEAD + text)
            if stop is not None:
                return name, type(stop).__name__, str(stop)
    finally:
        account.close()
    return None


def _applied(account: Account, text: str) -> ReconcilerError | None:
    """Bring the account to what a file says, or return the error that stopped it."""
    catalog = loads(text, KINDS)
    made = account.plan(catalog, allow=ALL)
    try:
        if made.blocked:
            raise BlockedError(made.blocked[0].text)
        account.apply(made)
    except ReconcilerError as error:
        left = account.plan(catalog, allow=ALL)
        assert left.changes, "it stopped, and there was nothing left to do"
        return error
    again = account.plan(catalog, allow=ALL)
    assert (again.changes, again.steps) == ((), ())
    return None


def _expected(stop: Stop | None, expected: Stop | None) -> None:
    if stop is None or expected is None:
        assert stop == expected
    else:
        assert stop[:2] == expected[:2]
        assert expected[2] in stop[2]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_as_stripe_is_thought_to_be_every_life_converges(scenario: str) -> None:
    _expected(lived(Switches(), scenario), None)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("switch", "value"), list(settings()))
def test_as_stripe_may_be_it_converges_or_stops(switch: str, value: Any, scenario: str) -> None:
    stop = lived(replace(Switches(), **{switch: value}), scenario)
    _expected(stop, STOPS.get((switch, value, scenario)))


def test_every_stop_is_of_a_life_that_is_lived() -> None:
    lives = {(switch, value, name) for switch, value in settings() for name in SCENARIOS}
    assert STOPS.keys() - lives == set()
