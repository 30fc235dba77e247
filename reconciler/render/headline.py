"""An object in a few words, and which of its fields those words tell already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.diff import Edit
from reconciler.model.kind import Kind
from reconciler.render.safe import shorten, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A kind's words for a body. `read` are the paths of the fields that went into them."""

    text: str
    read: frozenset[str]
    whole: bool

    @property
    def own(self) -> str:
        """What stands before the period: `29.00 USD` of `29.00 USD / month`."""
        return self.text.partition(" / ")[0].removesuffix(" once")

    @property
    def period(self) -> str:
        """What `own` leaves out: ` / month`."""
        return self.text.removeprefix(self.own)

    def speaks_of(self, field: str) -> bool:
        """Whether a field of this name, at any depth, went into the words."""
        return any(path.rpartition(".")[2] == field for path in self.read)

    def tells(self, path: str, value: Any) -> bool:
        """Whether all of a value went into the words. An absent one has nothing to tell."""
        return all(leaf in self.read for leaf in _leaves(path, value))


def headline(kind: Kind, body: Mapping[str, Any], limit: int) -> Headline:
    """Return the headline of a body; empty for an empty one."""
    read: set[str] = set()
    full = shown(kind.headline(_Watched(body, "", read))) if body else ""
    text = _shortened(full, limit)
    return Headline(text=text, read=frozenset(read), whole=text == full)


def _shortened(text: str, limit: int) -> str:
    """Leave out whole parts of a long list, such as tiers: half an amount would be another one."""
    for joint in (", ", " + "):
        parts = text.split(joint)
        for end in range(len(parts) - 3, 0, -1):
            left_out = len(parts) - end - 2
            short = joint.join((*parts[:end], f"… {left_out} more …", *parts[-2:]))
            if len(text) > limit >= len(short):
                return short
    return shorten(text, limit)


def told(entry: Edit, before: Headline, after: Headline) -> bool:
    """Whether `before.text -> after.text` says what this edit says."""
    whole = before.whole and after.whole
    return whole and before.tells(entry.path, entry.before) and after.tells(entry.path, entry.after)


class _Watched(dict[str, Any]):
    """A body that notes which of its fields are read, nested ones too."""

    def __init__(self, body: Mapping[str, Any], prefix: str, read: set[str]) -> None:
        super().__init__(body)
        self._prefix = prefix
        self._read = read

    def __getitem__(self, name: str) -> Any:
        return self._watch(f"{self._prefix}{name}", super().__getitem__(name))

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def _watch(self, path: str, value: Any) -> Any:
        match value:
            case Mapping():
                return _Watched(value, f"{path}.", self._read)
            case tuple():
                return tuple(
                    self._watch(f"{path}[{place}]", item) for place, item in enumerate(value)
                )
            case _:
                self._read.add(path)
                return value


def _leaves(path: str, value: Any) -> Iterator[str]:
    match value:
        case None:
            return
        case Mapping():
            for name, item in value.items():
                yield from _leaves(f"{path}.{name}", item)
        case tuple():
            for place, item in enumerate(value):
                yield from _leaves(f"{path}[{place}]", item)
        case _:
            yield path
