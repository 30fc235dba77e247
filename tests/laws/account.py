"""A Stripe account for the laws: the simulator in process, behind the real gateway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reconciler.executor.journal import Journal
from reconciler.executor.outcome import Outcome
from reconciler.executor.run import apply
from reconciler.gateway.pacing import Timing
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Snapshot
from reconciler.observer.account import observe
from reconciler.observer.subscriptions import count_subscriptions
from reconciler.observer.targeted import observe_targeted
from reconciler.planner.attached import attached
from reconciler.planner.build import emptied, plan
from reconciler.planner.impact import weigh
from reconciler.planner.targets import families, targets
from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault
from reconciler.simulator.switches import Switches
from reconciler.simulator.transport import SimulatorTransport
from reconciler.simulator.values import Request

ALL = ("RC101", "RC102", "RC103", "RC107", "RC109", "RC111", "RC112", "RC113")


class _Transport(SimulatorTransport):
    """Tells somebody after each request."""

    def __init__(self, account: Account) -> None:
        super().__init__(account.simulator, script=account.fault)
        self._account = account

    def request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().request(*args, **kwargs)
        finally:
            self._account.watch()


class Account:
    """One account, and what `reconciler` does to it.

    `watch` is called after each request. `faults` befall the writes to come, one by one.
    """

    def __init__(
        self, kinds: Kinds, switches: Switches | None = None, *, live: bool = False
    ) -> None:
        self.kinds = kinds
        self.now = 1_760_000_000.0
        self.simulator = Simulator(clock=self.clock, switches=switches or Switches())
        self.watch: Callable[[], None] = lambda: None
        self.faults: list[Fault | None] = []
        self.gateway = Gateway(
            "sk_live_laws" if live else "sk_test_laws",
            transport=_Transport(self),
            paced=False,
            timing=Timing(clock=self.clock, sleep=self.sleep, jitter=lambda: 0.5),
        )
        self.runs = 0

    def fault(self, _number: int, request: Request) -> Fault | None:
        if request.method == "GET" or not self.faults:
            return None
        return self.faults.pop(0)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        """Seconds; every look at the clock takes half a thousandth."""
        self.now += 0.0005
        return self.now

    def close(self) -> None:
        self.simulator.close()

    def look(self, catalog: Catalog | None = None, *, adopt_matching: bool = False) -> Snapshot:
        """Read the account, with the attached entries that a catalog names, or with none."""
        wanted = (
            attached(catalog, self.kinds, adopt_matching=adopt_matching)
            if catalog is not None
            else None
        )
        return observe(self.gateway, self.kinds.values(), attached=wanted)

    def plan(
        self,
        catalog: Catalog,
        *,
        allow: Sequence[str] = ALL,
        destroy: bool = False,
        adopt_matching: bool = False,
    ) -> Plan:
        made = plan(
            catalog,
            self.look(emptied(catalog) if destroy else catalog, adopt_matching=adopt_matching),
            self.kinds,
            api_version=API_VERSION,
            allow=allow,
            destroy=destroy,
            adopt_matching=adopt_matching,
        )
        return weigh(
            made, count_subscriptions(self.gateway, self.kinds, made.impacts, made.changes)
        )

    def look_at(self, catalog: Catalog, *, adopt_matching: bool = False) -> Snapshot:
        """Read what a catalog names, and no more."""
        return observe_targeted(
            self.gateway,
            self.kinds,
            targets(catalog, self.kinds, adopt_matching=adopt_matching),
            families=families(catalog, self.kinds, adopt_matching=adopt_matching),
            attached=attached(catalog, self.kinds, adopt_matching=adopt_matching),
        )

    def targeted(
        self, catalog: Catalog, *, allow: Sequence[str] = ALL, adopt_matching: bool = False
    ) -> Plan:
        """Plan from what the catalog names, and from no more."""
        return plan(
            catalog,
            self.look_at(catalog, adopt_matching=adopt_matching),
            self.kinds,
            api_version=API_VERSION,
            allow=allow,
            adopt_matching=adopt_matching,
        )

    def apply(self, made: Plan, *, proof: bool = True, workers: int = 1) -> Outcome:
        self.runs += 1
        return apply(
            made,
            self.kinds,
            self.gateway,
            self.gateway,
            journal=Journal.none(f"run{self.runs}"),
            clock=self.clock,
            workers=workers,
            proof=proof,
        )

    def writes(self) -> int:
        """How many requests so far were not mere reading."""
        return sum(1 for call in self.simulator.calls if call.method != "GET")

    def post(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Do something behind the reconciler's back, as the Dashboard would."""
        return self._request("post", path, **parameters)

    def delete(self, path: str) -> dict[str, Any]:
        """Delete something behind the reconciler's back."""
        return self._request("delete", path)

    def _request(self, method: str, path: str, **parameters: Any) -> dict[str, Any]:
        faults, self.faults = self.faults, []
        client = self.gateway._client  # the same key and account, another hand
        try:
            return dict(client.raw_request(method, path, **parameters).data)
        finally:
            self.faults = faults
