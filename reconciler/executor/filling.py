"""From a step to a request: pending ids filled in, an idempotency key made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from reconciler.errors import PlanFileError
from reconciler.model.address import Address
from reconciler.model.plan import Step
from reconciler.model.values import Frozen, Pending, substitute

Made = Mapping[Address, str]
"""The ids of the objects that this plan has created so far."""


def filled(step: Step, made: Made) -> tuple[str | None, Frozen]:
    """Return the object and the parameters of a step, with every id in its place."""

    def known(leaf: Any) -> Any:
        if not isinstance(leaf, Pending):
            return leaf
        if leaf.address not in made:
            raise PlanFileError(
                f'The step "{step.id}" needs the id of {leaf.address}, which no step before it '
                "makes.\n  The plan is damaged: make it anew."
            )
        return made[leaf.address]

    object_id = None if step.object is None else str(known(step.object))
    payload: Frozen = substitute(step.payload, known)
    return object_id, payload


def key(run: str, step: Step, attempt: int, *, instead: bool = False) -> str:
    """Return the idempotency key of an attempt, or of what is done `instead` of a refused one.

    The run's random id is in it, so that the same plan, made and applied again within the day
    for which Stripe keeps answers, is never given a stale one.
    https://docs.stripe.com/api/idempotent_requests
    """
    # Stripe takes 255 characters, and a step's id may be longer than that by itself. So the id
    # is there shortened, for whoever reads Stripe's log, and as a digest, to be unmistakable.
    readable = step.id.replace(" ", ".")[:100]
    name = hashlib.sha256(step.id.encode()).hexdigest()[:16]
    return f"reconciler-{run}-{readable}-{name}-{attempt}{'-otherwise' if instead else ''}"
