"""Reading the ids of a catalog's objects, for `ids` to print or to write."""

from __future__ import annotations

import sys
from pathlib import Path

from reconciler import kinds
from reconciler.cli import exits, files
from reconciler.cli.collecting import at_rest
from reconciler.cli.connect import connected
from reconciler.cli.console import Console
from reconciler.cli.options import Source, Target
from reconciler.cli.planning import reading_progress
from reconciler.errors import NotHeldError, UsageError
from reconciler.gateway.stripe import Gateway
from reconciler.model.catalog import Account, Catalog
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import observe
from reconciler.observer.targeted import observe_targeted
from reconciler.planner.identify import Gap, identify
from reconciler.planner.targets import families, targets
from reconciler.render.ids import ids_text
from reconciler.render.ids_document import Ids
from reconciler.spec.load import load


@at_rest()
def run(console: Console, target: Target, source: Source, *, style: str, out: Path | None) -> int:
    """Read the account, print or write the ids; return the exit code."""
    known = kinds.load()
    catalog = load(source.files, known, overlays=source.overlay)
    if out is not None:
        if style == "text":
            raise UsageError(
                "The format text is for people, and a file is for programs.\n"
                "  Name its format: --format json, env, toml, python or typescript"
            )
        _refuse_to_overwrite(out, source)
    with connected(target, console) as gateway:
        snapshot = _look(console, gateway, catalog, source, known)
    _refuse_another(catalog, snapshot.account)
    identities = identify(catalog, snapshot, known)
    if identities.gaps:
        raise _not_held(identities.gaps)
    ids = Ids(catalog=catalog.name, account=snapshot.account, identities=identities, kinds=known)
    text = ids_text(ids, style)
    if out is not None:
        _write(console, out, text)
    elif style != "text" and not _sayable(text):
        raise UsageError(
            f"This terminal or pipe takes {sys.stdout.encoding} only, which cannot say all of it.\n"
            "  Name a file, which is UTF-8 always: --out FILE"
        )
    else:
        console.result(text)
    return exits.DONE


def _look(
    console: Console, gateway: Gateway, catalog: Catalog, source: Source, known: Kinds
) -> Snapshot:
    """Read the account, as a plan does but for entries that cost a request for each object."""
    progress = reading_progress(console, known)
    if source.refresh == "full":
        return observe(gateway, known.values(), progress=progress)
    return observe_targeted(
        gateway,
        known,
        targets(catalog, known),
        families=families(catalog, known),
        progress=progress,
    )


def _refuse_another(catalog: Catalog, account: Account) -> None:
    """The ids of another account would be right for nobody."""
    if catalog.account is None or catalog.account == account.id:
        return
    reached = account.id or "an account that it may not name"
    raise UsageError(
        f"The catalog is for {catalog.account}, and the key reaches {reached}.\n"
        "  Use a key of that account, or correct [catalog] account."
    )


def _not_held(gaps: tuple[Gap, ...]) -> NotHeldError:
    lines = [f"{gap.address}: {gap.why}." for gap in gaps]
    count = f"{len(gaps)} address{'es' if len(gaps) != 1 else ''}"
    return NotHeldError(
        "\n".join(
            [
                *lines,
                f"The account does not hold {count} of the catalog as the file has it, so no ids "
                "are given.",
                "  Apply the catalog first: reconciler plan shows what is missing.",
            ]
        )
    )


def _write(console: Console, out: Path, text: str) -> None:
    if _same(out, text):
        console.note(f"The ids in {out} are up to date.")
        return
    files.write(out, text, replace=True)
    console.note(f"The ids are in {out}.")


def _same(path: Path, text: str) -> bool:
    """Whether the file says that already: written again, it would be built again."""
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _sayable(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


_LONGEST_HEADER = 1000


def _refuse_to_overwrite(out: Path, source: Source) -> None:
    """Refuse a file of the catalog, one that would be read as part of it, and one of others."""
    inputs = [path.resolve() for path in (*source.files, *source.overlay)]
    target = out.resolve()
    inside = any(folder in inputs for folder in target.parents)
    if target in inputs or (out.suffix == ".toml" and inside):
        raise UsageError(
            f"--out {out} would be a file of the catalog itself.\n  Name one that is not."
        )
    try:
        with out.open("rb") as file:
            header = file.read(_LONGEST_HEADER)
    except OSError:
        return  # most probably there is none; else writing it says what is wrong
    if header.strip() and b"reconciler ids" not in header:
        raise UsageError(
            f"{out} was not written by `reconciler ids`, and was left as it is.\n"
            "  Name another file, or remove this one first."
        )
