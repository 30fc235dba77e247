"""Whether a saved plan is what planning anew gives, for a plan from where others can write.

The digest in a plan file shows accidental edits, and proves nothing: whoever writes the file can
write the digest, too. What the catalog and the account say now can be forged by neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reconciler.cli.console import Console
from reconciler.cli.options import Source
from reconciler.cli.planning import make, read
from reconciler.errors import StalePlanError, UsageError
from reconciler.executor.guarding import refuse_blocked
from reconciler.gateway.stripe import Gateway
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan


def refuse_replan(files: Sequence[Path], paths: Sequence[Path], resume: Path | None) -> None:
    """Raise `UsageError` where there is nothing to compare."""
    if resume is not None or not files or not paths:
        raise UsageError(
            "--replan compares a plan file with the catalog that it was made from.\n"
            "  Give both: reconciler apply plan.json catalog.toml --replan"
        )


def agree(console: Console, gateway: Gateway, plan: Plan, source: Source, known: Kinds) -> None:
    """Raise `StalePlanError` unless planning anew gives the changes and the calls of `plan`.

    Only what this very call and the file lift is lifted: that guards were lifted for the plan is
    said by the plan alone. Counts of others' objects and of subscriptions may differ, for they
    change by themselves.
    """
    paths = tuple(path for path in source.paths if path.suffix != ".json")
    now = replace(source, paths=paths, refresh=plan.refresh)
    fresh = make(console, gateway, read(now, known), now, known)
    if _told(fresh) != _told(plan):
        raise StalePlanError(
            "Planning anew gives another plan than the one to apply: the account moved since it\n"
            "was made, or the file is not what reconciler plan wrote. Nothing was changed.\n"
            "  Make a new plan, have it approved, and apply that one."
        )
    refuse_blocked(fresh)


def _told(plan: Plan) -> tuple[object, ...]:
    return (
        plan.catalog,
        plan.account,
        plan.livemode,
        plan.api_version,
        plan.spec_digest,
        plan.lock,
        plan.subscribers,
        plan.changes,
        plan.steps,
        plan.seen,
    )
