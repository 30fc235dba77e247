"""What a network, a proxy or a troubled server may do, over real HTTP."""

from __future__ import annotations

import threading
from urllib.parse import quote

import pytest
from far_end import Answer, far_end, ok, refusal

from reconciler.errors import (
    ConnectionLostError,
    RefusedError,
    StripeError,
    UnexpectedAnswerError,
    UsageError,
)
from reconciler.model.values import Frozen

LOST = Answer(lost=True)
MADE = ok(id="prod_1", object="product", livemode=False)
BUSY = refusal(429, type="invalid_request_error", code="rate_limit", message="Too many.")
LOCKED = refusal(429, type="invalid_request_error", code="lock_timeout", message="Locked.")
IN_USE = refusal(409, type="idempotency_error", code="idempotency_key_in_use", message="Wait.")
BROKEN = refusal(500, type="api_error", message="Oops.")
PAGE = "<html><h1>Please log in</h1></html>"


@pytest.fixture
def create(connect, product, step):
    def make(url):
        return connect(url).send(
            product, step("create", "product"), None, Frozen({"name": "Pro"}), key="k1"
        )

    return make


@pytest.mark.parametrize("trouble", [LOST, BUSY, LOCKED, IN_USE, BROKEN, Answer(status=503)])
def test_a_write_is_repeated_with_its_own_key_until_it_is_answered(trouble, create):
    with far_end(trouble, trouble, MADE) as (url, sent):
        assert create(url)["id"] == "prod_1"
    assert [(entry.method, entry.path, entry.headers["idempotency-key"]) for entry in sent] == [
        ("POST", "/v1/products", "k1")
    ] * 3
    assert len({entry.body for entry in sent}) == 1


def test_an_answer_cut_short_is_asked_for_again(create, clock):
    with far_end(Answer(body=MADE.body, cut=True), MADE) as (url, sent):
        assert create(url)["id"] == "prod_1"
    assert len(sent) == 2
    assert clock.naps == [0.5]


@pytest.mark.parametrize(
    ("trouble", "why", "attempts"),
    [
        (LOST, "ConnectionError", 4),
        (BROKEN, "Stripe answered 500", 4),
        (IN_USE, "Stripe answered 409", 10),
        (Answer(body=PAGE), "Stripe answered 200", 1),
        (ok(), "Stripe answered 200", 1),
        (Answer(body="[]"), "Stripe answered 200", 1),
    ],
)
def test_a_write_without_an_answer_ends_as_unknown(trouble, why, attempts, create):
    with far_end(trouble) as (url, sent), pytest.raises(ConnectionLostError) as caught:
        create(url)
    assert attempts == len(sent)
    head = "create_product for product.pro: no answer came that says whether it was done ("
    assert str(caught.value).startswith(head + why)


def test_a_refusal_at_the_door_does_not_settle_what_was_lost_before(create):
    denied = refusal(401, type="invalid_request_error", message="Expired.")
    with far_end(LOST, denied) as (url, _), pytest.raises(ConnectionLostError):
        create(url)


def test_a_refused_parameter_settles_it(create):
    denied = refusal(400, type="invalid_request_error", message="No.")
    with far_end(LOST, denied) as (url, _), pytest.raises(RefusedError):
        create(url)


def test_stripe_is_obeyed_when_it_says_not_to_retry(create):
    stored = refusal(500, type="api_error", headers={"Stripe-Should-Retry": "false"})
    with far_end(stored) as (url, sent), pytest.raises(ConnectionLostError):
        create(url)
    assert len(sent) == 1


def test_stripe_is_obeyed_when_it_says_to_retry(create):
    odd = refusal(409, type="invalid_request_error", headers={"Stripe-Should-Retry": "true"})
    with far_end(odd, MADE) as (url, sent):
        create(url)
    assert len(sent) == 2


def test_the_wait_that_stripe_asks_for_is_kept_within_bounds(create, clock):
    def after(seconds):
        return refusal(429, code="rate_limit", headers={"Retry-After": seconds})

    with far_end(after("7"), after("86400"), after("soon"), MADE) as (url, _):
        create(url)
    assert clock.naps == [7.0, 20.0, 2.0]


def test_a_storm_of_429_ends_as_busy_and_as_not_done(create, clock):
    with far_end(BUSY) as (url, sent), pytest.raises(StripeError) as caught:
        create(url)
    assert str(caught.value) == (
        "create_product for product.pro: Stripe is busy with too many requests, and stayed so.\n"
        "  Stripe says: Too many.\n"
        "  code rate_limit, request req_1\n"
        "  Wait until other programs on this account are done, then run it again."
    )
    assert len(sent) == 10
    assert clock.naps == [0.5, 1, 2, 4, 8, 8, 8, 8, 8]


def test_a_delete_that_was_lost_and_finds_nothing_is_done(connect, product, step):
    missing = refusal(404, type="invalid_request_error", code="resource_missing", message="No.")
    with far_end(LOST, missing) as (url, sent):
        answer = connect(url).send(product, step("delete", "product"), "prod_1", Frozen(), key="k1")
    assert answer == {"id": "prod_1", "deleted": True}
    assert ["idempotency-key" in entry.headers for entry in sent] == [False, False]


def test_a_delete_that_finds_nothing_at_once_is_refused(connect, product, step):
    missing = refusal(404, type="invalid_request_error", code="resource_missing", message="No.")
    with far_end(missing) as (url, _), pytest.raises(RefusedError):
        connect(url).send(product, step("delete", "product"), "prod_1", Frozen(), key="k1")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            Answer(body=PAGE),
            "listing products: this did not come from Stripe (HTTP 200).\n"
            f"  Stripe says: an answer that is not Stripe's JSON: {PAGE}\n"
            "  request req_1\n"
            "  Check --api-base, and what proxy stands in between.",
        ),
        (
            ok(object="list"),
            "listing products: Stripe answered a list without data.\n"
            "  Its reference does not allow that. Check --api-base, and what stands in between.",
        ),
        (
            ok(data=[{"name": "Pro"}]),
            "listing products: Stripe answered an object without an id.\n"
            "  Its reference does not allow that. Check --api-base, and what stands in between.",
        ),
        (
            ok(data=[{"id": "prod_1", "livemode": True}]),
            "listing products: Stripe answered prod_1 of live mode to a test key.\n"
            "  Nothing can be trusted to stay in one mode then, so this stops here.\n"
            "  Check the API key and --api-base.",
        ),
        (
            ok(data=[], has_more=True),
            "listing products: Stripe answered a page that leads nowhere.\n"
            "  Its reference does not allow that. Check --api-base, and what stands in between.",
        ),
        (
            ok(data=[{"id": "prod_1"}], has_more=True),
            "listing products: Stripe answered a page that leads nowhere.\n"
            "  Its reference does not allow that. Check --api-base, and what stands in between.",
        ),
    ],
)
def test_an_answer_that_stripe_never_gives_is_an_error(answer, message, connect, product):
    with far_end(answer) as (url, _), pytest.raises(UnexpectedAnswerError) as caught:
        list(connect(url).get_objects(product))
    assert message == str(caught.value)


def test_an_object_that_moves_between_two_scopes_is_listed_once(connect, product):
    same = ok(data=[{"id": "prod_1", "livemode": False}], has_more=False)
    with far_end(same) as (url, sent):
        assert [item["id"] for item in connect(url).get_objects(product)] == ["prod_1"]
    assert sorted(entry.path for entry in sent) == [
        "/v1/products?limit=100&active=false",
        "/v1/products?limit=100&active=true",
    ]


@pytest.mark.parametrize("odd", ["../customers", "a/b?c=d", "a b#", "é"])
def test_an_id_cannot_lead_to_another_path(odd, connect, product):
    with far_end(MADE) as (url, sent):
        connect(url).get_object(product, odd)
    assert f"/v1/products/{quote(odd, safe='')}" == sent[0].path


def test_an_id_of_dots_alone_is_none(connect, product):
    with far_end(MADE) as (url, sent), pytest.raises(UsageError, match=r'"\.\." is not an id'):
        connect(url).get_object(product, "..")
    assert sent == []


def test_numbers_with_a_fraction_lose_nothing(connect, product):
    exact = '{"id": "prod_1", "package_dimensions": {"height": 0.1, "width": 22.55}}'
    with far_end(Answer(body=exact)) as (url, _):
        answer = connect(url).get_object(product, "prod_1")
    assert {name: repr(value) for name, value in answer["package_dimensions"].items()} == {
        "height": "0.1",
        "width": "22.55",
    }


def test_a_redirect_is_not_followed_with_the_key(connect, product):
    with far_end(MADE) as (elsewhere, seen):
        moved = Answer(status=302, headers={"Location": f"{elsewhere}/v1/products/prod_1"})
        with far_end(moved) as (url, _), pytest.raises(StripeError):
            connect(url).get_object(product, "prod_1")
    assert seen == []


def test_a_netrc_does_not_replace_the_key(connect, product, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login nobody password wrong\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with far_end(MADE) as (url, sent):
        connect(url).get_object(product, "prod_1")
    assert sent[0].headers["authorization"] == "Bearer sk_test_simulator"


def test_a_proxy_from_the_environment_is_used(connect, product, monkeypatch):
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with far_end(MADE) as (proxy, sent):
        monkeypatch.setenv("http_proxy", proxy)
        connect("http://127.0.0.2:9").get_object(product, "prod_1")
    assert sent[0].path == "http://127.0.0.2:9/v1/products/prod_1"


def test_what_stripe_says_never_shows_a_secret(create):
    said = "Bad key sk_test_simulator, sk_live_abc_DEF*9, rk_test_****1234 or whsec_ab/c+d==."
    with far_end(refusal(400, message=said)) as (url, _), pytest.raises(RefusedError) as caught:
        create(url)
    assert (
        "  Stripe says: Bad key sk_test_…, sk_live_…, rk_test_… or whsec_…."
        in str(caught.value).splitlines()
    )


def test_many_threads_share_one_gateway(connect, product):
    with far_end(MADE) as (url, sent):
        gateway = connect(url)
        threads = [
            threading.Thread(target=lambda: [gateway.get_object(product, "p") for _ in range(10)])
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (gateway.requests, len(sent)) == (80, 80)
