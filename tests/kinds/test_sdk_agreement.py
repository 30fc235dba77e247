"""Every kind's marks agree with the parameter types of Stripe's own SDK, nested ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, create_model

from kinds.agreement import CONTRACT, Judge
from reconciler import kinds as all_kinds
from reconciler.kinds.price.body import PriceBody, Recurring
from reconciler.kinds.product import PackageDimensions, ProductBody
from reconciler.model.kind import Archive, Kind, NaturalKey, Verbs
from reconciler.model.marks import (
    CLEAR,
    KEEP,
    REPLACE,
    UPDATE,
    UPDATE_ONLY,
    Body,
    Default,
    Exact,
    Ref,
)
from reconciler.model.shape import Field as Shaped
from reconciler.model.shape import Listed, Nested
from reconciler.model.values import Frozen

KINDS = all_kinds.load()
STORED = [kind for kind in KINDS.values() if kind.stored]

EXCEPTIONS = {
    # What an empty string clears though the schema has no empty variant.
    "product.default_price: is not clearable, and is marked clear": (
        "default_price='' works: a Stripe employee in stripe-python#658"
    ),
    "product.shippable: is not clearable, and is marked clear": (
        "shippable='' works: observed in alchemy-run/distilled, patch post-products-id"
    ),
    "price.nickname: is not clearable, and is marked clear": (
        "uncertain: where Stripe refuses it, the refusal is shown and nothing was done"
    ),
    # Stricter than Stripe, on purpose.
    "price.currency_options.*.**: can be updated, and is marked replace": (
        "Stripe may reprice present subscribers; whether it changes an option at all is uncertain"
    ),
    "price.product: required is False at Stripe, True here": (
        "product_data is the other way at Stripe, and is not offered"
    ),
    "price.**: required is True at Stripe, False here": (
        "custom_unit_amount.enabled can only be true: leaving it out says so"
    ),
    "coupon.currency_options.*.amount_off: can be updated, and is marked replace": (
        "what a coupon takes off is by design not editable, says docs.stripe.com/api/coupons/update"
    ),
    "coupon.applies_to.products: required is False at Stripe, True here": (
        "limited to no product at all would mean nothing; leaving applies_to out says all of them"
    ),
    "promotion_code.promotion.coupon: required is False at Stripe, True here": (
        "Stripe refuses a promotion of type coupon without one, and knows no other type"
    ),
    "promotion_code.restrictions.currency_options.*.minimum_amount: "
    "required is False at Stripe, True here": "an option without its amount restricts nothing",
    # Required at Stripe, and known without the file.
    "promotion_code.promotion.type: required is True at Stripe, False here": (
        'there is one type, and it is always sent: "coupon"'
    ),
    "feature.lookup_key: required is True at Stripe, False here": (
        "the table's key unless given; it is always sent"
    ),
    "meter.event_name: required is True at Stripe, False here": (
        "the table's key unless given; it is always sent"
    ),
    "meter.default_aggregation: required is True at Stripe, False here": (
        "a sum unless given; it is always sent"
    ),
    "meter.customer_mapping.**: required is True at Stripe, False here": (
        "filled in as Stripe would; always sent whole"
    ),
    # Stripe's OpenAPI schema has these lengths; the SDK's texts leave them out.
    # Never cleared as a whole: dropping an entry is a replacement already.
    "coupon.currency_options: is not clearable, and is marked clear": "dropping one replaces",
    "promotion_code.restrictions: is not clearable, and is marked clear": (
        "all that is in it replaces when it goes"
    ),
    "promotion_code.restrictions.currency_options: is not clearable, and is marked clear": (
        "dropping one replaces"
    ),
    # Objects of a portal configuration: never empty, or emptied from the inside.
    "portal_configuration.login_page: is not clearable, and is marked clear": (
        "left out it is { enabled = false }"
    ),
    "portal_configuration.features.**: is not clearable, and is marked clear": (
        "a feature that is left out is { enabled = false }; lists are replaced whole"
    ),
    "portal_configuration.features.subscription_cancel.proration_behavior: "
    "is string(always_invoice,create_prorations,none), and string(create_prorations,none) here": (
        "passing always_invoice will result in an error, says the parameter's own text"
    ),
    "shipping_rate.fixed_amount.currency_options: is not clearable, and is marked clear": (
        "dropping one replaces"
    ),
    "shipping_rate.fixed_amount.currency_options.*.amount: can be updated, and is marked replace": (
        "as for prices: whether Stripe changes an option at all is uncertain"
    ),
    "shipping_rate.fixed_amount: required is False at Stripe, True here": (
        "Stripe refuses a rate of its one type without an amount"
    ),
    # Words that come with each version of the SDK.
    "webhook_endpoint.api_version: is string(many words), and string here": (
        "every version there ever was: the form is checked, and Stripe says the rest"
    ),
    "webhook_endpoint.enabled_events.*: is string(many words), and string here": (
        "checked by the installed SDK's own list, so that a new event needs nothing of ours"
    ),
    # The parts of a payment link.
    "payment_link.line_items: can be updated, and is marked replace": (
        "an update names items that are there; it adds none, takes none off and swaps no price"
    ),
    "payment_link.line_items.*.price: required is False at Stripe, True here": (
        "price_data is the other way at Stripe, and is not offered"
    ),
    "payment_link.line_items.*.quantity: required is True at Stripe, False here": (
        "1 unless given; it is always sent"
    ),
    "payment_link.line_items.*.quantity: is not clearable, and is marked clear": (
        "1 unless given; it is always sent"
    ),
    "payment_link.optional_items.*.quantity: required is True at Stripe, False here": (
        "1 unless given; it is always sent"
    ),
    "payment_link.optional_items.*.quantity: is not clearable, and is marked clear": (
        "1 unless given; it is always sent"
    ),
    "payment_link.custom_fields.**: is not clearable, and is marked clear": (
        "the list is sent whole, and replaces the one before"
    ),
    "payment_link.custom_fields.*.label.type: required is True at Stripe, False here": (
        'there is one type, and it is always sent: "custom"'
    ),
    "payment_link.shipping_options.*.shipping_rate: required is False at Stripe, True here": (
        "an option without a rate offers nothing"
    ),
    "payment_link.metadata: is not clearable, and is marked clear": (
        "cleared key by key, as Stripe says beside it; only the type leaves out the empty text"
    ),
    # Stripe's own words name these lengths; its schema has others, or none.
    "payment_link.custom_text.**: takes [1000] characters, and 1200 here": "up to 1200",
    "payment_link.custom_text.**: takes [5000] characters, and 1200 here": "up to 1200",
    "payment_link.invoice_creation.**: takes [30] characters, and 40 here": "up to 40",
    "payment_link.invoice_creation.**: takes [30] characters, and 140 here": "up to 140",
    "payment_link.subscription_data.**: takes [5000] characters, and 40 here": "up to 40",
    "payment_link.subscription_data.**: takes [5000] characters, and 140 here": "up to 140",
    # Parameters that are no fields.
    "product.type: is not a field": "legacy; not in the public schema",
    "product.default_price_data: is not a field": "makes a price that is not in the file",
    "price.product_data: is not a field": "makes a product that is not in the file",
    "payment_link.line_items.*.price_data: is not a field": "makes a price that is not in the file",
}
"""Every disagreement that is meant, with its reason or its source."""


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.name)
def test_a_kind_says_what_the_sdk_says(kind: Kind) -> None:
    assert Judge(kind, EXCEPTIONS).verdict() == []


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.name)
def test_a_kind_is_listed_by_what_the_sdk_lists_it_by(kind: Kind) -> None:
    takes = CONTRACT["types"][CONTRACT["operations"][f"GET {kind.path}"]]
    assert kind.dated == ("created" in takes)
    assert {name for scope in kind.scopes for name in scope} <= takes.keys()


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.name)
def test_a_kind_is_looked_up_by_what_the_sdk_lists_it_by(kind: Kind) -> None:
    takes = CONTRACT["types"][CONTRACT["operations"][f"GET {kind.path}"]]
    lists = {one.parameter: takes[one.parameter]["type"] == "array" for one in kind.lookups}
    assert lists == {one.parameter: one.most > 1 for one in kind.lookups}
    assert {one.field for one in kind.lookups} <= kind.fields.keys()


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.name)
def test_a_kind_is_searched_where_the_sdk_searches_it(kind: Kind) -> None:
    assert kind.searchable == (f"GET {kind.path}/search" in CONTRACT["operations"])


def with_fields(kind: Kind, **fields: Any) -> Kind:
    """The kind with fields declared anew; `None` takes one away."""
    gone = {name for name, given in fields.items() if given is None}
    given = {name: one for name, one in fields.items() if name not in gone}
    if not gone:
        return replace(kind, body=create_model("Doctored", __base__=kind.body, **given))
    kept = {n: (info.annotation, info) for n, info in kind.body.model_fields.items()}
    body: dict[str, Any] = {name: one for name, one in kept.items() if name not in gone} | given
    return replace(kind, body=create_model("Doctored", __base__=Body, **body))


def nested(body: type[Body], **fields: Any) -> Any:
    return create_model("Inner", __base__=body, **fields)


SAYS = Field(description="Doctored.")
PRODUCT, PRICE = KINDS["product"], KINDS["price"]
COUPON, TAX_RATE, FEATURE = KINDS["coupon"], KINDS["tax_rate"], KINDS["feature"]

Doctor = Callable[[], Kind]
DOCTORED: Mapping[str, Doctor] = {
    # Marks.
    "product.id: cannot be updated, and is marked update": lambda: with_fields(
        PRODUCT, id=(Annotated[str | None, UPDATE, KEEP, SAYS], None)
    ),
    "price.unit_amount: cannot be updated, and is marked update": lambda: with_fields(
        PRICE, unit_amount=(Annotated[int | None, UPDATE, CLEAR, SAYS], None)
    ),
    "product.name: can be updated, and is marked replace": lambda: with_fields(
        PRODUCT, name=(Annotated[str, REPLACE, CLEAR, SAYS], ...)
    ),
    "product.statement_descriptor: is not clearable, and is marked clear": lambda: with_fields(
        PRODUCT,
        statement_descriptor=(
            Annotated[str | None, UPDATE, CLEAR, Field(max_length=22, description="x")],
            None,
        ),
    ),
    "product.url: is clearable, and is marked keep": lambda: with_fields(
        PRODUCT, url=(Annotated[str | None, UPDATE, KEEP, SAYS], None)
    ),
    "product.default_price: can only be updated, and is not late": lambda: with_fields(
        PRODUCT, default_price=(Annotated[str | None, UPDATE, CLEAR, Ref("price"), SAYS], None)
    ),
    "price.tax_behavior: its default never is none of Stripe's words": lambda: with_fields(
        PRICE,
        tax_behavior=(
            Annotated[
                Literal["inclusive", "exclusive", "unspecified"], UPDATE, Default("never"), SAYS
            ],
            None,
        ),
    ),
    "coupon.percent_off: cannot be updated, and is marked update": lambda: with_fields(
        COUPON, percent_off=(Annotated[Exact | None, UPDATE, CLEAR, SAYS], None)
    ),
    "feature.active: can only be updated, and is not late": lambda: with_fields(
        FEATURE, active=(Annotated[bool | None, UPDATE, Default(True), SAYS], None)
    ),
    "tax_rate.active: can be given at creation, and is marked update only": lambda: with_fields(
        TAX_RATE, active=(Annotated[bool | None, UPDATE, UPDATE_ONLY, Default(True), SAYS], None)
    ),
    # Shapes.
    "product.name: required is True at Stripe, False here": lambda: with_fields(
        PRODUCT, name=(Annotated[str | None, UPDATE, CLEAR, SAYS], None)
    ),
    "price.nickname: is string, and integer here": lambda: with_fields(
        PRICE, nickname=(Annotated[int | None, UPDATE, CLEAR, SAYS], None)
    ),
    "price.unit_amount_decimal: is decimal, and string here": lambda: with_fields(
        PRICE, unit_amount_decimal=(Annotated[str | None, REPLACE, CLEAR, SAYS], None)
    ),
    "price.tiers_mode: is string(graduated,volume), and string(graduated) here": (
        lambda: with_fields(
            PRICE, tiers_mode=(Annotated[Literal["graduated"], REPLACE, CLEAR, SAYS], None)
        )
    ),
    "product.images: is array, and map here": lambda: with_fields(
        PRODUCT, images=(Annotated[Mapping[str, str] | None, UPDATE, CLEAR, SAYS], None)
    ),
    "price.lookup_key: takes [200] characters, and 250 here": lambda: with_fields(
        PRICE,
        lookup_key=(
            Annotated[str | None, UPDATE, KEEP, Field(max_length=250, description="x")],
            None,
        ),
    ),
    "product.colour: is unknown to Stripe": lambda: with_fields(
        PRODUCT, colour=(Annotated[str | None, UPDATE, CLEAR, SAYS], None)
    ),
    "product.unit_label: is not a field": lambda: with_fields(PRODUCT, unit_label=None),
    # One level down.
    "price.recurring.interval: cannot be updated, and is marked update": lambda: with_fields(
        PRICE,
        recurring=(
            Annotated[
                nested(
                    Recurring,
                    interval=(
                        Annotated[Literal["day", "week", "month", "year"], UPDATE, CLEAR, SAYS],
                        ...,
                    ),
                )
                | None,
                REPLACE,
                CLEAR,
                SAYS,
            ],
            None,
        ),
    ),
    "product.package_dimensions.height: required is True at Stripe, False here": (
        lambda: with_fields(
            PRODUCT,
            package_dimensions=(
                Annotated[
                    nested(
                        PackageDimensions, height=(Annotated[int | None, UPDATE, CLEAR, SAYS], None)
                    )
                    | None,
                    UPDATE,
                    CLEAR,
                    SAYS,
                ],
                None,
            ),
        )
    ),
    # Around the fields.
    "price: cannot be listed by colour": lambda: replace(PRICE, scopes=(Frozen(colour="red"),)),
    "price: has no parameter take_it": lambda: replace(
        PRICE, natural_keys=(NaturalKey(field="lookup_key", transfer="take_it"),)
    ),
    "price: retired cannot be updated, so it cannot be archived by it": lambda: replace(
        PRICE, retirement=Archive("retired", value=True)
    ),
    "meter: has no call activate": lambda: replace(
        KINDS["meter"],
        retirement=Verbs(field="retired", off="deactivate", on="activate"),  # type: ignore[arg-type]
    ),
    "product: deletable is True at Stripe, and not so here": lambda: replace(
        PRODUCT, retirement=Archive("active", value=False)
    ),
}


@pytest.mark.parametrize("problem", DOCTORED)
def test_a_wrong_kind_is_told(problem: str) -> None:
    assert problem in Judge(DOCTORED[problem](), EXCEPTIONS).verdict()


def flipped(fields: Mapping[str, Shaped], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field's path, with all fields as they are but for that one's rule."""
    for name, one in fields.items():
        if one.file_only or one.read_only:
            continue
        other = UPDATE if one.rule is REPLACE else REPLACE
        yield f"{path}{name}", {**fields, name: replace(one, rule=other)}
        match one.form:
            case Nested(fields=inner) as form:
                for where, wrong in flipped(inner, f"{path}{name}."):
                    yield where, {**fields, name: replace(one, form=replace(form, fields=wrong))}
            case Listed(item=Nested(fields=inner) as item) as form:
                for where, wrong in flipped(inner, f"{path}{name}.*."):
                    doctored = replace(form, item=replace(item, fields=wrong))
                    yield where, {**fields, name: replace(one, form=doctored)}
            case _:
                pass


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.name)
def test_no_mark_can_be_turned_unseen(kind: Kind) -> None:
    unseen = [
        path
        for path, fields in flipped(kind.fields)
        if not Judge(kind, EXCEPTIONS, fields).verdict()
    ]
    # What calls of its own switch is no parameter, so the types say nothing of it.
    switched = [kind.verbs.field] if kind.verbs else []
    assert unseen == switched


def test_an_exception_must_excuse_something() -> None:
    needless = {**EXCEPTIONS, "price.currency: is not clearable, and is marked clear": "why not"}
    assert Judge(PRICE, needless).verdict() == [
        "price.currency: is not clearable, and is marked clear: an exception that excuses nothing"
    ]


def test_an_exception_reaches_no_further_than_it_says() -> None:
    told = {problem.partition(":")[0] for problem in Judge(PRODUCT).verdict()}
    assert {
        "product.default_price",
        "product.shippable",
        "product.type",
        "product.default_price_data",
    } == told


def test_the_bodies_are_those_of_the_kinds() -> None:
    assert (ProductBody, PriceBody) == (PRODUCT.body, PRICE.body)
