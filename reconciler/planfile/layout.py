"""What the plan file's two sides must agree on: its version, and which change has which keys."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.plan import (
    Adopt,
    Change,
    Create,
    Move,
    Reactivate,
    Replace,
    Retire,
    Update,
)

FORMAT_VERSION = 2
"""Raised whenever an older reader would misread a file, or a newer one cannot read an older."""

COMPARISON_VERSION = 1
"""The same for comparisons, which nothing here reads."""

EXTRAS: Mapping[type[Change], Mapping[str, str]] = {
    Create: {},
    Update: {},
    Replace: {"successor": "successor"},
    Retire: {"how": "how", "otherwise": "otherwise", "reason": "reason"},
    Reactivate: {},
    Adopt: {"from": "from_"},
    Move: {"source": "source"},
}
"""What a change has beyond what all have: the key in the file, and the field that it is."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "how": ("archive", "delete", "remove"),
    "otherwise": ("archive",),
    "reason": ("unlisted", "switched off", "superseded"),
}
"""Which words some of these keys may have."""

NULLABLE = frozenset({"successor", "otherwise", "from"})
"""Which of them may be null."""

REVENUE = ("currency", "subscriptions", "now", "now_why", "then", "then_why")
"""The keys of what the subscriptions in one currency bring."""
