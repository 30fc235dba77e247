"""A file and an account that live together: what the rules of the machine have in common.

No rule stands here: what people do to the file is in `editing`, what they do to the account is in
`dashboard`, and what we do about it is the machine itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from laws.account import Account
from laws.repair import flawless
from laws.strategies import KINDS
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.snapshot import Live

TEXTS = st.sampled_from(["a", "b"])


class Life(RuleBasedStateMachine):
    """The catalog, the account, and the ids of the objects in it that are not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account(KINDS)
        self.catalog = Catalog(name="acme", resources={}, moved={}, adopt={})
        self.strangers: set[str] = set()

    def teardown(self) -> None:
        self.account.close()

    def addresses(self, *kinds: str) -> list[Address]:
        """The addresses of these kinds in the file."""
        return sorted(address for address in self.catalog.resources if address.kind in kinds)

    def rewrite(self, resource: Resource) -> None:
        """Write a table anew, unless the file would be refused then."""
        resources = {**self.catalog.resources, resource.address: resource}
        if all(flawless(one, resources) for one in resources.values()):
            self.catalog = replace(self.catalog, resources=resources)

    def ours(self, kind: str) -> list[Live]:
        """What there is of a kind in the account that is not a stranger's."""
        found = self.account.look().of(kind).values()
        return sorted(
            (live for live in found if live.id not in self.strangers), key=lambda live: live.id
        )

    def behind(self, path: str, change: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
        """Do something behind our back. Stripe may refuse it; then nothing changed."""
        with contextlib.suppress(Exception):
            return self.account.post(path, **(change or {}))
        return None
