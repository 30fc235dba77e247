"""One comment of ours for each catalog on a request for review, found again by its first line.

It is posted once and changed in place. What a renamed catalog leaves behind is told to be outdated.
Nothing else is touched, and nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from reconciler.errors import ForgeError, UsageError

LONGEST = 65_536
"""What GitHub takes, counted in UTF-16 to be sure. GitLab takes more."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_NOTED = re.compile(r"<!-- commit ([0-9a-f]{7,64}) -->")
_TRIES = 3
_MARKER = re.compile(rf"<!-- reconciler:{_NAME.pattern}(?::(?P<label>{_NAME.pattern}))? -->")
_NOTE = "> **This plan is outdated.** It was made from `{made}`, and "
_OUTDATED = _NOTE + "`{head}` is newer. The next run writes its plan here."
_FAILED = _NOTE + "of `{head}` no plan could be made."
_OTHER = _NOTE + "the plan of `{head}` is one of the catalog `{catalog}`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that the token's owner wrote."""

    id: int
    body: str
    url: str


class Discussion(Protocol):
    """A pull request, or a merge request."""

    def head(self) -> str:
        """Return the newest commit of it."""
        ...

    def mine(self) -> Iterator[Comment]:
        """Yield the comments of the token's owner, the oldest first; nobody else's."""
        ...

    def post(self, body: str) -> Comment:
        """Write a new comment."""
        ...

    def edit(self, comment: Comment, body: str) -> Comment:
        """Change a comment."""
        ...


class Done(Enum):
    """What became of the comment."""

    POSTED = "Posted"
    CHANGED = "Changed"
    UNCHANGED = "Unchanged"
    LEFT = "Left as it is, for it has the plan of the newest commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What became of it, and where it is."""

    done: Done
    url: str
    outdated: bool
    others: tuple[Comment, ...] = ()
    """Comments of other catalogs that were told to be outdated."""


def outdate(discussion: Discussion, *, label: str | None, commit: str) -> tuple[Comment, ...]:
    """Say on every comment with this label that no plan could be made of `commit`.

    One that has the plan of the newest commit stays as it is. Whose catalog it is does not matter:
    a file that cannot be read does not say.
    """
    _check_commit(commit)
    head = _commit(discussion.head())
    mine = list(discussion.mine())
    changed: list[Comment] = []
    for one, noted in _labelled(mine, label):
        if head.startswith(noted) or commit.startswith(noted):
            continue
        note = _FAILED.format(made=noted[:12], head=commit[:12])
        changed += _noted(discussion, one, noted, note)
    return tuple(changed)


def _labelled(mine: Iterable[Comment], label: str | None) -> Iterator[tuple[Comment, str]]:
    """Yield the oldest comment of each catalog with this label, and what it was planned from."""
    seen: set[str] = set()
    for one in mine:
        marker = _lines(one.body)[0]
        found = _MARKER.fullmatch(marker)
        if found is None or found["label"] != label or marker in seen:
            continue
        seen.add(marker)
        noted = _commit_of(one.body)
        if noted is not None:
            yield one, noted


def _noted(discussion: Discussion, one: Comment, noted: str, note: str) -> Iterator[Comment]:
    """Put the note at the top of a comment, in the place of one that is there."""
    top, *rest = _plain(one.body).split("\n\n")
    if rest and rest[0].startswith(_NOTE.format(made=noted[:12])):
        del rest[0]
    body = "\n\n".join([top, note, *rest]) + "\n"
    if _plain(body) != _plain(one.body):
        yield discussion.edit(one, body)


def put(discussion: Discussion, text: str, *, catalog: str, label: str | None, commit: str) -> Put:
    """Post the comment of a catalog, or bring it up to date.

    `label` tells two plans of one catalog apart. `commit` is what the plan was made from. A comment
    with this label that has an older plan of another catalog is told to be outdated: that is what
    a renamed catalog leaves behind.
    """
    marker = _marker(catalog, label)
    _check_commit(commit)
    head = _commit(discussion.head())
    outdated = not head.startswith(commit)
    body = _body(marker, text, commit, head if outdated else None)
    if len(body.encode("utf-16-le")) // 2 > LONGEST:
        raise UsageError(f"The comment has more than {LONGEST:,} characters.")
    for attempt in range(1, _TRIES + 1):
        mine = list(discussion.mine())
        there = _found(mine, marker)
        try:
            done, url = _written(discussion, there, body, head)
        except ForgeError as error:
            # It may be there all the same: look before another one is posted.
            if there is not None or not error.unknown or attempt == _TRIES:
                raise
        else:
            break
    others = [] if outdated else _others(discussion, mine, catalog, label, head)
    return Put(done=done, url=url, outdated=outdated, others=tuple(others))


def _others(
    discussion: Discussion, mine: list[Comment], catalog: str, label: str | None, head: str
) -> Iterator[Comment]:
    """Say on comments of other catalogs that they are outdated, but on those of `head`."""
    for one, noted in _labelled(mine, label):
        if _lines(one.body)[0] == _marker(catalog, label) or head.startswith(noted):
            continue
        note = _OTHER.format(made=noted[:12], head=head[:12], catalog=catalog)
        yield from _noted(discussion, one, noted, note)


def _written(
    discussion: Discussion, there: Comment | None, body: str, head: str
) -> tuple[Done, str]:
    if there is None:
        return Done.POSTED, discussion.post(body).url
    if _plain(there.body) == _plain(body):
        return Done.UNCHANGED, there.url
    noted = _commit_of(there.body)
    if noted is not None and noted != _commit_of(body) and head.startswith(noted):
        return Done.LEFT, there.url
    return Done.CHANGED, discussion.edit(there, body).url


def _check_commit(commit: str) -> None:
    if not _COMMIT.fullmatch(commit):
        raise UsageError(f'"{commit[:80]}" is no commit.\n  Give one such as 1a2b3c4, in full.')


def _commit(told: str) -> str:
    if not _COMMIT.fullmatch(told):
        raise ForgeError("The newest commit is not told as a commit is, so nothing was written.")
    return told


def _marker(catalog: str, label: str | None) -> str:
    name = catalog if label is None else f"{catalog}:{label}"
    for part in (catalog, *(() if label is None else (label,))):
        if not _NAME.fullmatch(part):
            raise UsageError(
                f'"{part[:80]}" cannot name a comment.\n'
                "  Use letters, digits, dots, dashes and underscores."
            )
    return f"<!-- reconciler:{name} -->"


def _found(mine: Iterable[Comment], marker: str) -> Comment | None:
    """Return the oldest that begins with the marker; further down it may be a quotation."""
    return next((one for one in mine if _lines(one.body)[0] == marker), None)


def _body(marker: str, text: str, commit: str, head: str | None) -> str:
    notes = [] if head is None else [_OUTDATED.format(made=commit[:12], head=head[:12])]
    foot = f"Planned from `{commit[:12]}`."
    top = f"{marker}\n<!-- commit {commit} -->"
    return "\n\n".join([top, *notes, text.strip("\n"), foot]) + "\n"


def _commit_of(body: str) -> str | None:
    second = _lines(body)[1:2]
    match = _NOTED.fullmatch(second[0]) if second else None
    return match[1] if match else None


def _lines(body: str) -> list[str]:
    return body.replace("\r\n", "\n").split("\n", 2)


def _plain(body: str) -> str:
    """Return what a host may change on its own left out: line ends, blanks at the end."""
    return body.replace("\r\n", "\n").strip()
