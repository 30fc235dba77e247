"""Faults, as the real SDK shows them: in process and over HTTP, they look the same."""

import errno
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import requests
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault, Rule
from reconciler.simulator.server import running
from reconciler.simulator.transport import SimulatorTransport

from .conftest import KEY, NOW, Client

REFUSED, LOST, LATE = "refused", "lost", "late"
CONNECTION = requests.ConnectionError
CUT = requests.exceptions.ChunkedEncodingError


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a program sees of a failure, and what Stripe is left with."""

    error: type
    status: int | None = None
    code: str | None = None
    cause: type | None = None
    retried: bool | None = None
    header: str | None = None
    done: int = 0
    """How many objects there are."""
    again: str = "acts"
    """What a repetition with the same key does."""


def lost(cause, *, done=0, again="acts", retried=True):
    return Seen(
        error=stripe.APIConnectionError, cause=cause, retried=retried, done=done, again=again
    )


def answer(error, status, code=None, **more):
    return Seen(error=error, status=status, code=code, **more)


DONE = {"done": 1, "again": "replays"}
STORED = {"again": "replays", "header": "false"}

SEEN = {
    Fault.REFUSED: lost(CONNECTION),
    Fault.LOST_BEFORE: lost(CONNECTION),
    Fault.LOST_AFTER: lost(CONNECTION, **DONE),
    Fault.TIMEOUT_BEFORE: lost(requests.ReadTimeout),
    Fault.TIMEOUT_AFTER: lost(requests.ReadTimeout, **DONE),
    Fault.TOO_MANY: answer(stripe.RateLimitError, 429, "rate_limit", header="endpoint-rate"),
    Fault.TOO_MANY_GLOBAL: answer(stripe.RateLimitError, 429, "rate_limit", header="global-rate"),
    Fault.LOCK_TIMEOUT: answer(stripe.RateLimitError, 429, "lock_timeout"),
    Fault.LOCK_CONFLICT: answer(stripe.APIError, 409, "lock_timeout"),
    Fault.KEY_IN_USE: answer(stripe.APIError, 409, "idempotency_key_in_use"),
    Fault.ERROR_BEFORE: answer(stripe.APIError, 500),
    Fault.ERROR_AFTER: answer(stripe.APIError, 500, **DONE),
    Fault.ERROR_STORED: answer(stripe.APIError, 500, **STORED),
    Fault.ERROR_STORED_AFTER: answer(stripe.APIError, 500, done=1, **STORED),
    Fault.BAD_REQUEST: answer(stripe.InvalidRequestError, 400, again="replays"),
    Fault.FORBIDDEN: answer(stripe.PermissionError, 403, "more_permissions_required"),
    Fault.KEY_REVOKED: answer(stripe.AuthenticationError, 401, "api_key_expired", again="401"),
    Fault.GARBLED: answer(stripe.APIError, 200, **DONE),
    Fault.CUT_SHORT: lost(CUT, retried=False, **DONE),
}


def test_every_fault_that_shows_is_told():
    assert set(SEEN) == set(Fault) - {Fault.SLOW}


def test_what_a_fault_says_of_itself_is_so():
    said = {fault: (fault.carries_out, fault.stored) for fault in SEEN}
    expected = {
        fault: (seen.done == 1, seen.again == "replays" and (seen.header or "") == "false")
        for fault, seen in SEEN.items()
    } | {Fault.BAD_REQUEST: (False, True)}
    assert expected == said


@contextmanager
def in_process(simulator, *rules, **more):
    transport = SimulatorTransport(simulator, faults=rules, **more)
    yield stripe.StripeClient(KEY, http_client=transport)


@contextmanager
def over_http(simulator, *rules):
    """A client that is impatient with silence, and only with it."""
    transport = Impatient() if any("TIMEOUT" in r.fault.name for r in rules) else None
    with running(simulator, faults=rules) as url:
        yield stripe.StripeClient(KEY, base_addresses={"api": url}, http_client=transport)


class Impatient(stripe.RequestsClient):
    """Waits a second for the first answer; whatever comes later has all the time it needs."""

    def __init__(self):
        super().__init__(timeout=(60, 1))

    def request(self, *arguments, **named):
        try:
            return super().request(*arguments, **named)
        finally:
            self._timeout = 60


def create(client, key="k"):
    return client.raw_request("post", "/v1/products", name="x", idempotency_key=key)


def replayed(response):
    return {k.lower(): v for k, v in response.headers.items()}.get("idempotent-replayed")


def repeated(client):
    """What the same request with the same key comes to."""
    try:
        response = create(client)
    except stripe.AuthenticationError:
        return "401"
    except (stripe.APIError, stripe.InvalidRequestError) as error:
        return "replays" if error.headers["Idempotent-Replayed"] == "true" else "fails"
    return "replays" if replayed(response) == "true" else "acts"


def seen(simulator, client):
    with pytest.raises(stripe.StripeError) as raised:
        create(client)
    error = raised.value
    done = len(simulator.dump())
    body = error.json_body if isinstance(error.json_body, dict) else {}
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    told = headers.get("stripe-rate-limited-reason", headers.get("stripe-should-retry"))
    connection = isinstance(error, stripe.APIConnectionError)
    return Seen(
        error=type(error),
        status=error.http_status,
        code=body.get("error", {}).get("code"),
        cause=type(error.__cause__) if connection else None,
        retried=error.should_retry if connection else None,
        header=told,
        done=done,
        again=repeated(client),
    )


@pytest.mark.parametrize("way", [in_process, over_http])
@pytest.mark.parametrize("fault", SEEN)
def test_each_shows_as_the_sdk_shows_it(simulator, fault, way):
    with way(simulator, Rule(fault=fault, at=1)) as client:
        assert SEEN[fault] == seen(simulator, client)


@pytest.mark.parametrize("fault", SEEN)
def test_each_reads_the_same_in_process_and_over_http(fresh, fault):
    """The words of the SDK as well, but for addresses and what is random."""
    texts = []
    for way in (in_process, over_http):
        with way(fresh().simulator, Rule(fault=fault)) as client:
            with pytest.raises(stripe.StripeError) as raised:
                create(client)
            texts.append(str(raised.value).partition("(Network error: ")[0])
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.REFUSED, f"Failed to establish a new connection: [Errno {errno.ECONNREFUSED}] "),
        (Fault.LOST_AFTER, "RemoteDisconnected('Remote end closed connection without response')"),
        (Fault.TIMEOUT_AFTER, "Read timed out. (read timeout=80)"),
        (Fault.CUT_SHORT, "Connection broken: IncompleteRead("),
    ],
)
def test_in_process_the_cause_reads_as_requests_words_it(simulator, fault, told):
    rule = Rule(fault=fault)
    with in_process(simulator, rule) as sdk, pytest.raises(stripe.StripeError) as raised:
        create(sdk)
    assert told in str(raised.value.__cause__)


@pytest.mark.parametrize(
    "fault",
    [fault for fault, seen in SEEN.items() if seen.retried or seen.status in {409, 500}],
)
def test_the_sdks_own_retry_makes_one_object_or_replays_the_failure(simulator, monkeypatch, fault):
    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)
    transport = SimulatorTransport(simulator, faults=[Rule(fault=fault, at=1)])
    client = stripe.StripeClient(KEY, http_client=transport, max_network_retries=2)
    if SEEN[fault].header == "false":
        with pytest.raises(stripe.APIError):
            create(client)
        assert len(simulator.calls) == 1
    else:
        made = create(client).data["id"]
        assert [made] == [obj["id"] for obj in simulator.dump()]


@pytest.mark.parametrize(
    ("fault", "retry"),
    [
        (Fault.ERROR_STORED, "false"),
        (Fault.ERROR_STORED_AFTER, "false"),
        (Fault.BAD_REQUEST, None),
    ],
)
def test_a_kept_failure_is_replayed_whole(simulator, fault, retry):
    told = []
    with in_process(simulator, Rule(fault=fault, at=1)) as client:
        for _ in range(2):
            with pytest.raises(stripe.StripeError) as raised:
                create(client)
            told.append(raised.value)
    first, again = told
    assert (again.http_status, again.json_body) == (first.http_status, first.json_body)
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert [one.headers.get("Stripe-Should-Retry") for one in told] == [retry, retry]


SENT = st.sampled_from(["create", "rename", "price"])


@settings(max_examples=60, deadline=None)
@given(fault=st.sampled_from(list(SEEN)), before=st.lists(SENT, max_size=3), sent=SENT)
def test_the_same_key_replays_what_was_begun_and_another_key_acts_again(fault, before, sent):
    """The law of idempotency keys under faults: only what was carried out or kept is replayed."""
    with Simulator(clock=lambda: NOW) as simulator:
        product = Client(simulator).product().id
        rule = Rule(fault=fault, endpoint="WRITE *", at=len(before) + 1)
        with in_process(simulator, rule) as client:
            for number, other in enumerate(before):
                write(client, other, product, f"before{number}")
            first = written(simulator)
            kept = SEEN[fault].again == "replays"
            assert written_by(simulator, client, sent, product, "k") == "fails"
            assert written(simulator) - first == SEEN[fault].done
            if fault is Fault.KEY_REVOKED:
                assert written_by(simulator, client, sent, product, "k") == "fails"
                simulator.reinstate(KEY)
            again = written_by(simulator, client, sent, product, "k")
            other = written_by(simulator, client, sent, product, "another")
    failing = fault in {Fault.ERROR_STORED, Fault.ERROR_STORED_AFTER, Fault.BAD_REQUEST}
    assert (again, other) == ("fails" if failing else "replays" if kept else "acts", "acts")


def written(simulator):
    """How many writes of a product or a price were carried out, by what is there."""
    found = simulator.dump()
    renamed = sum(len(obj["metadata"]) for obj in found if obj["object"] == "product")
    return len(found) + renamed


def write(client, what, product, key):
    match what:
        case "create":
            path, given = "/v1/products", {"name": "x"}
        case "rename":
            # One more entry for each key, so that a second execution would be seen.
            path, given = f"/v1/products/{product}", {"metadata": {key: "renamed"}}
        case "price":
            path = "/v1/prices"
            given = {"product": product, "currency": "usd", "unit_amount": 1}
    return client.raw_request("post", path, idempotency_key=key, **given)


def written_by(simulator, client, what, product, key):
    before = written(simulator)
    try:
        response = write(client, what, product, key)
    except stripe.StripeError:
        return "fails"
    if replayed(response) == "true":
        assert written(simulator) == before
        return "replays"
    assert written(simulator) == before + 1
    return "acts"


class TestReading:
    """A GET has no key, so nothing is kept for it."""

    @pytest.mark.parametrize(
        "fault", [one for one in SEEN if one not in {Fault.KEY_IN_USE, Fault.KEY_REVOKED}]
    )
    def test_it_fails_once(self, simulator, fault):
        with in_process(simulator, Rule(fault=fault, at=1)) as client:
            with pytest.raises(SEEN[fault].error):
                client.raw_request("get", "/v1/products")
            assert client.raw_request("get", "/v1/products").data["data"] == []

    def test_no_key_is_in_use(self, simulator):
        with in_process(simulator, Rule(fault=Fault.KEY_IN_USE)) as client:
            assert client.raw_request("get", "/v1/products").data["data"] == []


@pytest.mark.parametrize(
    ("fault", "left"), [(Fault.ERROR_STORED, 1), (Fault.ERROR_STORED_AFTER, 0)]
)
def test_a_deletion_fails_before_or_after(simulator, client, fault, left):
    made = client.product().id
    with in_process(simulator, Rule(fault=fault)) as sdk, pytest.raises(stripe.APIError):
        sdk.raw_request("delete", f"/v1/products/{made}")
    assert len(simulator.dump()) == left


def test_a_missing_permission_is_named(simulator):
    rule = Rule(fault=Fault.FORBIDDEN)
    with in_process(simulator, rule) as sdk, pytest.raises(stripe.PermissionError) as raised:
        sdk.v1.prices.list()
    assert "Enabling \"Prices Read\" ('plan_read') permissions" in raised.value.user_message


def test_a_revoked_key_stays_revoked_and_others_do_not(simulator):
    with in_process(simulator, Rule(fault=Fault.KEY_REVOKED, at=2)) as client:
        client.v1.products.list()
        for _ in range(3):
            with pytest.raises(stripe.AuthenticationError, match=r"Expired API Key provided: sk_"):
                client.v1.products.list()
    statuses = [Client(simulator, key=key).get("/v1/products").status for key in (KEY, KEY + "4")]
    simulator.reinstate(KEY)
    assert (statuses, Client(simulator).get("/v1/products").status) == ([401, 200], 200)


class TestTime:
    def test_a_slow_answer_moves_the_clock_in_process(self, simulator, clock):
        def sleep(seconds):
            clock.now += seconds

        with in_process(simulator, Rule(fault=Fault.SLOW, seconds=30), sleep=sleep) as client:
            made = create(client)
        assert (made.data["created"], clock.now) == (NOW, NOW + 30)

    @pytest.mark.parametrize(
        ("rule", "slept"),
        [
            (Rule(fault=Fault.SLOW, seconds=80), [80]),
            (Rule(fault=Fault.SLOW, seconds=81), [80.0, "gave up"]),
            (Rule(fault=Fault.TIMEOUT_BEFORE), [80.0, "gave up"]),
            (Rule(fault=Fault.LOST_BEFORE), ["gave up"]),
            (Rule(fault=Fault.BAD_REQUEST, endpoint="GET *"), []),
        ],
    )
    def test_a_client_waits_no_longer_than_it_would(self, simulator, rule, slept):
        passed = []
        with in_process(simulator, rule, sleep=passed.append) as client:
            try:
                create(client)
            except stripe.APIConnectionError:
                passed.append("gave up")
        assert slept == passed
