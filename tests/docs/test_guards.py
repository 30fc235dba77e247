"""Each guard's text, as `docs/guards.md` quotes it: found by planning what it stops.

A scenario is two catalogs: the first is applied, the plan of the second is stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from docs.pages import ROOT, Block, blocks
from laws.account import Account
from reconciler import kinds
from reconciler.cli import applying
from reconciler.cli.applying import Wish
from reconciler.errors import BlockedError, UsageError
from reconciler.gateway.stripe import Gateway
from reconciler.model.codes import CODES, FIXED
from reconciler.model.plan import Plan
from reconciler.render.text import text
from reconciler.simulator.core import Simulator
from reconciler.simulator.transport import SimulatorTransport
from reconciler.spec.load import loads

KINDS = kinds.load()
PAGE = ROOT / "docs" / "guards.md"

HEAD = """
[catalog]
name = "acme"
[defaults]
currency = "usd"
"""
PRO = '[products.pro]\nname = "Pro"\n'
MONTHLY = '[products.pro.prices.monthly]\namount = 29.00\ninterval = "month"\n'
YEARLY = '[products.pro.prices.yearly]\namount = 290.00\ninterval = "year"\n'
EURO = "currency_options = { eur = 27.00 }\n"
COUPON = '[coupons.launch]\nid = "LAUNCH"\npercent_off = 20\n'
TEN = "".join(
    f'[products.p{number}]\nname = "One"\n[products.p{number}.prices.monthly]\namount = 5.00\n'
    for number in range(5)
)


def _a_strangers_price(account: Account) -> None:
    product = account.post("/v1/products", name="Old Pro")["id"]
    account.post(
        "/v1/prices", product=product, currency="usd", unit_amount=100, lookup_key="pro_monthly"
    )


def _a_strangers_product(account: Account) -> None:
    account.post("/v1/products", id="prod_ABC", name="Pro", metadata={"owner": "sales"})


def _a_lost_stamp(account: Account) -> None:
    product = next(one["id"] for one in account.simulator.dump() if one["object"] == "product")
    account.post(f"/v1/products/{product}", metadata={"reconciler": ""})


def _a_strangers_code(account: Account) -> None:
    promotion = {"type": "coupon", "coupon": "LAUNCH"}
    account.post("/v1/promotion_codes", promotion=promotion, code="FRIENDS")


def _a_second_price(account: Account) -> None:
    product = next(one["id"] for one in account.simulator.dump() if one["object"] == "product")
    account.post(
        "/v1/prices",
        product=product,
        currency="usd",
        unit_amount=3900,
        recurring={"interval": "month"},
        metadata={"reconciler": "acme/price.pro.monthly"},
    )


def _a_subscriber(account: Account) -> None:
    price = next(one["id"] for one in account.simulator.dump() if one["object"] == "price")
    customer = account.post("/v1/customers")["id"]
    account.post("/v1/subscriptions", customer=customer, items=[{"price": price}])


def _nothing(_: Account) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Scenario:
    before: str
    after: str
    meanwhile: Callable[[Account], None] = field(default=_nothing)
    live: bool = False


SCENARIOS = {
    "RC101": Scenario(before=TEN, after=TEN.replace('"One"', '"Two"')),
    "RC102": Scenario(before=PRO + "protect = true\n" + MONTHLY, after=HEAD),
    "RC103": Scenario(before=PRO + MONTHLY, after=PRO + MONTHLY.replace("29.00", "2.90")),
    "RC104": Scenario(
        before=PRO + MONTHLY,
        after=PRO + MONTHLY.replace("29.00", "31.00") + '[policy]\nsubscribers = "deny"\n',
        meanwhile=_a_subscriber,
    ),
    "RC105": Scenario(
        before=PRO, after=PRO + '[catalog]\nname = "acme"\naccount = "acct_1A2b3C"\n'
    ),
    "RC107": Scenario(before=PRO + MONTHLY + EURO, after=PRO + MONTHLY),
    "RC108": Scenario(before="", after=PRO + MONTHLY, meanwhile=_a_strangers_price),
    "RC109": Scenario(
        before=PRO + COUPON,
        after=PRO + COUPON.replace("20", "15"),
        meanwhile=_a_strangers_code,
    ),
    "RC110": Scenario(
        before="",
        after='[webhook_endpoints.shop]\nurl = "http://example.com/stripe"\n'
        'enabled_events = ["invoice.paid"]\n',
        live=True,
    ),
    "RC111": Scenario(
        before=PRO + MONTHLY,
        after=PRO + MONTHLY.replace("29.00", "31.00"),
        meanwhile=_a_second_price,
    ),
    "RC112": Scenario(before=PRO + MONTHLY, after=PRO + MONTHLY + 'lookup_key = "pro_v2"\n'),
    "RC113": Scenario(
        before="",
        after=PRO + '[adopt]\n"product.pro" = "prod_ABC"\n',
        meanwhile=_a_strangers_product,
    ),
}


@pytest.fixture
def account(code: str) -> Iterator[Account]:
    found = Account(KINDS, live=SCENARIOS[code].live)
    yield found
    found.close()


def planned(account: Account, catalog: str, allow: tuple[str, ...] = ()) -> Plan:
    body = catalog if "[catalog]" in catalog else catalog + '[catalog]\nname = "acme"\n'
    body += "" if "[defaults]" in body else '[defaults]\ncurrency = "usd"\n'
    found = loads(body, KINDS)
    return account.plan(found, allow=allow)


def stopped(account: Account, scenario: Scenario) -> Plan:
    account.apply(planned(account, scenario.before))
    scenario.meanwhile(account)
    return planned(account, scenario.after)


def sections() -> dict[str, list[Block]]:
    """The blocks of the page by the heading that they stand below."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found: dict[str, list[Block]] = {}
    for block in blocks(PAGE):
        above = [line[3:] for line in lines[: block.line] if line.startswith("## ")]
        found.setdefault(above[-1] if above else "", []).append(block)
    return found


def quoted(code: str, number: int = 0) -> str:
    return [block.text for block in sections()[code] if block.lang == "text"][number]


@pytest.mark.parametrize("code", SCENARIOS)
def test_a_guard_speaks_as_the_page_quotes_it(code: str, account: Account) -> None:
    made = stopped(account, SCENARIOS[code])
    assert code in {finding.code for finding in made.blocked}
    shown = text(made, KINDS)
    assert quoted(code) == told_of(code, shown)


def told_of(code: str, shown: str) -> str:
    return shown[shown.index(f"\n{code} ") + 1 :].partition("\n\n")[0] + "\n"


def test_a_lost_stamp_is_told_as_the_page_quotes_it() -> None:
    account = Account(KINDS)
    scenario = Scenario(
        before=PRO + MONTHLY + YEARLY, after=PRO + MONTHLY + YEARLY, meanwhile=_a_lost_stamp
    )
    made = stopped(account, scenario)
    account.close()
    assert quoted("RC101", 1) == told_of("RC101", text(made, KINDS))


def test_a_live_account_is_refused_as_the_page_quotes_it() -> None:
    with Simulator() as simulator:
        transport = SimulatorTransport(simulator)
        gateway = Gateway("sk_live_123", transport=transport, paced=False)
        wish = Wish(yes=True, live=False, dry_run=False, resume=None, journal=None, no_verify=False)
        with pytest.raises(BlockedError) as error:
            applying._refuse_live(gateway, (), wish)
        applying._refuse_live(gateway, ("RC106",), wish)
        applying._refuse_live(gateway, (), replace(wish, live=True))
    assert quoted("RC106") == f"{error.value}\n"


@pytest.mark.parametrize("code", [code for code in SCENARIOS if code not in FIXED])
def test_a_guard_is_lifted_by_its_code(code: str, account: Account) -> None:
    made = stopped(account, SCENARIOS[code])
    lifted = planned(account, SCENARIOS[code].after, tuple({one.code for one in made.blocked}))
    assert lifted.blocked == ()
    assert made.steps == lifted.steps


@pytest.mark.parametrize("code", sorted(FIXED))
def test_a_fixed_guard_is_not(code: str, account: Account) -> None:
    stopped(account, SCENARIOS[code])
    with pytest.raises(UsageError):
        planned(account, SCENARIOS[code].after, (code,))


def test_every_guard_has_a_scenario() -> None:
    assert set(CODES) == {*SCENARIOS, "RC106"}
