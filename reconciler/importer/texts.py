"""The files of an import: the catalog, or what is added to one, and `adopt.toml` beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import tomli_w

from reconciler.importer.build import Imported, LeftOut
from reconciler.model.address import Address
from reconciler.model.catalog import Adoption
from reconciler.spec.dump import dump, dump_some
from reconciler.spec.words import printable

_ADOPT = re.compile(
    r"^[ \t]*\[[ \t]*(?:adopt|\"adopt\"|'adopt')[ \t]*\][ \t]*(?:#.*)?$", re.MULTILINE
)

_ADOPT_HEAD = """\
# Binds what the account has to the catalog's tables. Give it beside the catalog until it has been
# applied once: reconciler apply {catalog} --overlay {name}
# After that every object bears its address, and this file can go.

"""

_KEYLESS = """\
# lookup_key = "" says that a price has none, as it is now. Without that line it is given one, made
# of its table's name, by which applications can find it.
"""


def new_catalog(imported: Imported) -> str:
    """Return the text of a catalog of its own, with what was left out named at its end."""
    text = dump(replace(imported.catalog, adopt={}), imported.remarks)
    if keyless(imported):
        text = f"{_KEYLESS}\n{text}"
    told = "".join(f"# {line}\n" for one in imported.left_out for line in _told(one))
    return f"{text}\n# Not in this file, and left alone:\n#\n{told}" if told else text


def keyless(imported: Imported) -> int:
    """Return how many resources say that they have no natural key, and could have one."""
    return sum(
        key.default is not None and one.body.get(key.field) == ""
        for address, one in imported.catalog.resources.items()
        if address in imported.added
        for key in one.kind.natural_keys
    )


def added(text: str, imported: Imported, defaults: Mapping[str, Any]) -> str:
    """Return a catalog's text with the new tables behind all that it says already."""
    tables = dump_some(imported.catalog, imported.added, defaults, imported.remarks)
    newline = "\r\n" if "\r\n" in text else "\n"
    end = "" if not text or text.endswith("\n") else newline
    return text + end + newline * bool(text) + tables.replace("\n", newline)


def adoptions(
    text: str | None, entries: Mapping[Address, Adoption], *, catalog: str, name: str
) -> str:
    """Return the text of `adopt.toml` with these entries in it, and its own left as they are.

    The entries are those that it does not have yet.
    """
    lines = [
        f"{_key(address)} = {_string(entry.id)}"
        if entry.from_ is None
        else f"{_key(address)} = {{ id = {_string(entry.id)}, from = {_string(entry.from_)} }}"
        for address, entry in sorted(entries.items())
    ]
    new = "\n".join(lines)
    if text is None:
        return f"{_ADOPT_HEAD.format(catalog=catalog, name=name)}[adopt]\n{new}\n"
    header = _ADOPT.search(text)
    if header is None:
        return f"{text.rstrip()}\n\n[adopt]\n{new}\n".lstrip()
    return f"{text[: header.end()]}\n{new}{text[header.end() :]}"


def _key(address: Address) -> str:
    return tomli_w.dumps({str(address): 0}).removesuffix(" = 0\n")


def _string(text: str) -> str:
    return tomli_w.dumps({"k": text})[4:-1]


def _told(one: LeftOut) -> list[str]:
    called = f"{one.kind} {one.id}  {one.headline}".rstrip()
    return [printable(called), f"  {printable(one.told)}"]
