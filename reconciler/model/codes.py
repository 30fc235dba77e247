"""The guards' codes: stable, and what each stops. The guards themselves are in the planner."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "RC101": "too much of the catalog changes at once, it is emptied, or a stamp was lost",
    "RC102": "a protected resource would be replaced or retired",
    "RC103": "an amount changes by more than the policy allows",
    "RC104": "a price with subscriptions would be replaced or retired, and the policy denies it",
    "RC105": "this is another account than the catalog's",
    "RC106": "apply to a live account without --live",
    "RC107": "an object would no longer have an amount in a currency",
    "RC108": "a natural key is held by a stranger",
    "RC109": "something that customers hold would stop working",
    "RC110": "a webhook endpoint of a live account is not https",
    "RC111": "two live objects bear one stamp, and the file cannot tell which is meant",
    "RC112": "a lookup key would be given up that no active price takes",
    "RC113": "adopting an object would drop its metadata",
}

AT_APPLY = frozenset({"RC106"})
"""Guards of the apply, which no file can lift."""

FIXED = frozenset({"RC105", "RC108"})
"""Guards that cannot be lifted: there is nothing sensible to do in spite of them."""
