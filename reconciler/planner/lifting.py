"""Asks every guard, and lifts what may be lifted. What each guard looks at is in `guards`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from reconciler.errors import UsageError
from reconciler.model.address import Address
from reconciler.model.codes import CODES, FIXED
from reconciler.model.plan import Finding
from reconciler.planner.evidence import Evidence
from reconciler.planner.guards import GUARDS


def check(evidence: Evidence, allow: Iterable[str]) -> tuple[Finding, ...]:
    """Return what every guard finds; what `allow` or the policy lifts does not block.

    Raises `UsageError` for a code that there is not.
    """
    found = [finding for guard in GUARDS for finding in guard(evidence)]
    return lift(found, {*allow, *evidence.catalog.policy.allow})


def lift(findings: Iterable[Finding], allow: Iterable[str]) -> tuple[Finding, ...]:
    """Return findings with those lifted that `allow` names, by code or by code and address.

    The text of one that blocks ends in how to lift it. Raises `UsageError` for a code that
    there is not, or that cannot be lifted.
    """
    lifted = set(allow)
    for entry in sorted(lifted):
        _refuse_unknown(entry)
    return tuple(_lift(finding, lifted) for finding in findings)


def lifts(allow: Collection[str], code: str, address: Address | None) -> bool:
    """Whether a guard is lifted by its code, or by its code and this address."""
    return code in allow or f"{code}:{address}" in allow


def _lift(finding: Finding, lifted: set[str]) -> Finding:
    name = f"{finding.code}:{finding.address}" if finding.address else finding.code
    way = "" if finding.code in FIXED else f" To go on all the same: --allow {name}"
    text = finding.text.removesuffix(way)
    if finding.lifted or lifts(lifted, finding.code, finding.address):
        return replace(finding, text=text, blocks=False, lifted=True)
    return replace(finding, text=text + way)


def _refuse_unknown(entry: str) -> None:
    code = entry.partition(":")[0]
    if code not in CODES:
        raise UsageError(
            f'"{code}" is not a guard. The guards are {", ".join(CODES)}; '
            "docs/guards.md tells what each stops."
        )
    if code in FIXED:
        raise UsageError(f"{code} cannot be lifted: {CODES[code]}. The finding says the ways out.")
