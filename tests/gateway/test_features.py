"""A product's features over real HTTP: attached, detached, listed, planned and applied."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from far_end import Answer, far_end, ok, refusal

from reconciler import kinds
from reconciler.errors import (
    ConnectionLostError,
    RefusedError,
    StalePlanError,
    UnexpectedAnswerError,
)
from reconciler.executor.journal import Journal
from reconciler.executor.run import apply
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.address import Address
from reconciler.model.plan import Step
from reconciler.model.values import Frozen
from reconciler.observer.account import observe, whole
from reconciler.planner.attached import attached
from reconciler.planner.build import plan
from reconciler.simulator.core import Simulator
from reconciler.simulator.server import running
from reconciler.spec.load import loads

KINDS = kinds.load()
PRODUCT = KINDS["product"]
ITEMS = PRODUCT.attached.items
PRO = Address("product", ("pro",))
MISSING = refusal(404, type="invalid_request_error", code="resource_missing", message="No.")
ATTACHED = ok(id="prodft_1", object="product_feature", livemode=False)
FILE = """
[catalog]
name = "acme"
[features.sso]
name = "Single sign-on"
[features.audit]
name = "Audit log"
[products.pro]
name = "Pro"
"""
BOTH = FILE + 'features = ["sso", "audit"]\n'


def attach(gateway, product, feature, key="k"):
    step = Step(id="a", address=PRO, verb="attach", kind="product", part="product_feature")
    payload = Frozen({"entitlement_feature": feature})
    return gateway.send(PRODUCT, step, product, payload, key=key)


def detach(gateway, product, item):
    step = Step(
        id="d", address=PRO, verb="detach", kind="product", part="product_feature", item=item
    )
    return gateway.send(PRODUCT, step, product, Frozen(), key="k")


@pytest.fixture
def simulator():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def gateway(simulator, connect):
    with running(simulator) as url:
        yield connect(url)


def seeded(simulator, count):
    """A product with so many features."""
    simulator.seed([{"object": "product", "id": "prod_1", "name": "P"}])
    for number in range(count):
        feature = {"object": "entitlements.feature", "id": f"feat_{number}", "name": "F"}
        simulator.seed(
            [
                {**feature, "lookup_key": f"f{number}"},
                {
                    "object": "product_feature",
                    "id": f"prodft_{number}",
                    "product": "prod_1",
                    "entitlement_feature": f"feat_{number}",
                },
            ]
        )


def test_one_is_attached_listed_and_detached(simulator, gateway):
    seeded(simulator, 0)
    feature = {"object": "entitlements.feature", "id": "feat_a", "name": "A", "lookup_key": "a"}
    simulator.seed([feature])
    made = attach(gateway, "prod_1", "feat_a", key="key-1")
    assert ("product_feature", "feat_a") == (made["object"], made["entitlement_feature"]["id"])
    call = simulator.calls[-1]
    assert ("POST", "/v1/products/prod_1/features", "key-1") == (
        call.method,
        call.path,
        call.idempotency_key,
    )
    assert {"entitlement_feature": "feat_a"} == dict(call.params)
    assert [made] == list(gateway.get_items(PRODUCT, "prod_1", ITEMS))
    gone = detach(gateway, "prod_1", made["id"])
    assert (made["id"], True) == (gone["id"], gone["deleted"])
    assert [] == list(gateway.get_items(PRODUCT, "prod_1", ITEMS))


def test_one_key_attaches_once(simulator, gateway):
    seeded(simulator, 0)
    feature = {"object": "entitlements.feature", "id": "feat_a", "name": "A", "lookup_key": "a"}
    simulator.seed([feature])
    assert attach(gateway, "prod_1", "feat_a")["id"] == attach(gateway, "prod_1", "feat_a")["id"]
    with pytest.raises(RefusedError, match="already attached to this product"):
        attach(gateway, "prod_1", "feat_a", key="another")


def test_an_archived_one_is_refused(simulator, gateway):
    seeded(simulator, 1)
    simulator.seed([{"object": "product", "id": "prod_2", "name": "P"}])
    simulator.seed(
        [
            {
                "object": "entitlements.feature",
                "id": "feat_a",
                "name": "A",
                "lookup_key": "a",
                "active": False,
            }
        ]
    )
    with pytest.raises(RefusedError) as caught:
        attach(gateway, "prod_2", "feat_a")
    assert (
        "attach_product_feature for product.pro: Stripe refused it (HTTP 400).\n"
        "  Stripe says: An archived feature cannot be attached to a product."
    ) == "\n".join(str(caught.value).splitlines()[:2])


def test_many_are_listed_over_several_pages_each_once(simulator, gateway):
    seeded(simulator, 230)
    before = gateway.requests
    listed = [entry["id"] for entry in gateway.get_items(PRODUCT, "prod_1", ITEMS)]
    assert ({f"prodft_{number}" for number in range(230)}, 230) == (set(listed), len(listed))
    assert gateway.requests - before == 3


def test_the_next_page_begins_after_the_last_entry(connect):
    first = ok(data=[{"id": "prodft_1"}, {"id": "prodft_2"}], has_more=True)
    last = ok(data=[{"id": "prodft_3"}], has_more=False)
    with far_end(first, last) as (url, sent):
        listed = [entry["id"] for entry in connect(url).get_items(PRODUCT, "prod_1", ITEMS)]
    assert ["prodft_1", "prodft_2", "prodft_3"] == listed
    assert [
        ("/v1/products/prod_1/features", {"limit": ["100"]}),
        ("/v1/products/prod_1/features", {"limit": ["100"], "starting_after": ["prodft_2"]}),
    ] == [(urlsplit(entry.path).path, parse_qs(urlsplit(entry.path).query)) for entry in sent]


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (ok(data=[{"id": "prodft_1"}], has_more=True), "a page that leads nowhere"),
        (ok(data=[{"object": "product_feature"}]), "an object without an id"),
        (ok(object="list"), "a list without data"),
    ],
)
def test_a_list_that_stripe_never_gives_is_an_error(answer, what, connect):
    with far_end(answer) as (url, _), pytest.raises(UnexpectedAnswerError) as caught:
        list(connect(url).get_items(PRODUCT, "prod_1", ITEMS))
    assert (
        f"listing the features of product prod_1: Stripe answered {what}."
        == str(caught.value).splitlines()[0]
    )


def test_an_attach_is_repeated_with_its_own_key_until_it_is_answered(connect):
    with far_end(Answer(lost=True), Answer(lost=True), ATTACHED) as (url, sent):
        assert attach(connect(url), "prod_1", "feat_a", key="k1")["id"] == "prodft_1"
    assert [("POST", "/v1/products/prod_1/features", "k1", "entitlement_feature=feat_a")] * 3 == [
        (entry.method, entry.path, entry.headers["idempotency-key"], entry.body) for entry in sent
    ]


def test_an_attach_without_an_answer_ends_as_unknown(connect):
    with far_end(Answer(lost=True)) as (url, _), pytest.raises(ConnectionLostError):
        attach(connect(url), "prod_1", "feat_a")


def test_a_detach_that_was_lost_and_finds_nothing_is_done(connect):
    with far_end(Answer(lost=True), MISSING) as (url, sent):
        answer = detach(connect(url), "prod_1", "prodft_1")
    assert {"id": "prodft_1", "deleted": True} == answer
    assert [("DELETE", "/v1/products/prod_1/features/prodft_1", False)] * 2 == [
        (entry.method, entry.path, "idempotency-key" in entry.headers) for entry in sent
    ]


def test_a_detach_that_finds_nothing_at_once_is_refused(connect):
    with far_end(MISSING) as (url, _), pytest.raises(RefusedError):
        detach(connect(url), "prod_1", "prodft_1")


@pytest.mark.parametrize("odd", ["../other", "a/b?c=d", "a b#"])
def test_an_id_cannot_lead_to_another_path(odd, connect):
    with far_end(ok(id=odd, deleted=True)) as (url, sent):
        detach(connect(url), "prod_1", odd)
    assert "/v1/products/prod_1/features/" in sent[0].path
    assert 5 == sent[0].path.count("/")


LINK = KINDS["payment_link"]


class TestAListInTheObject:
    def entries(self, *numbers):
        return [{"id": f"li_{number}", "price": {"id": "price_1"}} for number in numbers]

    def test_the_rest_of_it_is_asked_for(self, connect):
        rest = ok(data=self.entries(0, 1, 2), has_more=False)
        first = {"object": "list", "data": self.entries(0), "has_more": True}
        with far_end(rest) as (url, sent):
            raw = whole(connect(url), LINK, {"id": "plink_1", "line_items": first})
        assert self.entries(0, 1, 2) == raw["line_items"]
        assert ["/v1/payment_links/plink_1/line_items?limit=100"] == [e.path for e in sent]

    def test_what_is_whole_is_not_asked_for(self, connect):
        given = {"object": "list", "data": self.entries(0), "has_more": False}
        with far_end(ok()) as (url, sent):
            raw = whole(connect(url), LINK, {"id": "plink_1", "line_items": given})
        assert (given, []) == (raw["line_items"], sent)


class TestPlanAndApply:
    def plan(self, gateway, text):
        catalog = loads(text, KINDS)
        snapshot = observe(gateway, KINDS.values(), attached=attached(catalog, KINDS))
        return plan(catalog, snapshot, KINDS, api_version=API_VERSION, allow=["RC101"])

    def apply(self, gateway, made, clock):
        journal = Journal.none(f"run{gateway.requests}")
        return apply(
            made, KINDS, gateway, gateway, journal=journal, clock=clock.timing.clock, workers=4
        )

    def calls(self, simulator, since):
        return [(call.method, call.path) for call in list(simulator.calls)[since:]]

    @pytest.mark.parametrize(
        "after",
        [
            BOTH,
            FILE + 'features = ["audit"]\n',
            FILE + "features = []\n",
            BOTH + 'description = "d"\n',
            BOTH.replace('"Audit log"', '"Audit log"\nlookup_key = "log"'),
            BOTH + 'id = "pro"\n',
            FILE + 'description = "d"\n',
            "[catalog]\nname = 'acme'\n",
        ],
    )
    def test_it_takes_the_requests_that_the_plan_says(self, after, simulator, gateway, clock):
        self.apply(gateway, self.plan(gateway, BOTH), clock)
        made = self.plan(gateway, after)
        before = gateway.requests
        self.apply(gateway, made, clock)
        assert made.reads + made.writes == gateway.requests - before
        again = self.plan(gateway, after)
        assert ((), ()) == (again.changes, again.steps)

    def test_a_list_that_the_file_names_costs_one_request(self, simulator, gateway, clock):
        self.apply(gateway, self.plan(gateway, BOTH), clock)
        since = len(simulator.calls)
        self.plan(gateway, FILE)
        without = self.calls(simulator, since)
        since = len(simulator.calls)
        self.plan(gateway, BOTH)
        (extra,) = [call for call in self.calls(simulator, since) if call not in without]
        assert extra[1].endswith("/features")
        assert len(simulator.calls) - since == len(without) + 1

    def test_somebody_has_attached_the_same_feature_meanwhile(self, simulator, gateway, clock):
        one = FILE + 'features = ["sso"]\n'
        self.apply(gateway, self.plan(gateway, one), clock)
        made = self.plan(gateway, BOTH)
        (step,) = made.steps
        attach(gateway, step.object, step.payload["entitlement_feature"])
        before = json.dumps(simulator.dump())
        with pytest.raises(StalePlanError) as caught:
            self.apply(gateway, made, clock)
        assert f"product {step.object}: features is " in str(caught.value)
        assert before == json.dumps(simulator.dump())
        again = self.plan(gateway, BOTH)
        assert ((), ()) == (again.changes, again.steps)
