"""Products: semantics §1."""

import pytest

from .conftest import NOW


def test_a_create_answers_every_default(client):
    made = client.product(name="Pro")
    assert made.body == {
        "id": made.id,
        "object": "product",
        "active": True,
        "attributes": [],
        "created": NOW,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "Pro",
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "tax_details": None,
        "type": "service",
        "unit_label": None,
        "updated": NOW,
        "url": None,
    }
    assert made.id.startswith("prod_")
    assert len(made.id) == 19


def test_everything_given_is_answered(client):
    given = {
        "id": "prod_mine",
        "active": False,
        "description": "d",
        "images[0]": "https://x/1.png",
        "marketing_features[0][name]": "fast",
        "metadata[a]": "b",
        "name": "Pro",
        "package_dimensions[height]": "1.5",
        "package_dimensions[length]": 2,
        "package_dimensions[weight]": 3,
        "package_dimensions[width]": 4,
        "shippable": True,
        "statement_descriptor": "PRO",
        "tax_code": "txcd_10000000",
        "type": "good",
        "unit_label": "seat",
        "url": "https://x",
    }
    made = client.made("/v1/products", given)
    assert made.part(
        "id",
        "active",
        "images",
        "marketing_features",
        "package_dimensions",
        "shippable",
        "tax_code",
        "type",
    ) == {
        "id": "prod_mine",
        "active": False,
        "images": ["https://x/1.png"],
        "marketing_features": [{"name": "fast"}],
        "package_dimensions": {
            "height": made["package_dimensions"]["height"],
            "length": 2,
            "weight": 3,
            "width": 4,
        },
        "shippable": True,
        "tax_code": "txcd_10000000",
        "type": "good",
    }
    assert str(made["package_dimensions"]["height"]) == "1.5"
    assert client.get("/v1/products/prod_mine").body == made.body


def test_an_id_is_unique(client):
    client.product(id="prod_a")
    answer = client.post("/v1/products", "id=prod_a&name=x")
    assert (answer.status, answer.error["code"], answer.error["message"]) == (
        400,
        "resource_already_exists",
        "Product already exists.",
    )


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ("&".join(f"images[{n}]=u" for n in range(9)), "images"),
        ("&".join(f"marketing_features[{n}][name]=u" for n in range(16)), "marketing_features"),
        ("statement_descriptor=A%3CB", "statement_descriptor"),
        ("statement_descriptor=123", "statement_descriptor"),
        ("tax_code=groceries", "tax_code"),
    ],
)
def test_limits_beyond_the_types(client, params, param):
    answer = client.post("/v1/products", f"name=x&{params}")
    assert (answer.status, answer.error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("field", "value", "cleared"),
    [
        ("description", "d", None),
        ("images[0]", "u", []),
        ("marketing_features[0][name]", "f", []),
        ("metadata[a]", "b", {}),
        ("shippable", "true", None),
        ("tax_code", "txcd_10000000", None),
        ("unit_label", "seat", None),
        ("url", "https://x", None),
    ],
)
def test_an_empty_string_clears(client, clock, field, value, cleared):
    made = client.product(**{field: value})
    name = field.partition("[")[0]
    assert made[name] not in (None, [], {})
    clock.now += 5
    changed = client.post(f"/v1/products/{made.id}", {name: ""})
    assert changed.body == made.body | {name: cleared, "updated": NOW + 5}


@pytest.mark.parametrize("field", ["name", "statement_descriptor", "active"])
def test_what_cannot_be_cleared_is_refused(client, field):
    made = client.product()
    answer = client.post(f"/v1/products/{made.id}", {field: ""})
    assert (answer.error["code"], answer.error["param"]) == ("parameter_invalid_empty", field)


def test_metadata_merges_and_an_empty_value_removes(client):
    made = client.product(**{"metadata[a]": "1", "metadata[b]": "2"})
    changed = client.post(f"/v1/products/{made.id}", "metadata[b]=&metadata[c]=3")
    assert changed["metadata"] == {"a": "1", "c": "3"}


def test_merged_metadata_keeps_to_fifty_keys(client):
    made = client.product(**{f"metadata[a{n}]": "v" for n in range(50)})
    answer = client.post(f"/v1/products/{made.id}", "metadata[b]=v")
    assert answer.error["message"] == "Metadata can have up to 50 keys, but you passed in 51 keys."
    assert client.post(f"/v1/products/{made.id}", "metadata[b]=v&metadata[a0]=").status == 200


def test_lists_replace_whole(client):
    made = client.product(**{"images[0]": "a", "images[1]": "b"})
    assert client.post(f"/v1/products/{made.id}", "images[0]=c")["images"] == ["c"]


class TestDelete:
    def test_a_product_without_prices_goes(self, client):
        made = client.product()
        assert client.delete(f"/v1/products/{made.id}").body == {
            "id": made.id,
            "object": "product",
            "deleted": True,
        }
        gone = client.get(f"/v1/products/{made.id}")
        assert gone.status == 404
        assert gone.error == {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": f"No such product: '{made.id}'",
            "param": "id",
            "type": "invalid_request_error",
        }
        assert client.get("/v1/products").ids == []

    @pytest.mark.parametrize("archived", [False, True])
    def test_one_that_ever_had_a_price_stays(self, client, archived):
        made = client.product()
        price = client.price(made.id)
        if archived:
            client.made(f"/v1/prices/{price.id}", {"active": False})
        answer = client.delete(f"/v1/products/{made.id}")
        assert (answer.status, answer.body) == (
            400,
            {
                "error": {
                    "message": "This product cannot be deleted because it has one or more user-created prices.",
                    "type": "invalid_request_error",
                }
            },
        )

    def test_a_deleted_id_can_be_used_again(self, client):
        client.product(id="prod_a")
        client.delete("/v1/products/prod_a")
        assert client.product(id="prod_a").status == 200

    def test_or_not(self, switched):
        client = switched("deleted_ids=taken")
        client.product(id="prod_a")
        client.delete("/v1/products/prod_a")
        assert (
            client.post("/v1/products", "id=prod_a&name=x").error["code"]
            == "resource_already_exists"
        )


class TestDefaultPrice:
    def test_it_must_exist(self, client):
        made = client.product()
        answer = client.post(f"/v1/products/{made.id}", "default_price=price_none")
        assert (
            answer.status,
            answer.error["code"],
            answer.error["message"],
            answer.error["param"],
        ) == (
            400,
            "resource_missing",
            "No such price: 'price_none'",
            "default_price",
        )

    def test_it_must_be_a_price_of_this_product(self, client):
        made, other = client.product(), client.product()
        price = client.price(other.id)
        answer = client.post(f"/v1/products/{made.id}", {"default_price": price.id})
        assert (answer.status, answer.error["param"]) == (400, "default_price")

    def test_it_is_set_and_unset_and_expanded(self, client):
        made = client.product()
        price = client.price(made.id)
        changed = client.post(
            f"/v1/products/{made.id}", {"default_price": price.id, "expand[]": "default_price"}
        )
        assert changed["default_price"] == price.body
        assert client.get(f"/v1/products/{made.id}")["default_price"] == price.id
        assert client.post(f"/v1/products/{made.id}", "default_price=")["default_price"] is None

    @pytest.mark.parametrize(("setting", "status"), [("true", 400), ("false", 200)])
    def test_it_must_be_active(self, switched, setting, status):
        client = switched(f"default_price_must_be_active={setting}")
        made = client.product()
        price = client.price(made.id, active=False)
        assert client.post(f"/v1/products/{made.id}", {"default_price": price.id}).status == status

    def test_default_price_data_makes_the_price_too(self, client):
        made = client.product(
            **{
                "default_price_data[currency]": "usd",
                "default_price_data[unit_amount]": 500,
                "default_price_data[recurring][interval]": "month",
                "default_price_data[metadata][a]": "b",
            }
        )
        price = client.get(f"/v1/prices/{made['default_price']}")
        assert price.part("product", "unit_amount", "type", "metadata") == {
            "product": made.id,
            "unit_amount": 500,
            "type": "recurring",
            "metadata": {"a": "b"},
        }

    def test_a_bad_default_price_leaves_no_product_behind(self, client):
        answer = client.post(
            "/v1/products",
            "id=prod_a&name=x&default_price_data[currency]=usd",
            headers={"Idempotency-Key": "k"},
        )
        assert answer.status == 400
        assert client.get("/v1/products/prod_a").status == 404


def test_archiving_leaves_the_prices_as_they_are(client):
    made = client.product()
    price = client.price(made.id)
    client.made(f"/v1/products/{made.id}", {"active": False})
    assert client.get("/v1/prices", active=True, product=made.id).ids == [price.id]
    assert client.price(made.id)["active"] is True


def test_or_an_archived_product_takes_no_new_price(switched):
    client = switched("create_price_on_archived_product=refuse")
    made = client.product(active=False)
    answer = client.post("/v1/prices", f"currency=usd&unit_amount=1&product={made.id}")
    assert (answer.status, answer.error["param"]) == (400, "product")


@pytest.mark.parametrize(
    ("setting", "expected"), [("drop", (200, {"a": "b"})), ("refuse", (400, None))]
)
def test_an_empty_metadata_value_at_create(switched, setting, expected):
    client = switched(f"empty_metadata_value={setting}")
    answer = client.post("/v1/products", "name=x&metadata[a]=b&metadata[c]=")
    assert (answer.status, answer.body.get("metadata")) == expected
