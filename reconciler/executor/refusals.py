"""What a refusal may come from that Stripe's own words do not say, with the mend."""

from __future__ import annotations

from reconciler.errors import RefusedError
from reconciler.model.kind import Kind
from reconciler.model.plan import Step
from reconciler.model.world import World, handle_of


def explained(error: RefusedError, kind: Kind, step: Step, world: World) -> RefusedError:
    """Return the error with what is known of the object that `step` was to change."""
    handle = handle_of(step)
    body = world.body(kind, handle)
    if not kind.freezes or step.part or body is None or kind.is_on(body):
        return error
    return RefusedError(
        f"{error}\n  {handle} is archived, and Stripe may change no archived {kind.name}. If that "
        f"is why: take {step.address} out of [adopt] and of the file, or give its table another "
        "name, and plan anew.",
        status=error.status,
        code=error.code,
        param=error.param,
        request_id=error.request_id,
    )
