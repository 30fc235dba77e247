"""The contract is what the installed SDK says, and parameters are refused in Stripe's words."""

import importlib.util
import json
from pathlib import Path

import pytest

from reconciler.simulator import contract
from reconciler.simulator.resources import discover
from reconciler.simulator.routing import Router
from reconciler.simulator.values import API_VERSION

ROOT = Path(__file__).resolve().parents[2]


def extractor():
    spec = importlib.util.spec_from_file_location(
        "extract_contract", ROOT / "tools" / "extract_contract.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestExtraction:
    def test_the_file_is_what_the_installed_sdk_says(self):
        tool = extractor()
        assert tool.contract() == tool.TARGET.read_text(encoding="utf-8")

    def test_the_contract_has_the_version_the_simulator_answers(self):
        assert contract.api_version() == API_VERSION

    def test_every_type_named_is_there(self):
        loaded = json.loads((ROOT / "reconciler" / "simulator" / "contract.json").read_text())

        def named(node):
            if node.get("type") == "object":
                yield node["of"]
            for inner in [
                *node.get("any", []),
                *([node["of"]] if isinstance(node.get("of"), dict) else []),
            ]:
                yield from named(inner)

        fields = [node for typed in loaded["types"].values() for node in typed.values()]
        used = {name for node in fields for name in named(node)} | set(
            loaded["operations"].values()
        )
        assert used == set(loaded["types"])

    def test_every_route_has_an_operation(self):
        for resource in discover().values():
            Router({resource.object: resource})
        routes = Router(discover())._by_shape
        endpoints = {e.operation for found in routes.values() for _, e in found}
        assert endpoints - set(contract.operations()) == set()


# https://docs.stripe.com/api/errors; semantics §1, §2, §7
REFUSALS = [
    ("/v1/products", "", "Missing required param: name.", "parameter_missing", "name"),
    (
        "/v1/products",
        "name=a&nope=1",
        "Received unknown parameter: nope",
        "parameter_unknown",
        "nope",
    ),
    (
        "/v1/products",
        "name=a&x=1&y=2",
        "Received unknown parameters: x, y",
        "parameter_unknown",
        "x",
    ),
    (
        "/v1/products",
        "name=a&tax_details[nope]=1",
        "Received unknown parameter: tax_details[nope]",
        "parameter_unknown",
        "tax_details[nope]",
    ),
    (
        "/v1/products",
        "name=a&marketing_features[1][nope]=1&marketing_features[0][name]=x",
        "Received unknown parameter: marketing_features[1][nope]",
        "parameter_unknown",
        "marketing_features[1][nope]",
    ),
    ("/v1/products", "name=a&active=yes", "Invalid boolean: yes", None, "active"),
    (
        "/v1/products",
        "name=a&type=thing",
        "Invalid type: must be one of good or service",
        None,
        "type",
    ),
    ("/v1/products", "name=a&images=x", "Invalid array", None, "images"),
    ("/v1/products", "name=a&tax_details=x", "Invalid object", None, "tax_details"),
    ("/v1/products", "name[x]=a", 'Invalid string: {"x": "a"}', None, "name"),
    (
        "/v1/products",
        "name=a&package_dimensions[height]=1",
        "Missing required param: package_dimensions[length].",
        "parameter_missing",
        "package_dimensions[length]",
    ),
    (
        "/v1/products",
        "name=a&package_dimensions[height]=x",
        "Invalid number: x",
        None,
        "package_dimensions[height]",
    ),
    (
        "/v1/products",
        "name=",
        "You passed an empty string for 'name'. We assume empty values are an attempt to unset a parameter; however 'name' cannot be unset. You should remove 'name' from your request or supply a non-empty value.",
        "parameter_invalid_empty",
        "name",
    ),
    (
        "/v1/products",
        f"name=a&statement_descriptor={'a' * 23}",
        "Invalid string: aaaaaaaaaa...aaaaa; must be at most 22 characters",
        None,
        "statement_descriptor",
    ),
    (
        "/v1/products",
        f"name={'a' * 5001}",
        "Invalid string: aaaaaaaaaa...aaaaa; must be at most 5000 characters",
        None,
        "name",
    ),
    (
        "/v1/products",
        f"name=a&metadata[{'k' * 41}]=v",
        f"Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. Invalid key: {'k' * 41}",
        None,
        f"metadata[{'k' * 41}]",
    ),
    (
        "/v1/products",
        f"name=a&metadata[k]={'v' * 501}",
        f"Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. Invalid value: {'v' * 501}",
        None,
        "metadata[k]",
    ),
    (
        "/v1/products",
        "name=a&" + "&".join(f"metadata[{n}]=v" for n in range(51)),
        "Metadata can have up to 50 keys, but you passed in 51 keys.",
        None,
        "metadata",
    ),
    ("/v1/products", "name=a&metadata[a][b]=c", 'Invalid string: {"b": "c"}', None, "metadata[a]"),
    (
        "/v1/prices",
        "product=p",
        "Missing required param: currency.",
        "parameter_missing",
        "currency",
    ),
    (
        "/v1/prices",
        "currency=usd&unit_amount=1.5",
        "Invalid integer: 1.5",
        "parameter_invalid_integer",
        "unit_amount",
    ),
    (
        "/v1/prices",
        "currency=usd&unit_amount_decimal=1.1234567890123",
        "Invalid decimal: 1.1234567890123; must contain at maximum 12 decimal places.",
        None,
        "unit_amount_decimal",
    ),
    (
        "/v1/prices",
        "currency=usd&unit_amount_decimal=1E%2B3",
        "Invalid decimal: 1E+3; must contain at maximum 12 decimal places.",
        None,
        "unit_amount_decimal",
    ),
    (
        "/v1/prices",
        "currency=usd&recurring[interval]=fortnight",
        "Invalid interval: must be one of day, month, week, or year",
        None,
        "recurring[interval]",
    ),
    (
        "/v1/prices",
        "currency=usd&recurring[interval_count]=2",
        "Missing required param: recurring[interval].",
        "parameter_missing",
        "recurring[interval]",
    ),
    (
        "/v1/prices",
        "currency=usd&tiers[0][unit_amount]=2",
        "Missing required param: tiers[0][up_to].",
        "parameter_missing",
        "tiers[0][up_to]",
    ),
    (
        "/v1/prices",
        "currency=usd&tiers[][up_to]=many",
        "Invalid integer: many",
        "parameter_invalid_integer",
        "tiers[0][up_to]",
    ),
    (
        "/v1/prices",
        f"currency=usd&lookup_key={'k' * 201}",
        "Invalid string: kkkkkkkkkk...kkkkk; must be at most 200 characters",
        None,
        "lookup_key",
    ),
]


@pytest.mark.parametrize(("path", "params", "message", "code", "param"), REFUSALS)
def test_a_bad_parameter_is_refused_in_stripes_words(client, path, params, message, code, param):
    answer = client.post(path, params)
    expected = {"message": message, "param": param, "type": "invalid_request_error"}
    if code is not None:
        expected |= {
            "code": code,
            "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        }
    assert (answer.status, answer.body) == (400, {"error": expected})


IMMUTABLE = {
    "price": [
        "billing_scheme=per_unit",
        "currency=usd",
        "custom_unit_amount[enabled]=true",
        "product=p",
        "product_data[name]=n",
        "recurring[interval]=day",
        "tiers[0][up_to]=inf",
        "tiers_mode=volume",
        "transform_quantity[divide_by]=2",
        "unit_amount=1",
        "unit_amount_decimal=1",
    ],
    "product": ["id=x", "type=good", "default_price_data[currency]=usd"],
}


@pytest.mark.parametrize(
    ("kind", "given"), [(k, p) for k, params in IMMUTABLE.items() for p in params]
)
def test_what_only_a_create_takes_is_unknown_to_an_update(client, kind, given):
    product = client.product()
    made = client.price(product.id) if kind == "price" else product
    answer = client.post(f"/v1/{kind}s/{made.id}", given)
    name = given.partition("=")[0].partition("[")[0]
    assert answer.error["message"] == f"Received unknown parameter: {name}"
    assert answer.error["code"] == "parameter_unknown"


class TestNotation:
    @pytest.mark.parametrize(
        "params",
        [
            "marketing_features[0][name]=a&marketing_features[1][name]=b",
            "marketing_features[1][name]=b&marketing_features[0][name]=a",
            "marketing_features[][name]=a&marketing_features[][name]=b",
            "marketing_features%5B%5D%5Bname%5D=a&marketing_features%5B%5D%5Bname%5D=b",
            "marketing_features[3][name]=a&marketing_features[7][name]=b",
        ],
    )
    def test_lists_come_with_indices_or_empty_brackets(self, client, params):
        answer = client.post("/v1/products", f"name=x&{params}")
        assert answer["marketing_features"] == [{"name": "a"}, {"name": "b"}]

    def test_several_members_of_one_unnumbered_element_stay_together(self, client):
        params = (
            "currency=usd&product_data[name]=x&recurring[interval]=month&billing_scheme=tiered"
            "&tiers_mode=volume&tiers[][up_to]=5&tiers[][unit_amount]=1"
            "&tiers[][up_to]=inf&tiers[][unit_amount]=2&expand[]=tiers"
        )
        tiers = client.post("/v1/prices", params)["tiers"]
        assert [(tier["up_to"], tier["unit_amount"]) for tier in tiers] == [(5, 1), (None, 2)]

    def test_metadata_keys_may_be_numbers(self, client):
        assert client.post("/v1/products", "name=x&metadata[0]=a&metadata[1]=b")["metadata"] == {
            "0": "a",
            "1": "b",
        }

    def test_text_is_decoded_as_utf8_with_plus_as_blank(self, client):
        assert client.post("/v1/products", "name=a+b%20%C3%A9")["name"] == "a b é"

    @pytest.mark.parametrize(
        "params", ["name=%FF", "name=%00", "a" + "[b]" * 20 + "=1", "&".join(["x=1"] * 6000)]
    )
    def test_what_cannot_be_read_is_refused(self, client, params):
        assert client.post("/v1/products", params).status == 400
