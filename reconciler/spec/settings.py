"""`[catalog]`, `[defaults]` and `[policy]`: what a file says about itself. No resources."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from reconciler.model.address import Address
from reconciler.model.catalog import RESERVED, Policy
from reconciler.model.codes import AT_APPLY, CODES, FIXED
from reconciler.model.kind import Kinds
from reconciler.spec import tables
from reconciler.spec.complaints import complaints
from reconciler.spec.locate import Steps
from reconciler.spec.report import Report
from reconciler.spec.shorthand import stands_for
from reconciler.spec.words import label, show, suggest

NAME = r"[a-z0-9][a-z0-9_-]{0,39}"
ACCOUNT = r"acct_[A-Za-z0-9]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the tables of settings say."""

    name: str = ""
    account: str | None = None
    previous_name: str | None = None
    ignore_metadata: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)


class SettingsReader:
    """Reads the tables of settings of one tree."""

    def __init__(
        self,
        tree: Mapping[str, Any],
        kinds: Kinds,
        report: Report,
        defined: Collection[Address],
    ) -> None:
        self._tree = tree
        self._kinds = kinds
        self._report = report
        self._defined = defined

    def read(self) -> Settings:
        """Return the settings; where one is wrong it is reported, and left at its default."""
        known = [*tables.SETTINGS, *tables.BINDINGS, *tables.roots(self._kinds)]
        for table in self._tree:
            if table not in known:
                self._unknown_table(table, known)
        catalog = self._table("catalog", ("name", "account", "previous_name", "ignore_metadata"))
        name = self._text(catalog, "name", NAME, "lower-case letters, digits, - and _, at most 40")
        if "name" not in catalog:
            self._report.problem(
                ("catalog",),
                "the catalog needs a name",
                why="It is written on every object, to say whose it is.",
                mend='Write name = "acme" under [catalog].',
            )
        previous = self._text(catalog, "previous_name", NAME, "a catalog's name")
        if previous is not None and previous == name:
            self._tell(("catalog", "previous_name"), "is the present name", mend="Remove it.")
        return Settings(
            name=name or "",
            account=self._text(catalog, "account", ACCOUNT, "an account's id, acct_…"),
            previous_name=previous,
            ignore_metadata=self._ignore_metadata(catalog.get("ignore_metadata")),
            defaults=self._defaults(),
            policy=self._policy(),
        )

    def _tell(self, at: Steps, what: str, **more: Any) -> None:
        self._report.problem(at, f"[{at[0]}] {label(at[1:])} {what}", **more)

    def _unknown_table(self, name: str, known: Iterable[str]) -> None:
        inner = {kind.table: kind for kind in self._kinds.values() if kind.within is not None}
        kind = inner.get(name)
        mend = suggest(name, list(known))
        if kind is not None and kind.within is not None:
            parent = self._kinds[kind.within.kind].table
            mend = f"Write [{parent}.<{kind.within.kind}>.{kind.table}.<{kind.name}>]."
        what = f'unknown table "{name}"'
        if not isinstance(self._tree[name], dict | list):
            what = f'unknown key "{name}" outside of any table'
        self._report.problem(
            (name,),
            what,
            why="Nothing would come of it.",
            mend=mend,
            key=True,
        )

    def _table(self, name: str, known: Collection[str]) -> dict[str, Any]:
        """Return a table of settings, less the keys that nobody knows."""
        table = self._tree.get(name, {})
        if not isinstance(table, dict):
            self._report.problem((name,), f"[{name}] must be a table, not {show(table)}")
            return {}
        for key in table:
            if key not in known:
                self._report.problem(
                    (name, key),
                    f'[{name}] unknown key "{key}"',
                    why="Nothing would come of it.",
                    mend=suggest(key, list(known)),
                    key=True,
                )
        return {key: value for key, value in table.items() if key in known}

    def _text(self, table: Mapping[str, Any], key: str, pattern: str, words: str) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        lower = value.lower().replace(" ", "-") if isinstance(value, str) else ""
        mend = f'Write {key} = "{lower}".' if re.fullmatch(pattern, lower) else ""
        self._tell(("catalog", key), f"must be {words}, not {show(value)}", mend=mend)
        return None

    def _ignore_metadata(self, globs: Any) -> tuple[str, ...]:
        if globs is None:
            return ()
        at: Steps = ("catalog", "ignore_metadata")
        if not isinstance(globs, list):
            self._tell(at, f"must be a list, not {show(globs)}", mend='Write ["crm_*"].')
            return ()
        for number, glob in enumerate(globs):
            here = (*at, number)
            if not isinstance(glob, str) or not glob:
                self._tell(here, f"must be a pattern such as crm_*, not {show(glob)}")
            elif glob.startswith(RESERVED):
                why = f"Keys that begin with {RESERVED} say whose an object is."
                self._tell(here, f"cannot be {show(glob)}", why=why, mend="Remove it.")
        return tuple(glob for glob in globs if isinstance(glob, str))

    def _defaults(self) -> dict[str, Any]:
        takers = {name: kind for kind in self._kinds.values() for name in kind.inherits}
        table = self._table("defaults", takers)
        for name, value in table.items():
            body, field_name = stands_for(takers[name].body, name)
            given = {field_name: value}
            try:
                body.model_validate(given)
            except ValidationError as error:
                # That the others are missing is no matter here.
                for complaint in complaints(body, given, error):
                    if complaint.at[:1] == (field_name,):
                        more = {"why": complaint.why, "mend": complaint.mend}
                        self._tell(("defaults", name), complaint.what, **more)
        return table

    def _policy(self) -> Policy:
        names = ("max_change_ratio", "max_price_change_percent", "subscribers", "allow", "lock")
        table = self._table("policy", names)
        policy = Policy()
        ratio = self._number(table, "max_change_ratio", policy.max_change_ratio)
        if not 0 <= ratio <= 1:
            what = f"must be between 0 and 1, not {show(ratio)}"
            why = "It is the part of all objects that one plan may change."
            self._tell(("policy", "max_change_ratio"), what, why=why)
        percent = self._number(table, "max_price_change_percent", policy.max_price_change_percent)
        if percent <= 0:
            what = f"must be more than 0, not {show(percent)}"
            self._tell(("policy", "max_price_change_percent"), what)
        return Policy(
            max_change_ratio=ratio,
            max_price_change_percent=percent,
            allow=self._allow(table.get("allow", [])),
            lock=self._truth(table, "lock", default=policy.lock),
            subscribers="deny" if self._denies(table.get("subscribers", "allow")) else "allow",
        )

    def _truth(self, table: Mapping[str, Any], key: str, *, default: bool) -> bool:
        value = table.get(key, default)
        if isinstance(value, bool):
            return value
        self._tell(("policy", key), f"must be true or false, not {show(value)}")
        return default

    def _denies(self, word: Any) -> bool:
        if word not in ("allow", "deny"):
            what = f'must be "allow" or "deny", not {show(word)}'
            why = "It says whether a price with subscriptions may be replaced and retired (RC104)."
            self._tell(("policy", "subscribers"), what, why=why)
        return bool(word == "deny")

    def _number(self, table: Mapping[str, Any], key: str, default: Decimal) -> Decimal:
        value = table.get(key, default)
        wrong = isinstance(value, bool) or not isinstance(value, int | Decimal)
        if not wrong and Decimal(value).is_finite() and len(show(value)) < 20:
            return Decimal(value)
        self._tell(("policy", key), f"must be a number, not {show(value)}")
        return default

    def _allow(self, entries: Any) -> tuple[str, ...]:
        if not isinstance(entries, list):
            what = f"must be a list, not {show(entries)}"
            self._tell(("policy", "allow"), what, mend='Write, say, allow = ["RC103"].')
            return ()
        for number, entry in enumerate(entries):
            at = ("policy", "allow", number)
            if not isinstance(entry, str):
                self._tell(at, f"must be a guard's code, not {show(entry)}")
                continue
            code, colon, text = entry.partition(":")
            if code not in CODES:
                mend = suggest(code, CODES)
                self._tell(at, f'names no guard: "{code}"', mend=mend)
            elif code in AT_APPLY:
                why = "A file that lifted it would make every apply a live one."
                self._tell(at, f"{code} is not lifted in a file", why=why, mend="Use --live.")
            elif code in FIXED:
                why = f"{code} stops where {CODES[code]}; there is nothing to do in spite of it."
                self._tell(at, f"{code} cannot be lifted", why=why, mend="Take it out.")
            elif colon and text not in map(str, self._defined):
                why = "A guard is lifted for one address of this catalog, or for all."
                mend = suggest(text, [str(address) for address in self._defined])
                self._tell(at, f'"{text}" is not in the catalog', why=why, mend=mend)
        return tuple(entry for entry in entries if isinstance(entry, str))
