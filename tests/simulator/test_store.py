"""The file: what it refuses, what it keeps, and what a kill at any moment leaves."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.simulator.core import Simulator, SimulatorFileError
from reconciler.simulator.store import FORMAT

from .conftest import Client


def test_objects_outlive_the_process(tmp_path, clock):
    path = tmp_path / "a folder" / "s.db"
    path.parent.mkdir()
    with Simulator(path, clock=clock) as simulator:
        client = Client(simulator)
        product = client.product()
        client.price(product.id, lookup_key="k")
        before = simulator.dump()
    with Simulator(path, clock=clock) as simulator:
        client = Client(simulator)
        assert simulator.dump() == before
        assert client.get("/v1/prices", {"lookup_keys[]": "k"}).ids == [before[0]["id"]]
        fresh = [client.product().id for _ in range(3)]
        assert len({product.id, *fresh}) == 4
    assert [entry.name for entry in path.parent.iterdir()] == ["s.db"]


def made_by_another(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.commit()
    db.close()


def made_by_a_newer_one(path):
    Simulator(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    db.close()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda path: path.write_text("[catalog]\n" * 100),
            "is not a simulator file: file is not a database",
        ),
        (made_by_another, "is a SQLite file of another program"),
        (
            made_by_a_newer_one,
            f"has format {FORMAT + 1}, and this version reads up to {FORMAT}: it was made by a newer one",
        ),
    ],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path, make, text):
    path = tmp_path / "s.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(SimulatorFileError) as raised:
        Simulator(path)
    assert str(raised.value) == f"{path} {text}"
    assert path.read_bytes() == before


def test_an_empty_file_is_a_new_one(tmp_path):
    path = tmp_path / "s.db"
    path.touch()
    with Simulator(path) as simulator:
        assert simulator.dump() == []


def test_a_refused_request_leaves_nothing(client, simulator):
    """The product is made before its price is refused; both are one transaction."""
    bad = "name=x&default_price_data[currency]=usd"
    for headers in ({}, {"Idempotency-Key": "k"}):
        assert client.post("/v1/products", bad, headers=headers).status == 400
    assert simulator.dump() == []


def test_two_processes_may_share_a_file(tmp_path, clock):
    path = tmp_path / "s.db"
    with Simulator(path, clock=clock) as one, Simulator(path, clock=clock) as two:
        made = [Client(one).product().id, Client(two).product().id, Client(one).product().id]
        assert Client(two).get("/v1/products").ids == made[::-1]


def test_threads_take_turns(simulator):
    client = Client(simulator)

    def work(name):
        for n in range(20):
            client.product(id=f"prod_{name}{n}")
            client.get("/v1/products", limit=100)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    assert len(client.get("/v1/products", limit=100).ids) == 80


WRITER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from reconciler.simulator.core import Request, Simulator
simulator = Simulator(sys.argv[1])
headers = {"Authorization": "Bearer sk_test_1"}
n = 0
while True:
    body = f"id=prod_{n}&name=x&default_price_data[currency]=usd&default_price_data[unit_amount]=1"
    simulator.handle(Request(method="POST", path="/v1/products", body=body.encode(),
                             headers=headers | {"Idempotency-Key": f"k{n}"}))
    print(n, flush=True)
    n += 1
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_a_kill_in_mid_write_loses_nothing_that_was_answered(tmp_path, after):
    path = tmp_path / "s.db"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    answered = -1
    for line in child.stdout:
        answered = int(line)
        if answered >= after:
            break
    os.kill(child.pid, signal.SIGKILL)
    answered = max([answered, *(int(line) for line in child.stdout.read().split("\n")[:-1])])
    child.stdout.close()
    child.wait()
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    with Simulator(path) as simulator:
        dumped = simulator.dump()
        products = {o["id"]: o for o in dumped if o["object"] == "product"}
        prices = {o["id"]: o for o in dumped if o["object"] == "price"}
        assert {f"prod_{n}" for n in range(answered + 1)} <= set(products)
        assert len(products) <= answered + 2
        assert {p["default_price"]: p["id"] for p in products.values()} == {
            p["id"]: p["product"] for p in prices.values()
        }
        # Object and idempotent answer are one transaction: what is there is replayed.
        client = Client(simulator)
        for n in range(len(products)):
            given = f"id=prod_{n}&name=x&default_price_data[currency]=usd&default_price_data[unit_amount]=1"
            answer = client.post("/v1/products", given, headers={"Idempotency-Key": f"k{n}"})
            assert (answer.status, answer.headers["Idempotent-Replayed"]) == (200, "true")
