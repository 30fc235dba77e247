"""What may be believed of an answer: that it is an object, a page, of the mode that was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import UnexpectedAnswerError
from reconciler.gateway.listing import Page

_LONGEST_ID = 500


def check(item: Any, what: str, *, livemode: bool) -> None:
    """Refuse what is no object of ours to read: without an id, or of another mode than the key."""
    id_of(item, what)
    told = item.get("livemode")
    if isinstance(told, bool) and told is not livemode:
        modes = ("live", "test") if told else ("test", "live")
        raise UnexpectedAnswerError(
            f"{what}: Stripe answered {item['id']} of {modes[0]} mode to a {modes[1]} key.\n"
            "  Nothing can be trusted to stay in one mode then, so this stops here.\n"
            "  Check the API key and --api-base."
        )


def id_of(item: Any, what: str) -> str:
    """Return the id of an object; raise `UnexpectedAnswerError` where it cannot be one."""
    found = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(found, str) or not found:
        raise unexpected(what, "an object without an id")
    if len(found) > _LONGEST_ID or not found.isprintable():
        raise unexpected(what, "an object with an id that cannot be one")
    return found


def page_of(answer: Mapping[str, Any], what: str, *, after: str | None) -> Page:
    """Return an answer as a page of a list; `after` is the object that it had to come behind."""
    items = answer.get("data")
    if not isinstance(items, list):
        raise unexpected(what, "a list without data")
    more = bool(answer.get("has_more"))
    if more and (not items or id_of(items[-1], what) == after):
        raise unexpected(what, "a page that leads nowhere")
    return Page(items, more)


def lacks_item(subscription: Mapping[str, Any], on: Mapping[str, str]) -> bool:
    """Whether a subscription on an object shows only its first items, and none of those is on it.

    https://docs.stripe.com/api/subscriptions/object#subscription_object-items
    """
    items = subscription.get("items")
    if not isinstance(items, Mapping) or not items.get("has_more"):
        return False
    data = items.get("data")
    shown = [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []
    return not any(_id_in(item, name) == on[name] for item in shown for name in on)


def _id_in(item: Mapping[str, Any], name: str) -> Any:
    named = item.get(name)
    return named.get("id") if isinstance(named, Mapping) else named


def mended(value: Any) -> Any:
    """Return JSON with halves of characters replaced: no encoding can carry them any further."""
    match value:
        case str():
            return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value)
        case Mapping():
            return {mended(name): mended(item) for name, item in value.items()}
        case list():
            return [mended(item) for item in value]
        case _:
            return value


def unexpected(what: str, content: str) -> UnexpectedAnswerError:
    """Return the error for what Stripe never answers."""
    return UnexpectedAnswerError(
        f"{what}: Stripe answered {content}.\n"
        "  Its reference does not allow that. Check --api-base, and what stands in between."
    )
