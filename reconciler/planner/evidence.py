"""What the guards look at: the plan in the making, and all that it is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.catalog import Account, Catalog
from reconciler.model.kind import Kinds
from reconciler.model.plan import Change
from reconciler.model.snapshot import Snapshot
from reconciler.model.world import Handle, Held
from reconciler.planner.decide import Decision, Retirement
from reconciler.planner.match import Bound
from reconciler.planner.names import Conflict
from reconciler.planner.referrers import Referrers


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that the guards look at.

    `moving` are the decisions by which something becomes of an object: of the others a guard has
    nothing to say by themselves. `bound` and `ours` are our objects by address and by id, `going`
    the ids of those that are retired, `keys` who holds which natural key before anything is done.
    `taken` are the targets of moves that several objects would have to be, `adopt_matching` says
    whether strangers are adopted by their keys.
    """

    catalog: Catalog
    kinds: Kinds
    account: Account
    snapshot: Snapshot
    changes: Sequence[Change]
    decisions: Sequence[Decision]
    retirements: Sequence[Retirement]
    conflicts: Sequence[Conflict]
    moving: Sequence[Decision]
    bound: Mapping[Address, tuple[Bound, ...]]
    ours: Mapping[str, Bound]
    going: frozenset[str]
    keys: Mapping[Held, Handle]
    referrers: Referrers
    taken: Mapping[Address, Mapping[str, Address]]
    destroy: bool = False
    adopt_matching: bool = False
