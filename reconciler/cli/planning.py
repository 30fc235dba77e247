"""Making a plan, for `plan` to show and for `apply` to carry out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler import kinds, planfile
from reconciler.cli import exits, files, keeping, showing
from reconciler.cli.collecting import at_rest
from reconciler.cli.connect import connected
from reconciler.cli.console import Console
from reconciler.cli.options import Source, Target
from reconciler.errors import UsageError
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.observer.account import Progress, observe
from reconciler.observer.subscriptions import count_subscriptions
from reconciler.observer.targeted import observe_targeted
from reconciler.planner.attached import attached
from reconciler.planner.build import emptied
from reconciler.planner.build import plan as build
from reconciler.planner.impact import left_out, weigh
from reconciler.planner.targets import families, targets
from reconciler.spec.load import load


def run(
    console: Console,
    target: Target,
    source: Source,
    *,
    out: Path | None,
    asked: showing.Format,
    detailed_exitcode: bool,
) -> int:
    """Plan, save, show; return the exit code."""
    showing.check(asked)
    known = kinds.load()
    catalog = read(source, known)
    if out is not None:
        _refuse_to_overwrite(out, source)
    with connected(target, console) as gateway:
        plan = make(console, gateway, catalog, source, known)
    if out is not None:
        files.write(out, planfile.write(plan), replace=True)
        console.note(f"The plan is saved in {out}.")
    console.result(showing.shown(console, plan, known, asked))
    if plan.blocked:
        return exits.BLOCKED
    return exits.PENDING if plan.changes and detailed_exitcode else exits.DONE


@at_rest()
def read(source: Source, known: Kinds) -> Catalog:
    """Return the catalog that the files say."""
    if source.destroy and source.refresh == "targeted":
        raise UsageError(
            "--destroy retires everything that is ours, and --refresh targeted retires nothing.\n"
            "  Leave one of them out."
        )
    if source.destroy and source.adopt_matching:
        raise UsageError(
            "--destroy retires everything that is ours, and --adopt-matching makes more ours.\n"
            "  Leave one of them out."
        )
    return load(source.files, known, overlays=source.overlay)


@at_rest()
def make(
    console: Console, gateway: Gateway, catalog: Catalog, source: Source, known: Kinds
) -> Plan:
    """Read the account and plan."""
    progress = reading_progress(console, known)
    asked = emptied(catalog) if source.destroy else catalog
    wanted = attached(asked, known, adopt_matching=source.adopt_matching)
    if source.refresh == "targeted":
        snapshot = observe_targeted(
            gateway,
            known,
            targets(catalog, known, adopt_matching=source.adopt_matching),
            families=families(catalog, known, adopt_matching=source.adopt_matching),
            attached=wanted,
            progress=progress,
        )
    else:
        snapshot = observe(gateway, known.values(), progress=progress, attached=wanted)
    plan = build(
        catalog,
        snapshot,
        known,
        api_version=API_VERSION,
        allow=source.allow,
        destroy=source.destroy,
        adopt_matching=source.adopt_matching,
    )
    plan = replace(plan, notes=(*plan.notes, *keeping.notes(plan, known)))
    if source.no_impact:
        return weigh(plan, left_out(plan.impacts))

    def counting(done: int, total: int, seen: int) -> None:
        so_far = f", {seen:,} subscriptions so far" if seen else ""
        console.passing(f"Counting subscriptions: {done:,} of {total:,} prices{so_far}")

    return weigh(plan, count_subscriptions(gateway, known, plan.impacts, plan.changes, counting))


def reading_progress(console: Console, known: Kinds) -> Progress:
    """Return what tells how far the reading of an account is."""
    counts: dict[str, int] = {}
    console.passing("Reading the account")

    def progress(kind: str, count: int) -> None:
        counts[kind] = count
        found = ", ".join(
            f"{number:,} {name if number == 1 else known[name].table}".replace("_", " ")
            for name in known
            if (number := counts.get(name, 0))
        )
        console.passing(f"Reading the account{': ' if found else ''}{found}")

    return progress


def _refuse_to_overwrite(out: Path, source: Source) -> None:
    inputs = {path.resolve() for path in (*source.files, *source.overlay)}
    if out.resolve() in inputs or out.suffix == ".toml":
        raise UsageError(
            f"--out {out} would overwrite a catalog file.\n  A plan is JSON: --out plan.json"
        )
