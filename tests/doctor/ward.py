"""Accounts with something wrong in them, each as small as it can be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from laws.account import Account
from laws.strategies import KINDS
from reconciler.doctor.report import Report, report
from reconciler.doctor.seen import Reach, Seen
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.catalog import Catalog
from reconciler.observer.allowed import observe_allowed
from reconciler.spec.load import loads

Objects = list[dict[str, Any]]

NOW = 1_760_000_000
"""When `Account` begins, by Stripe's clock."""

CATALOG = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = 29.00
interval = "month"
"""


def product(object_id: str, stamp: str = "", **given: Any) -> dict[str, Any]:
    metadata = given.pop("metadata", {}) | ({"reconciler": stamp} if stamp else {})
    return {
        "object": "product",
        "id": object_id,
        "name": "Pro",
        "metadata": metadata,
        **given,
    }


def price(object_id: str, of: str, stamp: str = "", **given: Any) -> dict[str, Any]:
    return {
        "object": "price",
        "id": object_id,
        "product": of,
        "currency": "usd",
        "unit_amount": 2900,
        "recurring": {"interval": "month"},
        "metadata": {"reconciler": stamp} if stamp else {},
        **given,
    }


def lock(number: int, until: int, catalog: str = "acme", by: str = "ann@host") -> dict[str, Any]:
    return product(
        f"reconciler-lock-{catalog}-{number}",
        active=False,
        metadata={
            "reconciler_lock_run": "run1",
            "reconciler_lock_since": str(NOW - 100),
            "reconciler_lock_until": str(until),
            "reconciler_lock_by": by,
        },
    )


HEALTHY = [
    product("prod_pro", "acme/product.pro"),
    price("price_monthly", "prod_pro", "acme/price.pro.monthly"),
]


def examined(
    objects: Iterable[dict[str, Any]],
    *,
    wanted: Catalog | None = None,
    sort: Any = "secret",
    subscriptions: bool = True,
) -> Report:
    """Look at an account with these objects."""
    account = Account(KINDS)
    account.simulator.seed(list(objects))
    told = look(account, wanted=wanted, sort=sort, subscriptions=subscriptions)
    account.close()
    return told


def look(
    account: Account,
    *,
    wanted: Catalog | None = None,
    sort: Any = "secret",
    subscriptions: bool = True,
) -> Report:
    """Look at an account."""
    found = observe_allowed(account.gateway, KINDS.values())
    return report(
        Seen(
            reach=Reach(
                account=found.snapshot.account,
                api_version=API_VERSION,
                sort=sort,
                subscriptions=subscriptions,
            ),
            snapshot=found.snapshot,
            kinds=KINDS,
            now=NOW,
            refused={name: str(error) for name, error in found.refused.items()},
            locks=found.locks,
            catalog=wanted,
        )
    )


def catalog(text: str = CATALOG) -> Catalog:
    return loads(text, KINDS)
