"""Parameters as form fields: `{"tiers": ({"up_to": "inf"},)}` is `tiers[0][up_to]=inf`.

The SDK would do this too, but it writes `True` for a true in a list, drops what is empty, and
takes some names for options of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.values import Pending


def encode(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields, in order. An empty string clears, and so does an empty list."""
    return dict(pair for name, value in parameters.items() for pair in _encode(name, value))


def _encode(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case bool():
            yield name, "true" if value else "false"
        case str() | int():
            yield name, str(value)
        case Mapping() | list() | tuple() if not value:
            yield name, ""
        case Mapping():
            for key, item in value.items():
                yield from _encode(f"{name}[{key}]", item)
        case list() | tuple():
            for number, item in enumerate(value):
                yield from _encode(f"{name}[{number}]", item)
        case Pending():
            raise TypeError(f"{name}: {value} is not known yet, so nothing can be sent")
        case _:
            # A float least of all: Stripe would be sent 1e-07.
            raise TypeError(f"{name}: {type(value).__name__} is not a canonical value")
