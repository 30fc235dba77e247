"""Files, folders and what is sent on: the catalog that comes out."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.errors import SpecError, UsageError
from reconciler.kinds import load as load_kinds
from reconciler.model.address import Address
from reconciler.model.catalog import Adoption, Policy
from reconciler.model.values import Frozen, Pending
from reconciler.spec.load import load, loads
from reconciler.spec.starter import STARTER

KINDS = load_kinds()
EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog.toml"
HEAD = '[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"\n'
PRODUCT = Pending(Address("product", ("pro",)))
MONTHLY = Address("price", ("pro", "monthly"))


def price(text: str, **others: str) -> Frozen:
    """The body of one price of product pro."""
    more = "".join(f"[products.pro.prices.{key}]\n{body}\n" for key, body in others.items())
    catalog = loads(
        f'{HEAD}[products.pro]\nname = "Pro"\n[products.pro.prices.monthly]\n{text}\n{more}', KINDS
    )
    return catalog.resources[MONTHLY].body


def body(**fields) -> Frozen:
    return Frozen({"product": PRODUCT, "currency": "usd", **fields})


def problems(*paths: Path, overlays=()) -> list[tuple[str, str]]:
    with pytest.raises(SpecError) as caught:
        load(paths, KINDS, overlays=overlays)
    return [(problem.place, problem.what) for problem in caught.value.problems]


class TestFiles:
    def test_a_folder_means_every_file_in_it_and_below(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "prices.toml").write_text(
            "[products.pro.prices.monthly]\namount = 1.00\n", encoding="utf-8"
        )
        (tmp_path / "a.toml").write_text(HEAD, encoding="utf-8")
        (tmp_path / "b.toml").write_text('[products.pro]\nname = "Pro"\n', encoding="utf-8")
        (tmp_path / ".hidden.toml").write_text("not toml", encoding="utf-8")
        (tmp_path / "notes.txt").write_text("not toml", encoding="utf-8")

        catalog = load([tmp_path], KINDS)

        assert [str(key) for key in catalog.resources] == ["product.pro", "price.pro.monthly"]

    def test_a_file_counts_once_however_it_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "a.toml"
        file.write_text(HEAD + '[products.pro]\nname = "Pro"\n', encoding="utf-8")

        assert load([file], KINDS) == load([tmp_path, file], KINDS)

    def test_an_overlay_in_the_folder_is_no_part_of_it(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text(HEAD + '[products.pro]\nname = "Pro"\n', "utf-8")
        live = tmp_path / "live.toml"
        live.write_text('[products.pro]\nname = "Pro!"\n', encoding="utf-8")

        catalog = load([tmp_path], KINDS, overlays=[live])

        assert catalog.resources[PRODUCT.address].body["name"] == "Pro!"

    def test_files_may_repeat_settings_that_agree(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            text = f'{HEAD}[products.{name}]\nname = "{name}"\n'
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")

        assert {"a", "b"} == {key.key for key in load([tmp_path], KINDS).resources}

    def test_a_byte_order_mark_and_crlf_say_nothing(self, tmp_path: Path) -> None:
        file = tmp_path / "a.toml"
        text = HEAD + '[products.pro]\nname = "Pro"\n'
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

        assert loads(text, KINDS) == load([file], KINDS)

    def test_a_folder_without_toml(self, tmp_path: Path) -> None:
        assert [(str(tmp_path), "there is no TOML file in this folder")] == problems(tmp_path)

    def test_what_is_not_there_or_too_large(self, tmp_path: Path) -> None:
        large = tmp_path / "large.toml"
        large.write_bytes(b"#" * (8 * 1024 * 1024 + 1))
        missing = tmp_path / "missing.toml"

        assert [
            (str(missing), "does not exist"),
            (str(large), "is larger than 8 MiB"),
        ] == problems(missing, large)

    @pytest.mark.parametrize("name", ["zero\0byte.toml", "x" * 5000])
    def test_paths_that_cannot_be(self, name: str) -> None:
        assert [name] == [place for place, _ in problems(Path(name))]

    def test_links_are_read_and_loops_are_errors(self, tmp_path: Path) -> None:
        real = tmp_path / "real"
        real.mkdir()
        (real / "a.toml").write_text(HEAD, encoding="utf-8")
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "link").symlink_to(real)
        assert load([folder], KINDS).name == "acme"

        (real / "back").symlink_to(folder)
        (folder / "own.toml").symlink_to("own.toml")

        found = problems(folder)

        assert "this link leads back to a folder above it" in [what for _, what in found]
        assert str(folder / "own.toml") in [place for place, _ in found]

    def test_no_files_at_all(self) -> None:
        with pytest.raises(UsageError):
            load([], KINDS)

    def test_problems_come_in_the_order_of_the_lines(self, tmp_path: Path) -> None:
        file = tmp_path / "a.toml"
        lines = "".join(f"x{number} = 1\n" for number in range(12))
        file.write_text(f"{HEAD}[products.pro]\n{lines}", encoding="utf-8")

        found = [int(place.split(":")[1]) for place, _ in problems(file)]

        assert found == sorted(found)
        assert len(found) == 13


class TestBodies:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("amount = 29.00", {"unit_amount": 2900}),
            ("amount = 29.5", {"unit_amount": 2950}),
            ("amount = 0", {"unit_amount": 0}),
            ("amount = 0.00", {"unit_amount": 0}),
            ("unit_amount = 2900", {"unit_amount": 2900}),
            ('unit_amount_decimal = "2900"', {"unit_amount": 2900}),
            ("unit_amount_decimal = 0.5", {"unit_amount_decimal": "0.5"}),
            ('unit_amount_decimal = "0.000000000001"', {"unit_amount_decimal": "0.000000000001"}),
            ('currency = "jpy"\namount = 2900', {"currency": "jpy", "unit_amount": 2900}),
            ('currency = "kwd"\namount = 2.900', {"currency": "kwd", "unit_amount": 2900}),
            ('currency = "isk"\namount = 1500', {"currency": "isk", "unit_amount": 150000}),
            ('currency = "ugx"\nunit_amount = 15', {"currency": "ugx", "unit_amount": 15}),
        ],
    )
    def test_money(self, text: str, expected: dict) -> None:
        assert body(**expected) == price(text)

    def test_fractions_of_a_cent_where_they_are_charged(self) -> None:
        usage = {"interval": "month", "meter": "mtr_1A", "usage_type": "metered"}

        assert body(
            unit_amount_decimal="0.2",
            recurring=Frozen(usage),
            currency_options=Frozen({"jpy": Frozen(unit_amount_decimal="0.3")}),
        ) == price(
            'amount = 0.002\ninterval = "month"\nmeter = "mtr_1A"\ncurrency_options.jpy = 0.3'
        )

    def test_tiers_end_in_either_infinity(self) -> None:
        text = (
            'interval = "month"\ntiers_mode = "volume"\ntiers = [{{ up_to = {}, amount = 1.00 }}]'
        )

        assert price(text.format("inf")) == price(text.format('"inf"'))

    def test_shorthands_stand_for_the_full_form(self) -> None:
        assert price(
            'unit_amount = 100\nrecurring = { interval = "week", interval_count = 2 }'
        ) == price('amount = 1.00\ninterval = "week"\ninterval_count = 2')

    def test_shorthands_mix_with_other_fields_of_the_full_form(self) -> None:
        recurring = Frozen({"interval": "week", "trial_period_days": 3})

        assert body(unit_amount=100, recurring=recurring) == price(
            'amount = 1.00\ninterval = "week"\nrecurring.trial_period_days = 3'
        )

    def test_a_default_that_is_written_is_the_same_as_one_that_is_not(self) -> None:
        assert price('amount = 1.00\ninterval = "week"') == price(
            'amount = 1.00\ninterval = "week"\nactive = true\ninterval_count = 1\n'
            'usage_type = "licensed"\nbilling_scheme = "per_unit"'
        )

    def test_no_lookup_key_is_not_the_default_one(self) -> None:
        assert body(unit_amount=100, lookup_key="") == price('amount = 1.00\nlookup_key = ""')
        assert body(unit_amount=100) == price("amount = 1.00")

    def test_empty_says_nothing(self) -> None:
        assert price("amount = 1.00") == price('amount = 1.00\nnickname = ""\nmetadata = {}')

    def test_its_own_currency_goes_before_the_default(self) -> None:
        assert body(currency="eur", unit_amount=100) == price('amount = 1.00\ncurrency = "eur"')


class TestReferences:
    @pytest.mark.parametrize("text", ["monthly", "pro.monthly", "price.pro.monthly"])
    def test_each_way_to_name_a_price(self, text: str) -> None:
        catalog = loads(
            f'{HEAD}[products.pro]\nname = "Pro"\ndefault_price = "{text}"\n'
            "[products.pro.prices.monthly]\namount = 1.00\n"
            '[products.team]\nname = "Team"\n[products.team.prices.monthly]\namount = 2.00\n',
            KINDS,
        )

        assert Pending(MONTHLY) == catalog.resources[PRODUCT.address].body["default_price"]

    def test_a_raw_id_stays_one(self) -> None:
        text = f'{HEAD}[products.pro]\nname = "Pro"\ndefault_price = "price_1ABC"\n'

        assert loads(text, KINDS).resources[PRODUCT.address].body["default_price"] == "price_1ABC"

    def test_a_table_goes_before_an_id_that_looks_the_same(self) -> None:
        text = (
            f'{HEAD}[products.pro]\nname = "Pro"\ndefault_price = "price_1"\n'
            "[products.pro.prices.price_1]\namount = 1.00\n"
        )

        expected = Pending(Address("price", ("pro", "price_1")))
        assert expected == loads(text, KINDS).resources[PRODUCT.address].body["default_price"]


class TestSettings:
    def test_all_of_them(self) -> None:
        catalog = loads(
            """
            [catalog]
            name = "acme"
            account = "acct_1A"
            previous_name = "acme-old"
            ignore_metadata = ["crm_*"]
            [products.c]
            name = "C"
            ignore = ["images", "name"]
            protect = false
            [moved]
            "product.a" = "product.b"
            "product.b" = "product.c"
            [adopt]
            "product.c" = "my-own-id"
            [policy]
            max_change_ratio = 0.5
            max_price_change_percent = 10
            allow = ["RC101", "RC103:product.c"]
            """,
            KINDS,
        )
        a, b, c = (Address("product", (key,)) for key in "abc")

        assert (
            catalog.name,
            catalog.account,
            catalog.previous_name,
            catalog.ignore_metadata,
        ) == ("acme", "acct_1A", "acme-old", ("crm_*",))
        assert {a: c, b: c} == catalog.moved
        assert {c: Adoption(id="my-own-id")} == catalog.adopt
        assert (
            Policy(
                max_change_ratio=Decimal("0.5"),
                max_price_change_percent=Decimal(10),
                allow=("RC101", "RC103:product.c"),
            )
            == catalog.policy
        )
        assert (frozenset({"images", "name"}), False) == (
            catalog.resources[c].ignore,
            catalog.resources[c].protect,
        )

    def test_ignoring_an_amount_covers_both_its_fields(self) -> None:
        def ignored(name: str) -> frozenset[str]:
            text = f'amount = 1.00\nignore = ["{name}"]\n'
            head = f'{HEAD}[products.pro]\nname = "Pro"\n[products.pro.prices.monthly]\n'
            return loads(head + text, KINDS).resources[MONTHLY].ignore

        both = frozenset({"unit_amount", "unit_amount_decimal"})
        names = ("amount", "unit_amount", "unit_amount_decimal")
        assert [both] * 3 == [ignored(name) for name in names]


def test_the_starter_is_a_catalog() -> None:
    catalog = loads(STARTER, KINDS)

    assert [str(address) for address in catalog.resources] == [
        "plan.pro",
        "product.pro",
        "price.pro.monthly",
        "price.pro.yearly",
    ]


def test_the_example_has_what_it_is_to_show() -> None:
    catalog = load([EXAMPLE], KINDS)
    kinds = [address.kind for address in catalog.resources]

    assert (kinds.count("product"), kinds.count("price"), kinds.count("plan")) == (3, 7, 2)


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pathlib import Path; from reconciler.kinds import load as kinds\n"
        "from reconciler.spec.load import load\n"
        f"load([Path({str(EXAMPLE)!r})], kinds())\n"
        "print(sorted({'stripe', 'deepdiff', 'tomli_w', 'click'} & set(sys.modules)))"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout == "[]\n"
