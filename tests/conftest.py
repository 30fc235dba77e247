"""What every test may ask for, and how laws draw what they are tried on.

Usually they draw the same each time, so that a run says what the code is like and not what was
drawn; `make laws` draws anew, and much more.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("long", print_blob=True)
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")  # `--hypothesis-profile` comes after this, and wins


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite golden files; the diff is then reviewed like code",
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))
