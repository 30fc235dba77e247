"""How hard the laws are tried: quickly each time, and for hours when somebody wants it.

Usually they are tried on the same each time. `make laws` draws anew, and many more; so does
`pytest tests/laws --hypothesis-profile=long`, and with `--hypothesis-seed=N` the same ones again.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

LONG = settings.get_current_profile_name() == "long"


def trying(usual: int, long: int, *, steps: int = 25) -> settings:
    """Settings of a law: so many examples usually, so many in a long run."""
    return settings(
        max_examples=long if LONG else usual,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
