"""Extracts the simulator's contract from the parameter types of the installed Stripe SDK.

Walks the SDK's services (method, path, parameter type) and the `TypedDict`s they name, and writes
`reconciler/simulator/contract.json`. It says which parameters exist, of which type, which are
required, closed, or cleared by an empty string. It knows nothing of what Stripe does with them:
that is behaviour, and lives in `reconciler/simulator/resources/`.

    python tools/extract_contract.py            # write the file
    python tools/extract_contract.py --check    # fail when the file is not what the SDK says
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

import stripe
import typing_extensions
from stripe._stripe_object import UntypedStripeObject

TARGET = Path(__file__).resolve().parent.parent / "reconciler" / "simulator" / "contract.json"

SERVICES = (
    "stripe._account_service.AccountService",
    "stripe._coupon_service.CouponService",
    "stripe._customer_service.CustomerService",
    "stripe._payment_link_line_item_service.PaymentLinkLineItemService",
    "stripe._payment_link_service.PaymentLinkService",
    "stripe._price_service.PriceService",
    "stripe._product_feature_service.ProductFeatureService",
    "stripe._product_service.ProductService",
    "stripe._promotion_code_service.PromotionCodeService",
    "stripe._shipping_rate_service.ShippingRateService",
    "stripe._subscription_item_service.SubscriptionItemService",
    "stripe._subscription_service.SubscriptionService",
    "stripe._tax_rate_service.TaxRateService",
    "stripe._webhook_endpoint_service.WebhookEndpointService",
    "stripe.billing._meter_service.MeterService",
    "stripe.billing_portal._configuration_service.ConfigurationService",
    "stripe.entitlements._feature_service.FeatureService",
)
LEFT_OUT = re.compile(
    r"/(customers|subscriptions)/search$|^/v1/accounts|/discount$|/(migrate|pause|resume)$"
)

REQUEST_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)

# The SDK's types carry no lengths. Those of https://github.com/stripe/openapi that differ from
# Stripe's usual 5000 are given here, by the name of the type and the field.
MAX_LENGTH = {
    r"(Product(Create|Update)Params|PriceCreateParamsProductData)\.statement_descriptor": 22,
    r"(Product(Create|Update)Params|PriceCreateParamsProductData)\.unit_label": 12,
    r"Product(Create|Update)Params\.description": 40_000,
    r"Price(Create|Update)Params\.lookup_key": 200,
    r"Coupon(Create|Update)Params\.name": 40,
    r"PromotionCodeCreateParams\.code": 500,
    r"TaxRate(Create|Update)Params\.(display_name|jurisdiction)": 50,
    r"TaxRate(Create|Update)Params\.state": 2,
    r"ShippingRateCreateParams\.display_name": 100,
    r"FeatureCreateParams\.(lookup_key|name)": 80,
    r"FeatureUpdateParams\.name": 80,
    r"Customer(Create|Update)Params\.email": 512,
    r"Customer(Create|Update)Params\.name": 256,
    r"Customer(Create|Update)Params\.phone": 20,
    r"Customer(Create|Update)ParamsInvoiceSettingsCustomField\.(name|value)": 30,
    r"Subscription(Create|Update)Params\.description": 500,
    r"Configuration(Create|Update)ParamsBusinessProfile\.headline": 60,
    r"PaymentLink(Create|Update)ParamsAfterCompletionHostedConfirmation\.custom_message": 500,
    r"PaymentLink(Create|Update)ParamsAfterCompletionRedirect\.url": 2048,
    r"PaymentLink(Create|Update)ParamsCustomField\.key": 200,
    r"PaymentLink(Create|Update)ParamsCustomFieldDropdownOption\.(label|value)": 100,
    r"PaymentLink(Create|Update)ParamsCustomFieldLabel\.custom": 50,
    r"PaymentLink(Create|Update)ParamsCustomText(ShippingAddress|Submit)\.message": 1000,
    r"PaymentLink(Create|Update)ParamsInvoiceCreationInvoiceData\.description": 1500,
    r"PaymentLink(Create|Update)ParamsInvoiceCreationInvoiceDataCustomField\.(name|value)": 30,
    r"PaymentLink(Create|Update)ParamsSubscriptionData\.description": 500,
}
_LENGTHS = [(re.compile(pattern), length) for pattern, length in MAX_LENGTH.items()]

# Names that the SDK imports for type checkers alone; without them the hints do not resolve.
_CHECKER_ONLY = {"StripeContext": object, "Mapping": dict}

Node = dict[str, Any]


class Extraction:
    """The tables being built: operations by method and path, and the types that they name."""

    def __init__(self) -> None:
        self.types: dict[str, Node] = {}
        self.operations: dict[str, str | None] = {}

    def add(self, service: str) -> None:
        module_name, _, class_name = service.rpartition(".")
        module = importlib.import_module(module_name)
        for method, path, params in _operations(getattr(module, class_name)):
            if not LEFT_OUT.search(path):
                self.operations[f"{method} {path}"] = self._load(module, params)

    def _load(self, module: types.ModuleType, params: str | None) -> str | None:
        if params is None:
            return None
        source = inspect.getsource(module)
        home = re.search(rf"from (stripe\.params[\w.]*) import \(?\s*{params}\b", source)
        if home is None:
            raise LookupError(f"{module.__name__} does not import {params}")
        return self.add_type(getattr(importlib.import_module(home[1]), params))

    def add_type(self, typed: Any) -> str:
        name: str = typed.__name__
        if name in self.types:
            return name
        self.types[name] = {}  # claimed before its fields, which may name it again
        hints = typing.get_type_hints(typed, localns=_CHECKER_ONLY, include_extras=True)
        fields: dict[str, Node] = {}
        for field, hint in sorted(hints.items()):
            if field not in REQUEST_OPTIONS:
                fields[field] = self._field(name, field, hint, required=typed.__required_keys__)
        self.types[name] = fields
        return name

    def _field(self, owner: str, field: str, hint: Any, *, required: frozenset[str]) -> Node:
        inner = hint
        optional = get_origin(hint) in {typing.NotRequired, typing_extensions.NotRequired}
        if optional:
            (inner,) = get_args(hint)
        node = self._node(inner)
        if not optional and field in required:
            node = {"required": True, **node}
        for pattern, length in _LENGTHS:
            if pattern.fullmatch(f"{owner}.{field}"):
                node["max"] = length
        return node

    def _node(self, hint: Any) -> Node:
        arms = list(_arms(hint))
        clearable = any(get_origin(arm) is Literal and "" in get_args(arm) for arm in arms)
        values = [v for arm in arms if get_origin(arm) is Literal for v in get_args(arm) if v != ""]
        rest = [arm for arm in arms if get_origin(arm) is not Literal and not _untyped(arm)]
        nodes: list[Node] = []
        if values:
            # `Literal[...] | str` is closed at Stripe; the open arm is for older SDKs.
            nodes.append({"type": "string", "enum": sorted(map(str, values))})
            rest = [arm for arm in rest if arm is not str]
        nodes += [self._single(arm) for arm in rest]
        node = nodes[0] if len(nodes) == 1 else {"any": nodes}
        return {**node, "clearable": True} if clearable else node

    def _single(self, hint: Any) -> Node:
        scalar = {
            str: "string",
            bool: "boolean",
            int: "integer",
            float: "number",
            Decimal: "decimal",
        }.get(hint)
        if scalar is not None:
            return {"type": scalar}
        if is_typeddict(hint) or typing_extensions.is_typeddict(hint):
            return {"type": "object", "of": self.add_type(hint)}
        if get_origin(hint) is list:
            return {"type": "array", "of": self._node(get_args(hint)[0])}
        if get_origin(hint) is dict:
            return {"type": "map", "of": self._node(get_args(hint)[1])}
        raise TypeError(f"no rule for {hint!r}")


def _arms(hint: Any) -> Iterator[Any]:
    if isinstance(hint, str):
        hint = eval(hint, {**vars(typing), "Decimal": Decimal})  # noqa: S307 - the SDK's own text
    if get_origin(hint) in {Union, types.UnionType}:
        for arm in get_args(hint):
            yield from _arms(arm)
    else:
        yield hint


def _untyped(hint: Any) -> bool:
    return get_origin(hint) is UntypedStripeObject or hint is UntypedStripeObject


def _operations(service: type) -> Iterator[tuple[str, str, str | None]]:
    for name, function in inspect.getmembers(service, inspect.isfunction):
        if name.startswith("_") or name.endswith("_async"):
            continue
        source = inspect.getsource(function)
        call = re.search(r'"(get|post|delete)",\s*"(/v1/[^"]*)"', source)
        if call is None:
            continue
        params = re.search(r"\bparams: (?:Optional\[)?\"(\w+)\"", source)
        yield call[1].upper(), call[2], params[1] if params else None


def contract() -> str:
    """The contract of the installed SDK, as the text of the file."""
    extraction = Extraction()
    for service in SERVICES:
        extraction.add(service)
    head = {
        "about": "Generated by tools/extract_contract.py. Do not edit.",
        "api_version": stripe.api_version,
    }
    lines = [f'"{key}": {json.dumps(value)},' for key, value in head.items()]
    lines += ['"operations": {', _block(extraction.operations), "},"]
    lines += ['"types": {']
    lines.append(
        ",\n".join(
            f"{json.dumps(name)}: {{\n{_block(fields)}\n}}"
            for name, fields in sorted(extraction.types.items())
        )
    )
    return "{\n" + "\n".join(lines) + "\n}\n}\n"


def _block(entries: dict[str, Any]) -> str:
    return ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(entries.items()))


def main(arguments: list[str]) -> int:
    """Write the contract, or compare it with `--check`."""
    text = contract()
    if arguments == ["--check"]:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TARGET} is not what stripe {stripe.VERSION} says; run {Path(__file__).name}")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
