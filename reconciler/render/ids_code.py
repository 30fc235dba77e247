"""Ids as a module of Python or TypeScript, which checks what addresses an application asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.render.ids_document import Ids


def python(ids: Ids) -> str:
    """Return a module with frozen mappings; an address that is not there is a type error."""
    fields = dict.fromkeys(name for one in ids.identities.held for name in one.names)
    maps = [
        _map(
            f"{field.upper()}S",
            "Mapping[Address, str]",
            {
                str(one.address): one.names[field]
                for one in ids.identities.held
                if field in one.names
            },
        )
        for field in fields
    ]
    entries = [
        _map(table.upper(), "Mapping[str, Mapping[str, Any]]", known)
        for table, known in ids.entries.items()
    ]
    addresses = [str(one.address) for one in ids.identities.held]
    return "\n".join(
        [
            f"# Written by `reconciler ids`: {ids.title}.",
            f'"""The Stripe objects of catalog {ids.catalog}, by address."""',
            "",
            "from collections.abc import Mapping",
            "from types import MappingProxyType",
            "from typing import Any, Final, Literal, TypeAlias",
            "",
            f"CATALOG: Final = {_string(ids.catalog)}",
            f"ACCOUNT: Final[str | None] = {_string(ids.account.id) if ids.account.id else None}",
            f"LIVEMODE: Final = {ids.account.livemode}",
            "",
            f"Address: TypeAlias = {_literal(addresses)}",
            "",
            _map(
                "IDS",
                "Mapping[Address, str]",
                {str(one.address): one.id for one in ids.identities.held},
            ),
            *maps,
            *entries,
        ]
    )


def _literal(addresses: list[str]) -> str:
    if not addresses:
        return "str"
    return "\n".join(["Literal[", *(f"    {_string(one)}," for one in addresses), "]"])


def _map(name: str, typed: str, known: Mapping[str, Any]) -> str:
    return (
        f"{name}: Final[{typed}] = MappingProxyType(\n    {_value(known, '    ')}\n)\n"
        if known
        else f"{name}: Final[{typed}] = MappingProxyType({{}})\n"
    )


def _value(value: Any, indent: str) -> str:
    """Return a value as a formatter would leave it."""
    inner = indent + "    "
    match value:
        case Mapping():
            lines = [f"{inner}{_string(key)}: {_value(one, inner)}," for key, one in value.items()]
            return "\n".join(["{", *lines, f"{indent}}}"])
        case list():
            lines = [f"{inner}{_value(one, inner)}," for one in value]
            return "\n".join(["[", *lines, f"{indent}]"])
        case str():
            return _string(value)
        case _:
            return repr(value)


def _string(text: str) -> str:
    # JSON's escapes are not Python's: a character beyond U+FFFF would become two.
    plain = text.isascii() and text.isprintable() and not {'"', "\\"} & set(text)
    return f'"{text}"' if plain else ascii(text)


def typescript(ids: Ids) -> str:
    """Return a module with constants that are JSON, so that nothing can end them early."""
    document = ids.document()
    lines = [f"// Written by `reconciler ids`: {ids.title}."]
    for name, value in document.items():
        end = " as const" if isinstance(value, dict) else ""
        lines.append(f"export const {name} = {json.dumps(value, indent=2)}{end};")
    return "\n".join([*lines, "export type Address = keyof typeof objects;", ""])
