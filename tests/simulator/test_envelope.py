"""Keys, accounts, modes, permissions, limits, headers and unknown URLs: semantics §11 to §13."""

import base64

import pytest

from reconciler.simulator.keys import account_of

from .conftest import NOW, Client


def test_every_answer_has_its_headers(client):
    for answer in (
        client.get("/v1/products"),
        client.get("/v1/nope"),
        client.post("/v1/products", ""),
    ):
        assert answer.headers | {"Request-Id": answer.headers["Request-Id"][:4]} == {
            "Content-Type": "application/json",
            "Date": "Thu, 09 Oct 2025 08:53:20 GMT",
            "Request-Id": "req_",
            "Stripe-Version": "2026-10-28.endive",
        }


def test_an_unknown_url(client):
    answer = client.get("/v1/nope")
    assert (answer.status, answer.error) == (
        404,
        {
            "message": "Unrecognized request URL (GET: /v1/nope). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
            "type": "invalid_request_error",
        },
    )


@pytest.mark.parametrize(
    "path", ["/v1/products/", "/v1/products/a/b", "/", "/v1", "/v2/core/event_destinations"]
)
def test_other_unknown_urls(client, path):
    assert client.get(path).status == 404


class TestKeys:
    def test_without_one(self, simulator):
        answer = Client(simulator, key=None).get("/v1/products")
        assert answer.status == 401
        assert answer.error["message"].startswith("You did not provide an API key. ")
        assert answer.error["type"] == "invalid_request_error"
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Stripe"'

    @pytest.mark.parametrize(
        ("key", "shown"),
        [
            ("sk_test_ab-cdefg", "sk_test_****defg"),
            ("nonsense", "****ense"),
            ("pk_test_1234567", "pk_test_****4567"),
        ],
    )
    def test_a_bad_one(self, simulator, key, shown):
        answer = Client(simulator, key=key).get("/v1/products")
        assert (answer.status, answer.error["message"]) == (
            401,
            f"Invalid API Key provided: {shown}",
        )

    def test_basic_authentication(self, simulator):
        basic = base64.b64encode(b"sk_test_123:").decode()
        client = Client(simulator, key=None, headers={"authorization": f"Basic {basic}"})
        assert client.get("/v1/products").status == 200

    def test_the_account(self, client):
        answer = client.get("/v1/account")
        assert answer.part("id", "object", "livemode") == {
            "id": account_of("sk_test_123"),
            "object": "account",
            "livemode": "absent",
        }

    def test_keys_of_one_account(self, simulator):
        def account(key, **headers):
            return Client(simulator, key=key, headers=headers).get("/v1/account").id

        assert account("sk_test_1") == account("rk_live_2")
        assert account("sk_test_acme_1") == account("rk_test_acme_2") != account("sk_test_1")
        assert account("sk_test_1", **{"Stripe-Account": "acct_1Other"}) == "acct_1Other"


class TestWorlds:
    def test_a_connected_account_has_its_own_objects(self, simulator, client):
        connected = Client(simulator, headers={"Stripe-Account": "acct_1Other"})
        made = connected.product()
        assert client.get(f"/v1/products/{made.id}").status == 404
        assert client.get("/v1/products").ids == []
        assert connected.get("/v1/products").ids == [made.id]
        assert [obj["id"] for obj in simulator.dump("acct_1Other")] == [made.id]
        assert simulator.dump() == []

    def test_and_what_is_no_account_is_refused(self, simulator):
        answer = Client(simulator, headers={"Stripe-Account": "nonsense"}).get("/v1/products")
        assert (answer.status, answer.error["code"]) == (403, "account_invalid")

    def test_modes_are_apart_and_a_stray_id_is_told(self, simulator, client):
        live = Client(simulator, key="sk_live_123")
        made = live.product()
        assert made["livemode"] is True
        answer = client.get(f"/v1/products/{made.id}")
        assert (answer.status, answer.error["message"]) == (
            404,
            f"No such product: '{made.id}'; a similar object exists in live mode, but a test mode key was used to make this request.",
        )
        stray = client.product()
        assert (
            live.get(f"/v1/products/{stray.id}")
            .error["message"]
            .endswith(
                "; a similar object exists in test mode, but a live mode key was used to make this request."
            )
        )


class TestPermissions:
    @pytest.fixture
    def restricted(self, fresh):
        granted = frozenset({"rak_product_write", "rak_plan_read"})
        return fresh(key="rk_test_1234", permissions={"rk_test_1234": granted})

    def test_what_is_granted(self, restricted):
        made = restricted.product()
        assert restricted.get(f"/v1/products/{made.id}").status == 200
        assert restricted.get("/v1/prices").status == 200

    def test_what_is_not(self, restricted):
        account = account_of("rk_test_1234")
        answer = restricted.post("/v1/prices", "currency=usd")
        assert (answer.status, answer.error) == (
            403,
            {
                "code": "more_permissions_required",
                "doc_url": "https://stripe.com/docs/error-codes/more-permissions-required",
                "message": f"Permission denied. The provided key 'rk_test_****' does not have the required permissions for this endpoint on account '{account}'. Enabling \"Prices Write\" ('plan_write') permissions on this key would allow this request to continue. You can edit permissions at https://dashboard.stripe.com/apikeys",
                "type": "invalid_request_error",
            },
        )
        assert "'accounts_kyc_basic_read'" in restricted.get("/v1/account").error["message"]

    def test_connect(self, restricted):
        answer = restricted.get("/v1/products", headers={"Stripe-Account": "acct_1Other"})
        assert (answer.status, answer.error["message"]) == (
            403,
            "You passed a restricted API key with the Stripe-Account header, but the restricted API key does not have any Connect permissions.",
        )

    def test_a_key_without_a_list_may_do_everything(self, restricted):
        assert Client(restricted.simulator, key="rk_test_free").get("/v1/account").status == 200


class TestRateLimit:
    def test_an_endpoint_has_its_own_bucket(self, fresh, clock):
        client = fresh(rate_limit=3, key="sk_live_1")
        statuses = [client.get("/v1/products").status for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert client.get("/v1/products/prod_x").status == 404
        clock.now += 0.5
        assert client.get("/v1/products").status == 200

    def test_the_answer(self, fresh):
        client = fresh(rate_limit=1)
        client.get("/v1/products")
        answer = client.get("/v1/products")
        assert (
            answer.status,
            answer.error["code"],
            answer.headers["Stripe-Rate-Limited-Reason"],
        ) == (
            429,
            "rate_limit",
            "endpoint-rate",
        )

    @pytest.mark.parametrize(("key", "admitted"), [("sk_test_1", 2), ("sk_live_1", 8)])
    def test_all_endpoints_together_have_one_too(self, fresh, key, admitted):
        client = fresh(rate_limit=2, key=key)
        paths = ["/v1/products", "/v1/prices", "/v1/customers", "/v1/account", "/v1/subscriptions"]
        answers = [client.get(path) for path in paths for _ in range(2)]
        assert [answer.status for answer in answers].count(200) == admitted
        assert answers[-1].headers["Stripe-Rate-Limited-Reason"] == "global-rate"

    def test_a_refused_call_takes_nothing_of_its_endpoint(self, fresh, clock):
        """So that an account that is full does not make the endpoint full as well."""
        client = fresh(rate_limit=2, key="sk_test_1")
        client.get("/v1/products")
        client.get("/v1/products")
        reasons = [client.get("/v1/prices").headers["Stripe-Rate-Limited-Reason"] for _ in range(3)]
        clock.now += 1
        assert (reasons, client.get("/v1/prices").status) == (["global-rate"] * 3, 200)

    @pytest.mark.parametrize(
        ("limit", "neighbour", "at_once", "in_four_seconds"),
        [
            (25, 0.0, 25, 125),
            (25, 0.5, 12, 62),
            (4, 0.5, 2, 10),
            (4, 0.75, 1, 5),
            (1, 0.5, 1, 3),
            (1, 0.75, 1, 2),
        ],
    )
    def test_a_neighbour_takes_its_share(
        self, fresh, clock, limit, neighbour, at_once, in_four_seconds
    ):
        client = fresh(rate_limit=limit, neighbour=neighbour)
        admitted = [self.admitted(client)]
        for _ in range(64):
            clock.now += 1 / 16
            admitted.append(self.admitted(client))
        assert (admitted[0], sum(admitted)) == (at_once, in_four_seconds)

    def admitted(self, client):
        """How many calls go through until one does not."""
        answered = iter(lambda: client.get("/v1/products").status, 429)
        return len(list(answered))

    @pytest.mark.parametrize("neighbour", [0.0, 0.3, 0.5, 0.9])
    @pytest.mark.parametrize("limit", [1, 3, 7, 25])
    def test_who_keeps_to_what_is_left_is_never_refused(self, fresh, clock, limit, neighbour):
        client = fresh(rate_limit=limit, neighbour=neighbour)
        self.admitted(client)
        statuses = set()
        for number in range(1, 200):
            clock.now = NOW + number / (limit * (1 - neighbour))
            statuses.add(client.get("/v1/products").status)
        assert statuses == {200}

    @pytest.mark.parametrize("neighbour", [-0.1, 1, 1.5])
    def test_a_neighbour_leaves_something(self, fresh, neighbour):
        with pytest.raises(ValueError, match="a neighbour takes from 0 to less than 1, not"):
            fresh(rate_limit=25, neighbour=neighbour)

    def test_accounts_do_not_share(self, fresh):
        simulator = fresh(rate_limit=1).simulator
        for headers in ({}, {"Stripe-Account": "acct_1A"}, {"Stripe-Account": "acct_1B"}):
            assert Client(simulator, headers=headers).get("/v1/products").status == 200


def test_calls_are_logged(simulator, client):
    client.post("/v1/products", "name=x", headers={"idempotency-key": "k", "stripe-version": "v"})
    client.post("/v1/products", "name=x", headers={"idempotency-key": "k"})
    client.get("/v1/prices", "limit=3&active=true")
    client.get("/v1/products/nope", headers={"Stripe-Account": "acct_1A"})
    assert [
        (
            c.method,
            c.path,
            c.params,
            c.status,
            c.replayed,
            c.idempotency_key,
            c.stripe_account,
            c.stripe_version,
        )
        for c in simulator.calls
    ] == [
        ("POST", "/v1/products", {"name": "x"}, 200, False, "k", None, "v"),
        ("POST", "/v1/products", {"name": "x"}, 200, True, "k", None, None),
        ("GET", "/v1/prices", {"limit": "3", "active": "true"}, 200, False, None, None, None),
        ("GET", "/v1/products/nope", {}, 404, False, None, "acct_1A", None),
    ]


def test_ids_are_the_same_for_the_same_seed_and_order(fresh):
    def ids(seed):
        client = fresh(seed=seed)
        product = client.product().id
        return [product, client.price(product).id, client.product().id]

    assert ids(1) == ids(1)
    assert set(ids(1)) & set(ids(2)) == set()
    assert len(set(ids(1))) == 3
