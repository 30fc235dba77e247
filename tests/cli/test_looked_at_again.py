"""RC104 and RC109 once more, before the first write: what came between the plan and its apply."""

from __future__ import annotations

import signal

import pytest
from serving import Killer, journal, served

from reconciler.simulator.faults import Fault
from reconciler.simulator.keys import account_of

HEAD = '[catalog]\nname = "acme"\n\n[defaults]\ncurrency = "usd"\n\n'
PRO = '[products.pro]\nname = "Pro"\n\n[products.pro.prices.monthly]\namount = {}\ninterval = "month"\n'
DENY = '\n[policy]\nsubscribers = "deny"\n'

SHOP = [
    {
        "object": "product",
        "id": "prod_pro",
        "name": "Pro",
        "metadata": {"reconciler": "acme/product.pro"},
    },
    {
        "object": "price",
        "id": "price_monthly",
        "product": "prod_pro",
        "currency": "usd",
        "unit_amount": 2900,
        "recurring": {"interval": "month"},
        "lookup_key": "pro_monthly",
        "metadata": {"reconciler": "acme/price.pro.monthly"},
    },
    {
        "object": "coupon",
        "id": "Z4OV52SU",
        "percent_off": 20,
        "duration": "once",
        "metadata": {"reconciler": "acme/coupon.launch"},
    },
    {"object": "customer", "id": "cus_a"},
]
SUBSCRIPTION = {
    "object": "subscription",
    "id": "sub_1",
    "customer": "cus_a",
    "status": "active",
    "items": [{"price": "price_monthly"}],
}
CODE = {
    "object": "promotion_code",
    "id": "promo_late",
    "code": "LATE",
    "promotion": {"type": "coupon", "coupon": "Z4OV52SU"},
}
LINK = {
    "object": "payment_link",
    "id": "plink_late",
    "line_items": [{"price": "price_monthly", "quantity": 1}],
}


@pytest.fixture
def killer():
    return Killer()


@pytest.fixture
def stripe(killer, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_simulator")
    with served(script=killer) as found:
        found.simulator.seed(SHOP)
        yield found


@pytest.fixture
def wanted(folder):
    """Write the catalog: the price's amount, and whether the coupon and a policy are in it."""

    def write(amount, *, coupon=False, policy=""):
        launch = '\n[coupons.launch]\npercent_off = 20\nduration = "once"\n' if coupon else ""
        (folder / "catalog.toml").write_text(HEAD + PRO.format(amount) + launch + policy)

    return write


@pytest.fixture
def planned(reconciler, stripe, wanted):
    def make(*options, code=0, **catalog):
        wanted(**catalog)
        made = reconciler("plan", "--api-base", stripe.url, "--out", "plan.json", *options)
        assert code == made.code, made.err
        return made

    return make


@pytest.fixture
def applied(reconciler, stripe):
    def call(*arguments):
        return reconciler("apply", "--api-base", stripe.url, "--yes", *arguments)

    return call


def active(stripe, object_id):
    """Whether an object is there, and in use."""
    found = [one for one in stripe.simulator.dump() if one["id"] == object_id]
    return bool(found) and found[0].get("active", True)


def calls(stripe, path):
    return sum(call.path == path for call in stripe.simulator.calls)


class TestSubscriptions:
    def test_one_that_came_since_stops_a_policy_that_denies_it(self, planned, applied, stripe):
        planned(amount="32.00", coupon=True, policy=DENY)
        stripe.simulator.seed([SUBSCRIPTION])

        ran = applied("plan.json")

        assert ran.code == 3
        assert (
            "Nothing was changed: RC104 stopped it.\n"
            "  price.pro.monthly: 1 subscription is on price_monthly, and [policy] subscribers = "
            '"deny". Move what is on it to another price first, or keep this one as it is. '
            "To go on all the same: --allow RC104:price.pro.monthly"
        ) in ran.err
        assert not [path for _, path in stripe.writes if not path.startswith("/v1/products")]
        assert active(stripe, "price_monthly")

    def test_it_passes_with_leave(self, planned, applied, stripe):
        planned(amount="32.00", coupon=True, policy=DENY)
        stripe.simulator.seed([SUBSCRIPTION])
        assert applied("plan.json", "--allow", "RC104").code == 0
        assert not active(stripe, "price_monthly")

    def test_leave_does_not_reach_to_those_that_came_since(self, planned, applied, stripe):
        stripe.simulator.seed([SUBSCRIPTION])
        planned("--allow", "RC104", amount="32.00", coupon=True, policy=DENY)
        stripe.simulator.seed([SUBSCRIPTION | {"id": "sub_2"}])

        ran = applied("plan.json")

        assert ran.code == 3
        assert "price.pro.monthly: 2 subscriptions are on price_monthly" in ran.err
        assert active(stripe, "price_monthly")

    def test_leave_that_the_plan_was_given_lasts(self, planned, applied, stripe):
        stripe.simulator.seed([SUBSCRIPTION])
        planned("--allow", "RC104:price.pro.monthly", amount="32.00", coupon=True, policy=DENY)
        assert applied("plan.json").code == 0
        assert not active(stripe, "price_monthly")

    def test_one_that_came_since_goes_by_where_the_policy_allows_it(self, planned, applied, stripe):
        planned(amount="32.00", coupon=True)
        stripe.simulator.seed([SUBSCRIPTION])
        before = calls(stripe, "/v1/subscriptions")
        assert applied("plan.json").code == 0
        assert before == calls(stripe, "/v1/subscriptions"), "nobody needs the number by then"

    def test_they_are_counted_on_what_goes_and_on_nothing_else(self, planned, stripe):
        planned(amount="29.00", coupon=True, policy=DENY)
        assert calls(stripe, "/v1/subscriptions") == 0

    def test_nobody_counts_without_impact(self, planned, stripe):
        made = planned("--no-impact", amount="32.00", coupon=True)
        assert calls(stripe, "/v1/subscriptions") == 0
        assert (
            "how many subscriptions are on price_monthly is unknown: "
            "--no-impact leaves them uncounted\n"
        ) in made.out

    def test_what_nobody_counted_is_denied(self, planned):
        made = planned("--no-impact", code=3, amount="32.00", coupon=True, policy=DENY)
        assert (
            "RC104 price.pro.monthly (stops this plan): how many subscriptions are on "
            "price_monthly is unknown (--no-impact leaves them uncounted), and"
        ) in made.out


class TestWhatAKeyMayNotRead:
    READS = tuple(
        f"rak_{name}_read"
        for name in [
            "product",
            "plan",
            "coupon",
            "promotion_code",
            "tax_rate",
            "shipping_rate",
            "entitlement",
            "billing_meter",
            "payment_links",
            "customer_portal",
            "webhook",
            "accounts_kyc_basic",
        ]
    )

    @pytest.fixture
    def stripe(self, monkeypatch):
        monkeypatch.setenv("STRIPE_API_KEY", "rk_test_reader1")
        with served(permissions={"rk_test_reader1": frozenset(self.READS)}) as found:
            found.simulator.seed(SHOP, account=account_of("rk_test_reader1"))
            yield found

    @pytest.mark.parametrize(("policy", "code"), [("", 0), (DENY, 3)])
    def test_the_number_is_unknown(self, planned, policy, code):
        made = planned(code=code, amount="32.00", coupon=True, policy=policy)
        assert (
            "how many subscriptions are on price_monthly is unknown: "
            "give the restricted key the permission Subscriptions: Read (subscription_read), "
            "at https://dashboard.stripe.com/apikeys\n"
        ) in made.out
        assert ("RC104 price.pro.monthly (stops this plan)" in made.out) is bool(code)


class TestWhatHangsOnIt:
    def test_a_code_that_was_made_since_stops_the_end_of_its_coupon(self, planned, applied, stripe):
        planned(amount="29.00")
        stripe.simulator.seed([CODE])

        ran = applied("plan.json")

        assert ran.code == 3
        assert (
            "Nothing was changed: RC109 stopped it.\n"
            "  coupon.launch: since the plan was made, promotion_code LATE hangs on Z4OV52SU, "
            "which it takes out of use. Make a new plan, and look at it. "
            "To go on all the same: --allow RC109:coupon.launch"
        ) in ran.err
        assert active(stripe, "Z4OV52SU")

    def test_it_passes_with_leave(self, planned, applied, stripe):
        planned(amount="29.00")
        stripe.simulator.seed([CODE])
        assert applied("plan.json", "--allow", "RC109:coupon.launch").code == 0
        assert not active(stripe, "Z4OV52SU")

    def test_a_code_that_was_there_was_looked_at_already(self, planned, applied, stripe):
        stripe.simulator.seed([CODE])
        planned("--allow", "RC109", amount="29.00")
        assert applied("plan.json").code == 0
        assert not active(stripe, "Z4OV52SU")

    def test_leave_does_not_reach_to_a_code_that_came_since(
        self, applied, reconciler, stripe, folder
    ):
        chosen = '\n[coupons.launch]\nid = "LAUNCH"\npercent_off = {}\nduration = "once"\n'
        (folder / "catalog.toml").write_text(HEAD + PRO.format("29.00") + chosen.format(20))
        assert applied("--allow", "RC109").code == 0
        (folder / "catalog.toml").write_text(HEAD + PRO.format("29.00") + chosen.format(25))
        options = ("--allow", "RC109", "--out", "plan.json")
        assert reconciler("plan", "--api-base", stripe.url, *options).code == 0
        late = {"type": "coupon", "coupon": "LAUNCH"}
        stripe.simulator.seed([CODE | {"promotion": late}])

        ran = applied("plan.json")

        assert ran.code == 3
        assert "since the plan was made, promotion_code LATE hangs on LAUNCH" in ran.err
        assert active(stripe, "promo_late")

    def test_a_code_that_is_off_stops_nothing(self, planned, applied, stripe):
        planned(amount="29.00")
        stripe.simulator.seed([CODE | {"active": False}])
        assert applied("plan.json").code == 0
        assert not active(stripe, "Z4OV52SU")

    def test_a_link_that_was_made_since_stops_the_end_of_its_price(self, planned, applied, stripe):
        planned(amount="32.00", coupon=True)
        stripe.simulator.seed([LINK])
        ran = applied("plan.json")
        assert ran.code == 3
        assert "price.pro.monthly: since the plan was made, payment_link plink_late" in ran.err
        assert active(stripe, "price_monthly")

    def test_a_resume_looks_too(self, planned, applied, process, killer, stripe, folder):
        planned(amount="29.00", code=0)
        killer.at = 2  # after the lock: the coupon's delete, which never arrives
        killer.fault = Fault.LOST_BEFORE
        found = killer.process = process("apply", "--api-base", stripe.url, "--yes")
        found.communicate(timeout=60)
        killer.process = None
        assert found.returncode == -signal.SIGKILL
        assert active(stripe, "Z4OV52SU")
        stripe.simulator.seed([CODE])

        ran = applied("--resume", journal(folder)[0])

        assert ran.code == 3
        assert "Nothing was changed: RC109 stopped it" in ran.err
        assert active(stripe, "Z4OV52SU")
        assert applied("--resume", journal(folder)[0], "--allow", "RC109").code == 0
        assert not active(stripe, "Z4OV52SU")
