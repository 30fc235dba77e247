"""Idempotency keys: semantics §10."""

import threading

import pytest

from reconciler.simulator.core import Simulator

from .conftest import NOW, Client

DAY = 24 * 3600


def keyed(key):
    return {"Idempotency-Key": key}


def test_the_first_answer_is_replayed(client):
    first = client.post("/v1/products", "name=x", headers=keyed("k"))
    again = client.post("/v1/products", "name=x", headers=keyed("k"))
    assert (again.status, again.body) == (first.status, first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.headers["Request-Id"] != first.headers["Request-Id"]
    assert len(client.get("/v1/products").ids) == 1


def test_a_replay_is_stale_when_the_object_has_changed(client):
    first = client.post("/v1/products", "name=x", headers=keyed("k"))
    client.post(f"/v1/products/{first.id}", "active=false")
    assert client.post("/v1/products", "name=x", headers=keyed("k"))["active"] is True
    client.delete(f"/v1/products/{first.id}")
    assert client.post("/v1/products", "name=x", headers=keyed("k")).body == first.body


def test_the_order_of_parameters_does_not_matter(client):
    first = client.post("/v1/products", "name=x&description=y", headers=keyed("k"))
    assert (
        client.post("/v1/products", "description=y&name=x", headers=keyed("k")).body == first.body
    )


def test_other_parameters_are_refused(client):
    client.post("/v1/products", "name=x", headers=keyed("k"))
    answer = client.post("/v1/products", "name=y", headers=keyed("k"))
    assert (answer.status, answer.error) == (
        400,
        {
            "message": "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than 'k' if you meant to execute a different request.",
            "type": "idempotency_error",
        },
    )


def test_another_endpoint_is_refused(client):
    made = client.post("/v1/products", "name=x", headers=keyed("k"))
    answer = client.post(f"/v1/products/{made.id}", "name=x", headers=keyed("k"))
    assert (answer.status, answer.error) == (
        400,
        {
            "message": f"Keys for idempotent requests can only be used for the same endpoint they were first used for ('/v1/products' vs '/v1/products/{made.id}'). Try using a key other than 'k' if you meant to execute a different request.",
            "type": "idempotency_error",
        },
    )


def test_a_failure_of_the_endpoint_is_kept_too(client):
    product = client.product().id
    given = f"currency=usd&unit_amount=1&product={product}&lookup_key=a"
    holder = client.price(product, lookup_key="a")
    first = client.post("/v1/prices", given, headers=keyed("k"))
    client.made(f"/v1/prices/{holder.id}", {"lookup_key": ""})
    again = client.post("/v1/prices", given, headers=keyed("k"))
    assert (first.status, again.status, again.body) == (400, 400, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("bad", ["nope=1", "", "name=&description=x", "name=x&expand[]=nope"])
def test_a_refusal_of_the_parameter_check_is_not_kept(client, bad):
    assert client.post("/v1/products", bad, headers=keyed("k")).status == 400
    assert client.post("/v1/products", "name=x", headers=keyed("k")).status == 200


def test_refusals_before_the_endpoint_are_not_kept(fresh, clock):
    client = fresh(permissions={"rk_test_1": frozenset()}, rate_limit=1)
    assert (
        Client(client.simulator, key="rk_test_1")
        .post("/v1/products", "name=x", headers=keyed("k"))
        .status
        == 403
    )
    clock.now += 1
    assert client.get("/v1/prices").status == 200
    assert client.post("/v1/products", "name=x", headers=keyed("k")).status == 429
    clock.now += 1
    answer = client.post("/v1/products", "name=x", headers=keyed("k"))
    assert (answer.status, "Idempotent-Replayed" in answer.headers) == (200, False)


@pytest.mark.parametrize(("later", "products"), [(DAY - 1, 1), (DAY, 2)])
def test_a_key_is_forgotten_after_a_day(client, clock, later, products):
    client.post("/v1/products", "name=x", headers=keyed("k"))
    clock.now = NOW + later
    client.post("/v1/products", "name=x", headers=keyed("k"))
    assert len(client.get("/v1/products").ids) == products


def test_a_key_belongs_to_one_account_and_mode(simulator):
    callers = [
        Client(simulator, key="sk_test_123"),
        Client(simulator, key="sk_live_123"),
        Client(simulator, key="sk_test_other_1"),
        Client(simulator, headers={"Stripe-Account": "acct_1Connected"}),
    ]
    made = [caller.post("/v1/products", "name=x", headers=keyed("k")) for caller in callers]
    assert len({answer.id for answer in made}) == 4


def test_get_and_delete_take_no_key(client):
    made = client.product()
    assert client.get(f"/v1/products/{made.id}", headers=keyed("k")).status == 200
    assert client.delete(f"/v1/products/{made.id}", headers=keyed("k")).status == 200
    assert client.delete(f"/v1/products/{made.id}", headers=keyed("k")).status == 404


def test_a_key_has_at_most_255_characters(client):
    assert client.post("/v1/products", "name=x", headers=keyed("k" * 255)).status == 200
    assert client.post("/v1/products", "name=x", headers=keyed("k" * 256)).status == 400


def test_a_key_in_flight_is_a_conflict(fresh):
    """The first request is held inside the simulator while the second one arrives."""
    inside, leave = threading.Event(), threading.Event()

    def clock():
        if threading.current_thread() is not threading.main_thread():
            inside.set()
            assert leave.wait(10)
        return NOW

    client = fresh(clock=clock)
    answers = []
    first = threading.Thread(
        target=lambda: answers.append(client.post("/v1/products", "name=x", headers=keyed("k")))
    )
    first.start()
    assert inside.wait(10)
    second = client.post("/v1/products", "name=x", headers=keyed("k"))
    leave.set()
    first.join(10)
    assert (second.status, second.error["type"], second.error["code"]) == (
        409,
        "idempotency_error",
        "idempotency_key_in_use",
    )
    assert client.post("/v1/products", "name=x", headers=keyed("k")).body == answers[0].body


def test_a_key_outlives_the_process(tmp_path, clock):
    with Simulator(tmp_path / "s.db", clock=clock) as simulator:
        first = Client(simulator).post("/v1/products", "name=x", headers=keyed("k"))
    with Simulator(tmp_path / "s.db", clock=clock) as simulator:
        again = Client(simulator).post("/v1/products", "name=x", headers=keyed("k"))
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
