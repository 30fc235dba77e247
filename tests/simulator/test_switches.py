"""Switches: one for each uncertainty, each with an effect and a test."""

from dataclasses import fields
from pathlib import Path

import pytest

from reconciler.simulator.core import Switches
from reconciler.simulator.switches import SwitchError

HERE = Path(__file__).parent
SOURCE = Path(__file__).resolve().parents[2] / "reconciler" / "simulator"


@pytest.mark.parametrize("name", [field.name for field in fields(Switches)])
def test_a_switch_is_read_somewhere_and_tested_somewhere(name):
    read = [path for path in SOURCE.rglob("*.py") if f"switches.{name}" in path.read_text()]
    tested = [path for path in HERE.glob("test_*.py") if f'"{name}=' in path.read_text()]
    assert read != []
    assert tested != []


class TestSwitches:
    def test_they_are_parsed(self):
        assert Switches.parse([]) == Switches()
        assert Switches.parse(
            ["empty_lookup_key=refuse", "default_price_must_be_active=false"]
        ) == Switches(empty_lookup_key="refuse", default_price_must_be_active=False)

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ("nope=1", "no switch is named 'nope'; there are: "),
            (
                "empty_lookup_key=maybe",
                "empty_lookup_key is one of clear, refuse, ignore, not 'maybe'",
            ),
            (
                "default_price_must_be_active",
                "default_price_must_be_active is one of true, false, not ''",
            ),
        ],
    )
    def test_and_refused(self, setting, message):
        with pytest.raises(SwitchError) as raised:
            Switches.parse([setting])
        assert str(raised.value).startswith(message)
