"""Serving the simulator, for `simulator serve`."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.console import Console
from reconciler.errors import UsageError
from reconciler.simulator.core import Simulator
from reconciler.simulator.fault_text import parse
from reconciler.simulator.faults import FaultError
from reconciler.simulator.server import serve
from reconciler.simulator.store import SimulatorFileError
from reconciler.simulator.switches import SwitchError, Switches


def run(
    console: Console,
    *,
    path: Path | None,
    host: str,
    port: int,
    latency_ms: int,
    rate_limit: int | None,
    neighbour: float,
    faults: tuple[str, ...],
    switches: tuple[str, ...],
) -> None:
    """Serve until somebody interrupts it."""
    if neighbour and rate_limit is None:
        raise UsageError(
            "--neighbour takes a share of the rate limit, and there is none.\n"
            "  Give one with --rate-limit; Stripe's own is 25."
        )
    try:
        chosen = Switches.parse(switches)
        rules = [parse(fault) for fault in faults]
        simulator = Simulator(path, switches=chosen, rate_limit=rate_limit, neighbour=neighbour)
    except FaultError as error:
        raise UsageError(f"--fault {error}.") from None
    except (SwitchError, SimulatorFileError) as error:
        raise UsageError(f"{error}.") from None
    kept = f"kept in {path}" if path else "kept in memory"

    def ready(url: str) -> None:
        console.result(f"A simulated Stripe, {kept}, answers at {url}. Ctrl-C stops it.\n")

    with simulator:
        try:
            serve(simulator, host, port, latency_ms, faults=rules, ready=ready)
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be listened on: {error.strerror or error}.\n"
                "  Choose another with --host and --port; port 0 is any free one."
            ) from None
        except KeyboardInterrupt:
            console.note("Stopped." if rate_limit is None else f"Stopped. {_refused(simulator)}")


def _refused(simulator: Simulator) -> str:
    """Say how well its clients kept to the rate limit."""
    statuses = [call.status for call in simulator.calls]
    return f"429 was the answer to {statuses.count(429)} of {len(statuses)} requests."
