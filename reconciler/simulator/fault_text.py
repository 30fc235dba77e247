"""Reads rules of faults from text, as a command line gives them.

    POST /v1/prices: lost_after, at=2

It checks the words; what the numbers may be is the rule's own business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from reconciler.simulator.faults import Fault, FaultError, Rule


def parse(text: str) -> Rule:
    """The rule that a text states, or a `FaultError` that quotes it."""
    # No fault and no number holds a colon, and an id in a path may.
    endpoint, _, rest = text.rpartition(":")
    word, *settings = (part.strip() for part in rest.split(","))
    try:
        fault = _fault(word)
        given = _given(settings, slow=fault is Fault.SLOW)
        return Rule(fault=fault, endpoint=endpoint.strip() or "*", **given)
    except FaultError as error:
        raise FaultError(f"{text!r}: {error}") from None


def _fault(word: str) -> Fault:
    name = word.upper().replace("-", "_")
    if name in Fault.__members__:
        return Fault[name]
    if " " in word:
        raise FaultError("between the endpoint and the fault stands a colon")
    names = [one.lower() for one in Fault.__members__]
    near = get_close_matches(word.lower(), names, n=1)
    meant = f"; the nearest is {near[0]}" if near else f"; there are: {', '.join(names)}"
    raise FaultError(f"no fault is named {word!r}{meant}")


def _given(settings: list[str], *, slow: bool) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for setting in settings:
        name, _, value = (part.strip() for part in setting.partition("="))
        if name not in _READERS:
            raise FaultError(f"a rule has no {name!r}; it has: {', '.join(_READERS)}")
        if name == "seconds" and not slow:
            raise FaultError("seconds belong to slow alone")
        if name in given:
            raise FaultError(f"{name} is given twice")
        given[name] = _READERS[name](name, value)
    return given


def _whole(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise FaultError(f"{name} is a whole number, not {value!r}")
    return int(value)


def _times(name: str, value: str) -> int | str:
    return "all" if value == "all" else _whole(name, value)


def _number(name: str, value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        raise FaultError(f"{name} is a number such as 0.5, not {value!r}")
    return float(value)


_READERS: Mapping[str, Callable[[str, str], int | float | str]] = {
    "at": _whole,
    "times": _times,
    "probability": _number,
    "seed": _whole,
    "seconds": _number,
}
