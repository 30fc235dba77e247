"""A `Catalog` as the TOML that a person would have written. The way back is `load`.

What goes without saying is left out: defaults, and what the kind's own rule adds again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import tomli_w

from reconciler.errors import PlanError
from reconciler.model.address import Address
from reconciler.model.catalog import Adoption, Catalog, Policy, Resource
from reconciler.model.kind import Kind
from reconciler.model.shape import Nested
from reconciler.spec import tables
from reconciler.spec.resource import ignorable, settled
from reconciler.spec.shorthand import inside
from reconciler.spec.unwrite import Writer
from reconciler.spec.words import printable

_WIDTH = 96


class UnwritableError(PlanError):
    """What no file can say: `reasons` by the address of each resource."""

    def __init__(self, reasons: Mapping[Address, str]) -> None:
        self.reasons = reasons
        super().__init__("\n".join(f"{address}: {why}" for address, why in reasons.items()))


def dump(catalog: Catalog, remarks: Mapping[Address, str] | None = None) -> str:
    """Return the text of a catalog file that `load` reads as this catalog.

    `remarks` stand as comments above their tables. Raises `UnwritableError` where an amount
    cannot be written at all.
    """
    dumping = _Dump(catalog, _common(catalog), remarks)
    return _text(dumping, dumping.lines())


def dump_some(
    catalog: Catalog,
    addresses: Container[Address],
    defaults: Mapping[str, Any],
    remarks: Mapping[Address, str] | None = None,
) -> str:
    """Return the text of some tables of a catalog, to stand in a file with these `[defaults]`.

    Raises `UnwritableError` as `dump` does.
    """
    dumping = _Dump(catalog, defaults, remarks)
    return _text(dumping, dumping.tables(addresses))


def _text(dumping: _Dump, lines: Iterable[str]) -> str:
    text = "\n".join(lines).strip() + "\n"
    if dumping.unwritable:
        raise UnwritableError(dumping.unwritable)
    return text


class _Dump:
    def __init__(
        self, catalog: Catalog, defaults: Mapping[str, Any], remarks: Mapping[Address, str] | None
    ) -> None:
        self.unwritable: dict[Address, str] = {}
        self._catalog = catalog
        self._defaults = defaults
        self._remarks = remarks or {}
        self._kinds = {item.kind.name: item.kind for item in catalog.resources.values()}
        self._below: dict[Address, list[Resource]] = {}
        for resource in catalog.resources.values():
            parent = _parent(resource)
            if parent is not None:
                self._below.setdefault(parent, []).append(resource)

    def lines(self) -> Iterator[str]:
        yield from self._table(("catalog",), self._settings())
        yield from self._table(("defaults",), self._defaults)
        yield from self.tables(self._catalog.resources)
        yield from self._table(("moved",), _chains(self._catalog.moved))
        yield from self._table(("adopt",), _adopted(self._catalog.adopt))
        yield from self._table(("policy",), _policy(self._catalog.policy))

    def tables(self, addresses: Container[Address]) -> Iterator[str]:
        """Yield the tables of these resources, those inside others behind them."""
        found = [one for at, one in self._catalog.resources.items() if at in addresses]
        tops = [one for one in found if (parent := _parent(one)) is None or parent not in addresses]
        # What is written on other objects comes after them.
        for resource in sorted(tops, key=lambda item: (not item.kind.stored, item.address)):
            yield from self._resource(resource, self._way(resource), addresses)

    def _way(self, resource: Resource) -> tuple[str, ...]:
        parent = _parent(resource)
        above = () if parent is None else self._way(self._catalog.resources[parent])
        return (*above, resource.kind.table, resource.address.key)

    def _settings(self) -> dict[str, Any]:
        catalog = self._catalog
        found = {
            "name": catalog.name,
            "account": catalog.account,
            "previous_name": catalog.previous_name,
            "ignore_metadata": list(catalog.ignore_metadata) or None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _resource(
        self, resource: Resource, at: tuple[str, ...], addresses: Container[Address]
    ) -> Iterator[str]:
        if remark := self._remarks.get(resource.address):
            yield f"# {printable(remark)}"
        try:
            yield from self._table(at, self._fields(resource), always=True)
        except PlanError as error:
            self.unwritable[resource.address] = str(error)
        for child in sorted(self._below.get(resource.address, ()), key=lambda item: item.address):
            if child.address in addresses:
                yield from self._resource(
                    child, (*at, child.kind.table, child.address.key), addresses
                )

    def _fields(self, resource: Resource) -> dict[str, Any]:
        kind = resource.kind
        within = {kind.within.field} if kind.within is not None else set()
        body = {name: value for name, value in resource.body.items() if name not in within}
        currency = inside(body, kind.body, "currency")
        fields = Writer(self._short(resource), currency, resource.body).fields(
            kind.body, _needed(kind, resource, body)
        )
        for name, value in self._defaults.items():
            if name in kind.inherits and kind.inherits[name](fields) and fields.get(name) == value:
                del fields[name]
        if resource.ignore:
            fields["ignore"] = _ignored(kind, resource.ignore)
        if resource.protect is not None:
            fields["protect"] = resource.protect
        return fields

    def _short(self, user: Resource) -> Callable[[Address], str]:
        """Return how `user` names others: `monthly` for a price of its own product."""
        kinds = self._kinds

        def short(address: Address) -> str:
            home = tables.home(kinds[address.kind], user.address, kinds)
            return address.key if address.keys[:-1] == home else address.short

        return short

    def _table(
        self, at: tuple[str, ...], fields: Mapping[str, Any], *, always: bool = False
    ) -> Iterator[str]:
        if not fields and not always:
            return
        yield f"[{'.'.join(map(_key, at))}]"
        later = {}
        for name, value in fields.items():
            line = f"{_key(name)} = {_value(value)}"
            if isinstance(value, Mapping) and len(line) > _WIDTH:
                later[name] = value
            else:
                yield line
        yield ""
        for name, value in later.items():
            yield from self._table((*at, name), value)


def _parent(resource: Resource) -> Address | None:
    within = resource.kind.within
    return Address(within.kind, resource.address.keys[:-1]) if within is not None else None


def _common(catalog: Catalog) -> dict[str, Any]:
    """Return the value that most resources have, of each field that `[defaults]` may fill."""
    counts: dict[str, Counter[str]] = {}
    for resource in catalog.resources.values():
        for name, wanted in resource.kind.inherits.items():
            value = inside(resource.body, resource.kind.body, name)
            if value is not None and wanted({}):
                counts.setdefault(name, Counter())[value] += 1
    # The most frequent; among equals the first in the alphabet, so that the text is stable.
    return {
        name: min(counter, key=lambda value: (-counter[value], value))
        for name, counter in sorted(counts.items())
    }


def _needed(kind: Kind, resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields less those that the kind's canonical rule adds by itself."""
    kept = dict(body)
    for name in body:
        rest = {key: value for key, value in kept.items() if key != name}
        if not kind.fields[name].required and _same(kind, resource, rest):
            kept = rest
            continue
        form = kind.fields[name].form
        declared = form.fields if isinstance(form, Nested) else {}
        for step in list(kept[name]) if isinstance(kept[name], Mapping) else ():
            less = {key: value for key, value in kept[name].items() if key != step}
            if step in declared and declared[step].required:
                continue
            if less and _same(kind, resource, {**kept, name: less}):
                kept[name] = less
    return kept


def _same(kind: Kind, resource: Resource, body: Mapping[str, Any]) -> bool:
    within = kind.within
    implied = {within.field: resource.body[within.field]} if within is not None else {}
    return settled(kind, {**body, **implied}) == resource.body


def _ignored(kind: Kind, ignore: frozenset[str]) -> list[str]:
    """Return the names for `ignore`, the short one for an amount."""
    covers = ignorable(kind)
    shorts = {major.name for major in kind.body.MAJORS}
    names: list[str] = []
    left = set(ignore)
    for name in [*sorted(shorts), *sorted(ignore)]:
        covered = set(covers.get(name, ()))
        if covered and covered <= ignore and covered & left:
            names.append(name)
            left -= covered
    return names


def _chains(moved: Mapping[Address, Address]) -> dict[str, str]:
    """Return moves of one target as a chain, in which each target is named once."""
    by_target: dict[Address, list[Address]] = {}
    for source, target in sorted(moved.items()):
        by_target.setdefault(target, []).append(source)
    return {
        str(source): str(following)
        for target, sources in by_target.items()
        for source, following in zip(sources, [*sources[1:], target], strict=True)
    }


def _adopted(adopt: Mapping[Address, Adoption]) -> dict[str, Any]:
    return {
        str(address): entry.id if entry.from_ is None else {"id": entry.id, "from": entry.from_}
        for address, entry in sorted(adopt.items())
    }


def _policy(policy: Policy) -> dict[str, Any]:
    found: dict[str, Any] = {}
    usual = Policy()
    if policy.max_change_ratio != usual.max_change_ratio:
        found["max_change_ratio"] = policy.max_change_ratio
    if policy.max_price_change_percent != usual.max_price_change_percent:
        found["max_price_change_percent"] = policy.max_price_change_percent
    if policy.allow:
        found["allow"] = list(policy.allow)
    if policy.lock != usual.lock:
        found["lock"] = policy.lock
    return found


def _key(name: str) -> str:
    return tomli_w.dumps({name: 0}).removesuffix(" = 0\n")


def _value(value: Any) -> str:
    """Return a value on one line where it fits, a list of tables on one line each."""
    match value:
        case Mapping():
            inner = ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            items = [_value(item) for item in value]
            flat = f"[{', '.join(items)}]"
            if len(flat) <= _WIDTH - 20 and not any(isinstance(item, Mapping) for item in value):
                return flat
            return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str() if "\n" in value:
            return tomli_w.dumps({"k": value}, multiline_strings=True)[4:-1]
        case _:
            return tomli_w.dumps({"k": value})[4:-1]
