"""Which objects of an account are meant: those asked for, and what these cannot do without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.errors import UsageError
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.model.named import may_name, references
from reconciler.model.shape import Field, Shape
from reconciler.model.snapshot import Live, Snapshot
from reconciler.planner.attached import Attached
from reconciler.planner.attached import attached as planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to take.

    `kinds` and `products` are the names and ids asked for; empty means all. `owned_by` is the
    catalog whose objects are meant, in the place of those that nobody manages. `only_active`
    leaves out what is switched on and yet cannot be used, `archived` takes what is switched off.
    """

    kinds: frozenset[str] = frozenset()
    products: tuple[str, ...] = ()
    owned_by: str | None = None
    only_active: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is taken, and how many are not: by the catalog that has them, by being archived."""

    lives: Mapping[str, Live]
    owned: Mapping[str, int]
    archived: int = 0
    unusable: int = 0


def choose(
    snapshot: Snapshot, kinds: Kinds, scope: Scope, *, names: frozenset[str], bound: frozenset[str]
) -> Chosen:
    """Return what `scope` takes for the catalog of these names; `bound` are ids that it has.

    Raises `UsageError` where a kind or a product is asked for that there is not.
    """
    chosen = _Choosing(snapshot, kinds, scope)
    owned: dict[str, int] = {}
    able: dict[str, Live] = {}
    for live in snapshot:
        if live.id in bound:
            continue
        catalog = live.stamp.catalog if live.stamp is not None else None
        if catalog == scope.owned_by or (scope.owned_by is None and catalog in names):
            able[live.id] = live
        elif catalog is not None:
            owned[catalog] = owned.get(catalog, 0) + 1
    asked = chosen.asked(able)
    on = {id_: live for id_, live in asked.items() if live.on or scope.archived}
    usable = {
        id_: live for id_, live in on.items() if not (scope.only_active and chosen.unusable(live))
    }
    return Chosen(
        lives=chosen.with_needed(usable, able),
        owned=owned,
        archived=len(asked) - len(on),
        unusable=len(on) - len(usable),
    )


def attached(kinds: Kinds, scope: Scope, into: Catalog) -> Attached:
    """Return what says of which objects the attached entries are to be read.

    Where there is nothing to attach, nothing is attached anywhere.
    """
    known = planned(into, kinds)

    def wanted(snapshot: Snapshot) -> Iterator[Live]:
        yield from known(snapshot)
        names = frozenset(filter(None, {into.name, into.previous_name}))
        chosen = choose(snapshot, kinds, scope, names=names, bound=frozenset()).lives
        for live in chosen.values():
            declared = live.kind.attached
            entries = _may_name(declared) if declared is not None else ()
            if any(snapshot.of(kind) for kind in entries):
                yield live

    return wanted


def _may_name(declared: Field) -> frozenset[str]:
    return may_name({declared.name: declared})


class _Choosing:
    def __init__(self, snapshot: Snapshot, kinds: Kinds, scope: Scope) -> None:
        self._snapshot = snapshot
        self._kinds = kinds
        self._scope = scope
        for name in sorted(scope.kinds - kinds.keys()):
            raise UsageError(f'There is no kind "{name}".\n  There are {", ".join(sorted(kinds))}.')

    def asked(self, able: Mapping[str, Live]) -> Mapping[str, Live]:
        """Return those of the kinds, and about the products, that are asked for."""
        scope = self._scope
        roots = self._roots(able) if scope.products else None
        return {
            id_: live
            for id_, live in able.items()
            if (not scope.kinds or live.kind.name in scope.kinds)
            and (roots is None or id_ in roots)
        }

    def _roots(self, able: Mapping[str, Live]) -> set[str]:
        """Return the products asked for, what stands in their tables, and what all that names."""
        found: set[str] = set()
        for wanted in self._scope.products:
            named = [live.id for live in self._parents(able) if wanted in _called(live)]
            if not named:
                raise UsageError(
                    f'There is no product "{wanted}" to import.\n'
                    "  Give its id or its whole name; archived ones need --include-archived."
                )
            found.update(named)
        found |= {live.id for live in able.values() if self._home(live) in found}
        waiting = list(found)
        while waiting:
            live = able.get(waiting.pop())
            new = set() if live is None else _named(live) - found
            found |= new
            waiting.extend(new)
        return found

    def _parents(self, able: Mapping[str, Live]) -> Iterator[Live]:
        parents = {kind.within.kind for kind in self._kinds.values() if kind.within is not None}
        for live in able.values():
            if live.kind.name in parents and (live.on or self._scope.archived):
                yield live

    def _home(self, live: Live) -> str | None:
        within = live.kind.within
        home = live.body.get(within.field) if within is not None else None
        return home if isinstance(home, str) else None

    def unusable(self, live: Live) -> bool:
        """Whether an object is off, spent, or names what is: nobody can buy with it."""
        if not live.on or live.kind.spent(live.raw, live.at):
            return True
        named = (self._snapshot.find(id_) for id_ in _named(live, late=False))
        return any(other is not None and self.unusable(other) for other in named)

    def with_needed(
        self, chosen: Mapping[str, Live], able: Mapping[str, Live]
    ) -> Mapping[str, Live]:
        """Return them with the objects in whose tables they stand, archived or not.

        Of another catalog's objects, with those that they share with everybody.
        """
        found = dict(chosen)
        for live in chosen.values():
            home = able.get(self._home(live) or "")
            if home is not None:
                found[home.id] = home
            for other in map(self._snapshot.find, _named(live) if self._scope.owned_by else ()):
                if other is not None and other.kind.shared:
                    found[other.id] = other
        return found


def _called(live: Live) -> set[str]:
    return {live.id, str(live.raw.get("name"))}


def _named(live: Live, *, late: bool = True) -> set[str]:
    fields: Shape = live.kind.fields
    return {name for name in references(fields, live.body, late=late) if isinstance(name, str)}
