"""What a plan costs, counted: each object is looked at as often in a large account as in a small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.bench import HEAD, become
from engine.gizmos import KINDS
from engine.shop import Shop
from reconciler.model.kind import Kind, Kinds
from reconciler.model.plan import Plan
from reconciler.observer.account import observe
from reconciler.planner.build import plan
from reconciler.spec.load import loads

SIZES = (1, 10, 40)


def catalog(gizmos: int, *, changed: int = 0) -> str:
    """Write a catalog of gizmos with two gadgets each; some have another power than before."""
    tables = [
        f"""
[gizmos.g{number}]
name = "Gizmo {number}"
[gizmos.g{number}.gadgets.small]
power = {number + (100 if number < changed else 0)}
[gizmos.g{number}.gadgets.large]
power = 1000
"""
        for number in range(gizmos)
    ]
    return HEAD + "".join(tables)


class Counting:
    """The invented kinds, counting what is asked of them."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.kinds: Kinds = {name: self._counted(kind) for name, kind in KINDS.items()}

    def _counted(self, kind: Kind) -> Kind:
        return replace(
            kind,
            canonical=self._count("canonical", kind.canonical),
            amounts=self._count("amounts", kind.amounts),
            live_flaws=self._count("live_flaws", kind.live_flaws),
        )

    def _count(self, name: str, asked: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            self.calls[name] += 1
            return asked(*given)

        return counted

    def since(self) -> Counter[str]:
        """Return what was asked since this was last called."""
        calls, self.calls = self.calls, Counter()
        return calls


def planned(counting: Counting, shop: Shop, text: str) -> tuple[Plan, Counter[str]]:
    """Plan a text; return with the plan what it asked of the kinds."""
    wanted = loads(text, counting.kinds)
    seen = observe(shop, counting.kinds.values())
    counting.since()
    made = plan(wanted, seen, counting.kinds, api_version="x", allow=("RC101", "RC103"))
    return made, counting.since()


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_brought_into_canonical_form_once(size: int) -> None:
    counting = Counting()
    loads(catalog(size), counting.kinds)
    assert Counter(canonical=3 * size) == counting.since()


@pytest.mark.parametrize("size", SIZES)
def test_what_stays_is_compared_once(size: int) -> None:
    """The object as it is read, and the file with ids in the place of names: no more."""
    shop = Shop()
    become(shop, catalog(size))
    made, calls = planned(Counting(), shop, catalog(size))
    assert ((), Counter(canonical=2 * 3 * size)) == (made.changes, calls)


def test_one_change_costs_the_same_in_a_large_account() -> None:
    costs = []
    for size in SIZES:
        shop = Shop()
        become(shop, catalog(size))
        made, calls = planned(Counting(), shop, catalog(size, changed=1))
        assert 1 == len(made.changes)
        calls["canonical"] -= 2 * 3 * size
        costs.append(calls)
    assert [costs[0]] * len(SIZES) == costs


def test_strangers_are_not_read_unless_something_goes() -> None:
    shop = Shop()
    become(shop, catalog(10).replace('"acme"', '"other"'))
    counting = Counting()
    seen = observe(shop, counting.kinds.values())
    plan(loads(HEAD, counting.kinds), seen, counting.kinds, api_version="x")
    assert Counter() == counting.since()
