"""The company of `examples/full.toml`, and a simulated account in which its catalog lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from laws.account import ALL, Account
from reconciler import kinds as all_kinds
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.catalog import Catalog
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Live
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import emptied, plan
from reconciler.simulator.switches import Switches
from reconciler.spec.load import loads

KINDS = all_kinds.load()
FULL = Path(__file__).parents[2] / "examples" / "full.toml"


def catalog(edits: Mapping[str, str] = MappingProxyType({})) -> Catalog:
    """Read the example anew, with some of its words changed."""
    text = FULL.read_text(encoding="utf-8")
    for old, new in edits.items():
        assert text.count(f'"{old}"') == 1, old
        text = text.replace(f'"{old}"', f'"{new}"')
    return loads(text, KINDS)


class Company(Account):
    """An account, planned for as the command line does it: with the features of products."""

    def __init__(self, switches: Switches | None = None) -> None:
        super().__init__(KINDS, switches)

    def plan(self, wanted: Catalog, *, allow: Sequence[str] = ALL, destroy: bool = False) -> Plan:
        named = attached(emptied(wanted) if destroy else wanted, KINDS)
        return plan(
            wanted,
            observe(self.gateway, KINDS.values(), attached=named),
            KINDS,
            api_version=API_VERSION,
            allow=allow,
            destroy=destroy,
        )

    def ours(self) -> list[Live]:
        """Every object that bears the catalog's stamp, archived ones included."""
        return [live for live in self.look() if live.stamp and live.stamp.catalog == "lumen"]

    def standing(self) -> dict[str, str]:
        """The id of the one object in use at each address; a second one is a mistake."""
        on = [live for live in self.ours() if live.on and live.stamp]
        found = {str(live.stamp.address): live.id for live in on if live.stamp}
        assert len(found) == len(on), Counter(str(live.stamp) for live in on)
        return found

    def nothing_to_do(self, wanted: Catalog, *, destroy: bool = False) -> None:
        """Plan again: there is nothing to change, and planning wrote nothing."""
        before = self.writes()
        made = self.plan(wanted, destroy=destroy)
        assert ((), (), ()) == (made.changes, made.steps, made.findings)
        assert before == self.writes()
