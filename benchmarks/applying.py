"""An apply into an empty account over HTTP, and the apply after it, which has nothing to do."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.accounts import Size, catalog
from benchmarks.far import KEY, far_end
from benchmarks.observing import Calls, Counting, endpoint
from reconciler import kinds
from reconciler.executor.journal import Journal
from reconciler.executor.lease import Lease
from reconciler.executor.run import apply
from reconciler.gateway.locks import Locks
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.catalog import Catalog
from reconciler.model.kind import Kinds
from reconciler.model.plan import Plan
from reconciler.observer.account import observe
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.spec.load import loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply took, journal, lock and proof included, and what the second one wrote."""

    calls: Calls
    writes: int
    writes_again: int


def into_an_empty_account(size: Size, latency_ms: int) -> Applied:
    """Apply a catalog, then plan again."""
    known = kinds.load()
    wanted = loads(catalog(size), known)
    with far_end(Size(prices=0), latency_ms=latency_ms) as url, TemporaryDirectory() as folder:
        far = Counting(url, endpoint)
        gateway = Gateway(KEY, transport=far)
        first = _plan(wanted, gateway, known)
        far.calls = calls = Calls()
        run = secrets.token_hex(8)
        journal = Journal.create(Path(folder) / "journal.jsonl", run, first)
        lease = Lease(Locks(gateway, "acme", run), "acme", run, by="benchmark", broken=False)
        apply(
            first,
            known,
            gateway,
            gateway,
            journal=journal,
            clock=time.monotonic,
            lease=lease,
        )
        far.calls = Calls()
        again = _plan(wanted, gateway, known)
    if calls.refused:
        raise RuntimeError(f"{calls.refused} calls were refused by the limits")
    return Applied(calls=calls, writes=first.writes, writes_again=again.writes)


def _plan(wanted: Catalog, gateway: Gateway, known: Kinds) -> Plan:
    snapshot = observe(gateway, known.values(), attached=attached(wanted, known))
    return plan(wanted, snapshot, known, api_version=API_VERSION)
