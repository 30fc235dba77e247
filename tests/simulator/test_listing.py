"""Lists, cursors and filters: semantics §2 and §8."""

import pytest

from .conftest import NOW


@pytest.fixture
def six(client, clock):
    """Six products, two a second, oldest first."""
    ids = []
    for n in range(6):
        clock.now = NOW + n // 2
        ids.append(client.product(name=f"p{n}").id)
    return ids


def test_the_envelope_and_the_order(client, six):
    answer = client.get("/v1/products")
    assert answer.part("object", "has_more", "url") == {
        "object": "list",
        "has_more": False,
        "url": "/v1/products",
    }
    assert answer.ids == six[::-1]


def test_ten_by_default(client):
    made = [client.product().id for _ in range(11)]
    answer = client.get("/v1/products")
    assert (answer.ids, answer["has_more"]) == (made[:0:-1], True)


@pytest.mark.parametrize(("limit", "shown"), [(0, 1), (-5, 1), (1, 1), (4, 4), (6, 6), (1000, 6)])
def test_a_limit_out_of_range_is_clamped(client, six, limit, shown):
    answer = client.get("/v1/products", limit=limit)
    assert (answer.ids, answer["has_more"]) == (six[::-1][:shown], shown < 6)


def test_forwards_and_backwards(client, six):
    newest = six[::-1]
    after = client.get("/v1/products", limit=2, starting_after=newest[1])
    assert (after.ids, after["has_more"]) == (newest[2:4], True)
    before = client.get("/v1/products", limit=2, ending_before=newest[4])
    assert (before.ids, before["has_more"]) == (newest[2:4], True)
    first = client.get("/v1/products", limit=5, ending_before=newest[2])
    assert (first.ids, first["has_more"]) == (newest[:2], False)
    assert client.get("/v1/products", starting_after=newest[-1]).ids == []


def test_both_cursors_are_refused(client, six):
    answer = client.get("/v1/products", starting_after=six[0], ending_before=six[1])
    assert (answer.status, answer.error) == (
        400,
        {
            "message": "Received both starting_after and ending_before parameters. Please pass in only one.",
            "type": "invalid_request_error",
        },
    )


@pytest.mark.parametrize("name", ["starting_after", "ending_before"])
def test_an_unknown_cursor_is_refused(client, name):
    answer = client.get("/v1/products", {name: "prod_none"})
    assert (
        answer.status,
        answer.error["code"],
        answer.error["message"],
        answer.error["param"],
    ) == (
        400,
        "resource_missing",
        "No such product: 'prod_none'",
        name,
    )


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"created[gt]": NOW}, [2, 3, 4, 5]),
        ({"created[gte]": NOW + 1}, [2, 3, 4, 5]),
        ({"created[lt]": NOW + 1}, [0, 1]),
        ({"created[lte]": NOW + 1}, [0, 1, 2, 3]),
        ({"created[gt]": NOW, "created[lt]": NOW + 2}, [2, 3]),
        ({"created": NOW + 2}, [4, 5]),
    ],
)
def test_created(client, six, bounds, expected):
    assert client.get("/v1/products", bounds).ids == [six[n] for n in reversed(expected)]


def test_ties_may_be_ordered_by_id(switched):
    client = switched("same_second_order=id")
    made = sorted(client.product(id=f"prod_{name}").id for name in "caedb")[::-1]
    assert client.get("/v1/products").ids == made
    pages, cursor = [], {}
    for _ in range(3):
        page = client.get("/v1/products", limit=2, **cursor).ids
        pages += page
        cursor = {"starting_after": page[-1]}
    assert pages == made


class TestProducts:
    def test_filters(self, client):
        plain = client.product().id
        archived = client.product(active=False).id
        good = client.product(type="good", shippable=True, url="https://x").id
        assert client.get("/v1/products").ids == [good, archived, plain]
        assert client.get("/v1/products", active=True).ids == [good, plain]
        assert client.get("/v1/products", active=False).ids == [archived]
        assert client.get("/v1/products", type="good").ids == [good]
        assert client.get("/v1/products", shippable=True).ids == [good]
        assert client.get("/v1/products", url="https://x", active=True).ids == [good]
        assert client.get("/v1/products", url="https://x", active=False).ids == []

    def test_ids(self, client, six):
        wanted = {"ids[0]": six[4], "ids[1]": six[1], "ids[2]": "prod_none"}
        assert client.get("/v1/products", wanted).ids == [six[4], six[1]]

    def test_ids_go_with_no_cursor(self, client, six):
        answer = client.get("/v1/products", {"ids[0]": six[0], "starting_after": six[1]})
        assert (answer.status, answer.error["param"]) == (400, "ids")


class TestPrices:
    @pytest.fixture
    def prices(self, client):
        product, other = client.product().id, client.product().id
        meter = client.made(
            "/v1/billing/meters",
            {"display_name": "Calls", "event_name": "calls", "default_aggregation[formula]": "sum"},
        ).id
        metered = {
            "recurring[interval]": "month",
            "recurring[usage_type]": "metered",
            "recurring[meter]": meter,
        }
        return {
            "product": product,
            "meter": meter,
            "once": client.price(product, lookup_key="a").id,
            "yearly": client.price(
                product, {"recurring[interval]": "year"}, currency="eur", lookup_key="b"
            ).id,
            "metered": client.price(other, metered).id,
            "archived": client.price(product, active=False, lookup_key="c").id,
        }

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({}, ["metered", "yearly", "once"]),
            ({"active": True}, ["metered", "yearly", "once"]),
            ({"active": False}, ["archived"]),
            ({"currency": "eur"}, ["yearly"]),
            ({"currency": "EUR"}, ["yearly"]),
            ({"type": "one_time"}, ["once"]),
            ({"type": "one_time", "active": False}, ["archived"]),
            ({"type": "recurring"}, ["metered", "yearly"]),
            ({"recurring[interval]": "year"}, ["yearly"]),
            ({"recurring[usage_type]": "metered"}, ["metered"]),
            ({"recurring[meter]": "{meter}"}, ["metered"]),
            ({"product": "{product}"}, ["yearly", "once"]),
            ({"product": "{product}", "active": False}, ["archived"]),
            ({"lookup_keys[]": "a"}, ["once"]),
            (
                {"lookup_keys[0]": "a", "lookup_keys[1]": "b", "lookup_keys[2]": "zz"},
                ["yearly", "once"],
            ),
            ({"lookup_keys[0]": "c", "active": False}, ["archived"]),
            ({"lookup_keys[0]": "none"}, []),
        ],
    )
    def test_filters(self, client, prices, filters, expected):
        asked = {k: v.format(**prices) if isinstance(v, str) else v for k, v in filters.items()}
        assert client.get("/v1/prices", asked).ids == [prices[name] for name in expected]

    def test_a_list_may_show_archived_ones_too(self, switched):
        client = switched("prices_list_default=all")
        product = client.product().id
        archived, active = client.price(product, active=False).id, client.price(product).id
        assert client.get("/v1/prices").ids == [active, archived]
        assert client.get("/v1/prices", active=True).ids == [active]

    def test_an_unknown_product_is_refused(self, client):
        answer = client.get("/v1/prices", product="prod_none")
        assert (answer.status, answer.error["message"]) == (400, "No such product: 'prod_none'")

    def test_at_most_ten_lookup_keys(self, client):
        answer = client.get("/v1/prices", {f"lookup_keys[{n}]": f"k{n}" for n in range(11)})
        assert (answer.status, answer.error["param"]) == (400, "lookup_keys")

    def test_an_unknown_filter_is_refused(self, client):
        assert (
            client.get("/v1/prices", "metadata[a]=b").error["message"]
            == "Received unknown parameter: metadata"
        )


def test_a_filter_that_is_not_simulated_is_refused_rather_than_ignored(client):
    answer = client.get("/v1/subscriptions", collection_method="send_invoice")
    assert answer.status == 200
    answer = client.get("/v1/subscriptions", "current_period_end[gt]=1")
    assert (
        answer.error["message"]
        == "The simulator does not support the parameter current_period_end.gt here."
    )


def test_a_page_is_walked_by_index_and_not_by_table(simulator, client):
    """The plan names an index for every filter, so 100 000 prices list like a hundred."""
    client.price(client.product().id)
    seen = []
    simulator._store._db.set_trace_callback(seen.append)
    client.get("/v1/prices", active=True, currency="usd")
    simulator._store._db.set_trace_callback(None)
    statement = next(sql for sql in seen if "CROSS JOIN" in sql)
    plan = [row[3] for row in simulator._store._db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert [step for step in plan if "TEMP B-TREE" in step] == []
