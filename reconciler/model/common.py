"""What many kinds have: fields that mean the same on each, and checks of them. No kind by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.model import money
from reconciler.model.kind import Flaw
from reconciler.model.marks import CLEAR, UPDATE, Entries

Metadata = Annotated[
    Mapping[str, str] | None,
    UPDATE,
    CLEAR,
    Entries(drop=UPDATE),
    Field(description="Notes for your own systems."),
]
"""Every object that takes metadata takes it so. https://docs.stripe.com/metadata"""


def other_currencies(options: Any, own: str | None, whose: str) -> Any:
    """Refuse the own currency among currency options: the canonical form would drop it unseen.

    For a validator: raises `ValueError`, or returns `options`.
    """
    if options and own in options:
        raise ValueError(f"repeats {own}, {whose}")
    return options


def without_own(options: Mapping[str, Any] | None, own: str | None) -> dict[str, Any]:
    """Return currency options without the own currency: Stripe may list it there too."""
    return {code: option for code, option in (options or {}).items() if code != own}


def currency_flaws(places: Mapping[str, tuple[str, ...]]) -> Iterator[Flaw]:
    """Yield the currencies that Stripe does not take, each at its place in the body."""
    for code, path in places.items():
        mend = money.unknown_currency(code)
        if mend is not None:
            yield Flaw(path=path, what=f'"{code}" is not a currency that Stripe takes', mend=mend)


def currency_places(
    body: Mapping[str, Any], own: str = "currency", prefix: tuple[str, ...] = ()
) -> dict[str, tuple[str, ...]]:
    """Return where a body names which currency: its own one, and those of its options."""
    found = {str(body[own]): (*prefix, own)} if own in body else {}
    options = body.get("currency_options") or {}
    return found | {code: (*prefix, "currency_options", code) for code in options}
