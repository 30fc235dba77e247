"""What a restricted key needs, in Markdown: a row for each kind, and the links that ask for it.

Read off the kinds. What is needed beside them, and how sure all of it is, the page says itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from kind_tables import table

from reconciler.gateway.stripe import SUBSCRIPTIONS
from reconciler.model.kind import Embedded, Kind, Kinds, Permission

FORM = "https://dashboard.stripe.com/apikeys/create"

LABELLED = {
    "stripe": "Stripe's own errors",
    "guides": "guides of others",
    "guess": "a guess",
}
"""Who says what the Dashboard calls a permission."""


def permission_table(kinds: Kinds) -> str:
    """Every kind with what it takes to plan, and to apply a change of its objects."""
    rows = [_row(kind, kinds) for kind in sorted(kinds.values(), key=lambda kind: kind.table)]
    head = ("kind", "in the Dashboard", "says who", "to plan", "to apply a change of it")
    return table(head, rows)


def _row(kind: Kind, kinds: Kinds) -> Iterable[str]:
    noun = kind.table.replace("_", " ")
    link = f"[{noun}](kinds.md#{kind.table.replace('_', '-')})"
    identity = kind.identity
    if isinstance(identity, Embedded):
        host = kinds[identity.kind]
        permission = _of(host)
        into = f"as for {host.table.replace('_', ' ')}, which carry them"
        return (link, permission.label, into, *_levels(permission))
    permission = _of(kind)
    return (link, permission.label, LABELLED[permission.labelled], *_levels(permission))


def _levels(permission: Permission) -> tuple[str, str]:
    write = f"Write: `{permission.name}_write`" if permission.writes else "Write, if there is one"
    return f"Read: `{permission.name}_read`", write


def _of(kind: Kind) -> Permission:
    if kind.permission is None:
        raise ValueError(f"{kind} declares no permission")
    return kind.permission


def key_forms(kinds: Kinds) -> str:
    """The links that open Stripe's form for a new key, with the permissions chosen."""
    needed = [*(_of(kind) for kind in kinds.values() if kind.stored), SUBSCRIPTIONS]
    writes = {permission for permission in needed if permission.writes} - {SUBSCRIPTIONS}
    plan = [f"rak_{one.name}_read" for one in needed]
    apply = [f"rak_{one.name}_{'write' if one in writes else 'read'}" for one in needed]
    return (
        f"To plan:\n\n```text\n{_form('reconciler plan', plan)}\n```\n\n"
        f"To plan and apply:\n\n```text\n{_form('reconciler apply', apply)}\n```"
    )


def _form(key: str, names: Iterable[str]) -> str:
    chosen = "".join(f"&permissions%5B%5D={name}" for name in sorted(names))
    return f"{FORM}?name={quote(key)}{chosen}"
