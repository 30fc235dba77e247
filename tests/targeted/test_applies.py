"""An apply of a targeted plan stops where what it relies on has moved, as any other does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from laws.account import Account
from laws.strategies import KINDS
from reconciler import planfile
from reconciler.errors import IncompleteError, StalePlanError, VerificationError
from reconciler.executor.journal import Journal, load
from reconciler.executor.run import apply
from reconciler.model.plan import Plan
from reconciler.simulator.faults import Fault
from targeted.market import CATALOG, Market, market

AFTER = (
    CATALOG.replace('"Shirt"', '"T-shirt"').replace(
        "amount = 290.00", 'nickname = "Yearly"\namount = 290.00'
    )
    + '[products.pro.prices.weekly]\namount = 9.00\ninterval = "week"\n'
    + '[products.mug]\nid = "sku-2"\nname = "Mug"\n[products.mug.prices.once]\namount = 7.00\n'
)
STEPS = {
    "create product.mug",
    "create price.mug.once",
    "create price.pro.weekly",
    "update product.shirt",
    "update price.pro.yearly",
}


@pytest.fixture
def account() -> Iterator[Market]:
    with market(CATALOG, others=3) as made:
        yield made


def product_is_edited(account: Market) -> None:
    account.post("/v1/products/sku-1", name="Blouse")


def price_is_edited(account: Market) -> None:
    account.post(f"/v1/prices/{account.ids()['price.pro.yearly']}", nickname="Theirs")


def id_is_taken(account: Market) -> None:
    account.post("/v1/products", id="sku-2", name="Theirs")


def key_is_taken(account: Market) -> None:
    account.post("/v1/prices/price_crowd1x0", lookup_key="pro_weekly")


def price_is_made_elsewhere(account: Market) -> None:
    account.post(
        "/v1/prices",
        product=account.ids()["product.pro"],
        currency="usd",
        unit_amount=900,
        recurring={"interval": "week"},
        metadata={"reconciler": "acme/price.pro.weekly"},
    )


MOVED: dict[str, tuple[Callable[[Market], None], str]] = {
    "a product is edited": (product_is_edited, "name is Blouse, not Shirt"),
    "a price is edited": (price_is_edited, "nickname is Theirs, not unset"),
    "a chosen id is taken": (id_is_taken, 'the product id "sku-2" is held by sku-2'),
    "a lookup key is taken": (key_is_taken, '"pro_weekly" is held by price_crowd1x0'),
    "a price is made elsewhere": (
        price_is_made_elsewhere,
        'the price stamp "acme/price.pro.weekly" is held by price_',
    ),
}


class TestNothingHasMoved:
    def test_it_does_what_it_says(self, account: Market) -> None:
        made = account.aim(AFTER)
        assert STEPS == {step.id for step in made.steps}
        outcome = account.apply(made)
        assert (True, 5) == (outcome.verified, outcome.writes)
        assert () == account.whole(AFTER).changes

    @pytest.mark.parametrize(("move", "told"), MOVED.values(), ids=MOVED)
    @pytest.mark.parametrize("search", ["current", "hour_late"])
    def test_what_moved_stops_it(
        self, move: Callable[[Market], None], told: str, search: str
    ) -> None:
        with market(CATALOG, others=3, search=search) as account:
            account.now += 3601
            made = account.aim(AFTER)
            move(account)
            writes = account.writes()
            with pytest.raises(StalePlanError) as stopped:
                account.apply(made)
            assert told in str(stopped.value)
            assert writes == account.writes()

    def test_a_saved_plan_applied_twice_stops(self, account: Market) -> None:
        made = planfile.read(planfile.write(account.aim(AFTER)), KINDS)
        account.apply(made)
        writes = account.writes()
        with pytest.raises(StalePlanError):
            account.apply(made)
        assert writes == account.writes()

    def test_what_changes_meanwhile_is_told_at_the_end(self, account: Market) -> None:
        made = account.aim(AFTER)

        def meanwhile() -> None:
            created = [
                c for c in account.simulator.calls if c.params.get("lookup_key") == "pro_weekly"
            ]
            if created:
                account.watch = lambda: None
                price_is_made_elsewhere(account)

        account.watch = meanwhile
        with pytest.raises(VerificationError, match=r"bears the stamp of price\.pro\.weekly too"):
            account.apply(made)


def begun(account: Account, made: Plan, path: Path) -> None:
    with closing(Journal.create(path, "run1", made)) as book, pytest.raises(IncompleteError):
        apply(
            made,
            KINDS,
            account.gateway,
            account.gateway,
            journal=book,
            clock=account.clock,
            workers=1,
        )


class TestAfterACrash:
    @pytest.mark.parametrize("number", range(5))
    def test_a_resume_finds_out_and_finishes(
        self, account: Market, tmp_path: Path, number: int
    ) -> None:
        made, path = account.aim(AFTER), tmp_path / "journal"
        lost = Fault.LOST_AFTER
        account.faults = [*[None] * number, *[lost] * 20]
        begun(account, made, path)
        account.faults = []
        record = load(path, KINDS)
        with closing(Journal.reopen(path, record.run)) as book:
            outcome = apply(
                record.plan,
                KINDS,
                account.gateway,
                account.gateway,
                journal=book,
                clock=account.clock,
                resume=record,
                workers=1,
            )
        assert True is outcome.verified
        assert () == account.whole(AFTER).changes
