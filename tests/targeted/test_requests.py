"""What a targeted plan costs depends on what the file names, and not on the account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from targeted.market import CATALOG, Market, market


def products(count: int, each: int) -> str:
    """So many products, so many prices each."""
    tables = [
        f'[products.p{number}]\nname = "P"\n'
        + "".join(
            f"[products.p{number}.prices.q{price}]\namount = {price + 1}.00\n"
            for price in range(each)
        )
        for number in range(count)
    ]
    return "\n".join(tables)


def spent(account: Market, do: Callable[[], object]) -> int:
    before = account.gateway.requests
    do()
    return account.gateway.requests - before


TEN = {
    "one product of nine prices": (products(1, 9), 7),
    "two products of four prices each": (products(2, 4), 7),
    "five products of one price each": (products(5, 1), 7),
    "ten products": (
        "".join(f'[products.p{n}]\nid = "sku-{n}"\nname = "P"\n' for n in range(10)),
        4,
    ),
    "ten products that search alone finds": (products(10, 0), 4),
}


class TestTenObjects:
    @pytest.mark.parametrize(("text", "count"), TEN.values(), ids=TEN)
    @pytest.mark.parametrize("others", [0, 400])
    def test_cost_so_many_requests_in_any_account(self, text: str, count: int, others: int) -> None:
        with market(text, others=others) as account:
            assert count == spent(account, lambda: account.aim(text))
            assert count <= 12

    @pytest.mark.parametrize("others", [0, 400])
    def test_what_is_missing_costs_the_prices_of_its_product(self, others: int) -> None:
        with market(products(2, 3), others=others) as account:
            assert 7 + 2 * 2 == spent(account, lambda: account.aim(products(2, 4)))

    def test_a_whole_plan_of_a_large_account_costs_more(self) -> None:
        with market(CATALOG, others=400) as account:
            assert spent(account, lambda: account.whole(CATALOG)) > 20


class TestApply:
    @pytest.mark.parametrize("others", [0, 400])
    def test_costs_what_the_plan_says_in_any_account(self, others: int) -> None:
        with market(CATALOG, others=others) as account:
            changed = CATALOG.replace('"Shirt"', '"T-shirt"').replace(
                "amount = 290.00", 'nickname = "Yearly"\namount = 290.00'
            )
            more = '[products.pro.prices.weekly]\namount = 9.00\ninterval = "week"\n'
            made = account.aim(changed + more)
            assert 3 == made.writes
            assert made.reads + made.writes == spent(account, lambda: account.apply(made))
            assert 17 == made.reads

    def test_reads_nothing_where_nothing_is_to_be_done(self) -> None:
        with market(CATALOG) as account:
            made = account.aim(CATALOG)
            assert (0, 0) == (made.reads, spent(account, lambda: account.apply(made)))
