"""The catalog's cards and the impact beneath them, in elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.render.page.elements import Html, block, element
from reconciler.render.page.pricing import Card, Face, Offer
from reconciler.render.page.sections import Part, many, section, some, tag, touched
from reconciler.render.prices import PriceChange, PriceRow
from reconciler.render.review import Review

_MOST_CARDS = 20
_MOST_ROWS = 40
_LONGEST_AMOUNT = 24
"""How many characters an amount may have to be set large: tiers are a sentence."""


def catalog(cards: Sequence[Card]) -> Part:
    """Return the cards, before and after side by side."""
    return section("catalog", "Before and after", *some(cards, _MOST_CARDS, _cards, "product"))


def _cards(cards: Sequence[Card]) -> Html:
    return block("div", *map(_card, cards), class_="cards")


def _card(card: Card) -> Html:
    face = card.face
    name = face.name if face is not None and face.name else card.address.partition(".")[2]
    return block(
        "article",
        block(
            "header",
            element("h3", name),
            element("code", card.address),
            *(tag(action, what) for action, what in card.actions),
            _described(card),
        ),
        block(
            "table",
            element("caption", f"{name}, before and after", class_="unseen"),
            block(
                "thead",
                block(
                    "tr",
                    element("th", "Price", scope="col"),
                    element("th", "Before", scope="col", class_="before"),
                    element("th", "After", scope="col", class_="after"),
                ),
            ),
            block("tbody", *_faces(card), *(row for offer in card.offers for row in _rows(offer))),
        ),
        _foot(card),
        class_="card",
    )


def _described(card: Card) -> str:
    """Return what the product is, unless that is in the table."""
    if card.face is None or card.before != card.after or not card.offers:
        return ""
    if not card.face.description:
        return ""
    return element("p", card.face.description, class_="described")


def _faces(card: Card) -> Iterator[Html]:
    """Yield the row that shows the product itself, where it comes, goes, changes or is alone."""
    if card.before != card.after or not card.offers:
        yield block(
            "tr",
            element("th", "Product", scope="row"),
            _face(card.before, "before"),
            _face(card.after, "after"),
        )


def _face(face: Face | None, side: str) -> Html:
    if face is None:
        word = "not there yet" if side == "before" else "no longer sold"
        return element("td", element("span", word, class_="none"), class_=side)
    return block(
        "td",
        element("p", face.name, class_="name"),
        element("p", face.description, class_="described") if face.description else "",
        _list(face),
        *_switched_off(on=face.on),
        class_=side,
    )


def _list(face: Face) -> str:
    if not face.features:
        return ""
    return block("ul", *(element("li", feature) for feature in face.features), class_="features")


def _rows(offer: Offer) -> Iterator[Html]:
    """Yield the rows of one price, the first of which names it."""
    held = next((row for row in offer.rows if row.before), None)
    for number, row in enumerate(offer.rows):
        first = number == 0
        yield block(
            "tr",
            block("th", *(_named(offer) if first else (row.currency,)), scope="row"),
            block(
                "td",
                _amount(row.before, "not sold yet"),
                *_switched_off(on=offer.was_on or not row.before),
                *(_subscribed(offer.change) if row is held else ()),
                class_="before",
            ),
            block(
                "td",
                _amount(row.after, "no longer sold"),
                *(element("span", part, class_="percent") for part in (row.percent,) if part),
                *_switched_off(on=offer.is_on or not row.after),
                class_="after",
            ),
            class_="offer" if offer.action else "offer same",
        )


def _named(offer: Offer) -> tuple[Html, Html]:
    said = (
        tag(offer.action, offer.what)
        if offer.action
        else element("span", offer.what, class_="kept")
    )
    return (element("span", offer.name, class_="key"), said)


def _amount(told: str, none: str) -> Html:
    """Return `29.00 USD / month` with its amount large; a long one, such as tiers, as it is."""
    if not told:
        return element("span", none, class_="none")
    amount, slash, _ = told.partition(" / ")
    if not slash:
        amount = told.removesuffix(" once")
    if len(amount) > _LONGEST_AMOUNT:
        return element("span", told)
    period = told.removeprefix(amount)
    return element(
        "span",
        element("span", amount, class_="amount"),
        *(element("span", part, class_="period") for part in (period,) if part),
    )


def _switched_off(*, on: bool) -> Iterator[Html]:
    if not on:
        yield element("span", "switched off", class_="who")


def _subscribed(change: PriceChange | None) -> Iterator[Html]:
    """Yield who is on the price that goes, beneath what they pay."""
    if change is not None and (change.total is not None or change.unknown):
        yield element("span", _who(change), class_="who")


def _who(change: PriceChange) -> str:
    if change.total is None:
        return "how many subscriptions stay on it is unknown"
    if not change.total:
        return "no subscription is on it"
    return f"{many(change.total, 'subscription')} {'stays' if change.total == 1 else 'stay'} on it"


def _foot(card: Card) -> str:
    if not card.more:
        return ""
    return element("p", f"{many(card.more, 'more price')}, unchanged.", class_="more")


def impact(seen: Review) -> Iterator[Part]:
    """Yield who is on what goes, and what they bring: what matters most first."""
    counted = [price for price in seen.prices if price.total or price.unknown]
    free = sum(price.total == 0 for price in seen.prices)
    if not (counted or free or seen.touched):
        return
    yield section(
        "impact",
        "Who is on what goes",
        *(some(counted, _MOST_ROWS, _table, "price") if counted else ()),
        *_free(free, others=bool(counted)),
        *touched(seen.touched),
    )


def _free(count: int, *, others: bool) -> Iterator[Html]:
    """Yield how many prices go on which nobody is."""
    if count:
        goes = "goes" if count == 1 else "go"
        what = f"{many(count, 'other price')} that {goes}" if others else "what goes"
        yield element("p", f"No subscription is on {what}.", class_="free")


def _table(prices: Sequence[PriceChange]) -> Html:
    heads = ("Price", "A month now", "At the new price")
    return block(
        "table",
        element("caption", "Subscriptions on the prices that go", class_="unseen"),
        block("thead", block("tr", *(element("th", head, scope="col") for head in heads))),
        *map(_brings, prices),
        class_="revenue",
    )


def _brings(price: PriceChange) -> Html:
    name = element("code", price.address.partition(".")[2])
    counted = element("span", _counted(price), class_="counted")
    head = (name, tag(price.action, price.what), counted)
    said = "; ".join(price.caveats)
    return block(
        "tbody",
        block("tr", block("th", *head, scope="rowgroup", colspan="3")),
        *(_sums(price, row) for row in price.rows if row.now or row.then),
        *(block("tr", element("td", line, colspan="3", class_="said")) for line in (said,) if line),
    )


def _counted(price: PriceChange) -> str:
    if price.total is None:
        return f"how many subscriptions are on it is unknown: {price.unknown}"
    statuses = f": {price.statuses}" if price.statuses else ""
    return f"{many(price.total, 'subscription')}{statuses}"


def _sums(price: PriceChange, row: PriceRow) -> Html:
    then = row.then or ("no new price" if price.action == "retire" else "")
    return block(
        "tr",
        element("th", row.currency, scope="row"),
        element("td", row.now),
        element("td", then, class_="then" if row.then else "then none"),
    )
