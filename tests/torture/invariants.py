"""What must hold of an account after an apply that was tortured, whatever befell it.

Read off the simulator's own objects, not off what the reconciler says of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from reconciler.model.catalog import Catalog
from reconciler.model.lock import is_lock
from reconciler.model.plan import Plan, Replace
from reconciler.simulator.core import Simulator
from reconciler.simulator.values import dumps
from torture.account import KEY, Account
from torture.catalogs import FIXED

CHOSEN = frozenset({"created", "updated", "status_transitions", "login_page", "url", "secret"})
"""What Stripe chooses anew for each object, or tells from a clock."""


class ViolationError(AssertionError):
    """An invariant that does not hold."""


def demand(holds: bool, what: str) -> None:
    """Raise a `ViolationError` unless it holds."""
    if not holds:
        raise ViolationError(what)


def whole(simulator: Simulator) -> list[dict[str, Any]]:
    """Every object but the locks."""
    return [one for one in simulator.dump() if not is_lock(str(one["id"]))]


def strangers(simulator: Simulator, theirs: frozenset[str]) -> str:
    """What others made, byte for byte."""
    return dumps([one for one in simulator.dump() if one["id"] in theirs])


def is_on(one: Mapping[str, Any]) -> bool:
    """Whether an object is in use."""
    return bool(one.get("active", one.get("status", "enabled") not in ("inactive", "disabled")))


def told(simulator: Simulator) -> list[str]:
    """Every object, with its stamp in the place of its id: equal for two accounts that equal.

    Objects of one stamp are told apart by their order of creation. That an apply makes the same
    objects, and as many, as one that nothing befell, is what "exactly once" means here.
    """
    objects = whole(simulator)
    seen: Counter[str] = Counter()
    names: dict[str, str] = {}
    for one in objects:
        stamp = one.get("metadata", {}).get("reconciler", "")
        label = f"{one['object']} {stamp or one.get('event_name') or ''}"
        seen[label] += 1
        names[one["id"]] = f"<{label} {seen[label]}>"
    return sorted(dumps(_named(one, names)) for one in objects)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case dict():
            shown = {k: _named(v, names) for k, v in value.items() if k not in CHOSEN}
            inner = value.get("object") in ("item", "product_feature")
            return {k: v for k, v in shown.items() if not (inner and k == "id")}
        case list():
            return sorted((_named(one, names) for one in value), key=str)
        case str():
            return names.get(value, value)
        case _:
            return value


def once(simulator: Simulator, catalog: Catalog) -> None:
    """Every wanted object is there once: by its stamp, and by its lookup key."""
    objects = whole(simulator)
    on = [one for one in objects if is_on(one)]
    found = Counter(
        stamp.removeprefix(f"{catalog.name}/")
        for one in on
        if (stamp := one.get("metadata", {}).get("reconciler", "")).startswith(f"{catalog.name}/")
    )
    wanted = {
        str(address): 1
        for address, resource in catalog.resources.items()
        if resource.kind.stored and not resource.kind.shared and resource.wanted_on
    }
    demand(wanted == dict(found), f"in use by stamp: {_unlike(wanted, dict(found))}")
    keys = Counter((one["object"], one["lookup_key"]) for one in on if one.get("lookup_key"))
    demand(set(keys.values()) <= {1}, f"lookup keys held twice: {keys}")
    events = Counter(one["event_name"] for one in objects if "event_name" in one)
    demand(set(events.values()) <= {1}, f"meters made twice: {events}")
    sold = {
        one["lookup_key"]: one["metadata"].get("reconciler")
        for one in on
        if one["object"] == "price" and "reconciler" in one["metadata"]
    }
    prices = [a for a in wanted if a.startswith("price.")]
    demand(
        sorted(sold.values()) == sorted(f"{catalog.name}/{a}" for a in prices),
        f"found by lookup key: {sold}",
    )


def _unlike(wanted: Mapping[str, int], found: Mapping[str, int]) -> str:
    both = sorted(wanted.keys() | found.keys())
    return ", ".join(
        f"{one} {found.get(one, 0)} times, not {wanted.get(one, 0)}"
        for one in both
        if wanted.get(one) != found.get(one)
    )


def successors(made: Plan) -> dict[str, str]:
    """Objects that a plan replaces, with the stamp of what must be there before they go."""
    return {
        str(change.object): f"{made.catalog}/{change.address}"
        for change in made.changes
        if isinstance(change, Replace) and str(change.address) not in FIXED
    }


def guard_order(account: Account, made: Plan) -> Callable[[str, str, Any], None]:
    """Return what to hear writes with: no object goes before its replacement is there."""
    return partial(_heard, account, successors(made))


def _heard(
    account: Account, replaced: Mapping[str, str], method: str, path: str, body: Any
) -> None:
    object_id = unquote(path.rpartition("/")[2].partition("?")[0])
    if object_id not in replaced:
        return
    text = body.decode() if isinstance(body, bytes) else str(body or "")
    if not (method == "delete" or "active=false" in text or "disabled=true" in text):
        return
    there = [
        one
        for one in account.simulator.dump()
        if one.get("metadata", {}).get("reconciler") == replaced[object_id]
        and one["id"] != object_id
        and is_on(one)
    ]
    demand(bool(there), f"{object_id} goes before {replaced[object_id]} is there anew")


def nothing_left(account: Account, catalog: Catalog) -> None:
    """A plan made now has nothing to do."""
    again = account.plan(catalog)
    demand(
        ((), ()) == (again.changes, again.steps),
        f"planned again: {[step.id for step in again.steps]}",
    )


def no_secret(account: Account, *journals: Path) -> None:
    """No journal holds the key, or a signing secret."""
    secrets = [str(one["secret"]) for one in account.simulator.dump() if one.get("secret")]
    for journal in journals:
        text = journal.read_text(encoding="utf-8") if journal.exists() else ""
        for secret in (KEY, "whsec_", *secrets):
            demand(secret not in text, f"{journal.name} holds a secret")


def one_lock(account: Account, catalog: str) -> None:
    """One lock of the catalog is left: whoever takes the next one clears the others away."""
    locks = [
        one["id"]
        for one in account.simulator.dump()
        if str(one["id"]).startswith(f"reconciler-lock-{catalog}-")
    ]
    demand(len(locks) == 1, f"locks are left: {locks}")
