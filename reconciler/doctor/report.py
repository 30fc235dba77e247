"""All that is told of an account: the key, who holds what, and the findings."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.doctor.checks import examine
from reconciler.doctor.finding import Finding
from reconciler.doctor.holdings import Holding, holdings
from reconciler.doctor.seen import Reach, Seen
from reconciler.model.kind import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """What the key may do with one sort of object. `write` is `None` where only a write would tell.

    `table` is what it is called in the file, `permission` what a restricted key needs.
    """

    table: str
    permission: Permission | None
    read: bool
    write: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `doctor` says."""

    reach: Reach
    may: tuple[May, ...]
    holdings: tuple[Holding, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> int:
        """How many findings are problems."""
        return sum(finding.level == "problem" for finding in self.findings)


def report(seen: Seen) -> Report:
    """Return what there is to say of an account."""
    write = True if seen.reach.sort == "secret" else None
    return Report(
        reach=seen.reach,
        may=tuple(
            May(
                table=kind.table,
                permission=kind.permission,
                read=kind.name not in seen.refused,
                write=write,
            )
            for kind in seen.stored
        ),
        holdings=holdings(seen),
        findings=examine(seen),
    )
