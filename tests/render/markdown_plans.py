"""The plans of the golden comments: from no change to 2,000. A name is the golden file's."""

from __future__ import annotations

import json
from pathlib import Path

from plan_parts import edit, monthly, plan, price, product
from rendered_plans import PLANS as RENDERED
from told_plans import TOLD

from laws.account import Account
from reconciler import kinds
from reconciler.model.address import Address
from reconciler.model.impact import Hanging, Impact
from reconciler.model.marks import Rule
from reconciler.model.plan import Create, Replace, Retire, Step, Update
from reconciler.model.revenue import Revenue
from reconciler.model.values import Frozen, Pending
from reconciler.spec.load import load

KINDS = kinds.load()
CASES = Path(__file__).parent.parent / "cases"

FROM_CASES = {
    "subscriptions_stay": "subscriptions stay on the price that is replaced",
    "stopped_by_a_policy": "a price with subscriptions is not replaced under a policy that denies it",
    "a_code_of_a_stranger": "a coupon leaves the file and a code of a stranger stands on it",
    "a_portal_offers_it": "a price that a portal configuration offers is replaced",
    "an_empty_account": "an empty account gets a small catalog",
    "everything_goes": "everything is retired with destroy",
    "features_come_and_go": "a product gets one feature for another and a new name at once",
    "another_currency": "a price changes its currency",
}


def of_case(name):
    """The plan of a golden case."""
    folder = CASES / name
    account = Account(KINDS)
    try:
        account.simulator.seed(json.loads((folder / "live.json").read_text(encoding="utf-8")))
        options = (folder / "options.toml").exists() and "destroy" in name
        return account.plan(load([folder / "catalog.toml"], KINDS), allow=(), destroy=bool(options))
    finally:
        account.close()


def sums_of_each_sort():
    """What hangs on the prices of `world_wide`."""
    return (
        Impact(
            address=price("pro", "monthly"),
            kind="price",
            object="price_1",
            hanging=(
                Hanging(
                    kind="payment_link",
                    object="plink_1",
                    address=Address("payment_link", ("pro",)),
                ),
                Hanging(kind="payment_link", object="plink_2"),
                Hanging(kind="portal_configuration", object="bpc_1"),
            ),
            subscriptions=Frozen({"active": 120, "past_due": 12, "trialing": 7}),
            revenue=(
                Revenue(currency="eur", subscriptions=20, now=54_000, then=54_000),
                Revenue(currency="jpy", subscriptions=2, now=8_600, then_why="not_sold"),
                Revenue(currency="usd", subscriptions=110, now=319_000, then=385_000),
            ),
            discounted=3,
        ),
        Impact(
            address=price("pro", "tiers"),
            kind="price",
            object="price_2",
            subscriptions=Frozen({"active": 4}),
            revenue=(Revenue(currency="usd", subscriptions=4, now_why="tiered"),),
        ),
        Impact(
            address=price("pro", "old"),
            kind="price",
            object="price_3",
            unknown="grant Subscriptions: Read (subscription_read)",
        ),
    )


def world_wide():
    """Each way in which a sum is there or is not."""
    options = {"eur": Frozen({"unit_amount": 2700}), "jpy": Frozen({"unit_amount": 4300})}
    before = monthly(2900, currency_options=Frozen(options))
    after = monthly(3500, currency_options=Frozen({"eur": Frozen({"unit_amount": 2700})}))
    tiers = Frozen(
        {
            "currency": "usd",
            "tiers_mode": "graduated",
            "tiers": (
                Frozen({"up_to": 10, "unit_amount": 500}),
                Frozen({"up_to": "inf", "unit_amount": 400}),
            ),
            "recurring": Frozen({"interval": "month"}),
        }
    )
    return plan(
        Replace(
            address=price("pro", "monthly"),
            object="price_1",
            before=before,
            after=after,
            edits=(edit("unit_amount", 2900, 3500, Rule.REPLACE),),
        ),
        Retire(address=price("pro", "tiers"), object="price_2", before=tiers),
        Retire(address=price("pro", "old"), object="price_3", before=monthly(100)),
        Create(address=price("pro", "weekly"), after=monthly(700)),
        impacts=sums_of_each_sort(),
    )


def two_thousand():
    """A thousand products and their prices."""
    changes, impacts, steps = [], [], []
    for number in range(1000):
        key = f"p{number:04}"
        name = Frozen({"name": f"Product {number}"})
        changes += [
            Update(
                address=product(key),
                object=f"prod_{number}",
                before=name,
                after=name,
                edits=(edit("description", "old", "new"),),
            ),
            Replace(
                address=price(key, "monthly"),
                object=f"price_{number}",
                before=monthly(900 + number),
                after=monthly(1200 + number),
                edits=(edit("unit_amount", 900 + number, 1200 + number, Rule.REPLACE),),
            ),
        ]
        impacts.append(
            Impact(
                address=price(key, "monthly"),
                kind="price",
                object=f"price_{number}",
                subscriptions=Frozen({"active": number}),
                revenue=(
                    Revenue(
                        currency="usd",
                        subscriptions=number,
                        now=number * (900 + number),
                        then=number * (1200 + number),
                    ),
                ),
            )
        )
        steps.append(
            Step(
                id=f"create price.{key}.monthly",
                address=price(key, "monthly"),
                verb="create",
                kind="price",
                payload=Frozen({"product": Pending(product(key)), "unit_amount": 1200 + number}),
            )
        )
    return plan(*changes, impacts=tuple(impacts), steps=tuple(steps))


def plans():
    """Every plan by its name."""
    names = (
        "nothing",
        "as_the_design_shows_it",
        "findings_and_notes",
        "amounts_and_nested_edits",
        "text_that_wants_to_break_out",
        "many_tiers",
        "switches",
    )
    rendered = {**RENDERED, **TOLD}
    return {
        **{name: rendered[name] for name in names},
        **{name: of_case(case) for name, case in FROM_CASES.items()},
        "world_wide": world_wide(),
        "two_thousand_changes": two_thousand(),
    }
