"""One resource's table into a `Resource`: the keys that every table may have, and its body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import KEY, Address
from reconciler.model.canonical import finish
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Kind
from reconciler.model.values import Frozen, Pending, pendings
from reconciler.spec.body import BodyReader, Given
from reconciler.spec.locate import Steps
from reconciler.spec.refs import References
from reconciler.spec.report import Report
from reconciler.spec.shorthand import Written, unwritten
from reconciler.spec.tables import Table
from reconciler.spec.unsaid import without_defaults
from reconciler.spec.words import label, one, show, suggest

COMMON = ("ignore", "protect")
"""The keys that every table of an object at Stripe may have, beside its fields."""

_VERBS = ("must ", "needs ", "cannot ", "is ", "has ", "names ", "stands ")
"""How a flaw begins that reads on after its field's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A resource with where its fields were written. The resource is `None` if it is wrong."""

    table: Table
    written: Written
    resource: Resource | None


class ResourceReader:
    """Reads one table after another, and reports what is wrong with each."""

    def __init__(self, references: References, defaults: Mapping[str, Any], report: Report) -> None:
        self._references = references
        self._defaults = defaults
        self._report = report

    def read(self, table: Table) -> Read | None:
        """Return the resource of one table, or `None` where there is no table to read."""
        named = self._check_key(table)
        if not isinstance(table.content, dict):
            self._tell(
                table,
                (),
                f"must be a table, not {show(table.content)}",
                mend=f"Write [{'.'.join(map(str, table.at))}] and its fields below.",
            )
            return None
        kind, content = table.kind, table.content
        ignore: frozenset[str] | None = frozenset()
        protect: bool | None = None
        if kind.stored and not content.keys().isdisjoint(COMMON):
            content = dict(content)
            ignore = self._ignore(table, content.pop("ignore", None))
            protect = content.pop("protect", None)
            if protect is not None and not isinstance(protect, bool):
                what = f"protect must be true or false, not {show(protect)}"
                self._tell(table, ("protect",), what)
                named = False

        def tell(at: Steps, what: str, **more: Any) -> None:
            self._tell(table, at, what, **more)

        reader = BodyReader(self._given(table, content), self._references, tell)
        body = reader.read()
        resource = None
        if body is not None and ignore is not None and named:
            resource = Resource(
                address=table.address,
                kind=kind,
                body=settled(kind, body),
                ignore=ignore,
                protect=protect,
            )
        return Read(table=table, written=reader.written, resource=resource)

    def _tell(self, table: Table, at: Steps, what: str, **more: Any) -> None:
        joint = " " if not at and what.startswith(("must", "needs")) else ": "
        self._report.problem((*table.at, *at), f"{table}{joint}{what}", **more)

    def _given(self, table: Table, content: Mapping[str, Any]) -> Given:
        kind = table.kind
        implied: dict[str, Any] = {}
        if kind.within is not None and table.parent is not None:
            implied[kind.within.field] = Pending(table.parent)
        inherited = {
            name: self._defaults[name]
            for name, wanted in kind.inherits.items()
            if name in self._defaults and name not in content and wanted(content)
        }
        return Given(
            kind=kind,
            address=table.address,
            table=content,
            implied=implied,
            inherited=inherited,
            extra=COMMON if kind.stored else (),
        )

    def _check_key(self, table: Table) -> bool:
        key, most = table.address.key, table.kind.max_key
        if not KEY.fullmatch(key):
            self._report.problem(
                table.at,
                f"{show(key)} cannot be the name of {one(table.kind.name)}",
                why="It is a part of the address that is written on the object.",
                mend="Use letters, digits, _ and - only; a name for people goes into a field.",
                key=True,
            )
            return False
        if most is not None and len(key) > most:
            self._report.problem(
                table.at,
                f"{table}: its name has {len(key)} characters; "
                f"{one(table.kind.name)}'s has at most {most}",
                why=" ".join(table.kind.notes),
                mend="Shorten it.",
                key=True,
            )
            return False
        return True

    def _ignore(self, table: Table, names: Any) -> frozenset[str] | None:
        if names is None:
            return frozenset()
        if not isinstance(names, list):
            what = f"ignore must be a list of field names, not {show(names)}"
            self._tell(table, ("ignore",), what, mend='Write, say, ignore = ["images"].')
            return None
        found: set[str] = set()
        right = True
        for number, name in enumerate(names):
            fields = ignorable(table.kind).get(name) if isinstance(name, str) else None
            if fields is not None:
                found.update(fields)
                continue
            right = False
            what, why, mend = _not_ignorable(table.kind, name)
            self._tell(table, ("ignore", number), what, why=why, mend=mend)
        return frozenset(found) if right else None


def ignorable(kind: Kind) -> dict[str, tuple[str, ...]]:
    """Return what `ignore` may name, with the fields that each name covers.

    An amount is one thing to a person, whichever of its fields Stripe uses for it.
    """
    away = {"metadata", kind.archive.field if kind.archive else ""}
    away |= {kind.within.field} if kind.within else set()
    names: dict[str, tuple[str, ...]] = {name: (name,) for name in kind.fields if name not in away}
    for major in kind.body.MAJORS:
        homes = (path.partition(".")[0] for path in (major.minor, major.decimal) if path)
        group = tuple(name for name in homes if name in names)
        names.update(dict.fromkeys((major.name, *group), group))
    return {name: group for name, group in names.items() if name not in unwritten(kind.body)}


def _not_ignorable(kind: Kind, name: Any) -> tuple[str, str, str]:
    lifts = {lift.name: lift.field.partition(".")[0] for lift in kind.body.LIFTS}
    for major in kind.body.MAJORS:  # a part of what no table has is a part of the amount in it
        outer = major.minor.partition(".")[0]
        lifts = {name: major.name if of == outer else of for name, of in lifts.items()}
    what = f"ignore cannot name {show(name)}"
    if not isinstance(name, str):
        return what, "It lists names of fields.", 'Write, say, ignore = ["images"].'
    if name == "metadata":
        why = "Metadata also says whose an object is."
        return what, why, 'Leave keys to others with [catalog] ignore_metadata = ["crm_*"].'
    if kind.archive is not None and name == kind.archive.field:
        why = "Whether it is switched on is what the catalog is for."
        return what, why, "Say in the file whether it is on."
    if name in lifts:
        why = f"It is a part of {lifts[name]}, and only whole fields can be left alone."
        return what, why, f'Write ignore = ["{lifts[name]}"].'
    if kind.within is not None and name == kind.within.field:
        return what, f"Where the table stands says the {name}.", "Remove it."
    why = f"{one(kind.name).capitalize()} has no such field, so nothing would be left alone."
    return what, why, suggest(name, list(ignorable(kind)))


def settled(kind: Kind, body: Mapping[str, Any]) -> Frozen:
    """Return a body in canonical form, as the file means it.

    A value that leaving the field out would mean as well is left out. An empty natural key
    stays: it means none, where leaving it out means the default.
    """
    found = without_defaults(kind.fields, finish(kind, body))
    none = {
        natural.field: ""
        for natural in kind.natural_keys
        if natural.default is not None and body.get(natural.field) == ""
    }
    return found.with_(none) if none else found


def check(reads: Iterable[Read], catalog: Catalog, report: Report) -> None:
    """Let every kind say what Stripe would refuse, of what is right so far."""
    wrong = {read.table.address for read in reads if read.resource is None}
    for read in reads:
        if read.resource is None or _leans_on(read.resource, wrong):
            continue
        for flaw in read.table.kind.check(read.resource, catalog):
            at = read.written.place(flaw.path)
            prefix = f"{read.table}: {label(at)}" if at else str(read.table)
            joint = ": " if at else " "
            if flaw.what.startswith(_VERBS):
                joint = " "
            report.problem(
                (*read.table.at, *at), f"{prefix}{joint}{flaw.what}", why=flaw.why, mend=flaw.mend
            )


def _leans_on(resource: Resource, wrong: set[Address]) -> bool:
    """Whether something that it names is wrong: a check that looks there would mislead."""
    if not wrong:
        return False
    within = resource.kind.within
    parent = resource.body.get(within.field) if within is not None else None
    named = pendings(resource.body) - pendings(parent)
    return not wrong.isdisjoint(named)
