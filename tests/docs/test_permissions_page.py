"""The page on keys: its links ask for what is enough, and what it quotes is what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from docs.pages import ROOT, blocks
from reconciler import kinds
from reconciler.errors import PermissionDeniedError, StripeError
from reconciler.gateway.stripe import Gateway
from reconciler.model.address import Address
from reconciler.model.kind import Kind
from reconciler.model.plan import Step
from reconciler.model.values import EMPTY
from reconciler.observer.account import observe
from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport

PAGE = ROOT / "docs" / "permissions.md"
TEXTS = [block.text for block in blocks(PAGE)]
PLAN, APPLY = (text.strip() for text in TEXTS if "/apikeys/create?" in text)
(QUOTED,) = (text for text in TEXTS if "may not do this" in text)
STORED = [kind for kind in kinds.load().values() if kind.stored]
KEY = "rk_test_page"


def chosen(link: str) -> frozenset[str]:
    """The permissions that a link chooses."""
    return frozenset(parse_qs(urlsplit(link).query)["permissions[]"])


@contextmanager
def granted(names: frozenset[str]) -> Iterator[Gateway]:
    with Simulator(permissions={KEY: names}) as simulator:
        yield Gateway(KEY, transport=SimulatorTransport(simulator), paced=False)


def may_create(gateway: Gateway, kind: Kind) -> bool:
    address = Address(kind.name, ("pro",))
    step = Step(id="1", address=address, verb="create", kind=kind.name)
    try:
        gateway.send(kind, step, None, EMPTY, key=kind.name)
    except PermissionDeniedError:
        return False
    except StripeError:
        return True  # a create without parameters is refused, but not at the door
    return True


@pytest.mark.parametrize("link", [PLAN, APPLY], ids=["to plan", "to apply"])
def test_the_key_of_a_link_may_read_all_that_a_plan_reads(link: str) -> None:
    with granted(chosen(link)) as gateway:
        assert len(observe(gateway, STORED).objects) == len(STORED)
        assert list(gateway.get_subscriptions({})) == []


def test_the_key_to_plan_may_write_nothing() -> None:
    with granted(chosen(PLAN)) as gateway:
        assert [kind.name for kind in STORED if may_create(gateway, kind)] == []


def test_the_key_to_apply_may_write_all_but_what_has_no_published_permission() -> None:
    with granted(chosen(APPLY)) as gateway:
        assert [kind.name for kind in STORED if not may_create(gateway, kind)] == ["feature"]


def test_what_is_quoted_is_what_is_said() -> None:
    price = kinds.load()["price"]
    address = Address("price", ("pro", "monthly"))
    step = Step(id="1", address=address, verb="create", kind="price")
    with granted(frozenset()) as gateway, pytest.raises(PermissionDeniedError) as caught:
        gateway.send(price, step, None, EMPTY, key="1")
    request = re.compile(r"req_\w+")
    assert request.sub("req_…", QUOTED) == request.sub("req_…", f"{caught.value}\n")


def test_every_label_says_how_sure_it_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \[.*\]\(kinds\.md#", line)]
    known = ("Stripe's own errors", "guides of others", "a guess", "as for ")
    assert len(rows) == len(kinds.load())
    assert [row for row in rows if not row.split(" | ")[2].startswith(known)] == []
