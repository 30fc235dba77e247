"""Every error this package raises on purpose.

Not the guards: a guard is a finding in a plan, and blocks it (`model.plan`).

    ReconcilerError                 exit 1
    ├── UsageError                  the call's words are off (also ValueError)
    ├── SpecError                   the catalog file has mistakes, all of them
    ├── PlanError                   the file and the account cannot be brought together
    ├── NotHeldError                the account does not hold all that the file wants
    ├── PlanFileError               a plan file or journal that cannot be trusted
    ├── StripeError                 Stripe refused a call, or could not be reached
    │   ├── AuthenticationError     the key is wrong, expired or missing
    │   ├── PermissionDeniedError   the key may not do this (also PermissionError)
    │   ├── RefusedError            Stripe would not take the parameters: nothing was done
    │   ├── ConnectionLostError     no answer: the outcome is unknown (also ConnectionError)
    │   └── UnexpectedAnswerError   an answer that is not what Stripe documents
    ├── ForgeError                  GitHub or GitLab refused a call, or could not be reached
    ├── VerificationError           after the apply the account differs from the plan
    ├── LockedError                 another apply of the catalog is under way
    ├── BlockedError                stopped by a guard                        exit 3
    ├── StalePlanError              something moved since the plan was made   exit 4
    └── IncompleteError             the apply did not finish; resume it       exit 5

Only `cli.main` turns an exit code into an exit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class ReconcilerError(Exception):
    """The root: whatever this package raises on purpose.

    `str(error)` is the whole message for a person: what, why, and the mend.
    """

    exit_code: ClassVar[int] = 1


class UsageError(ReconcilerError, ValueError):
    """The call's words are off: an unknown option value, a missing key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in a catalog file.

    `place` is `file:line:column`, or the file alone where no line is known; `at` are the keys
    that lead there.
    """

    place: str
    what: str
    why: str = ""
    mend: str = ""
    at: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        lines = [f"{self.place}  {self.what}"]
        lines.extend(f"  {line}" for line in (self.why, self.mend) if line)
        return "\n".join(lines)


class SpecError(ReconcilerError):
    """The catalog file has mistakes. All of them are reported at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        tail = f"{count} mistake{'s' if count != 1 else ''}. Nothing was sent to Stripe."
        super().__init__("\n\n".join([*map(str, self.problems), tail]))


class PlanError(ReconcilerError):
    """The file and the account cannot be brought together, whatever is allowed.

    `about` are the addresses for which that is so, where it is for single ones.
    """

    def __init__(self, message: str, *, about: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.about = frozenset(about)


class NotHeldError(ReconcilerError):
    """The account does not hold all that the file wants, and all of it was asked for."""


class PlanFileError(ReconcilerError):
    """A plan file or a journal that is damaged, edited, too old or for something else."""


class StripeError(ReconcilerError):
    """Stripe refused a call.

    `request_id` is what Stripe's support and the Dashboard's log know the call by.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.param = param
        self.request_id = request_id
        super().__init__(message)


class AuthenticationError(StripeError):
    """The key is wrong, expired or missing (HTTP 401)."""


class PermissionDeniedError(StripeError, PermissionError):
    """The key may not do this (HTTP 403)."""


class RefusedError(StripeError):
    """Stripe would not take the parameters (HTTP 400, 402, 404, 409). Nothing was done."""


class ConnectionLostError(StripeError, ConnectionError):
    """No answer came. What became of the call is unknown until somebody looks."""


class UnexpectedAnswerError(StripeError):
    """Stripe answered something that its reference does not allow."""


class ForgeError(ReconcilerError):
    """GitHub or GitLab refused a call, or could not be reached.

    `status` is that of its answer. `unknown` says that a write may have been done all the same.
    """

    def __init__(self, message: str, *, status: int | None = None, unknown: bool = False) -> None:
        self.status = status
        self.unknown = unknown
        super().__init__(message)


class VerificationError(ReconcilerError):
    """After the apply, the account differs from what the plan said."""


class LockedError(ReconcilerError):
    """Another apply of the same catalog is under way, or this one's lock was lost."""


class BlockedError(ReconcilerError):
    """A guard stopped the plan."""

    exit_code = 3


class StalePlanError(ReconcilerError):
    """Something that the plan relies on moved, before the apply or in the midst of it.

    Also: Stripe answered a call with something else than the plan led to.
    """

    exit_code = 4


class IncompleteError(ReconcilerError):
    """The apply did not finish. Its journal says what is done; resume it."""

    exit_code = 5
