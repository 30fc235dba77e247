"""Importing an account: read it, make the files, read those again, write them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler import kinds
from reconciler.cli import exits, files
from reconciler.cli.collecting import at_rest
from reconciler.cli.connect import connected
from reconciler.cli.console import Console
from reconciler.cli.options import Target
from reconciler.cli.planning import reading_progress
from reconciler.errors import BlockedError, SpecError, UsageError
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.importer import texts
from reconciler.importer.build import Imported, build
from reconciler.importer.scope import Scope, attached
from reconciler.model.address import Address
from reconciler.model.catalog import Account, Catalog
from reconciler.model.kind import Kinds
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import observe
from reconciler.render.safe import shown
from reconciler.spec import load as spec
from reconciler.spec import source
from reconciler.spec.settings import NAME

ADOPT = "adopt.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: see `import_` for each option."""

    path: Path
    adopt: Path | None
    overlay: tuple[Path, ...]
    name: str | None
    kind: tuple[str, ...]
    product: tuple[str, ...]
    only_active: bool
    include_archived: bool
    owned_by: str | None

    @property
    def scope(self) -> Scope:
        """Which objects are meant."""
        return Scope(
            kinds=frozenset(self.kind),
            products=self.product,
            owned_by=self.owned_by,
            only_active=self.only_active,
            archived=self.include_archived,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Where all goes: `catalog` is the file to write, `whole` what is loaded.

    `over` is what is laid over it, when it is planned.
    """

    catalog: Path
    whole: Path
    adopt: Path
    over: tuple[Path, ...]

    @property
    def parts(self) -> tuple[Path, ...]:
        """The files that are there already."""
        return (self.whole,) if self.whole.exists() else ()

    @property
    def overlays(self) -> tuple[Path, ...]:
        """What is laid over the catalog: the bindings that are there already come last."""
        bindings = (self.adopt,) if self.adopt.exists() and self.parts else ()
        return (*self.over, *bindings)


def run(console: Console, target: Target, wish: Wish) -> int:
    """Import, write, tell; return the exit code."""
    known = kinds.load()
    place = _files(wish)
    into = _into(wish, place, known)
    with connected(target, console) as gateway:
        snapshot = _read(console, gateway, wish, into, known)
    _refuse_another_account(into, snapshot.account)
    imported = _made(snapshot, known, wish, into)
    if imported.added or imported.adopt:
        _write(console, imported, place, known)
    console.result("\n".join(_told(imported, place, snapshot.account, known)) + "\n")
    return exits.DONE


def _refuse_another_account(into: Catalog, account: Account) -> None:
    if into.account is not None and account.id != into.account:
        seen = account.id or "an account that it may not read"
        raise BlockedError(
            f"Nothing was written: the key reaches {seen}, and [catalog] account is {into.account} "
            "(RC105).\n  Use that account's key."
        )


def _files(wish: Wish) -> _Files:
    folder = wish.path.is_dir()
    catalog = wish.path / "imported.toml" if folder else wish.path
    beside = wish.path.parent if wish.path.name else Path()
    adopt = wish.adopt or beside / ADOPT
    if adopt.resolve() in {catalog.resolve(), wish.path.resolve()}:
        raise UsageError(
            f"{adopt} is the catalog, and the bindings need a file of their own.\n"
            "  Name another one: --adopt adopt.toml"
        )
    return _Files(catalog=catalog, whole=wish.path, adopt=adopt, over=wish.overlay)


def _into(wish: Wish, place: _Files, known: Kinds) -> Catalog:
    if place.parts:
        if wish.name is not None:
            raise UsageError(
                f"{place.whole} has a name of its own, so --name cannot stand beside it.\n"
                "  Leave it out, or name another file."
            )
        return spec.load(place.parts, known, overlays=place.overlays)
    if place.adopt.exists():
        raise UsageError(
            f"{place.adopt} is there, and {place.whole}, to which it would belong, is not.\n"
            "  Name the catalog, or take the file away."
        )
    name = wish.name or wish.owned_by or "main"
    if not re.fullmatch(NAME, name):
        raise UsageError(
            f'"{name}" cannot be the name of a catalog.\n'
            "  Use at most 40 of a-z, 0-9, _ and -, a letter or digit first: --name acme"
        )
    return Catalog(name=name, resources={}, moved={}, adopt={})


@at_rest()
def _read(console: Console, gateway: Gateway, wish: Wish, into: Catalog, known: Kinds) -> Snapshot:
    return observe(
        gateway,
        known.values(),
        progress=reading_progress(console, known),
        attached=attached(known, wish.scope, into),
    )


@at_rest()
def _made(snapshot: Snapshot, known: Kinds, wish: Wish, into: Catalog) -> Imported:
    return build(snapshot, known, wish.scope, into=into, api_version=API_VERSION)


@at_rest()
def _write(console: Console, imported: Imported, place: _Files, known: Kinds) -> None:
    """Write both files; the bindings first, as a catalog without them would make all anew."""
    old, bindings = _text(place.catalog), _text(place.adopt)
    if not imported.added:
        text = old or ""
    elif place.parts:
        text = texts.added(old or "", imported, spec.defaults(place.parts))
    else:
        text = texts.new_catalog(imported)
    adopt = texts.adoptions(
        bindings, imported.adopt, catalog=str(place.whole), name=str(place.adopt)
    )
    _prove(imported, place, known, text, adopt)
    if imported.adopt:
        files.write(place.adopt, adopt, replace=True)
        console.note(f"Wrote {place.adopt}: {_some(imported.adopt, known)} to adopt.")
    if not imported.added:
        return
    files.write(place.catalog, text, replace=True)
    console.note(f"Wrote {place.catalog}: {_some(imported.added, known)}.")


def _text(path: Path) -> str | None:
    """Return what a file says, to the byte: line ends are the reader's own."""
    return path.read_bytes().decode("utf-8") if path.exists() else None


def _prove(imported: Imported, place: _Files, known: Kinds, text: str, adopt: str) -> None:
    """Read what is about to be written, with the files it goes beside."""
    rest = [path for path in source.find(place.parts) if isinstance(path, Path)]
    beside = [path for path in rest if path.resolve() != place.catalog.resolve()]
    with TemporaryDirectory() as folder:
        catalog, bindings = Path(folder, "catalog.toml"), Path(folder, ADOPT)
        catalog.write_bytes(text.encode())
        bindings.write_bytes(adopt.encode())
        try:
            read = spec.load([*beside, catalog], known, overlays=[*place.over, bindings])
        except SpecError as error:
            raise UsageError(
                f"{place.catalog} cannot be added to as it is written, and was left alone:\n"
                f"  {error.problems[0].what}\n"
                "  A table in braces on one line cannot be continued: write it as a [table]."
            ) from None
    if read != imported.catalog:
        raise UsageError(
            f"{place.catalog} would not say what the account holds, and was left alone.\n"
            "  Import into a new file, and compare: "
            "reconciler import new.toml --adopt new-adopt.toml"
        )


def _told(imported: Imported, place: _Files, account: Account, known: Kinds) -> Iterator[str]:
    """Yield what became of the account's objects, and what to do next."""
    what = f"{account.id or 'the account'} ({account.mode} mode)"
    if imported.added:
        yield f"Imported {_some(imported.added, known)} of {what} into {place.catalog}."
    elif imported.left_out:
        yield f"Nothing of {what} could be added to {place.whole}."
    elif not imported.matched:
        yield f"There is nothing in {what} to import that is not in {place.whole} already."
    if imported.matched:
        yield (
            f"Bound to what {place.whole} has already, by their keys: "
            f"{_some(imported.matched, known)}. The plan shows where the two differ."
        )
    yield from _not_taken(imported)
    yield from map(shown, imported.notes)
    if imported.differing:
        yield ""
        yield f"In {place.whole}, and not as it is in the account: the plan shows what comes of it."
        for address, why in sorted(imported.differing.items()):
            yield shown(f"  {address}  {why}")
    if imported.unlisted:
        yield ""
        yield (
            f"Not in {place.whole}, and it is this catalog's: {_counts(imported.unlisted, known)}. "
            "A plan RETIRES what the file does not have: import it too (without --kind and "
            "--product), or keep the tables that name it."
        )
    if imported.left_out:
        yield ""
        yield "Left out, and left alone:"
        for one in imported.left_out:
            yield shown(f"  {one.kind} {one.id}  {one.headline}".rstrip())
            yield shown(f"      {one.told}")
    if imported.adopt:
        yield ""
        yield f"Next: reconciler plan {place.whole} --overlay {place.adopt}"


def _not_taken(imported: Imported) -> Iterator[str]:
    if imported.archived:
        yield f"Not taken: {imported.archived:,} archived (--include-archived takes them)."
    if imported.unusable:
        yield f"Not taken: {imported.unusable:,} that are on and of no use (--only-active)."
    for name, count in sorted(imported.owned.items()):
        yield shown(
            f'Not taken: {count:,} of catalog "{name}" (--owned-by {name} takes them over).'
        )


def _some(addresses: Iterable[Address], known: Kinds) -> str:
    return _counts(Counter(address.kind for address in addresses), known)


def _counts(counts: Mapping[str, int], known: Kinds) -> str:
    return ", ".join(
        f"{number:,} {(known[name].table if number != 1 else name).replace('_', ' ')}"
        for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
