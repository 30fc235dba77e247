"""The page of kinds: for each what it is, an example, what is special, and every field.

It is written from the kinds alone, so that a new one touches no page. The tables are made in
`kind_tables`. What is not managed has no kind, so that part is written here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from kind_tables import FieldTable

from reconciler.model.catalog import RESERVED
from reconciler.model.kind import (
    Archive,
    ByMetadata,
    ByNaturalKey,
    Delete,
    Embedded,
    Kind,
    Kinds,
    NaturalKey,
    Verbs,
)

_OPENING = """\
# Kinds

Everything that a [catalog file](catalog.md) can hold. Written by `tools/generate_docs.py` from the
declarations in `reconciler/kinds/`.
"""

_READING = """\
## How to read the tables

Fields carry Stripe's own names and meaning; Stripe's reference says more of each. A field inside
another stands indented below it: `.name` in a table, `[].name` in each table of a list, `.*.name`
in each table of a table.

- **What it takes.** An *amount* is in major units, `29.00` dollars ([money](catalog.md#money)). A
  *name* is the key of a table: `"pro"`, or `"pro.monthly"` for a price. A *moment* is a TOML
  date-time with an offset, `2026-12-31T23:59:59+01:00`, or Unix seconds.
- **Left out.** *An error*: the field is needed. *Removed*: a value that is there now is cleared; if
  the text says what counts "unless given", that counts. *Each field in it*: as if each of them were
  left out. A value, such as `true`: the field has this value. *Kept*: the live value stays; "at
  first" is what a new object gets. *Stripe chooses*: anew for each object.
- **A change.** *In place*: Stripe changes the object. *Replacement*: Stripe never changes the
  field, so a new object takes the old one's place. *In place once*: as long as nobody has set it.
  *Field by field*: what is in the table says it.

Every table but a plan's may also have `ignore` and `protect`
([what they do](catalog.md#ignore-and-protect)); a meter cannot be protected."""

_NOT_MANAGED = """\
## What is not managed, and why

- **Trial offers** (`product_catalog.trial_offer`) carry neither metadata nor a key of their own. So
  nobody could tell whose one is, or find it again. A plan's free days are its `trial_period_days`.
- **Objects made inside others**: a product's `default_price_data`, a price's `product_data`, a
  payment link's `price_data`. Each makes an object that is not in the file. Write it as a table of
  its own.
- **A product's `type`** and Stripe's **legacy plans** (`/v1/plans`): older words for what products
  and prices say. A legacy plan is seen as the price that it is.
- **Event destinations** (`v2.core.event_destination`): webhook endpoints serve the same end, and
  nobody has asked for the others yet.
- **Which portal configuration is the default one**: the Dashboard alone can choose it.
- **Customers, subscriptions, invoices**: what is sold is here, not to whom.
"""


def kinds_page(kinds: Kinds) -> str:
    """The whole page."""
    order = list(_order(kinds))
    contents = [f"- [{_title(kind)}](#{_anchor(kind)}): {_about(kind)[0]}" for kind in order]
    contents.append("- [What is not managed, and why](#what-is-not-managed-and-why)")
    sections = [section(kind, kinds) for kind in order]
    return "\n\n".join([_OPENING.rstrip(), "\n".join(contents), _READING, *sections, _NOT_MANAGED])


def section(kind: Kind, kinds: Kinds) -> str:
    """All that the page says of one kind."""
    first, more, link = _about(kind)
    found = [f"## {_title(kind)}", f"{first[0].upper()}{first[1:]} {more}".rstrip()]
    found.append("\n".join(f"- {fact}" for fact in _facts(kind, kinds, link)))
    if kind.example:
        found.append(f"```toml\n{kind.example}```")
    if kind.notes:
        found.append("\n".join(f"- {note}" for note in kind.notes))
    found.append(FieldTable(kind, kinds).text())
    return "\n\n".join(found)


def _order(kinds: Kinds) -> Iterator[Kind]:
    """The kinds by name, each followed by those that stand in its tables."""

    def below(parent: str | None) -> Iterator[Kind]:
        for kind in sorted(kinds.values(), key=lambda kind: kind.name):
            if (kind.within.kind if kind.within is not None else None) == parent:
                yield kind
                yield from below(kind.name)

    return below(None)


def _title(kind: Kind) -> str:
    return kind.table.replace("_", " ").capitalize()


def _anchor(kind: Kind) -> str:
    return kind.table.replace("_", "-")


def _about(kind: Kind) -> tuple[str, str, str]:
    """What the docstring of the kind's module says: its opening, the rest, and Stripe's link."""
    text = " ".join(_docstring(kind).split())
    found = re.search(r" ?(https://\S+)$", text)
    link = found[1] if found else ""
    text = text[: found.start()] if found else text
    _, _, said = text.partition(": ")
    first, _, more = said.partition(". ")
    return f"{first.removesuffix('.')}.", more, link


def _docstring(kind: Kind) -> str:
    """Of the module that declares the kind: that of its body, or the folder that this is in."""
    name = kind.body.__module__
    while name:
        module = sys.modules.get(name)
        if getattr(module, "KIND", None) is kind:
            return (module.__doc__ if module is not None else None) or ""
        name = name.rpartition(".")[0]
    return ""


def _facts(kind: Kind, kinds: Kinds, link: str) -> Iterator[str]:
    keys = f"<{kind.name}>"
    table = f"[{kind.table}.{keys}]"
    parent = kinds[kind.within.kind] if kind.within is not None else None
    if parent is not None:
        table = f"[{parent.table}.<{parent.name}>.{kind.table}.{keys}]"
        keys = f"<{parent.name}>.{keys}"
    longest = f", whose key has at most {kind.max_key} characters" if kind.max_key else ""
    yield f"**Table:** `{table}`{longest}; its address is `{kind.name}.{keys}`."
    yield f"**At Stripe:** {_at_stripe(kind, kinds, link)}"
    yield f"**Known by:** {_identity(kind, keys)}"
    for key in kind.natural_keys:
        if not (isinstance(kind.identity, ByNaturalKey) and kind.identity.field == key.field):
            yield f"**Held by one:** {_natural_key(key, kind)}"
    yield f"**Retired:** {_retirement(kind)}"


def _at_stripe(kind: Kind, kinds: Kinds, link: str) -> str:
    match kind.identity:
        case Embedded(kind=host, prefix=prefix):
            hosts = f"[{kinds[host].name}](#{_anchor(kinds[host])})" if host in kinds else host
            return f"no object, but the metadata entry `{prefix}<{kind.name}>` of a {hosts}."
        case _:
            ids = " or ".join(f"`{prefix}…`" for prefix in kind.id_prefixes)
            path = f"[`{kind.path}`]({link})" if link else f"`{kind.path}`"
            return f"{path}; its ids are {ids}." if ids else f"{path}."


def _identity(kind: Kind, keys: str) -> str:
    match kind.identity:
        case ByMetadata():
            return f'its stamp, the metadata `{RESERVED} = "<catalog>/{kind.name}.{keys}"`.'
        case ByNaturalKey(field=name):
            return f"its `{name}`. It takes no metadata, so it is shared with whoever uses it."
        case Embedded():
            return "the name of the entry."


def _natural_key(key: NaturalKey, kind: Kind) -> str:
    among = "active " if key.active_only and kind.archive is not None else ""
    case = ", whatever the case of its letters" if key.any_case else ""
    after = (
        "its replacement takes it over in the same call."
        if key.transfer
        else "a replacement with the same one can only come once the old one is gone."
    )
    return f"`{key.field}`. One {among}{kind.name.replace('_', ' ')} has it{case}; {after}"


def _retirement(kind: Kind) -> str:
    if not kind.stored:
        return "the entry is removed."
    match kind.retirement:
        case Archive(field=name, value=value):
            return f"switched off (`{name} = {str(value).lower()}`). It can come back."
        case Delete(unless=others, otherwise=Archive(field=name, value=value)):
            had = " or ".join(f"a {other.replace('_', ' ')}" for other in others)
            return (
                f"deleted. If it ever had {had}, or Stripe refuses, it is archived "
                f"(`{name} = {str(value).lower()}`), and can come back."
            )
        case Delete():
            return "deleted, for good."
        case Verbs(field=name) if kind.shared:
            return f"only by `{name} = true` in its table. Without its table it is left alone."
        case Verbs(field=name):
            return f"switched off by a call of its own (`{name}`). It can come back."
