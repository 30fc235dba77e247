"""Table keys for objects that have none yet: made from what people and programs call them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import count

from reconciler.model.address import KEY
from reconciler.model.kind import Kind
from reconciler.model.snapshot import Live

LONGEST = 40
"""No made key is longer: it is a part of addresses, which people type."""


def words(text: str) -> str:
    """Return a text as a table key: "Pro (yearly)" is `pro_yearly`; empty if nothing is left."""
    text = re.sub(r"(\d)\.0+(?!\d)", r"\1", text).replace("ß", "ss").replace("%", " percent ")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
    parts = re.findall(r"[a-z0-9]+", plain.decode().lower())
    key = ""
    for part in parts:
        longer = f"{key}_{part}" if key else part[:LONGEST]
        if len(longer) > LONGEST:
            break
        key = longer
    return key


def given(kind: Kind, body: Mapping[str, object]) -> str:
    """Return the natural key that somebody chose for an object; empty if nobody did."""
    for key in kind.natural_keys:
        value = body.get(key.field)
        if isinstance(value, str) and value and not by_stripe(kind, key.field, value):
            return value
    return ""


def by_stripe(kind: Kind, field: str, value: str) -> bool:
    """Whether a natural key looks like one that Stripe made up."""
    for key in kind.natural_keys:
        if key.field == field and key.by_stripe and re.fullmatch(key.by_stripe, value):
            return True
    return field == "id" and bool(kind.id_prefixes) and value.startswith(kind.id_prefixes)


def candidates(live: Live, body: Mapping[str, object], home: str) -> Iterator[str]:
    """Yield keys for an object, the best first; `home` is the key of what it stands in.

    In `body` it names others by their addresses.

    Those made from natural keys come first, then those from what the kind suggests.
    """
    natural = given(live.kind, live.body)
    if home and natural.startswith(f"{home}_"):
        natural = natural.removeprefix(f"{home}_")
    if KEY.fullmatch(natural) and len(natural) <= LONGEST:
        yield natural
    for text in (natural, *live.kind.suggests(body)):
        if found := words(text):
            yield found


def stem(name: str, keys: Sequence[str]) -> str:
    """Return what natural keys below a thing called `name` begin with, if it is a name for it.

    `pro_monthly` and `pro_yearly` under "Acme Pro" have `pro`.
    """
    called = set(words(name).split("_"))
    begins: set[str] | None = None
    for key in keys:
        parts = key.split("_")
        own = {"_".join(parts[:end]) for end in range(1, len(parts))}
        begins = own if begins is None else begins & own
    fitting = [
        begin
        for begin in begins or ()
        if KEY.fullmatch(begin) and set(begin.lower().split("_")) <= called
    ]
    return max(fitting, key=len, default="")


def free(wanted: str, taken: Container[str], *, after: int, most: int | None) -> tuple[str, int]:
    """Return `wanted`, or with the first number behind it that makes it free, and that number.

    Numbers up to `after` have been tried.
    """
    for number in count(after + 1):
        tail = "" if number == 1 else f"_{number}"
        key = (wanted if most is None else wanted[: most - len(tail)]) + tail
        if key not in taken:
            return key, number
    raise AssertionError("there is always another number")
