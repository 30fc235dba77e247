"""What each check finds, and what it leaves alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given

from doctor.ward import CATALOG, HEALTHY, NOW, catalog, examined, lock, look, price, product
from laws.account import Account
from laws.effort import trying
from laws.strategies import KINDS, catalogs
from laws.test_laws import planned
from reconciler.doctor.checks import CHECKS
from reconciler.doctor.holdings import Holding
from reconciler.model.catalog import Catalog

METER = {
    "object": "billing.meter",
    "id": "mtr_1",
    "event_name": "calls",
    "display_name": "Calls",
    "status": "inactive",
    "default_aggregation": {"formula": "sum"},
}
METERED = {"recurring": {"interval": "month", "usage_type": "metered", "meter": "mtr_1"}}


def entry(text):
    return [
        product("prod_pro", "acme/product.pro", metadata={"reconciler_plan_team": text}),
        price("price_monthly", "prod_pro", "acme/price.pro.monthly", lookup_key="pro_monthly"),
        price("price_old", "prod_pro", "acme/price.pro.old", lookup_key="pro_old", active=False),
    ]


SEES = {
    "two products with one stamp": (
        [*HEALTHY, product("prod_2", "acme/product.pro"), price("price_2", "prod_2")],
        [("double", "problem", "product.pro of catalog acme", ("prod_2", "prod_pro"), "")],
    ),
    "an archived price of the same stamp is its past": (
        [*HEALTHY, price("price_0", "prod_pro", "acme/price.pro.monthly", active=False)],
        [],
    ),
    "a stamp that is none": (
        [
            product("prod_1", "acme", active=False),
            product("prod_2", "acme/price.pro.a", active=False),
        ],
        [
            ("stamp", "problem", "product prod_1", ("prod_1",), 'its stamp is "acme"'),
            ("stamp", "problem", "product prod_2", ("prod_2",), 'its stamp is "acme/price.pro.a"'),
        ],
    ),
    "a product that lost its stamp": (
        [
            product("prod_1"),
            price("price_1", "prod_1", "acme/price.pro.monthly"),
            price("price_2", "prod_1", "acme/price.pro.yearly"),
            price("price_3", "prod_1", "acme/price.pro.old", active=False),
            price("price_4", "prod_1"),
            price("price_5", "prod_1", "other/price.basic.monthly"),
        ],
        [
            (
                "unstamped",
                "problem",
                "product.pro of catalog acme",
                ("prod_1", "price_1", "price_2"),
                "2 prices of the catalog stand on it",
            ),
            (
                "unstamped",
                "problem",
                "product.basic of catalog other",
                ("prod_1", "price_5"),
                "1 price of the catalog stands on it",
            ),
        ],
    ),
    "a product that lost its stamp and has a successor, or archived prices alone": (
        [
            *HEALTHY,
            product("prod_1"),
            price("price_1", "prod_1", "acme/price.pro.monthly", active=False),
            price("price_2", "prod_1", "acme/price.pro.yearly"),
        ],
        [],
    ),
    "a plan that is written as it should be": (
        entry('{"items":[{"price":"pro_monthly"}]}'),
        [
            (
                "keys",
                "note",
                "price.pro.old of catalog acme",
                ("price_old",),
                'holds lookup_key "pro_old"',
            )
        ],
    ),
    "a plan that names an archived price and one that is not there": (
        entry('{"items":[{"price":"pro_old"},{"price":"pro_gone"}]}'),
        [
            (
                "entry",
                "problem",
                "plan.team on product prod_pro",
                ("prod_pro", "price_old"),
                '"pro_old" is archived',
            ),
            (
                "entry",
                "problem",
                "plan.team on product prod_pro",
                ("prod_pro",),
                'nobody holds "pro_gone"',
            ),
            (
                "keys",
                "note",
                "price.pro.old of catalog acme",
                ("price_old",),
                'holds lookup_key "pro_old"',
            ),
        ],
    ),
    "an entry that is no plan, on a product of nobody": (
        [
            product("prod_1", metadata={"reconciler_plan_team": "soon"}),
            price("price_1", "prod_1"),
        ],
        [
            (
                "entry",
                "note",
                "plan.team on product prod_1",
                ("prod_1",),
                "it is no plan that can be read",
            )
        ],
    ),
    "products without a price in use, archived ones aside": (
        [
            product("prod_1", "acme/product.pro"),
            price("price_1", "prod_1", active=False),
            product("prod_2"),
            product("prod_3", active=False),
        ],
        [
            ("unsold", "problem", "product.pro of catalog acme", ("prod_1",), '"Pro"'),
            ("unsold", "note", "product", ("prod_2",), '"Pro"'),
        ],
    ),
    "an archived price of a stranger with a lookup key": (
        [*HEALTHY, price("price_1", "prod_pro", lookup_key="pro", active=False)],
        [("keys", "note", "price", ("price_1",), 'holds lookup_key "pro"')],
    ),
    "prices that count by a meter that is off": (
        [
            *HEALTHY,
            METER,
            price("price_1", "prod_pro", **METERED),
            price("price_2", "prod_pro", "acme/price.pro.calls", **METERED),
            price("price_3", "prod_pro", active=False, **METERED),
        ],
        [
            (
                "retired",
                "problem",
                "meter mtr_1",
                ("mtr_1", "price_1", "price_2"),
                "2 prices hang on it",
            )
        ],
    ),
    "a lock that is held": (
        [*HEALTHY, lock(3, NOW + 40), lock(2, NOW - 400)],
        [
            (
                "locks",
                "note",
                "catalog acme",
                ("reconciler-lock-acme-3",),
                "run run1 by ann@host, since 2025-10-09 08:51:40 UTC; it ends in 45 seconds unless "
                "it is renewed",
            )
        ],
    ),
    "a lock that was left": (
        [*HEALTHY, lock(3, NOW - 40, "two-words")],
        [
            (
                "locks",
                "problem",
                "catalog two-words",
                ("reconciler-lock-two-words-3",),
                "run run1 by ann@host, since 2025-10-09 08:51:40 UTC; it ended without being given "
                "up, so that apply did not finish",
            )
        ],
    ),
    "a lock that was given up": ([*HEALTHY, lock(3, 0)], []),
    "what is called as a lock is": (
        [*HEALTHY, product("reconciler-lock-acme-x", active=False)],
        [
            (
                "locks",
                "problem",
                "catalog acme",
                ("reconciler-lock-acme-x",),
                "is called as a lock is, and no apply made it",
            )
        ],
    ),
    "two catalogs with one address": (
        [
            *HEALTHY,
            product("prod_2", "old/product.pro"),
            price("price_2", "prod_2", "old/price.pro.monthly"),
        ],
        [
            (
                "renamed",
                "note",
                "catalog acme",
                (),
                "has price.pro.monthly and 1 more, as catalog old has",
            )
        ],
    ),
}


def told(report):
    return [(one.check, one.level, one.place, one.objects, one.text) for one in report.findings]


@pytest.mark.parametrize("name", SEES)
def test_a_check_sees(name):
    objects, expected = SEES[name]
    assert expected == told(examined(objects))


def test_every_check_is_seen():
    seen = {finding[0] for _, found in SEES.values() for finding in found}
    elsewhere = {"account", "unread", "subscriptions"}
    assert {check.name for check in CHECKS} == seen | elsewhere


OLD = [product("prod_1", "old/product.pro"), price("price_1", "prod_1", "old/price.pro.monthly")]


@pytest.mark.parametrize(
    ("objects", "text", "level"),
    [
        (OLD, CATALOG, "problem"),
        ([*OLD, *HEALTHY], CATALOG, "note"),
        (OLD, CATALOG.replace('"acme"', '"acme"\nprevious_name = "old"'), None),
        (OLD, '[catalog]\nname = "acme"\n', None),
    ],
)
def test_a_catalog_that_was_renamed_is_told_with_its_file(objects, text, level):
    found = examined(objects, wanted=catalog(text)).findings
    assert ([level] if level else []) == [one.level for one in found if one.check == "renamed"]


@pytest.mark.parametrize(("account", "count"), [("acct_1other", 1), (None, 0)])
def test_the_account_is_the_file_s(account, count):
    wanted = replace(catalog(), account=account)
    assert count == examined(HEALTHY, wanted=wanted).problems


def test_uncounted_subscriptions_are_a_note():
    found = examined(HEALTHY, subscriptions=False)
    assert [("subscriptions", "note", "subscriptions", (), "")] == told(found)


def test_who_holds_what():
    objects = [
        *entry('{"items":[{"price":"pro_monthly"}]}'),
        product("prod_2", "other/product.x"),
        product("prod_3"),
        product("prod_4", "what is this", active=False),
        METER,
        lock(1, 0),
    ]
    assert (
        Holding(catalog="acme", kind="plan", active=1),
        Holding(catalog="acme", kind="product", active=1),
        Holding(catalog="acme", kind="price", active=1, archived=1),
        Holding(catalog="other", kind="product", active=1),
        Holding(catalog=None, kind="product", active=1, archived=1),
        Holding(catalog=None, kind="meter", active=0, archived=1, shared=True),
    ) == examined(objects).holdings


class TestLaw:
    @trying(15, 500)
    @given(before=catalogs(), wanted=catalogs())
    def test_what_an_apply_leaves_is_healthy(self, before: Catalog, wanted: Catalog) -> None:
        """But for products without a price, and meters that are off: a file may say so."""
        account = Account(KINDS)
        account.apply(planned(account, before))
        account.apply(planned(account, wanted))
        seen = account.look()
        writes = account.writes()
        found = look(account, wanted=wanted)
        assert writes == account.writes()
        account.close()
        problems = {one.check for one in found.findings if one.level == "problem"}
        assert set() == problems - {"unsold", "retired"}
        counted = Counter(live.kind.name for live in seen)
        assert counted == {
            name: sum(one.active + one.archived for one in found.holdings if one.kind == name)
            for name in counted
        }
