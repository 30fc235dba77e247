"""GitHub, as far as a comment on a pull request and the plan of a merged one need it.

https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from reconciler.errors import ForgeError, UsageError
from reconciler.gateway.forge.line import Line, segment
from reconciler.gateway.forge.sticky import Comment

ACTIONS_BOT = "github-actions[bot]"
"""Who writes with the token that a workflow is given."""

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_REFUSED = {
    401: "The token is wrong or has expired.",
    403: "The token may not do this. In a workflow: permissions: pull-requests: write\n"
    "  Workflows of pull requests from forks never may.",
    404: "There is no such thing, or the token may not see it. "
    "In a workflow: permissions: pull-requests: write",
}


class GitHub:
    """One repository.

    `author` is the login of the app that the token is of, where it is not that of Actions. A
    token of a person says itself whose it is.
    """

    def __init__(
        self,
        api: str,
        token: str,
        repository: str,
        *,
        author: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise UsageError(f'"{repository[:80]}" is no repository: owner/name is one.')
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self.line = Line(api, token, headers=headers, refused=_REFUSED, sleep=sleep)
        self.path = "/repos/" + "/".join(map(segment, repository.split("/")))
        self._author = author

    def author(self) -> str:
        """Return the login that this token writes under.

        The token of an app may not ask who it is, and is answered 403.
        """
        if self._author is None:
            try:
                self._author = str(self.line.get("/user")["login"])
            except ForgeError as error:
                if error.status != 403:
                    raise
                self._author = ACTIONS_BOT
            except (KeyError, TypeError):
                raise _odd("/user") from None
        return self._author


class PullRequest:
    """The conversation of one pull request."""

    def __init__(self, github: GitHub, number: int) -> None:
        self._github = github
        self._line = github.line
        self._number = number

    def head(self) -> str:
        """Return the newest commit of its branch."""
        path = f"{self._github.path}/pulls/{self._number}"
        try:
            return str(self._line.get(path)["head"]["sha"])
        except (KeyError, TypeError):
            raise _odd(path) from None

    def mine(self) -> Iterator[Comment]:
        """Yield the comments of the token's owner; GitHub lists the oldest first."""
        author = self._github.author()
        path = f"{self._github.path}/issues/{self._number}/comments"
        for page in self._line.pages(path):
            for one in page:
                if _login(one) == author:
                    yield _comment(one, path)

    def post(self, body: str) -> Comment:
        """Write a new comment."""
        path = f"{self._github.path}/issues/{self._number}/comments"
        answer = self._line.send("POST", path, {"body": body})
        if (login := _login(answer)) != self._github.author():
            raise ForgeError(
                f"The comment was posted, and its author is {login}, not {self._github.author()}: "
                "the next run would not find it.\n"
                f"  Say whose the token is: --author {login}"
            )
        return _comment(answer, path)

    def edit(self, comment: Comment, body: str) -> Comment:
        """Change a comment."""
        path = f"{self._github.path}/issues/comments/{comment.id}"
        return _comment(self._line.send("PATCH", path, {"body": body}), path)


def _login(one: Any) -> str:
    # The user is null where the account is no more.
    return str((one.get("user") or {}).get("login")) if isinstance(one, dict) else ""


def _comment(one: Any, path: str) -> Comment:
    try:
        return Comment(id=int(one["id"]), body=str(one["body"]), url=str(one["html_url"]))
    except (KeyError, TypeError, ValueError):
        raise _odd(path) from None


def _odd(path: str) -> ForgeError:
    return ForgeError(f"{path}: the answer is not what GitHub documents.")
