"""Lives of a catalog: files applied one after the other, to see what an account makes of them.

`before` is what strangers did in the account first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from laws.account import Account

HEAD = '[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"\n'


def _nothing(_: Account) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The files, by the name of what each asks for."""

    files: dict[str, str]
    before: Callable[[Account], None] = _nothing


def _pro(fields: str = "", price: str = "", amount: str = "29.00", more: str = "") -> str:
    return f"""
[products.pro]
name = "Pro"
{fields}
[products.pro.prices.monthly]
amount = {amount}
interval = "month"
{price}
{more}
"""


YEARLY = '[products.pro.prices.yearly]\namount = 290.00\ninterval = "year"\n'
DEFAULT = 'default_price = "monthly"'
PLAN = '[plans.team]\nitems = ["pro.monthly"]\n'
ARCHIVED = '[products.pro]\nname = "Pro"\nactive = false\n[products.pro.prices.monthly]\n'


def _crowd(account: Account) -> None:
    """More strangers than fit on a page, all of one second."""
    account.simulator.seed(
        [{"object": "product", "name": f"Product {number}", "created": 7} for number in range(120)]
    )
    account.post("/v1/prices", currency="usd", unit_amount=5, product_data={"name": "Inline"})


SCENARIOS = {
    "amounts": Scenario(
        before=_crowd,
        files={
            "create": _pro(DEFAULT, more=YEARLY + PLAN),
            "replace": _pro(DEFAULT, amount="39.00", more=YEARLY + PLAN),
            "bring back": _pro(DEFAULT, more=YEARLY + PLAN),
            "another default": _pro('default_price = "yearly"', more=YEARLY + PLAN),
            "drop the old default": _pro('default_price = "monthly"', more=PLAN),
            "no default": _pro(more=PLAN),
        },
    ),
    "clearing": Scenario(
        files={
            "create": _pro(
                'description = "x"\nshippable = true\nimages = ["https://example.com/a"]\n'
                'url = "https://example.com"\nunit_label = "seat"\nmetadata = { a = "1", b = "2" }\n'
                'tax_details = { tax_code = "txcd_10000000" }\n' + DEFAULT
            ),
            "clear": _pro('metadata = { a = "1" }'),
            "clear the rest": _pro(),
        },
    ),
    "nicknames": Scenario(
        files={
            "create": _pro(price='nickname = "Nine"'),
            "change": _pro(price='nickname = "Ten"'),
            "clear": _pro(),
        },
    ),
    "lookup keys": Scenario(
        files={
            "create": _pro(more=YEARLY),
            "swap": _pro(
                price='lookup_key = "pro_yearly"', more=YEARLY + 'lookup_key = "pro_monthly"'
            ),
            "hand on": _pro(price='lookup_key = "pro_monthly"', more=YEARLY + 'lookup_key = "y"'),
            "hand on with a replacement": _pro(amount="30.00", more=YEARLY + 'lookup_key = "y"'),
        },
    ),
    "no lookup key": Scenario(
        files={"create": _pro(), "take it away": _pro(price='lookup_key = ""')},
    ),
    "more currencies": Scenario(
        files={
            "create": _pro(),
            "one": _pro(price="currency_options = { eur = 27.00 }"),
            "two": _pro(price="currency_options = { eur = 27.00, jpy = 4300 }"),
        },
    ),
    "other currencies": Scenario(
        files={
            "create": _pro(price="currency_options = { eur = 27.00, jpy = 4300 }"),
            "change": _pro(price="currency_options = { eur = 28.00, jpy = 4300 }"),
            "drop": _pro(price="currency_options = { eur = 28.00 }"),
            "drop all": _pro(),
            "back": _pro(price="currency_options = { eur = 27.00, jpy = 4300 }"),
        },
    ),
    "tax in a currency": Scenario(
        files={
            "create": _pro(price="currency_options = { eur = 27.00, gbp = 24.00 }"),
            "set once": _pro(
                price='tax_behavior = "exclusive"\ncurrency_options.gbp = 24.00\n'
                'currency_options.eur = { amount = 27.00, tax_behavior = "inclusive" }'
            ),
        },
    ),
    "leaving": Scenario(
        files={
            "create": _pro(DEFAULT, more=YEARLY + PLAN + '[products.free]\nname = "Free"\n'),
            "a price": _pro(DEFAULT, more=PLAN + '[products.free]\nname = "Free"\n'),
            "the default price": _pro("", price="active = false", more=YEARLY),
            "a product": '[products.free]\nname = "Free"\n',
            "all": "",
            "and all comes back": _pro(
                DEFAULT, more=YEARLY + PLAN + '[products.free]\nname = "Free"\n'
            ),
        },
    ),
    "switched off": Scenario(
        files={
            "create": _pro(DEFAULT),
            "off": ARCHIVED + 'amount = 29.00\ninterval = "month"\nactive = false',
            "on": _pro(DEFAULT),
            "all off again": "",
        },
    ),
    "a price on an archived product": Scenario(
        files={
            "create": ARCHIVED + 'amount = 29.00\ninterval = "month"',
            "another": ARCHIVED + 'amount = 39.00\ninterval = "month"',
        },
    ),
    "chosen ids": Scenario(
        files={
            "create": '[products.pro]\nname = "Pro"\nid = "pro"\n',
            "delete": '[products.basic]\nname = "Basic"\n',
            "create anew": '[products.pro]\nname = "Pro"\nid = "pro"\n',
        },
    ),
}
