"""The file of a soak: what may stand in it, and how people edit it. Random by what it is given."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Shop:
    """A catalog as the choices that make it. Few values each, so that old ones come back."""

    chance: random.Random
    products: set[str] = field(default_factory=lambda: {"a"})
    amounts: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    features: set[str] = field(default_factory=set)
    entitled: dict[str, set[str]] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    meter_off: bool = False

    def edit(self) -> None:
        """Make one edit."""
        self.chance.choice(
            (self._product, self._amount, self._word, self._feature, self._part, self._number)
        )()

    def _product(self) -> None:
        self.products ^= {self.chance.choice("abcd")}

    def _amount(self) -> None:
        self.amounts[self.chance.choice("abcd")] = self.chance.choice((900, 1200, 1900, 2900))

    def _word(self) -> None:
        self.words[self.chance.choice("abcd")] = self.chance.choice(("", "x", "y"))

    def _feature(self) -> None:
        if self.chance.random() < 0.4:
            self.features ^= {self.chance.choice(("sso", "api", "log"))}
        product = self.chance.choice("abcd")
        self.entitled[product] = {
            one for one in ("sso", "api", "log") if self.chance.random() < 0.5
        }

    def _part(self) -> None:
        parts = ("coupon", "fixed", "code", "tax", "ship", "link", "hook", "portal", "meter")
        self.parts ^= {self.chance.choice(parts)}
        self.meter_off = self.chance.random() < 0.5

    def _number(self) -> None:
        name = self.chance.choice(("coupon", "fixed", "tax", "ship", "hook", "portal"))
        self.numbers[name] = self.chance.randint(1, 3)

    def text(self) -> str:
        """The file."""
        lines = ['[catalog]\nname = "acme"\n[defaults]\ncurrency = "usd"']
        lines += [f'[features.{one}]\nname = "{one}"' for one in sorted(self.features)]
        for one in sorted(self.products):
            lines.append(self._product_table(one))
        if self.products:
            items = [f'"{one}.monthly"' for one in sorted(self.products)[:2]]
            lines.append(f"[plans.all]\nitems = [{', '.join(items)}]")
        lines += [self._part_table(one) for one in sorted(self.parts)]
        return "\n".join(lines) + "\n"

    def _product_table(self, one: str) -> str:
        named = sorted(self.entitled.get(one, set()) & self.features)
        features = ", ".join(f'"{feature}"' for feature in named)
        word = self.words.get(one)
        amount = self.amounts.get(one, 900)
        return (
            f'[products.{one}]\nname = "Product {one}"\ndefault_price = "monthly"\n'
            f"features = [{features}]\n"
            + (f'description = "{word}"\n' if word else "")
            + f"[products.{one}.prices.monthly]\nunit_amount = {amount}\n"
            + 'interval = "month"'
        )

    def _part_table(self, part: str) -> str:
        number = self.numbers.get(part, 1)
        first = min(self.products, default="")
        match part:
            case "coupon":
                return f'[coupons.c]\npercent_off = {number}\nduration = "once"'
            case "fixed":
                return f'[coupons.f]\nid = "FIXED"\npercent_off = {number}\nduration = "once"'
            case "code" if "coupon" in self.parts:
                return '[promotion_codes.CODE]\ncoupon = "c"'
            case "tax":
                return f'[tax_rates.t]\ndisplay_name = "T"\npercentage = {number}\ninclusive = true'
            case "ship":
                return f'[shipping_rates.s]\ndisplay_name = "S"\namount = {number}.00'
            case "link" if first:
                return f'[payment_links.l]\nline_items = ["{first}.monthly"]'
            case "hook":
                events = ['"invoice.paid"', '"charge.failed"', '"charge.refunded"'][:number]
                return (
                    '[webhook_endpoints.h]\nurl = "https://h.example"\n'
                    f"enabled_events = [{', '.join(events)}]"
                )
            case "portal":
                return (
                    f'[portal_configurations.p]\nname = "P{number}"\n'
                    "features = { invoice_history = { enabled = true } }"
                )
            case "meter":
                off = "\nretired = true" if self.meter_off else ""
                return f'[meters.m]\ndisplay_name = "M"{off}'
            case _:
                return ""
