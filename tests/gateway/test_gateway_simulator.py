"""The gateway over real HTTP, through the SDK's own transport, against the simulator."""

from __future__ import annotations

import pytest
import stripe

from reconciler.errors import (
    AuthenticationError,
    ConnectionLostError,
    PermissionDeniedError,
    RefusedError,
)
from reconciler.gateway.stripe import API_VERSION
from reconciler.model.canonical import read
from reconciler.model.catalog import Account
from reconciler.model.project import created
from reconciler.model.values import Frozen
from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault
from reconciler.simulator.keys import account_of
from reconciler.simulator.server import running


@pytest.fixture
def simulator():
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def url(simulator):
    with running(simulator) as url:
        yield url


@pytest.fixture
def gateway(url, connect):
    return connect(url)


def new_product(gateway, product, step, name="Pro", key="key-1", **fields):
    return gateway.send(
        product, step("create", "product"), None, Frozen({"name": name, **fields}), key=key
    )


def test_an_account_is_read_with_its_mode(gateway):
    assert Account(id=account_of(), livemode=False) == gateway.get_account()


def test_a_connected_account_is_acted_on(url, connect, product, step):
    connected = connect(url, stripe_account="acct_1Connected")
    made = new_product(connected, product, step)
    assert Account(id="acct_1Connected", livemode=False) == connected.get_account()
    assert made["id"] == connected.get_object(product, made["id"])["id"]
    assert connect(url).get_object(product, made["id"]) is None


def test_what_is_written_is_answered_whole(gateway, price, product, step):
    made = new_product(gateway, product, step)
    payload = Frozen(
        {
            "product": made["id"],
            "currency": "usd",
            "billing_scheme": "tiered",
            "tiers_mode": "graduated",
            "tiers": (
                Frozen({"up_to": 1000, "unit_amount": 0}),
                Frozen({"up_to": "inf", "unit_amount_decimal": "0.2"}),
            ),
            "recurring": Frozen({"interval": "month"}),
            "currency_options": Frozen(
                {"eur": Frozen({"tiers": (Frozen({"up_to": "inf", "unit_amount": 5}),)})}
            ),
            "metadata": Frozen({"team": "a & b = c"}),
            "nickname": "Größe 1",
        }
    )
    answer = gateway.send(price, step("create", "price", "pro", "api"), None, payload, key="k")
    body = read(price, answer)
    assert created(price, payload) == body
    assert body == read(price, gateway.get_object(price, answer["id"]))
    assert [body] == [read(price, item) for item in gateway.get_objects(price)]


def test_a_list_is_paged_to_its_end_archived_ones_included_each_once(
    simulator, gateway, product, step
):
    simulator.seed(
        {"object": "product", "id": f"prod_{number}", "name": "P", "active": number % 2 == 0}
        for number in range(430)
    )
    before = gateway.requests
    listed = [item["id"] for item in gateway.get_objects(product)]
    assert {f"prod_{number}" for number in range(430)} == set(listed)
    assert len(listed) == 430
    assert gateway.requests - before == 8, (
        "of each list three pages, and what is older beside the last"
    )


def test_an_update_sends_only_what_changes_and_clears_by_an_empty_string(
    gateway, product, step, simulator
):
    made = new_product(gateway, product, step, description="old", metadata=Frozen({"a": "1"}))
    payload = Frozen({"description": "", "metadata": Frozen({"a": ""}), "images": ("u", "v")})
    answer = gateway.send(product, step("update", "product"), made["id"], payload, key="k2")
    assert (answer["description"], answer["metadata"], answer["images"]) == (None, {}, ["u", "v"])
    call = simulator.calls[-1]
    assert dict(call.params) == {
        "description": "",
        "images": {"0": "u", "1": "v"},
        "metadata": {"a": ""},
    }


def test_a_delete_is_answered_and_then_nothing_is_there(gateway, product, step):
    made = new_product(gateway, product, step)
    answer = gateway.send(product, step("delete", "product"), made["id"], Frozen(), key="k2")
    assert (made["id"], True) == (answer["id"], answer["deleted"])
    assert gateway.get_object(product, made["id"]) is None


def test_the_version_is_pinned_and_the_idempotency_key_is_ours(gateway, product, step, simulator):
    new_product(gateway, product, step, key="run-step-1")
    call = simulator.calls[-1]
    assert (call.stripe_version, call.idempotency_key) == (API_VERSION, "run-step-1")


def test_one_key_makes_one_object(gateway, product, step):
    first = new_product(gateway, product, step, key="same")
    assert first["id"] == new_product(gateway, product, step, key="same")["id"]


def test_a_refusal_says_the_call_the_parameter_and_the_request(gateway, price, step):
    with pytest.raises(RefusedError) as caught:
        gateway.send(
            price,
            step("create", "price", "pro", "monthly"),
            None,
            Frozen({"product": "prod_none", "currency": "usd", "unit_amount": 1}),
            key="k",
        )
    error = caught.value
    assert (
        "create_price for price.pro.monthly: Stripe refused it (HTTP 400).\n"
        "  Stripe says: No such product: 'prod_none'\n"
        f"  parameter product, code resource_missing, request {error.request_id}\n"
        "  Nothing was done by this call."
    ) == str(error)
    assert (error.status, error.code, error.param) == (400, "resource_missing", "product")
    assert str(error.request_id).startswith("req_")


def test_a_key_that_stripe_does_not_know_is_named_by_its_prefix_only(url, connect):
    with pytest.raises(AuthenticationError) as caught:
        connect(url, key="sk_test_secret__").get_account()
    assert "reading the account: Stripe does not accept the API key." in str(caught.value)
    assert "sk_test_…" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.fixture
def restricted(connect):
    permissions = {"rk_test_few1": frozenset({"rak_product_read"})}
    with Simulator(permissions=permissions) as simulator, running(simulator) as url:
        yield connect(url, key="rk_test_few1")


def test_a_restricted_key_that_may_not_ask_who_it_is_still_learns_it(restricted):
    assert Account(id=account_of("rk_test_few1"), livemode=False) == restricted.get_account()


def test_a_missing_permission_is_named(restricted, product, price):
    assert list(restricted.get_objects(product)) == []
    with pytest.raises(PermissionDeniedError) as caught:
        list(restricted.get_objects(price))
    assert (
        str(caught.value).splitlines()[-1].strip()
        == "Give the restricted key the permission Prices: Read (plan_read), at "
        "https://dashboard.stripe.com/apikeys"
    )
    assert "few1" not in str(caught.value)


def test_a_rate_limited_server_is_waited_for(connect, clock, product):
    with Simulator(clock=lambda: clock.now, rate_limit=5) as simulator, running(simulator) as url:
        gateway = connect(url)
        for _ in range(30):
            gateway.get_object(product, "prod_none")
    assert gateway.requests > 30
    assert clock.naps


def test_telemetry_stays_off_and_the_sdk_is_told_not_to_retry(gateway):
    assert stripe.enable_telemetry is False
    assert gateway._client._requestor._options.max_network_retries == 0


def test_a_server_that_is_not_there_is_said(connect, product, clock):
    with pytest.raises(ConnectionLostError) as caught:
        connect("http://127.0.0.1:9").get_object(product, "prod_1")
    assert "reading product prod_1: Stripe could not be reached (" in str(caught.value)
    assert clock.naps == [0.5, 1.0, 2.0]


PASSING = [
    Fault.REFUSED,
    Fault.LOST_BEFORE,
    Fault.LOST_AFTER,
    Fault.TOO_MANY,
    Fault.TOO_MANY_GLOBAL,
    Fault.LOCK_TIMEOUT,
    Fault.LOCK_CONFLICT,
    Fault.KEY_IN_USE,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.CUT_SHORT,
]
LASTING = {
    # Stripe stores a failure of its own, and answers it again to the same key.
    Fault.ERROR_STORED: (ConnectionLostError, 0),
    Fault.ERROR_STORED_AFTER: (ConnectionLostError, 1),
    Fault.BAD_REQUEST: (RefusedError, 0),
    Fault.FORBIDDEN: (PermissionDeniedError, 0),
    Fault.KEY_REVOKED: (AuthenticationError, 0),
    Fault.GARBLED: (ConnectionLostError, 1),
}
"""What is told of a fault that trying again does not mend, and how many objects are there then.

Answers that come late are faults too: in process, where no time passes (`tests/torture`).
"""


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_waited_for_and_one_object_is_made(fault, connect, product, step):
    with Simulator() as simulator, running(simulator, script=[fault]) as url:
        new_product(connect(url), product, step)
        assert [item["name"] for item in simulator.dump()] == ["Pro"]


@pytest.mark.parametrize(("fault", "told"), LASTING.items(), ids=str)
def test_what_does_not_pass_is_told(fault, told, connect, product, step):
    error, made = told
    with Simulator() as simulator, running(simulator, script=[fault]) as url:
        with pytest.raises(error):
            new_product(connect(url), product, step)
        assert [item["name"] for item in simulator.dump()] == ["Pro"] * made
