"""Catalog files as Hypothesis draws them: data for `tomli_w`, mostly without mistakes."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

KEYS = st.text("abcXY12_-", min_size=1, max_size=4)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=12,
)
PROSE = st.lists(TEXTS, min_size=1, max_size=3).map("\n".join)
CURRENCIES = st.sampled_from(["usd", "eur", "jpy", "kwd", "isk", "ugx"])
MINOR = st.integers(0, 10**9)
EXACT = st.decimals(0, 10**6, places=12).map(lambda number: format(number.normalize(), "f"))
UNIT = st.one_of(
    MINOR.map(lambda value: {"unit_amount": value}),
    EXACT.map(lambda value: {"unit_amount_decimal": value}),
)
TAX = st.sampled_from(["inclusive", "exclusive", "unspecified"])
METADATA = st.dictionaries(KEYS, TEXTS, max_size=3)


@st.composite
def tiers(draw):
    limits = sorted(draw(st.sets(st.integers(1, 1000), max_size=3)))
    flat = MINOR.map(lambda value: {"flat_amount": value})
    amounts = st.one_of(UNIT, flat, st.builds(lambda a, b: a | b, UNIT, flat))
    return [{"up_to": limit, **draw(amounts)} for limit in [*limits, "inf"]]


@st.composite
def recurring(draw):
    interval = draw(st.sampled_from(["day", "week", "month", "year"]))
    found = {"interval": interval}
    if draw(st.booleans()):
        found["interval_count"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        found["trial_period_days"] = draw(st.integers(0, 30))
    usage = draw(st.sampled_from([{}, {"usage_type": "licensed"}, {"meter": "mtr_1A"}]))
    return {**found, **usage}


def major(currency: str):
    places = {"usd": 2, "eur": 2, "kwd": 3}.get(currency, 0)
    if currency == "ugx":
        return MINOR.map(lambda value: {"unit_amount": value})
    return st.integers(0, 10**7).map(
        lambda value: {"amount": Decimal(value).scaleb(-places) if places and value else value}
    )


@st.composite
def prices(draw):
    currency = draw(CURRENCIES)
    price = {"currency": currency}
    options = {}
    others = draw(st.sets(CURRENCIES.filter(lambda code: code != currency), max_size=2))
    match draw(st.sampled_from(["unit", "major", "tiers", "custom"])):
        case "unit":
            price |= draw(UNIT)
            options = {code: draw(UNIT) for code in others}
        case "major":
            price |= draw(major(currency))
            options = {code: draw(major(code)) for code in others}
        case "tiers":
            price |= {"tiers": draw(tiers()), "tiers_mode": draw(st.sampled_from(["volume"]))}
            price["recurring"] = draw(recurring())
            options = {code: {"tiers": draw(tiers())} for code in others}
        case "custom":
            price["custom_unit_amount"] = {"enabled": True, "minimum": draw(MINOR)}
    if "custom_unit_amount" not in price and draw(st.booleans()):
        price.setdefault("recurring", draw(recurring()))
    if options:
        price["currency_options"] = options
    optional = {
        "tax_behavior": TAX,
        "active": st.booleans(),
        "nickname": TEXTS,
        "metadata": METADATA,
        "lookup_key": st.sampled_from(["", "one", "two", "three", "four"]),
        "ignore": st.sampled_from([[], ["amount"], ["nickname", "recurring"], ["unit_amount"]]),
        "protect": st.booleans(),
    }
    return price | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def products(draw):
    product = {"name": draw(TEXTS)}
    optional = {
        "description": PROSE,
        "active": st.booleans(),
        "images": st.lists(TEXTS, max_size=2),
        "marketing_features": st.lists(TEXTS.map(lambda name: {"name": name}), max_size=3),
        "metadata": METADATA,
        "shippable": st.booleans(),
        "package_dimensions": st.just({"height": "1.5", "length": 2, "weight": 3, "width": 4}),
        "url": TEXTS,
        "ignore": st.sampled_from([["images"], ["name", "description"]]),
        "protect": st.booleans(),
    }
    product |= draw(st.fixed_dictionaries({}, optional=optional))
    product["prices"] = draw(st.dictionaries(KEYS, prices(), max_size=3))
    own = [key for key, price in product["prices"].items() if price.get("active", True)]
    if own and draw(st.booleans()):
        product["default_price"] = draw(st.sampled_from(own))
    return product


@st.composite
def catalogs(draw):
    """Return the data of one catalog file."""
    found = {
        "catalog": {"name": draw(st.sampled_from(["acme", "a-1_b"]))},
        "products": draw(st.dictionaries(KEYS, products(), max_size=3)),
    }
    if draw(st.booleans()):
        found["catalog"]["ignore_metadata"] = ["crm_*"]
    sellable = [
        (f"{key}.{name}", price)
        for key, product in found["products"].items()
        for name, price in product["prices"].items()
        if "recurring" in price and price.get("active", True) and price.get("lookup_key") != ""
    ]
    if sellable:
        names = draw(st.lists(st.sampled_from(sellable), min_size=1, max_size=2, unique_by=id))
        items = [
            {"price": name, "quantity": 2}
            if "meter" not in price["recurring"] and draw(st.booleans())
            else name
            for name, price in names
        ]
        found["plans"] = {draw(KEYS): {"items": items}}
    if found["products"]:
        target = f"product.{min(found['products'])}"
        found["moved"] = {"product.old_a": "product.old_b", "product.old_b": target}
        found["adopt"] = {target: draw(st.sampled_from(["prod_1", {"id": "x", "from": "other"}]))}
    found["policy"] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "max_change_ratio": st.decimals(0, 1, places=2),
                "allow": st.just(["RC103"]),
            },
        )
    )
    return found
