"""JSON text into a document of our version, within bounds, whose digest is right."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

from reconciler.model.values import deeper_than, digest
from reconciler.planfile.checked import Node, unusable
from reconciler.planfile.layout import FORMAT_VERSION

MAX_BYTES = 256 * 1024 * 1024
"""A plan for 100,000 objects is well below this."""

MAX_VALUES = 24_000_000
"""As many values as a plan of that size has. `[],[],[]` takes twenty times its size in memory."""

MAX_DEPTH = 64
"""Ten are enough for what is nested most: the offers of a portal configuration."""


def parse(text: str, name: str) -> Node:
    """Return the document, or raise `PlanFileError` in the words of the file called `name`."""
    root = Node(_json(text, name), name)
    if deeper_than(MAX_DEPTH, root.value):
        raise unusable(name, "it is nested deeper than any plan.")
    _check_version(root)
    content = {key: value for key, value in root.value.items() if key != "digest"}
    if root.value.get("digest") != _digest(content, root):
        raise unusable(
            name,
            "it was edited by hand, or damaged: its content does not have its digest.",
            "Change the catalog file instead, and make a new plan: reconciler plan --out FILE",
        )
    return root


def _json(text: str, name: str) -> Any:
    def refuse(what: str) -> NoReturn:
        raise unusable(name, what)

    def number(digits: str) -> int:
        return int(digits) if len(digits) <= 20 else refuse("it holds a number beyond any bounds.")

    def pairs(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(entries)
        if len(found) != len(entries):
            counts = Counter(key for key, _ in entries)
            twice = next(key for key, count in counts.items() if count > 1)
            refuse(f'it has the key "{twice[:80]}" twice in one object.')
        return found

    def fraction(_: str) -> NoReturn:
        refuse("it holds a number with a fraction; a plan writes those as text.")

    if len(text) > MAX_BYTES or text.count(",") + text.count("[") > MAX_VALUES:
        refuse("it is larger than any plan this program writes.")
    try:
        return json.loads(
            text,
            object_pairs_hook=pairs,
            parse_int=number,
            parse_float=fraction,
            parse_constant=fraction,
        )
    except json.JSONDecodeError as error:
        refuse(f"line {error.lineno} is not JSON ({error.msg}).")
    except RecursionError:
        refuse("it is nested deeper than any plan.")


def _check_version(root: Node) -> None:
    entries = root.entries()
    if "comparison_version" in entries:
        raise unusable(
            root.file,
            "it is a comparison: what would change, and no plan that could be applied.",
            "Plan the file that is to be applied: reconciler plan --out FILE",
        )
    if "format_version" not in entries:
        raise unusable(root.file, "it has no format_version, so it is not a plan.")
    version = entries["format_version"].count()
    if version != FORMAT_VERSION:
        age = "an older" if version < FORMAT_VERSION else "a newer"
        mend = (
            "Make a new plan with this version: reconciler plan --out FILE"
            if version < FORMAT_VERSION
            else "Update the reconciler, or make a new plan with this version."
        )
        raise unusable(
            root.file,
            f"{age} version wrote it (format {version}; this one reads {FORMAT_VERSION}).",
            mend,
        )


def _digest(content: dict[str, Any], root: Node) -> str:
    try:
        return digest(content)
    except RecursionError:
        raise unusable(root.file, "it is nested deeper than any plan.") from None
