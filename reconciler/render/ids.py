"""A catalog's ids as text, and in the formats that applications read.

Each says the same, in the same order, and nothing of when it was written: written again, it is the
same file. Values come from Stripe and may have been chosen by anybody, so all that is not plain is
escaped as the format has it. Not for what is missing: then there is nothing to write.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import tomli_w

from reconciler.errors import UsageError
from reconciler.model.address import Address
from reconciler.planner.identify import Entry, Held
from reconciler.render.ids_code import python, typescript
from reconciler.render.ids_document import Ids
from reconciler.render.safe import pad, shown


def ids_text(ids: Ids, style: str) -> str:
    """Return the ids in a format, one of `STYLES`.

    Raises `UsageError` where the format has no way to say them.
    """
    if style != "text":
        _refuse_unsayable(ids.document(), style)
    return STYLES[style](ids)


_UNSAYABLE = re.compile("[\ud800-\udfff]")
_UNSAYABLE_IN_ENV = re.compile("[\ud800-\udfff\0]")


def _refuse_unsayable(document: Any, style: str, path: str = "") -> None:
    """Refuse what no file can hold: half characters, and for a shell the NUL character."""
    match document:
        case dict():
            for name, value in document.items():
                _refuse_unsayable(value, style, f"{path} {name}" if path else name)
        case list():
            for value in document:
                _refuse_unsayable(value, style, path)
        case str() if re.search(_UNSAYABLE_IN_ENV if style == "env" else _UNSAYABLE, document):
            raise UsageError(
                f"{path} is {document!a} at Stripe, which a file for {style} cannot hold.\n"
                "  Give it another value in the catalog, then apply."
            )
        case _:
            return


def _text(ids: Ids) -> str:
    rows = [*map(_object_row, ids.identities.held), *map(_entry_row, ids.identities.entries)]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    lines = [
        f"  {pad(address, widths[0])}  {pad(object_id, widths[1])}  {rest}".rstrip()
        for address, object_id, rest in rows
    ]
    title = ids.title.removeprefix("catalog ")
    return "\n".join([f"Catalog {title}", "", *(lines or ["  Nothing is in the catalog."]), ""])


def _object_row(held: Held) -> tuple[str, str, str]:
    named = "  ".join(f"{name} {shown(str(value))}" for name, value in held.names.items())
    return str(held.address), shown(held.id), named


def _entry_row(entry: Entry) -> tuple[str, str, str]:
    words = shown(entry.resource.kind.headline(entry.resource.body))
    return str(entry.address), f"on {shown(entry.host)}", words


def _json(ids: Ids) -> str:
    document = {"written_by": "reconciler ids", **ids.document()}
    return json.dumps(document, indent=2) + "\n"


def _toml(ids: Ids) -> str:
    known = {name: value for name, value in ids.document().items() if value is not None}
    return f"# Written by `reconciler ids`: {ids.title}.\n\n{tomli_w.dumps(known)}"


def _env(ids: Ids) -> str:
    found: dict[str, tuple[str, str]] = {}
    clashes: dict[str, list[str]] = defaultdict(list)
    for name, value, address in _variables(ids):
        if name in found:
            clashes[name] += [found[name][1], address]
        found.setdefault(name, (value, address))
    if clashes:
        told = [
            f"{' and '.join(dict.fromkeys(addresses))} would be one variable, {name}."
            for name, addresses in clashes.items()
        ]
        told.append("  Rename one with [moved], or use another format: they keep addresses apart.")
        raise UsageError("\n".join(told))
    lines = [f"{name}={_for_shell(value)}" for name, (value, _) in found.items()]
    return "\n".join([f"# Written by `reconciler ids`: {ids.title}.", *lines, ""])


def _variables(ids: Ids) -> Iterator[tuple[str, str, str]]:
    """Yield each variable's name and value, and the address that it is for."""
    for address, known in ids.objects.items():
        yield from _variables_of(address, known)
    for entries in ids.entries.values():
        for address, known in entries.items():
            yield from _variables_of(address, known)


def _variables_of(address: str, known: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    stem = _variable("stripe", *_parts(address))
    for field, value in known.items():
        name = stem if field == "id" else _variable(stem, field)
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        yield name, text, address


def _parts(address: str) -> tuple[str, ...]:
    parsed = Address.parse(address)
    return (parsed.kind, *parsed.keys)


def _variable(*parts: str) -> str:
    return "_".join(parts).replace("-", "_").upper()


def _for_shell(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_./:@%+,-]+", value):
        return value
    return "'" + value.replace("'", "'\\''") + "'"


STYLES: Mapping[str, Callable[[Ids], str]] = {
    "text": _text,
    "json": _json,
    "env": _env,
    "toml": _toml,
    "python": python,
    "typescript": typescript,
}
"""The formats, by name."""
