"""Drawn at random: files for the three readers, texts and plans for what shows them.

`make fuzz` runs it for ten minutes (`SECONDS=…` for another time); `test_fuzz.py` runs each part
briefly. What it finds becomes a case in `test_fuzz.py`.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from planfile.plan_strategies import KINDS, SMALL
from reconciler.errors import PlanFileError, SpecError
from reconciler.executor.journal import load as load_journal
from reconciler.gateway.failure import told
from reconciler.model.diff import Edit
from reconciler.model.marks import Rule
from reconciler.model.plan import Create, Update
from reconciler.model.values import Frozen, digest
from reconciler.planfile import read as read_plan
from reconciler.planfile import write as write_plan
from reconciler.planfile.checked import plain
from reconciler.render.safe import lines, shown
from reconciler.render.text import text as as_text
from reconciler.spec.load import load as load_catalog
from reconciler.spec.load import loads as loads_catalog

TEXTS = st.text(
    st.sampled_from("ab::#[]\x1b\x07\n\r\t\u202e\u2066\u200b\u200d\u0301\ufe0f\U0001f469\ud800\x9b")
    | st.characters(),
    max_size=40,
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    TEXTS,
    st.sampled_from(["create product.pro", "product.pro", "price.pro.m", "prod_1", "inf", "../x"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
SMALL_PLAN = json.loads(write_plan(SMALL))
JOURNAL = [
    {"journal": 1, "run": "a1", "plan": SMALL_PLAN},
    {"step": "create product.pro", "attempt": 1, "key": "k", "payload": {}},
    {"step": "create product.pro", "done": "prod_1", "instead": False, "answer": {"id": "prod_1"}},
    {"resume": "a1"},
    {"step": "create price.pro.monthly", "refused": "no"},
    {"end": "verified"},
]
CATALOG = b"""[catalog]
name = "acme"
ignore_metadata = ["crm_*"]
[defaults]
currency = "usd"
[products.pro]
name = "Pro"
metadata = { a = "b" }
[products.pro.prices.m]
amount = 29.00
interval = "month"
currency_options = { eur = 27.00 }
tiers = [ { up_to = 10, amount = 1.50 }, { up_to = "inf", flat = 2.00 } ]
[coupons.c]
percent_off = 20
duration = "once"
[moved]
"product.a" = "product.b"
"""
QUIET = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


Check = Callable[..., None]
PARTS: dict[str, tuple[tuple[st.SearchStrategy[Any], ...], Check]] = {}


def _part(*strategies: st.SearchStrategy[Any]) -> Callable[[Check], Check]:
    """Take a function in as a part; what it is given is drawn anew for each run."""

    def take(check: Check) -> Check:
        PARTS[check.__name__] = (strategies, check)
        return check

    return take


def _mutated(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, width, piece in edits:
        start = at % (len(content) + 1)
        content = content[:start] + piece + content[start + width :]
    return content


PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            *(b"[" * 5_000, b"9" * 5_000, b"1e999999999", b"NaN", b"\0", b"\xff", b"\xef\xbb\xbf"),
            *(b'"', b"{", b"}", b"]", b",", b"\n", b"\\ud800", b"\\u001b", b"null", b"-1", b"a.b="),
        ]
    ),
)
EDITS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 40), PIECES), max_size=6)


@st.composite
def _altered(draw: st.DrawFn, document: object) -> object:
    """A document with a value, somewhere in it, replaced, removed or added."""
    found = json.loads(json.dumps(document))
    for _ in range(draw(st.integers(1, 3))):
        place = found
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inner = place[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
                place = inner
                continue
            if isinstance(place, dict) and draw(st.integers(0, 4)) == 0:
                place[draw(TEXTS)] = draw(JSON)
            elif draw(st.integers(0, 4)) == 0:
                del place[key]
            else:
                place[key] = draw(JSON)
            break
    return found


def _signed(content: dict[str, object]) -> str:
    rest = {key: value for key, value in content.items() if key != "digest"}
    return json.dumps({**rest, "digest": digest(rest)})


def _is_told(error: Exception) -> None:
    assert len(str(error)) < 5_000
    _is_quiet(error)


def _is_quiet(error: Exception) -> None:
    assert all(line.isprintable() for line in str(error).split("\n")), str(error)


def _reads_plan(text: str) -> None:
    try:
        plan = read_plan(text, KINDS)
    except PlanFileError as error:
        _is_told(error)
        return
    assert read_plan(write_plan(plan), KINDS) == plan
    _shows(as_text(plan, KINDS))


def _shows(text: str) -> None:
    assert not any(unicodedata.category(char) in QUIET for char in set(text) - {"\n"})
    assert not any(re.match(r"\s*::.*::", line) for line in text.split("\n"))


@_part(_altered(SMALL_PLAN))
def signed_plans(content: dict[str, object]) -> None:
    """Plan files whose digest is right, whatever else they are."""
    _reads_plan(_signed(content))


@_part(EDITS)
def damaged_plans(edits: list[tuple[int, int, bytes]]) -> None:
    """Plan files with other bytes in them."""
    content = _mutated(write_plan(SMALL).encode(), edits)
    with suppress(UnicodeDecodeError):
        _reads_plan(content.decode())


@_part(_altered(JOURNAL), EDITS, st.booleans())
def journals(entries: list[object], edits: list[tuple[int, int, bytes]], damaged: bool) -> None:
    """Journals, in order or not, damaged or not."""
    content = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
    path = Path(tempfile.gettempdir()) / f"fuzzed-journal-{random.getrandbits(64):x}"
    path.write_bytes(_mutated(content, edits) if damaged else content)
    try:
        load_journal(path, KINDS)
    except PlanFileError as error:
        _is_told(error)
    finally:
        path.unlink()


@_part(EDITS)
def catalogs(edits: list[tuple[int, int, bytes]]) -> None:
    """Catalogs with other bytes in them."""
    content = _mutated(CATALOG, edits)
    path = Path(tempfile.gettempdir()) / f"fuzzed-{random.getrandbits(64):x}.toml"
    path.write_bytes(content)
    try:
        load_catalog([path], KINDS)
    except SpecError as error:
        _is_quiet(error)
    finally:
        path.unlink()


@_part(st.lists(st.sampled_from(CATALOG.decode().splitlines()), max_size=30), TEXTS)
def shuffled_catalogs(rows: list[str], text: str) -> None:
    """Catalogs whose lines stand in any order, with a text of any sort."""
    odd = json.dumps(text).replace("\x7f", "")
    try:
        loads_catalog("\n".join([*rows, f"{odd} = {odd}"]), KINDS)
    except SpecError as error:
        _is_quiet(error)


@_part(TEXTS, st.integers(0, 3000))
def quoted(text: str, times: int) -> None:
    """Texts as they are quoted, each on its line; what is shown is shown as it is, again."""
    text = text * (times if len(text) * times < 50_000 else 1)
    for quote in (shown, plain, told):
        assert "\n" not in quote(text)
        _shows("\n".join(lines(quote(text))))
    assert shown(shown(text)) == shown(text)
    _shows("\n".join(lines(text)))


@_part(TEXTS, TEXTS, TEXTS)
def rendered(note: str, name: str, key: str) -> None:
    """A plan with texts of any sort in it, as text."""
    body = Frozen({"name": name, "description": note, "metadata": Frozen({key: name})})
    old = Frozen({"name": key, "description": name, "metadata": Frozen({name: key})})
    pro = SMALL.changes[0].address
    edits = tuple(
        Edit(path=path, before=before, after=after, rule=Rule.UPDATE)
        for path, before, after in (
            ("name", key, name),
            ("description", name, note),
            (f"metadata.{key}", None, name),
        )
    )
    changes = (
        Create(address=pro, after=body, notes=(note,)),
        Update(address=pro, object="prod_1", edits=edits, before=old, after=body, notes=(note,)),
        *SMALL.changes[1:],
    )
    spoilt = replace(SMALL, notes=(note, name), changes=changes)
    _shows(as_text(spoilt, KINDS))
    assert as_text(spoilt, KINDS, colour=True).count("\x1b[32m+\x1b[0m") == 2


EACH = 100
"""How many are drawn of one part before the next one has its turn."""


def run(name: str, examples: int, number: int) -> None:
    """Run one part; the same `number` draws the same."""
    bounds = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    strategies, check = PARTS[name]
    seed(number)(bounds(given(*strategies)(check)))()


def main() -> int:
    """Run all parts, with other numbers each time, until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given_ = parser.parse_args()
    end = time.monotonic() + given_.seconds
    failed: set[str] = set()
    number, runs = given_.seed, 0
    while time.monotonic() < end and len(failed) < len(PARTS):
        for name in PARTS.keys() - failed:
            try:
                run(name, EACH, number)
            except Exception as error:  # noqa: BLE001 - whatever it is, it was found
                failed.add(name)
                notes = "\n".join(getattr(error, "__notes__", ()))
                print(f"{name}, seed {number}: {error!r}\n{notes}", file=sys.stderr)  # noqa: T201
            runs += EACH
            if time.monotonic() > end:
                break
        number += 1
    print(f"{runs:,} drawn, from seed {given_.seed}: {len(failed)} parts failed")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
