"""Many rounds on one account: the file is edited, an apply is hit by something, and finished.

What is random comes from the seed alone, but for the order in which calls land that go side by
side.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from reconciler.errors import LockedError, ReconcilerError
from reconciler.executor.journal import load
from reconciler.model.catalog import Catalog
from reconciler.model.lock import LEASE, MARGIN
from reconciler.model.plan import Plan
from reconciler.simulator.faults import Fault, Rule
from reconciler.spec.load import loads
from torture import invariants
from torture.account import KINDS, Account
from torture.catalogs import STRANGERS
from torture.editing import Shop
from torture.mortal import WAYS, Killed
from torture.rounds import begun, folder

Tell = Callable[[str], None]

MOST = 6
"""So many attempts at most have something befall them; then the line is mended."""


class Life:
    """One account over many rounds, and how often what happened."""

    def __init__(self, seed: int, where: Path) -> None:
        self.chance = random.Random(seed)
        self.where = where
        self.account = Account.new()
        self.shop = Shop(self.chance)
        self.counts: Counter[str] = Counter()
        client = self.account.gateway()._client  # the same account, another hand
        self.theirs = frozenset(
            str(client.raw_request("post", path, **given).data["id"]) for path, given in STRANGERS
        )
        self.untouched = invariants.strangers(self.account.simulator, self.theirs)

    def round(self, number: int) -> None:
        """Edit, apply, be hit, finish, and look."""
        for _ in range(self.chance.randint(1, 4)):
            self.shop.edit()
        if self.chance.random() < 0.2:
            self._behind()
        wanted = loads(self.shop.text(), KINDS)
        journals: list[Path] = []
        for attempt in range(MOST + 3):
            journal = self.where / f"{number}-{attempt}"
            if self._attempt(wanted, journal, journals, mended=attempt >= MOST):
                break
        else:
            raise invariants.ViolationError(f"round {number} did not come to an end")
        self._hold(wanted, journals)
        for journal in journals:
            journal.unlink(missing_ok=True)

    def _behind(self) -> None:
        """Somebody edits a product of ours in the Dashboard."""
        ours = [
            one["id"]
            for one in invariants.whole(self.account.simulator)
            if one["object"] == "product" and one["id"] not in self.theirs
        ]
        if ours:
            client = self.account.gateway()._client
            path = f"/v1/products/{self.chance.choice(ours)}"
            client.raw_request("post", path, description="theirs")
            self.counts["edited behind our back"] += 1

    def _attempt(
        self, wanted: Catalog, journal: Path, journals: list[Path], *, mended: bool
    ) -> bool:
        """Resume the last journal, or plan and apply; return whether it is done."""
        faults = () if mended else self._faults()
        dies = None
        if not mended and self.chance.random() < 0.15:
            dies = (self.chance.randrange(20), self.chance.choice(WAYS))
        workers = self.chance.choice((1, 1, 8))
        last = journals[-1] if journals else None
        try:
            if last is not None and begun(last) and self.chance.random() < 0.7:
                self._watch(load(last, KINDS).plan)
                self.counts["resumes"] += 1
                self.account.resume(last, faults, workers=workers, dies=dies)
                return self._is_settled(wanted)
            made = self.account.plan(wanted)
            self._watch(made)
            if not made.steps:
                return True
            journals.append(journal)
            self.counts["applies"] += 1
            self.account.apply(made, journal, faults, workers=workers, dies=dies)
        except LockedError:
            self.account.clock.sleep(LEASE + MARGIN)
        except (ReconcilerError, Killed) as error:
            self.counts[type(error).__name__] += 1
        else:
            return True
        return False

    def _is_settled(self, wanted: Catalog) -> bool:
        """Whether the plan that was resumed was the one that is wanted now."""
        return not self.account.plan(wanted).steps

    def _watch(self, made: Plan) -> None:
        self.account.heard = invariants.guard_order(self.account, made)

    def _faults(self) -> tuple[Rule, ...]:
        if self.chance.random() < 0.3:
            return ()
        self.counts["attempts with faults"] += 1
        return tuple(
            Rule(
                fault=self.chance.choice(list(Fault)),
                endpoint=self.chance.choice(("WRITE", "WRITE", "*")),
                at=self.chance.randint(1, 25),
                times=self.chance.choice((1, 2, "all")),
            )
            for _ in range(self.chance.randint(1, 2))
        )

    def _hold(self, wanted: Catalog, journals: list[Path]) -> None:
        invariants.once(self.account.simulator, wanted)
        untouched = invariants.strangers(self.account.simulator, self.theirs)
        invariants.demand(self.untouched == untouched, "strangers were touched")
        self.account.heard = lambda method, path, body: None
        invariants.nothing_left(self.account, wanted)
        invariants.no_secret(self.account, *journals)


def live(seed: int, rounds: int, tell: Tell) -> str:
    """Live through so many rounds; return what happened in them, in words."""
    with folder() as where:
        life = Life(seed, where)
        for number in range(1, rounds + 1):
            try:
                life.round(number)
            except BaseException:
                tell(f"In round {number}, the file was:\n{life.shop.text()}")
                raise
            if number % 100 == 0:
                tell(f"{number} rounds …")
        objects = len(invariants.whole(life.account.simulator))
    counts = life.counts
    return (
        f"{rounds} rounds on one account without a violated invariant: {counts['applies']} applies "
        f"and {counts['resumes']} resumes, faults set for {counts['attempts with faults']} of the "
        f"attempts, {counts['Killed']} killed; {counts['edited behind our back']} edits behind our "
        f"back; {objects} objects in the end."
    )
