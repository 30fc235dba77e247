"""Checked access to a JSON document: every wrong type is an error that says where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.errors import PlanFileError
from reconciler.model.address import Address
from reconciler.model.kind import Kind, Kinds
from reconciler.model.values import Pending

_MENDS = (
    "It is damaged, or was edited or made by something other than this program.\n"
    "  Make a new one: reconciler plan --out FILE"
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{32}")
_ID_STOPS = frozenset("/?#%\\")


def plain(text: str, most: int = 400) -> str:
    """Return a text of others for a sentence of ours: on one line, escaped, its middle cut.

    What is quoted may have been written to look like a line of our own, or to steer a terminal.
    """
    if len(text) > most:
        text = f"{text[: most // 2]}…{text[-most // 2 :]}"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def unusable(name: str, what: str, mend: str = _MENDS) -> PlanFileError:
    """Return the error for a file that cannot be used."""
    return PlanFileError(f"{plain(name)} cannot be used: {plain(what)}\n  {mend}")


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document, and where it stands. `file` is what to call the file."""

    value: Any
    file: str
    where: str = ""

    def fail(self, what: str) -> PlanFileError:
        """Return the error that this value `what`: "is not a string"."""
        return unusable(self.file, f"{self.where or 'its content'} {what}.")

    def at(self, step: str | int, value: Any) -> Node:
        """Return a value inside this one."""
        if isinstance(step, int):
            return Node(value, self.file, f"{self.where}[{step}]")
        if len(step) > 80:
            step = f"{step[:79]}…"
        return Node(value, self.file, f"{self.where}.{step}" if self.where else step)

    def entries(self) -> dict[str, Node]:
        """Return the entries of a mapping whose keys are free."""
        if not isinstance(self.value, dict):
            raise self.fail("is not an object")
        for key in self.value:
            Node(key, self.file, f"a key of {self.where or 'the file'}").text()
        return {key: self.at(key, value) for key, value in self.value.items()}

    def record(self, keys: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Node]:
        """Return the entries of a mapping that has exactly these keys."""
        found = self.entries()
        wanted, allowed = set(keys), {*keys, *optional}
        for key in sorted(wanted - found.keys()):
            raise self.fail(f'lacks "{key}"')
        for key in sorted(found.keys() - allowed):
            raise self.fail(f'has "{key[:80]}", which this version does not know')
        return found

    def items(self) -> tuple[Node, ...]:
        """Return the items of a list."""
        if not isinstance(self.value, list):
            raise self.fail("is not a list")
        return tuple(self.at(number, value) for number, value in enumerate(self.value))

    def text(self) -> str:
        """Return a string that can be encoded."""
        if not isinstance(self.value, str):
            raise self.fail("is not a string")
        if any("\ud800" <= character <= "\udfff" for character in self.value):
            raise self.fail("holds half a character (a lone surrogate)")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Return a list of strings."""
        return tuple(item.text() for item in self.items())

    def matching(self, pattern: str) -> str:
        """Return a string of one form."""
        text = self.text()
        if not re.fullmatch(pattern, text, re.ASCII):
            raise self.fail(f'is "{text[:80]}", which it cannot be')
        return text

    def choice(self, choices: Iterable[str]) -> str:
        """Return one of several words."""
        text = self.text()
        known = tuple(choices)
        if text not in known:
            raise self.fail(f'is "{text[:80]}", not one of {", ".join(known)}')
        return text

    def count(self) -> int:
        """Return a number of things."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.fail("is not a whole number from 0 up")
        return self.value

    def truth(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.fail("is neither true nor false")
        return self.value

    def digest(self) -> str:
        """Return a digest."""
        return self.matching(_DIGEST.pattern)

    def object_id(self) -> str:
        """Return an id that Stripe could have given, and that cannot lead to another path."""
        text = self.text()
        if not text.isprintable() or _ID_STOPS & set(text) or text.strip(" .") == "":
            raise self.fail("holds characters that no id of Stripe has")
        return text

    def id_or_pending(self, kinds: Kinds) -> str | Pending:
        """Return an id, or the reference to the step that makes the object."""
        return self.pending(kinds) if isinstance(self.value, dict) else self.object_id()

    def pending(self, kinds: Kinds) -> Pending:
        """Return a reference: `{"id_from": "create product.pro"}`."""
        (node,) = self.record(("id_from",)).values()
        verb, _, address = node.text().partition(" ")
        if verb != "create":
            raise node.fail("does not name a create")
        return Pending(node.at_text(address).address(kinds))

    def at_text(self, text: str) -> Node:
        """Return a part of this string, standing at the same place."""
        return Node(text, self.file, self.where)

    def address(self, kinds: Kinds) -> Address:
        """Return an address of a known kind."""
        text = self.text()
        try:
            address = Address.parse(text)
        except ValueError:
            raise self.fail(f'is "{text[:80]}", which is not an address') from None
        self.at_text(address.kind).kind(kinds)
        return address

    def kind(self, kinds: Kinds) -> Kind:
        """Return a known kind."""
        name = self.text()
        if name not in kinds:
            raise self.fail(f'names the kind "{name[:80]}", which this version does not know')
        return kinds[name]
