"""What a targeted plan does, what it leaves alone, and what it says of both."""

from __future__ import annotations

import pytest

from laws.strategies import KINDS
from reconciler.errors import PlanError
from reconciler.render.text import text as rendered
from targeted.market import CATALOG, Market, market

FIRST = (
    "This plan is targeted: it was made from what the file names, and from nothing else in the "
    "account. It retires, replaces and switches off nothing, and objects of ours that left the "
    "file were not looked for."
)
WHOLE = "Plan without --refresh targeted"
UNSEEN = f"not seen; whether it exists only its stamp could tell. {WHOLE} to create it."


def said(account: Market, text: str) -> tuple[str, ...]:
    """What a targeted plan says after its first note, and that it makes no call."""
    made = account.aim(text)
    assert ((), FIRST) == (made.steps, made.notes[0])
    return made.notes[1:]


def steps(account: Market, text: str) -> list[str]:
    return [step.id for step in account.aim(text).steps]


class TestWhatIsShown:
    def test_it_is_told_first_of_all(self) -> None:
        with market(CATALOG, others=5) as account:
            ids = account.ids()
            changed = CATALOG.replace("29.00", "39.00").replace('"Shirt"', '"T-shirt"')
            shown = rendered(account.aim(changed), KINDS).splitlines()
        assert [
            '  ~ product.shirt  name "Shirt" -> "T-shirt"',
            "",
            f"Note: {FIRST}",
            "Note: product.pro is left alone: it depends on price.pro.monthly, which is left alone.",
            "Note: price.pro.monthly is left alone: it would be replaced (unit_amount), and "
            f"{ids['price.pro.monthly']} taken out of use. {WHOLE} to replace it.",
            "",
            "Plan: 1 to update. 1 write, 5 reads.",
        ] == shown[2:]

    def test_strangers_are_not_counted(self) -> None:
        with market(CATALOG, others=5) as account:
            account.post("/v1/prices/price_crowd1x0", lookup_key="pro_weekly")
            more = '[products.pro.prices.weekly]\namount = 9.00\ninterval = "week"\n'
            made = account.aim(CATALOG + more)
        assert () == made.strangers
        assert ["RC108"] == [finding.code for finding in made.findings]


class TestWhatIsLeftAlone:
    def test_a_price_would_be_replaced(self) -> None:
        with market(CATALOG) as account:
            old = account.ids()["price.shirt.once"]
            assert (
                f"price.shirt.once is left alone: it would be replaced (unit_amount), and {old} "
                f"taken out of use. {WHOLE} to replace it.",
            ) == said(account, CATALOG.replace("15.00", "16.00"))

    def test_a_product_would_be_switched_off(self) -> None:
        with market(CATALOG) as account:
            assert (
                f"product.shirt is left alone: it would be switched off. {WHOLE} to switch it off.",
            ) == said(account, CATALOG.replace('"Shirt"', '"Shirt"\nactive = false'))

    def test_what_left_the_file_stays(self) -> None:
        with market(CATALOG) as account:
            assert () == said(account, CATALOG.partition("[products.shirt]")[0])

    def test_a_product_known_by_its_stamp_alone_is_not_made(self) -> None:
        with market(CATALOG) as account:
            more = '[products.team]\nname = "Team"\n[products.team.prices.once]\namount = 1.00\n'
            assert (
                f"product.team is left alone: {UNSEEN}",
                f"price.team.once is left alone: {UNSEEN}",
            ) == said(account, CATALOG + more)

    def test_a_promotion_code_is_not_made_and_its_coupon_is(self) -> None:
        with market(CATALOG) as account:
            more = '[coupons.launch]\npercent_off = 20\n[promotion_codes.GO]\ncoupon = "launch"\n'
            made = account.aim(CATALOG + more)
        assert ["create coupon.launch"] == [step.id for step in made.steps]
        assert (f"promotion_code.GO is left alone: {UNSEEN}",) == made.notes[1:]

    def test_a_plan_that_is_not_on_its_product_is_not_written(self) -> None:
        with market(CATALOG) as account:
            assert (
                "plan.pro is left alone: it was not seen on product.pro, and may stand on another "
                f"product. {WHOLE} to write it there.",
            ) == said(account, CATALOG + '[plans.pro]\nitems = ["pro.monthly"]\n')

    def test_a_plan_that_left_the_file_stays_on_its_product(self) -> None:
        with market(CATALOG + '[plans.pro]\nitems = ["pro.monthly"]\n') as account:
            made = account.aim(CATALOG.replace('"Pro"', '"Pro!"'))
            account.apply(made)
            product = account.look().find(account.ids()["product.pro"])
        assert [("update product.pro", {"name": "Pro!"})] == [
            (step.id, step.payload) for step in made.steps
        ]
        assert product is not None
        assert "reconciler_plan_pro" in product.metadata

    def test_a_lookup_key_does_not_leave_a_price_for_one_that_is_left_alone(self) -> None:
        with market(CATALOG) as account:
            swapped = CATALOG.replace(
                "amount = 29.00", 'lookup_key = "pro_yearly"\namount = 30.00'
            ).replace("amount = 290.00", 'lookup_key = "second"\namount = 290.00')
            assert (
                "price.pro.yearly is left alone: its lookup_key is to pass between it and "
                "price.pro.monthly, which is left alone."
            ) in said(account, swapped)

    def test_two_of_one_stamp_are_told_and_both_stay(self) -> None:
        with market(CATALOG) as account:
            ids = account.ids()
            stamp = {"reconciler": "acme/price.shirt.once"}
            double = account.post(
                "/v1/prices", product="sku-1", currency="usd", unit_amount=1, metadata=stamp
            )
            assert (
                f"price.shirt.once: {double['id']} bears its stamp too. {WHOLE} to retire what is "
                "old.",
            ) == said(account, CATALOG)
            assert ids["price.shirt.once"] != double["id"]


class TestWhatIsDone:
    def test_what_the_product_shows_not_to_be_there_is_made(self) -> None:
        more = '[products.pro.prices.weekly]\namount = 9.00\ninterval = "week"\n'
        with market(CATALOG) as account:
            assert ["create price.pro.weekly"] == steps(account, CATALOG + more)

    def test_a_chosen_id_that_nobody_has_is_taken_with_all_that_is_in_it(self) -> None:
        more = '[products.mug]\nid = "sku-2"\nname = "Mug"\ndefault_price = "once"\n'
        more += "[products.mug.prices.once]\namount = 7.00\n"
        with market(CATALOG) as account:
            wanted = ["create product.mug", "create price.mug.once", "update product.mug"]
            assert wanted == steps(account, CATALOG + more)
            account.apply(account.aim(CATALOG + more))
            assert () == account.whole(CATALOG + more).changes

    @pytest.mark.parametrize("search", ["current", "hour_late", "refused"])
    def test_a_price_without_its_lookup_key_is_found_by_its_product(self, search: str) -> None:
        with market(CATALOG, search=search) as account:
            ids = account.ids()
            shirt = f"/v1/prices/{ids['price.shirt.once']}"
            account.post(shirt, lookup_key="")
            made = account.aim(CATALOG)
        assert [("update price.shirt.once", {"lookup_key": "shirt_once"})] == [
            (step.id, step.payload) for step in made.steps
        ]

    def test_an_archived_price_comes_back(self) -> None:
        with market(CATALOG) as account:
            account.post(f"/v1/prices/{account.ids()['price.shirt.once']}", active="false")
            assert ["update price.shirt.once"] == steps(account, CATALOG)

    def test_a_renamed_product_is_found_by_the_old_keys_of_its_prices(self) -> None:
        renamed = CATALOG.replace("products.pro", "products.team")
        renamed += '[moved]\n"product.pro" = "product.team"\n'
        with market(CATALOG) as account:
            assert [step.id for step in account.whole(renamed).steps] == steps(account, renamed)
            account.apply(account.aim(renamed))
            assert () == account.whole(renamed).changes

    def test_a_price_makes_room_for_a_new_one(self) -> None:
        text = CATALOG.replace("prices.monthly]", "prices.monthly_old]").replace(
            'default_price = "monthly"', 'default_price = "monthly_old"'
        )
        text += '[products.pro.prices.monthly]\namount = 39.00\ninterval = "month"\n'
        text += '[moved]\n"price.pro.monthly" = "price.pro.monthly_old"\n'
        with market(CATALOG) as account:
            assert [step.id for step in account.whole(text).steps] == steps(account, text)

    def test_a_named_object_is_adopted(self) -> None:
        text = CATALOG + '[products.cap]\nname = "Cap"\n[adopt]\n"product.cap" = "prod_crowd1"\n'
        with market(CATALOG, others=3) as account:
            assert ["adopt product.cap", "update product.cap"] == steps(account, text)

    def test_what_is_to_be_adopted_and_is_not_there_is_an_error(self) -> None:
        text = CATALOG + '[products.cap]\nname = "Cap"\n[adopt]\n"product.cap" = "prod_none"\n'
        with market(CATALOG) as account, pytest.raises(PlanError, match="there is no product"):
            account.aim(text)

    def test_an_entry_of_a_product_changes_where_it_is(self) -> None:
        before = CATALOG + '[plans.pro]\nitems = ["pro.monthly"]\n'
        after = CATALOG + '[plans.pro]\nitems = ["pro.yearly"]\n'
        with market(before) as account:
            account.apply(account.aim(after))
            assert () == account.whole(after).changes

    def test_features_of_a_product_come_and_go(self) -> None:
        feature = '[features.sso]\nname = "Single sign-on"\n'
        before = CATALOG + feature
        after = before.replace('name = "Pro"', 'name = "Pro"\nfeatures = ["sso"]')
        with market(before) as account:
            account.apply(account.aim(after))
            assert () == account.whole(after).changes

    def test_a_raw_id_is_looked_for(self) -> None:
        text = (
            CATALOG
            + '[coupons.crowd]\npercent_off = 5\napplies_to = { products = ["prod_crowd1"] }\n'
        )
        with market(CATALOG, others=3) as account:
            assert ["create coupon.crowd"] == steps(account, text)
            with pytest.raises(PlanError, match="there is no prod_none in this account"):
                account.aim(text.replace("prod_crowd1", "prod_none"))


class TestSearch:
    PLAIN = '[products.cap]\nname = "Cap"\n'

    def test_what_nothing_but_its_stamp_shows_is_found_by_a_search(self) -> None:
        with market(self.PLAIN) as account:
            assert ["update product.cap"] == steps(account, self.PLAIN.replace("Cap", "Hat"))

    def test_what_a_search_does_not_find_yet_is_not_made_again(self) -> None:
        with market(self.PLAIN, search="minute_late") as account:
            assert (f"product.cap is left alone: {UNSEEN}",) == said(account, self.PLAIN)
            account.now += 61
            assert () == said(account, self.PLAIN)

    def test_where_there_is_no_search_a_chosen_id_is_not_enough(self) -> None:
        with market(CATALOG, search="refused") as account:
            more = '[products.mug]\nid = "sku-2"\nname = "Mug"\n'
            assert (
                "Stripe did not search for products and prices: one that has none of the file's "
                "ids and keys was not found.",
                f"product.mug is left alone: {UNSEEN}",
            ) == said(account, CATALOG + more)

    def test_what_a_search_finds_is_read_by_its_id(self) -> None:
        with market(self.PLAIN) as account:
            account.aim(self.PLAIN)
            last = list(account.simulator.calls)[-2:]
            product = account.ids()["product.cap"]
        assert [{"0": product}] * 2 == [call.params["ids"] for call in last]
