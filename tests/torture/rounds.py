"""One torture: an apply that something befalls, then a resume or a new plan, then a look.

Which ones there are is `cases`; what must hold is `invariants`.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reconciler.errors import LockedError, ReconcilerError
from reconciler.model.catalog import Catalog
from reconciler.model.lock import LEASE, MARGIN
from reconciler.model.plan import Plan
from reconciler.simulator.faults import Rule
from reconciler.spec.load import loads
from torture import invariants
from torture.account import KINDS, Account
from torture.catalogs import AFTER, BEFORE, STRANGERS
from torture.mortal import Killed

RESUME, ANEW = "resume", "anew"

MOST_RESUMES = 2
"""No journal may take more, once nothing goes wrong any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What befalls an apply, and what is done about it.

    `again` befalls the first resume, or the first apply of a new plan; then there is another.
    """

    faults: tuple[Rule, ...] = ()
    again: tuple[Rule, ...] = ()
    dies: tuple[int, str] | None = None
    finish: str = RESUME
    workers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a case came out: whether something stopped the apply, and by what name."""

    stopped: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What every case begins with: an account as `BEFORE` says, strangers, and a plan."""

    account: Account
    theirs: frozenset[str]
    wanted: Catalog
    plan: Plan
    untouched: str
    settled: list[str] = field(default_factory=list)
    lines: int = 0
    writes: int = 0


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for journals that is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


@cache
def ground() -> Ground:
    """Make the ground, and see what an apply comes to that nothing befalls."""
    account = Account.new()
    client = account.gateway()._client  # the same account, another hand
    theirs = frozenset(
        str(client.raw_request("post", path, **given).data["id"]) for path, given in STRANGERS
    )
    with folder() as where:
        account.apply(account.plan(loads(BEFORE, KINDS)), where / "before")
        wanted = loads(AFTER, KINDS)
        made = account.copy().plan(wanted)
        untouched = invariants.strangers(account.simulator, theirs)
        quiet = account.copy()
        quiet.heard = invariants.guard_order(quiet, made)
        quiet.apply(made, where / "quiet")
        lines = len((where / "quiet").read_text().splitlines())
        start = Ground(
            account=account,
            theirs=theirs,
            wanted=wanted,
            plan=made,
            untouched=untouched,
            settled=invariants.told(quiet.simulator),
            lines=lines,
            writes=quiet.line.writes,
        )
        _hold(start, quiet, where / "quiet")
    return start


def play(case: Case) -> Ended:
    """Play one case. Raises `ViolationError` where an invariant does not hold."""
    start = ground()
    account = start.account.copy()
    account.heard = invariants.guard_order(account, start.plan)
    try:
        with folder() as where:
            journals = [where / "first"]
            stopped, tries = _apply(account, start.plan, journals[0], case), 0
            if stopped:
                further, tries = _finish(account, start, case, where)
                journals += further
                if not case.again:  # else the line broke while they were cleared away
                    invariants.one_lock(account, start.plan.catalog)
            _hold(start, account, *journals)
            return Ended(stopped=stopped, tries=tries)
    finally:
        account.close()


def tried(job: tuple[str, Case]) -> tuple[str, Case, Ended | str]:
    """Play a case in a process of its own."""
    name, case = job
    try:
        return name, case, play(case)
    except (AssertionError, ReconcilerError, Killed) as error:
        return name, case, f"{type(error).__name__}: {error}"


def _apply(account: Account, made: Plan, journal: Path, case: Case) -> str:
    """Apply with what befalls it; return the name of what stopped it, if anything did."""
    try:
        account.apply(made, journal, case.faults, workers=case.workers, dies=case.dies)
    except (ReconcilerError, Killed) as error:
        return type(error).__name__
    return ""


def _finish(account: Account, start: Ground, case: Case, where: Path) -> tuple[list[Path], int]:
    """Go on until it is done; return the further journals, and how often that was tried."""
    first = where / "first"
    if case.finish == RESUME and begun(first):
        return [], _resume(account, first, case)
    further: list[Path] = []
    for number, faults in enumerate([case.again, ()] if case.again else [()]):
        further.append(where / f"anew {number}")
        try:
            _anew(account, start.wanted, further[-1], faults, case)
        except ReconcilerError:
            if not faults:
                raise
        else:
            break
    return further, len(further)


def _resume(account: Account, journal: Path, case: Case) -> int:
    """Resume until it is done; return how often.

    Where Stripe keeps a failure, the first one repeats the call under its own key, in vain; only
    then the next one makes it under a new key.
    """
    most = MOST_RESUMES + bool(case.again)
    for number in range(1, most + 1):
        try:
            account.resume(journal, case.again if number == 1 else (), workers=case.workers)
        except ReconcilerError:
            if number == most:
                raise
        else:
            return number
    return most


def begun(journal: Path) -> bool:
    """Whether there is a journal to go on with: its head is whole, and it has not ended."""
    if not journal.exists():
        return False
    *lines, torn = journal.read_bytes().split(b"\n")
    return bool(lines) and (bool(torn) or not lines[-1].startswith(b'{"end":'))


def _anew(
    account: Account, wanted: Catalog, journal: Path, faults: tuple[Rule, ...], case: Case
) -> None:
    """Plan again, and apply that; a lock that was left is waited for."""
    try:
        account.apply(account.plan(wanted), journal, faults, workers=case.workers)
    except LockedError:
        if journal.exists():  # it was ours, and lost on the way
            raise
        account.clock.sleep(LEASE + MARGIN)
        account.apply(account.plan(wanted), journal, faults, workers=case.workers)


def _hold(start: Ground, account: Account, *journals: Path) -> None:
    """See that everything holds that must."""
    invariants.once(account.simulator, start.wanted)
    found = invariants.told(account.simulator)
    if start.settled:
        less = list(Counter(start.settled) - Counter(found))
        more = [
            one for one in (Counter(found) - Counter(start.settled)) if not _instead(start, one)
        ]
        invariants.demand(not less and not more, f"not as undisturbed: {less} {more}")
    untouched = invariants.strangers(account.simulator, start.theirs)
    invariants.demand(start.untouched == untouched, "strangers were touched")
    invariants.nothing_left(account, start.wanted)
    invariants.no_secret(account, *journals)


def _instead(start: Ground, one: str) -> bool:
    """Whether an object was archived where its delete was refused, as the plan says it would be."""
    stamps = [
        f'"reconciler":"{start.plan.catalog}/{step.address}"'
        for step in start.plan.steps
        if step.otherwise is not None
    ]
    return '"active":false' in one and any(stamp in one for stamp in stamps)
