"""The files of an import: the catalog, or what is added to one, and `adopt.toml` beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import tomli
import tomli_w

from reconciler.errors import UsageError
from reconciler.importer.build import Imported
from reconciler.importer.making import LeftOut
from reconciler.model.address import Address
from reconciler.model.catalog import Adoption
from reconciler.spec.dump import dump, dump_some
from reconciler.spec.words import printable

# A byte order mark may stand before it, and a carriage return behind.
_ADOPT = re.compile(
    r"^\ufeff?[ \t]*\[[ \t]*(?:adopt|\"adopt\"|'adopt')[ \t]*\][ \t]*(?:#[^\r\n]*)?(?=\r?$)",
    re.MULTILINE,
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
    return (
        f"{text}\n# What `reconciler import` left out of this file, and left alone:\n#\n{told}"
        if told
        else text
    )


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
    if text is None:
        new = "\n".join(lines)
        return f"{_ADOPT_HEAD.format(catalog=catalog, name=name)}[adopt]\n{new}\n"
    newline = "\r\n" if "\r\n" in text else "\n"
    new = newline.join(lines)
    said = tomli.loads(text.removeprefix("\ufeff"))
    wanted = {**said, "adopt": {**said.get("adopt", {}), **tomli.loads("\n".join(lines))}}
    for written in _with(text, new, newline):
        if _says(written, wanted):
            return written
    raise UsageError(
        f"{name} cannot be added to as it is written, and was left alone.\n"
        "  Write its bindings below a line [adopt], one for each address."
    )


def _with(text: str, new: str, newline: str) -> Iterator[str]:
    """Yield the text with new lines below each line that may be the head of the bindings."""
    for header in _ADOPT.finditer(text):
        yield f"{text[: header.end()]}{newline}{new}{text[header.end() :]}"
    end = "" if not text.removeprefix("\ufeff") or text.endswith("\n") else newline
    yield f"{text}{end}{newline}[adopt]{newline}{new}{newline}"


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomli.loads(text.removeprefix("\ufeff")) == wanted
    except tomli.TOMLDecodeError:
        return False


def _key(address: Address) -> str:
    return tomli_w.dumps({str(address): 0}).removesuffix(" = 0\n")


def _string(text: str) -> str:
    return tomli_w.dumps({"k": text})[4:-1]


def _told(one: LeftOut) -> list[str]:
    called = f"{one.kind} {one.id}  {one.headline}".rstrip()
    return [printable(called), f"  {printable(one.told)}"]
