"""Gift cards, which Stripe does not have: the text of a kind's file, and the endpoint behind it.

The endpoint has its rules from here, not from the kind. Everything that is no gift card is the
simulator's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.simulator.core import Simulator
from reconciler.simulator.form import decode
from reconciler.simulator.values import Request, Response

MODULE = '''\
"""Gift card: an amount paid beforehand, for one product.

What it is worth never changes. https://example.com/api/gift_cards
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.model import money
from reconciler.model.catalog import Catalog, Resource
from reconciler.model.kind import Flaw, Kind, NaturalKey
from reconciler.model.marks import (
    AS_SET, CLEAR, KEEP, REPLACE, UPDATE, UPDATE_ONLY, Body, Default, Entries, Major, Ref,
)
from reconciler.model.values import Frozen


class GiftCardBody(Body):
    MAJORS = (Major(name="amount", minor="value", description="What it is worth: 25.00."),)

    product: Annotated[str, REPLACE, CLEAR, Ref("product"), Field(description="What it pays.")]
    value: Annotated[int, REPLACE, CLEAR, Field(ge=1, description="Its worth in minor units.")]
    currency: Annotated[
        str, REPLACE, CLEAR, Field(pattern="^[a-z]{3}$", description="Three letters.")
    ]
    code: Annotated[
        str | None, REPLACE, KEEP, Field(max_length=12, description="What is printed on it.")
    ] = None
    design: Annotated[
        Literal["plain", "birthday", "winter"] | None,
        UPDATE, CLEAR, Field(description="How it looks."),
    ] = None
    shops: Annotated[
        tuple[str, ...] | None, UPDATE, CLEAR, AS_SET, Field(description="Where it is sold.")
    ] = None
    active: Annotated[
        bool | None, UPDATE, UPDATE_ONLY, Default(True), Field(description="Whether it is sold.")
    ] = None
    metadata: Annotated[
        Mapping[str, str] | None, UPDATE, CLEAR, Entries(drop=UPDATE), Field(description="Notes.")
    ] = None


def check(resource: Resource, catalog: Catalog) -> Iterator[Flaw]:
    if resource.body["value"] > 50000:
        yield Flaw(path=("value",), what="is beyond 500.00", mend="Sell two.")


def headline(body: Mapping[str, Any]) -> str:
    return "worth " + money.text(Decimal(body["value"]), body["currency"])


def amounts(body: Mapping[str, Any]) -> dict[str, Decimal]:
    return {body["currency"]: Decimal(body["value"])}


def _key(resource: Resource) -> str:
    return resource.address.key


KIND = Kind(
    name="gift_card",
    table="gift_cards",
    path="/v1/gift_cards",
    body=GiftCardBody,
    id_prefixes=("gift_",),
    scopes=(Frozen({"active": True}), Frozen({"active": False})),
    natural_keys=(NaturalKey(field="code", default=_key, active_only=True),),
    inherits={"currency": lambda _: True},
    check=check,
    headline=headline,
    amounts=amounts,
    notes=("A gift card cannot be deleted.",),
)
'''

_PATH = "/v1/gift_cards"
_BLANK = {"object": "gift_card", "livemode": False, "active": True, "design": None, "shops": []}
_MADE_WITH = {"product", "value", "currency", "code", "design", "shops", "metadata"}
_CHANGES = {"active", "design", "shops", "metadata"}


class FarEnd:
    """An account with gift cards. `sent` is what was written of them: the path, the parameters."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.cards: dict[str, dict[str, Any]] = {}
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def handle(self, request: Request) -> Response:
        if not request.path.startswith(_PATH):
            return self.simulator.handle(request)
        name = request.path.removeprefix(_PATH).strip("/")
        params = decode(request.query or request.body.decode())
        params.pop("expand", None)
        if request.method == "GET":
            return self._one(name) if name else self._page(params)
        self.sent.append((f"{_PATH}/{name}".rstrip("/"), params))
        if name and name not in self.cards:
            return self._one(name)
        return self._written(name, params)

    def _page(self, params: Mapping[str, str]) -> Response:
        active = {"true": True, "false": False}[params["active"]]
        found = [card for card in reversed(self.cards.values()) if card["active"] is active]
        names = [card["id"] for card in found]
        first = names.index(params["starting_after"]) + 1 if "starting_after" in params else 0
        last = first + int(params["limit"])
        return _answer(
            {
                "object": "list",
                "url": _PATH,
                "data": found[first:last],
                "has_more": last < len(found),
            }
        )

    def _one(self, name: str) -> Response:
        if name in self.cards:
            return _answer(self.cards[name])
        return _refusal(f"No such gift card: '{name}'", status=404, code="resource_missing")

    def _written(self, name: str, params: dict[str, Any]) -> Response:
        unknown = params.keys() - (_CHANGES if name else _MADE_WITH)
        if unknown:
            return _refusal(f"Received unknown parameter: {min(unknown)}", code="parameter_unknown")
        card = self.cards.get(name) or {
            **_BLANK,
            "id": f"gift_{len(self.cards) + 1}",
            "created": 1_760_000_000 + len(self.cards),
            "metadata": {},
        }
        wanted = {**card, **{field: _value(field, text) for field, text in params.items()}}
        wanted["metadata"] = _merged(card["metadata"], params.get("metadata", {}))
        others = [each for each in self.cards.values() if each["id"] != wanted["id"]]
        if wanted["active"] and any(
            each["active"] and each["code"] == wanted["code"] for each in others
        ):
            return _refusal(f"A card in use has the code {wanted['code']}.")
        self.cards[wanted["id"]] = wanted
        return _answer(wanted)


def _value(field: str, given: Any) -> Any:
    if given == "":
        return _BLANK[field]
    match field:
        case "value":
            return int(given)
        case "active":
            return {"true": True, "false": False}[given]
        case "shops":
            return list(given.values())
        case _:
            return given


def _merged(old: Mapping[str, str], given: Any) -> dict[str, str]:
    merged = {**old, **(given or {})}
    return {key: value for key, value in merged.items() if value != ""}


def _answer(body: Mapping[str, Any], status: int = 200) -> Response:
    headers = {"Request-Id": "req_gift", "Content-Type": "application/json"}
    return Response(status=status, headers=headers, body=json.dumps(body).encode())


def _refusal(message: str, *, status: int = 400, **more: str) -> Response:
    return _answer({"error": {"type": "invalid_request_error", "message": message, **more}}, status)
