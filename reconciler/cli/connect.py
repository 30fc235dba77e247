"""From options and environment to a gateway: which key, which account, which Stripe."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.cli.console import Console
from reconciler.cli.options import Target
from reconciler.cli.stopping import reading
from reconciler.errors import UsageError
from reconciler.gateway.stripe import Gateway
from reconciler.simulator.core import Simulator
from reconciler.simulator.keys import DEFAULT_KEY
from reconciler.simulator.store import SimulatorFileError
from reconciler.simulator.transport import SimulatorTransport

_LONGEST_KEY = 4096


@contextmanager
def connected(target: Target, console: Console) -> Iterator[Gateway]:
    """Give the gateway to the Stripe that is meant."""
    if target.simulator is None:
        key = _key(target, console)
        with reading(console):
            yield Gateway(key, stripe_account=target.stripe_account, api_base=target.api_base)
        return
    if target.api_base or target.api_key_file:
        other = "--api-base" if target.api_base else "--api-key-file"
        raise UsageError(
            f"--simulator FILE is a Stripe of its own, so {other} cannot stand beside it.\n"
            "  Leave one of them out."
        )
    with reading(console), _simulator(target.simulator) as simulator:
        # A real key in the environment has no business here, so it is not read.
        yield Gateway(
            DEFAULT_KEY,
            stripe_account=target.stripe_account,
            transport=SimulatorTransport(simulator),
            paced=False,
        )


@contextmanager
def _simulator(path: Path) -> Iterator[Simulator]:
    try:
        simulator = Simulator(path)
    except SimulatorFileError as error:
        raise UsageError(f"{error}\n  Name another file, or a new one.") from None
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"{path}: {error}.\n  Name another file.") from None
    with simulator:
        yield simulator


def _key(target: Target, console: Console) -> str:
    if target.api_key_file is not None:
        return _from_file(target.api_key_file, console)
    key = os.environ.get("STRIPE_API_KEY", "").strip()
    if not key:
        raise UsageError(
            "There is no API key, and no simulator was named.\n"
            "  Set STRIPE_API_KEY (or give --api-key-file FILE) to use Stripe,\n"
            "  or try it without Stripe: --simulator FILE"
        )
    return key


def _from_file(path: Path, console: Console) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_LONGEST_KEY + 1)
    except OSError as error:
        raise UsageError(f"{path}: the API key cannot be read: {error.strerror}.") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        console.note(f"{path} can be read by others on this machine: chmod 600 {path}")
    if len(content) > _LONGEST_KEY:
        raise UsageError(f"{path} is too long to hold an API key.")
    return content.decode("utf-8", "replace").strip()
