"""Looking at an account, for `doctor`: what cannot be read or loaded is told beside the rest."""

from __future__ import annotations

from reconciler import kinds
from reconciler.cli import exits
from reconciler.cli.collecting import at_rest
from reconciler.cli.connect import connected
from reconciler.cli.console import Console
from reconciler.cli.options import DEFAULT_CATALOG, Source, Target
from reconciler.cli.planning import reading_progress
from reconciler.doctor.report import report
from reconciler.doctor.seen import Reach, Seen
from reconciler.errors import ReconcilerError
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.observer.allowed import Allowed, observe_allowed
from reconciler.render.doctor import File, doctor_json, doctor_text
from reconciler.spec.load import load


@at_rest()
def run(
    console: Console, target: Target, source: Source, *, style: str, detailed_exitcode: bool
) -> int:
    """Look, and say what was seen; return the exit code."""
    known = kinds.load()
    file, mistakes = _file(source, known)
    with connected(target, console) as gateway:
        found = observe_allowed(gateway, known.values(), progress=reading_progress(console, known))
        reach = _reach(gateway, target, found)
        now = gateway.now()
    told = report(
        Seen(
            reach=reach,
            snapshot=found.snapshot,
            kinds=known,
            now=now,
            refused={name: str(error) for name, error in found.refused.items()},
            locks=found.locks,
            catalog=file.catalog if file else None,
        )
    )
    if style == "json":
        console.result(doctor_json(told, file))
    else:
        console.result(doctor_text(told, file, known, colour=console.colour))
    if mistakes is not None:
        raise mistakes
    return exits.PENDING if told.problems and detailed_exitcode else exits.DONE


def _file(source: Source, known: Kinds) -> tuple[File | None, ReconcilerError | None]:
    """Return the catalog's file, if any is there, and what is wrong with it."""
    if not source.paths and not source.overlay and not DEFAULT_CATALOG.exists():
        return None, None
    name = " ".join(map(str, (*source.files, *source.overlay)))
    try:
        catalog: Catalog = load(source.files, known, overlays=source.overlay)
    except ReconcilerError as error:
        return File(name=name, catalog=None), error
    return File(name=name, catalog=catalog), None


def _reach(gateway: Gateway, target: Target, found: Allowed) -> Reach:
    return Reach(
        account=found.snapshot.account,
        api_version=API_VERSION,
        sort="restricted" if gateway.restricted else "secret",
        subscriptions=gateway.may_read_subscriptions(),
        connected=target.stripe_account,
    )
