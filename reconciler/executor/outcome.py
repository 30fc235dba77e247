"""What an apply did: one entry for each call, in the order of the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One call that was made. `object` is the id it acted on or made.

    `instead` says that Stripe refused a delete and the object was archived.
    """

    step: str
    address: Address
    call: str
    object: str
    instead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an apply did. `verified` is `None` where nobody looked afterwards.

    `run` names the run in its journal and in its idempotency keys. `shown` is what people use of
    objects, by id and field: the URL of a payment link.
    """

    run: str
    done: tuple[Done, ...]
    verified: bool | None
    writes: int
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
