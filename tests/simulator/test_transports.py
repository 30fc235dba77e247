"""Under the real SDK: in process and over HTTP. What can go wrong between is in `test_faults`."""

import asyncio
import http.client
import json
import socket
import subprocess
import sys
import time
from urllib.parse import quote, urlsplit

import pytest
import stripe

from reconciler.simulator.core import Request, Simulator
from reconciler.simulator.server import SimulatorServer, running
from reconciler.simulator.transport import SimulatorTransport

from .conftest import KEY


@pytest.fixture
def sdk(simulator):
    return lambda: stripe.StripeClient(KEY, http_client=SimulatorTransport(simulator))


class TestInProcess:
    def test_typed_and_raw_calls(self, sdk):
        client = sdk()
        product = client.v1.products.create({"name": "Pro", "metadata": {"a": "b c&d=é"}})
        raw = client.raw_request("get", f"/v1/products/{product.id}")
        assert (raw.data["metadata"], product.metadata.to_dict()) == (
            {"a": "b c&d=é"},
            {"a": "b c&d=é"},
        )
        assert (
            client.raw_request(
                "post", "/v1/prices", product=product.id, currency="usd", unit_amount_decimal="0.5"
            ).data["unit_amount_decimal"]
            == "0.5"
        )
        price = client.v1.prices.list({"product": product.id, "expand": ["data.product"]}).data[0]
        assert (str(price.unit_amount_decimal), price.product.name) == ("0.5", "Pro")

    def test_errors_are_the_sdks(self, sdk):
        with pytest.raises(stripe.InvalidRequestError) as raised:
            sdk().v1.products.retrieve("prod_none")
        error = raised.value
        assert (error.http_status, error.code, error.param, error.user_message) == (
            404,
            "resource_missing",
            "id",
            "No such product: 'prod_none'",
        )
        assert error.request_id.startswith("req_")

    def test_a_quoted_slash_belongs_to_the_id(self, simulator):
        odd = "acme.pro/x y%2F"
        simulator.seed([{"object": "product", "id": odd, "name": "Pro"}])
        path = f"/v1/products/{quote(odd, safe='')}"
        with running(simulator) as url:
            over_http = stripe.StripeClient(KEY, base_addresses={"api": url})
            inside = stripe.StripeClient(KEY, http_client=SimulatorTransport(simulator))
            for client in (over_http, inside):
                assert odd == client.raw_request("get", path).data["id"]
                assert [] == client.raw_request("get", f"{path}/features").data["data"]
        assert {path, f"{path}/features"} == {call.path for call in simulator.calls}

    def test_options_travel_as_headers(self, sdk, simulator):
        sdk().v1.products.create(
            {"name": "x"}, {"stripe_account": "acct_1Other", "idempotency_key": "k"}
        )
        assert [(c.stripe_account, c.idempotency_key) for c in simulator.calls] == [
            ("acct_1Other", "k")
        ]
        assert len(simulator.dump("acct_1Other")) == 1

    def test_async(self, sdk):
        async def work(client):
            made = await client.v1.products.create_async({"name": "x"})
            return made.id, [
                p.id async for p in (await client.v1.products.list_async()).auto_paging_iter()
            ]

        made, listed = asyncio.run(work(sdk()))
        assert listed == [made]


class TestOverHTTP:
    def test_the_typed_sdk_pages_through_everything(self, simulator):
        with running(simulator) as url:
            client = stripe.StripeClient(KEY, base_addresses={"api": url})
            product = client.v1.products.create({"name": "Pro é"})
            made = [
                client.v1.prices.create(
                    {"product": product.id, "currency": "usd", "unit_amount": n}
                ).id
                for n in range(23)
            ]
            listed = list(client.v1.prices.list({"limit": 5}).auto_paging_iter())
        assert [price.id for price in listed] == made[::-1]
        assert [price.unit_amount for price in listed] == list(range(22, -1, -1))

    @pytest.fixture
    def connection(self, simulator):
        with running(simulator) as url:
            opened = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
            yield opened
            opened.close()

    def ask(self, connection, method="GET", path="/v1/products", body=None, **headers):
        connection.request(method, path, body, {"Authorization": f"Bearer {KEY}", **headers})
        response = connection.getresponse()
        return response, json.loads(response.read())

    def test_the_connection_is_kept(self, connection):
        for _ in range(3):
            response, _ = self.ask(connection)
            assert (response.version, response.status, response.will_close) == (11, 200, False)

    def test_headers_are_stripes_and_tell_nothing_of_the_server(self, connection):
        response, _ = self.ask(connection)
        assert sorted(name for name, _ in response.getheaders()) == [
            "Content-Length",
            "Content-Type",
            "Date",
            "Request-Id",
            "Stripe-Version",
        ]

    def test_a_path_may_be_escaped(self, connection):
        self.ask(connection, "POST", body="id=prod%20a&name=x")
        assert self.ask(connection, path="/v1/products/prod%20a")[1]["id"] == "prod a"

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Content-Length": "99999999"}, 413),
            ({"Content-Length": "-1"}, 400),
            ({"Content-Length": "x"}, 400),
            ({"Transfer-Encoding": "chunked"}, 400),
        ],
    )
    def test_a_body_of_bad_length_is_refused_and_the_connection_closed(
        self, connection, headers, status
    ):
        connection.putrequest("POST", "/v1/products")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        assert (response.status, response.will_close) == (status, True)
        assert json.loads(response.read())["error"]["type"] == "invalid_request_error"

    def test_no_traceback_reaches_the_client(self, clock, capfd):
        def broken():
            raise ZeroDivisionError("secret")

        with Simulator(clock=broken) as simulator, running(simulator) as url:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
            response, body = self.ask(connection)
            connection.close()
        assert (response.status, body["error"]) == (
            500,
            {"message": "The simulator failed; its own output says why.", "type": "api_error"},
        )
        assert "ZeroDivisionError: secret" in capfd.readouterr().err

    def test_latency_is_slept_once_per_request(self, simulator):
        slept = []
        asked = (
            f"GET /v1/products HTTP/1.1\r\nAuthorization: Bearer {KEY}\r\nConnection: close\r\n\r\n"
        )
        with (
            SimulatorServer(
                simulator, ("127.0.0.1", 0), latency_ms=80, sleep=slept.append
            ) as server,
            socket.create_connection(server.server_address[:2]) as client,
        ):
            client.sendall(asked.encode())
            server.handle_request()
            answered = b""
            while chunk := client.recv(65536):
                answered += chunk
        assert answered.startswith(b"HTTP/1.1 200 OK\r\n")
        assert slept == [0.08]

    def test_serve_runs_until_interrupted(self):
        program = (
            "from reconciler.simulator.core import Simulator\n"
            "from reconciler.simulator.server import serve\n"
            "serve(Simulator(), port=0, ready=lambda url: print(url, flush=True))\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
        ) as child:
            url = child.stdout.readline().strip()
            client = stripe.StripeClient(KEY, base_addresses={"api": url})
            assert client.v1.products.create({"name": "x"}).name == "x"
            child.terminate()


def test_a_page_of_a_big_list_is_quick(simulator):
    """The bound is many times what it takes; a walk over the table takes a hundred times as long."""
    simulator.seed(
        {
            "object": "price",
            "id": f"price_{n}",
            "product": "prod_s",
            "unit_amount": n,
            "created": 1_700_000_000 + n // 3,
        }
        for n in range(20_000)
    )
    request = Request(
        method="GET",
        path="/v1/prices",
        query="limit=100&active=true&starting_after=price_9000",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    best = min(timed(simulator, request) for _ in range(5))
    assert best < 0.05


def timed(simulator, request):
    start = time.perf_counter()
    assert len(simulator.handle(request).json()["data"]) == 100
    return time.perf_counter() - start
