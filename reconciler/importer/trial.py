"""Tries a catalog made of an account: is it read as it was meant, and does a plan only adopt?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.errors import PlanError, Problem, SpecError
from reconciler.model.address import Address
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kinds
from reconciler.model.plan import Adopt, Change, Create, Move
from reconciler.model.snapshot import Snapshot
from reconciler.planner.build import plan
from reconciler.spec.dump import UnwritableError, dump
from reconciler.spec.load import loads
from reconciler.spec.tables import address_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why an object is not in the file as it is: it cannot be said, or a plan would change it."""

    reason: str
    unsaid: bool


def trial(
    catalog: Catalog,
    tried: Mapping[Address, Resource],
    snapshot: Snapshot,
    kinds: Kinds,
    api_version: str,
) -> dict[Address, Fault]:
    """Return which of the addresses `tried` are not in the catalog as they are in the account."""
    try:
        read = loads(dump(catalog), kinds)
    except UnwritableError as error:
        return {
            address: Fault(reason=why.splitlines()[0], unsaid=True)
            for address, why in error.reasons.items()
        }
    except SpecError as error:
        misread = _misread(error.problems, tried, kinds)
        return {address: Fault(reason=why, unsaid=True) for address, why in misread.items()}
    try:
        made = plan(read, snapshot, kinds, api_version=api_version)
    except PlanError as error:
        why = str(error).splitlines()[0]
        about = [address for address in tried if str(address) in error.about]
        if not about:
            raise
        return {address: Fault(reason=why, unsaid=True) for address in about}
    found = {change.address: fault for change in made.changes if (fault := _moves(change))}
    found |= {
        finding.address: Fault(reason=finding.text, unsaid=False)
        for finding in made.findings
        if finding.blocks and finding.address is not None and finding.address not in found
    }
    return {address: fault for address, fault in found.items() if address in tried}


def _misread(
    problems: tuple[Problem, ...], tried: Mapping[Address, Resource], kinds: Kinds
) -> dict[Address, str]:
    found: dict[Address, str] = {}
    for problem in problems:
        address = _about(problem, kinds)
        if address is None or address not in tried:
            raise SpecError(problems)  # the file was wrong before
        what = problem.what.removeprefix(f"{address}: ").removeprefix(f"{address} ")
        parts = [f"{what}.", problem.why, problem.mend]
        found.setdefault(address, " ".join(part for part in parts if part))
    return found


def _about(problem: Problem, kinds: Kinds) -> Address | None:
    match problem.at:
        case ("adopt", str() as address, *_):
            return Address.parse(address)
        case at:
            return address_at(at, kinds)


def _moves(change: Change) -> Fault | None:
    """Say what a plan would do to an object beside taking it over, if anything."""
    if isinstance(change, Adopt | Move) and not change.edits:
        return None
    if isinstance(change, Create):
        return Fault(reason="a plan would not know it again, and make another one", unsaid=True)
    fields = ", ".join(sorted({edit.path for edit in change.edits}))
    what = f"the file cannot say its {fields}" if fields else "the file cannot say it"
    return Fault(reason=f"{what} as it is: a plan would {change.action} it", unsaid=False)
