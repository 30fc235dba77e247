"""Search finds by metadata and fields, late if a switch says so. https://docs.stripe.com/search"""

import pytest

BY_STAMP = "metadata['reconciler']:'acme/product.pro'"


@pytest.fixture
def shelf(client):
    made = {}
    for name in ("pro", "basic", "team"):
        answer = client.post(
            "/v1/products", name=name, **{"metadata[reconciler]": f"acme/product.{name}"}
        )
        made[name] = answer.id
    return made


def found(client, query, **more):
    return client.get("/v1/products/search", query=query, **more)


class TestQueries:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            (BY_STAMP, ["pro"]),
            ('metadata["reconciler"]:"acme/product.pro"', ["pro"]),
            ("metadata['reconciler']:'ACME/product.PRO'", ["pro"]),
            (
                "metadata['reconciler']:'acme/product.pro' OR metadata['reconciler']:'acme/product.team'",
                ["team", "pro"],
            ),
            ("name:'pro' or name:'basic'", ["basic", "pro"]),
            ("active:'true' AND name:'team'", ["team"]),
            ("active:'true' name:'team'", ["team"]),
            ("-name:'team'", ["basic", "pro"]),
            ("name~'as'", ["basic"]),
            ("metadata['other']:null AND name:'pro'", ["pro"]),
            ("-metadata['other']:null", []),
            ("metadata['reconciler']:'acme'", []),
        ],
    )
    def test_it_finds(self, client, shelf, query, names):
        assert [shelf[name] for name in names] == found(client, query).ids

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            (" ", "Your search query is empty."),
            ("nope:'a'", "We were unable to parse your search query: `nope`."),
            ("name:'a' AND", "Your search query ends in AND or OR."),
            ("name", "We were unable to parse your search query: `name`."),
            ("metadata:'a'", "Metadata is searched by a key: metadata['key']:'value'."),
            (
                "name:'a' AND name:'b' OR name:'c'",
                "AND and OR cannot be combined in one search query.",
            ),
            (" OR ".join(["name:'a'"] * 11), "A search query has at most 10 clauses."),
        ],
    )
    def test_it_refuses(self, client, query, message):
        answer = found(client, query)
        assert (400, message, "query") == (
            answer.status,
            answer.error["message"],
            answer.error["param"],
        )


class TestPages:
    def test_a_page_names_the_next(self, client, shelf):
        first = found(client, "active:'true'", limit=2)
        second = found(client, "active:'true'", limit=2, page=first["next_page"])
        assert ("search_result", True, "/v1/products/search") == (
            first["object"],
            first["has_more"],
            first["url"],
        )
        assert ([shelf["team"], shelf["basic"]], [shelf["pro"]]) == (first.ids, second.ids)
        assert (False, None) == (second["has_more"], second["next_page"])

    def test_another_page_is_refused(self, client):
        assert "page" == found(client, BY_STAMP, page="nope").error["param"]


class TestFreshness:
    @pytest.mark.parametrize(
        ("setting", "after", "names"),
        [
            ("search=current", 0, ["pro"]),
            ("search=minute_late", 59, []),
            ("search=minute_late", 60, ["pro"]),
            ("search=hour_late", 3599, []),
            ("search=hour_late", 3600, ["pro"]),
        ],
    )
    def test_what_is_new_may_not_be_found(self, switched, clock, setting, after, names):
        client = switched(setting)
        made = client.post(
            "/v1/products", name="pro", **{"metadata[reconciler]": "acme/product.pro"}
        )
        clock.now += after
        assert [made.id for _ in names] == found(client, BY_STAMP).ids

    def test_in_some_regions_there_is_none(self, switched):
        answer = found(switched("search=refused"), BY_STAMP)
        assert (400, "Search is not available in this account's region.") == (
            answer.status,
            answer.error["message"],
        )


def test_prices_are_searched_too_inline_ones_included(client):
    product = client.post("/v1/products", name="pro").id
    price = client.post(
        "/v1/prices",
        product=product,
        currency="usd",
        unit_amount=100,
        **{"metadata[reconciler]": "acme/price.pro.monthly"},
    )
    query = "metadata['reconciler']:'acme/price.pro.monthly'"
    assert [price.id] == client.get("/v1/prices/search", query=query).ids
