"""A plan out of a checked document, trusted in no value.

Not the bounds, the version and the digest: those are in `parsing`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from reconciler.errors import PlanFileError
from reconciler.model.address import Address
from reconciler.model.diff import Edit
from reconciler.model.kind import Embedded, Kind, Kinds
from reconciler.model.marks import Rule
from reconciler.model.plan import (
    Beside,
    Change,
    Finding,
    HeldBy,
    Plan,
    Reliance,
    Step,
    Strangers,
    Unmoved,
)
from reconciler.model.values import Frozen, Pending, pendings
from reconciler.planfile import bodies
from reconciler.planfile.checked import Node, plain, unusable
from reconciler.planfile.impacts import impact
from reconciler.planfile.layout import CHOICES, EXTRAS, NULLABLE
from reconciler.planfile.parsing import MAX_BYTES, parse

_TOP = (
    "format_version",
    "catalog",
    "account",
    "livemode",
    "api_version",
    "spec_digest",
    "summary",
    "writes",
    "reads",
    "unchanged",
    "changes",
    "steps",
    "findings",
    "lifted",
    "lock",
    "impacts",
    "subscribers",
    "refresh",
    "notes",
    "strangers",
    "seen",
    "names",
    "ignore_metadata",
    "digest",
)
_CHANGE = ("address", "action", "object", "edits", "before", "after", "notes")
_PARTS = ("attach", "detach")
_STEP = ("id", "address", "call", "object", "payload", "after", "relies_on")
_ACTIONS = {cls.action: cls for cls in EXTRAS}


def load(path: Path, kinds: Kinds) -> Plan:
    """Return the plan in the file at `path`; raise `PlanFileError` where it cannot be used."""
    content = read_bytes(path, MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise unusable(str(path), "it is larger than any plan this program writes.")
    try:
        text = content.decode("utf-8-sig")  # Windows PowerShell writes a byte order mark
    except UnicodeDecodeError:
        raise unusable(str(path), "it is not text in UTF-8.") from None
    return read(text, kinds, name=str(path))


def read_bytes(path: Path, most: int) -> bytes:
    """Return what is in a file, cut after one byte more than `most`; wait for nobody.

    A device has no end, and a pipe that nobody writes to blocks for ever.
    """
    shown = plain(str(path))
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise PlanFileError(
                    f"{shown} is not a regular file.\n  Save what it gives in a file first."
                )
            return file.read(most + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PlanFileError(f"{shown} cannot be read: {reason}.\n  Check its name.") from None
    except ValueError as error:  # a zero byte in the name
        raise PlanFileError(f"{shown} cannot be read: {error}.\n  Check its name.") from None


def _without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def read(text: str, kinds: Kinds, *, name: str = "The plan file") -> Plan:
    """Return the plan that `text` holds; raise `PlanFileError` where it cannot be used."""
    try:
        top = parse(text, name).record(_TOP, ("beside",))
        plan = _plan(top, kinds)
        if top["summary"].value != plan.summary or top["writes"].value != plan.writes:
            raise top["summary"].fail("does not count the changes and steps of the file")
        _check_order(top["steps"], plan)
    except RecursionError:
        raise unusable(name, "it is nested deeper than any plan.") from None
    return plan


def _plan(top: dict[str, Node], kinds: Kinds) -> Plan:
    account = top["account"]
    return Plan(
        catalog=top["catalog"].matching(r"[a-z0-9][a-z0-9_-]{0,39}"),
        account=None if account.value is None else account.matching(r"acct_[A-Za-z0-9_]{1,64}"),
        livemode=top["livemode"].truth(),
        api_version=top["api_version"].matching(r"[0-9a-z.-]{1,40}"),
        spec_digest=top["spec_digest"].digest(),
        changes=tuple(_change(node, kinds) for node in top["changes"].items()),
        steps=tuple(_step(node, kinds) for node in top["steps"].items()),
        findings=tuple(_finding(node, kinds) for node in top["findings"].items()),
        notes=top["notes"].texts(),
        strangers=tuple(_strangers(node, kinds) for node in top["strangers"].items()),
        seen=_seen(top["seen"], kinds),
        names=_names(top["names"], kinds),
        ignore_metadata=top["ignore_metadata"].texts(),
        reads=top["reads"].count(),
        unchanged=top["unchanged"].count(),
        lifted=top["lifted"].texts(),
        lock=top["lock"].truth(),
        impacts=tuple(impact(node, kinds) for node in top["impacts"].items()),
        subscribers="deny" if top["subscribers"].choice(("allow", "deny")) == "deny" else "allow",
        refresh="targeted" if top["refresh"].choice(("full", "targeted")) == "targeted" else "full",
        beside=tuple(_beside(node, kinds) for node in top["beside"].items())
        if "beside" in top
        else (),
    )


def _change(node: Node, kinds: Kinds) -> Change:
    action = node.entries().get("action", node.at("action", None)).choice(_ACTIONS)
    cls = _ACTIONS[action]
    entries = node.record((*_CHANGE, *EXTRAS[cls]))
    address = entries["address"].address(kinds)
    kind = kinds[address.kind]
    target = entries["object"]
    return cls(
        address=address,
        object=None if target.value is None else target.object_id(),
        edits=tuple(_edit(edit, kind) for edit in entries["edits"].items()),
        before=bodies.body(entries["before"], kind, kinds),
        after=bodies.body(entries["after"], kind, kinds),
        notes=entries["notes"].texts(),
        **{field: _extra(key, entries[key]) for key, field in EXTRAS[cls].items()},
    )


def _extra(key: str, node: Node) -> Any:
    if node.value is None and key in NULLABLE:
        return None
    if key in CHOICES:
        return node.choice(CHOICES[key])
    return node.object_id() if key == "successor" else node.text()


def _edit(node: Node, kind: Kind) -> Edit:
    entries = node.record(("path", "before", "after", "rule"))
    path = entries["path"].text()
    return Edit(
        path=path,
        before=bodies.edited(entries["before"], kind, path),
        after=bodies.edited(entries["after"], kind, path),
        rule=Rule(entries["rule"].choice(rule.value for rule in Rule)),
    )


def _step(node: Node, kinds: Kinds) -> Step:
    entries = node.record(_STEP, ("otherwise", "item"))
    address = entries["address"].address(kinds)
    verb, _, name = entries["call"].text().partition("_")
    if verb not in {"create", "update", "delete", "deactivate", "reactivate", *_PARTS}:
        raise entries["call"].fail(f'is "{verb[:40]}_…", and no call begins so')
    if verb in _PARTS:
        return _part_step(entries, kinds, address, verb, name)
    kind = entries["call"].at_text(name).kind(kinds)
    own = (kind.verbs.off, kind.verbs.on) if kind.verbs else ()
    if verb not in {"create", "update", "delete", *own}:
        raise entries["call"].fail(f"is not a call that a {kind.name} has")
    if name not in _writes(kinds[address.kind]):
        raise entries["call"].fail(f"does not write a {address.kind}, which {address} is")
    target = entries["object"]
    if (target.value is None) != (verb == "create"):
        raise target.fail("is for updates and deletes, which need one; a create has none")
    if verb not in {"create", "update"} and entries["payload"].value != {}:
        raise entries["payload"].fail(f"is for creates and updates; a {verb} takes no parameters")
    if verb != "delete" and "otherwise" in entries:
        raise entries["otherwise"].fail("is for deletes")
    if "item" in entries:
        raise entries["item"].fail("is for what detaches one")
    return Step(
        id=entries["id"].text(),
        address=address,
        verb=verb,  # type: ignore[arg-type]  # narrowed by membership just above
        kind=name,
        object=None if target.value is None else target.id_or_pending(kinds),
        payload=bodies.payload(entries["payload"], kind, kinds),
        after=entries["after"].texts(),
        relies_on=tuple(_reliance(entry, kinds) for entry in entries["relies_on"].items()),
        otherwise=bodies.payload(entries["otherwise"], kind, kinds)
        if "otherwise" in entries
        else None,
    )


def _part_step(
    entries: Mapping[str, Node], kinds: Kinds, address: Address, verb: str, part: str
) -> Step:
    """Return a step that attaches an entry to an object, or detaches one from it."""
    kind = kinds[address.kind]
    items = kind.attached.items if kind.attached is not None else None
    if items is None or items.call != part:
        raise entries["call"].fail(f"is not a call that a {kind.name} has")
    if "otherwise" in entries:
        raise entries["otherwise"].fail("is for deletes")
    attaching = verb == "attach"
    if attaching == ("item" in entries):
        raise entries["call"].fail("detaches an item, and attaches without one")
    if set(entries["payload"].entries()) != ({items.by} if attaching else set()):
        raise entries["payload"].fail(f"is {items.by} for an attach, and nothing for a detach")
    return Step(
        id=entries["id"].text(),
        address=address,
        verb="attach" if attaching else "detach",
        kind=kind.name,
        part=part,
        object=entries["object"].id_or_pending(kinds),
        item=None if attaching else entries["item"].object_id(),
        payload=bodies.entry(entries["payload"], kind, kinds),
        after=entries["after"].texts(),
        relies_on=tuple(_reliance(entry, kinds) for entry in entries["relies_on"].items()),
    )


def _writes(kind: Kind) -> Sequence[str]:
    """Return the kinds that are written for one of this kind: itself, or what carries it."""
    match kind.identity:
        case Embedded(kind=host):
            return (host,)
        case _:
            return (kind.name,)


def _reliance(node: Node, kinds: Kinds) -> Reliance:
    if "digest" in node.entries():
        entries = node.record(("kind", "object", "digest"))
        return Unmoved(
            kind=entries["kind"].kind(kinds).name,
            object=entries["object"].id_or_pending(kinds),
            digest=entries["digest"].digest(),
        )
    entries = node.record(("kind", "field", "value", "holders"))
    kind = entries["kind"].kind(kinds)
    return HeldBy(
        kind=kind.name,
        field=entries["field"].choice(("stamp", *(key.field for key in kind.natural_keys))),
        value=entries["value"].text(),
        holders=tuple(holder.id_or_pending(kinds) for holder in entries["holders"].items()),
    )


def _finding(node: Node, kinds: Kinds) -> Finding:
    entries = node.record(("code", "address", "text", "blocks", "lifted"))
    address = entries["address"]
    return Finding(
        code=entries["code"].matching(r"RC[0-9]{3}"),
        address=None if address.value is None else address.address(kinds),
        text=entries["text"].text(),
        blocks=entries["blocks"].truth(),
        lifted=entries["lifted"].truth(),
    )


def _strangers(node: Node, kinds: Kinds) -> Strangers:
    entries = node.record(("kind", "catalog", "count"))
    catalog = entries["catalog"]
    return Strangers(
        kind=entries["kind"].kind(kinds).name,
        catalog=None if catalog.value is None else catalog.text(),
        count=entries["count"].count(),
    )


def _seen(node: Node, kinds: Kinds) -> Frozen:
    found = {}
    for name, objects in node.entries().items():
        kind = objects.at_text(name).kind(kinds)
        found[name] = Frozen(
            {
                entry.at_text(key).object_id(): bodies.body(entry, kind, kinds)
                for key, entry in objects.entries().items()
            }
        )
    return Frozen(found)


def _names(node: Node, kinds: Kinds) -> Frozen:
    return Frozen(
        {
            entry.at_text(key).object_id(): str(entry.address(kinds))
            for key, entry in node.entries().items()
        }
    )


def _beside(node: Node, kinds: Kinds) -> Beside:
    entries = node.record(("address", "bodies", "more"))
    found = {}
    for key, entry in entries["bodies"].entries().items():
        address = entry.at_text(key).address(kinds)
        found[str(address)] = bodies.body(entry, kinds[address.kind], kinds)
    return Beside(
        address=entries["address"].address(kinds),
        bodies=Frozen(found),
        more=entries["more"].count(),
    )


def _check_order(node: Node, plan: Plan) -> None:
    """Refuse steps that wait for one another, or for what no step does."""
    ids = [step.id for step in plan.steps]
    known = set(ids)
    if len(known) != len(ids):
        raise node.fail("has two steps with one id")
    made = {step.address for step in plan.steps if step.verb == "create"}
    for number, step in enumerate(plan.steps):
        here = node.at(number, None)
        for name in step.after:
            if name not in known:
                raise here.fail(f'comes after "{name[:80]}", which is no step')
        waits = pendings((step.payload, _pending_of(step)))
        for address in sorted(waits - made):
            raise here.fail(f"needs the id of {address}, which no step creates")
    try:
        TopologicalSorter({step.id: step.after for step in plan.steps}).prepare()
    except CycleError:
        raise node.fail("has steps that wait for one another") from None


def _pending_of(step: Step) -> tuple[Pending, ...]:
    named: list[str | Pending | None] = [step.object]
    for reliance in step.relies_on:
        match reliance:
            case Unmoved(object=target):
                named.append(target)
            case HeldBy(holders=holders):
                named.extend(holders)
    return tuple(entry for entry in named if isinstance(entry, Pending))
