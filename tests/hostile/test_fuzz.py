"""The fuzzing of `make fuzz`, briefly, and what it has found so far."""

from __future__ import annotations

import pytest

from hostile import fuzz


@pytest.mark.parametrize("name", fuzz.PARTS)
def test_a_part_briefly(name):
    fuzz.run(name, 60, 1)
