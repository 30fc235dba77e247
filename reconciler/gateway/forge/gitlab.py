"""GitLab, as far as a comment on a merge request needs it.

https://docs.gitlab.com/api/notes/#merge-requests
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from reconciler.errors import ForgeError
from reconciler.gateway.forge.line import Line, segment
from reconciler.gateway.forge.sticky import Comment

_REFUSED = {
    401: "The token is wrong, has expired, or lacks the scope api. A job token cannot comment.",
    403: "The token may not do this. A project access token needs the scope api and the role "
    "Developer.",
    404: "There is no such merge request, or the token may not see it.",
}


class MergeRequest:
    """The conversation of one merge request."""

    def __init__(
        self,
        api: str,
        token: str,
        project: str,
        number: int,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Accept": "application/json"}
        self._line = Line(api, token, headers=headers, refused=_REFUSED, sleep=sleep)
        self._path = f"/projects/{segment(project)}/merge_requests/{number}"
        self._me: int | None = None
        self._url = ""

    def head(self) -> str:
        """Return the newest commit of its branch."""
        try:
            found = self._line.get(self._path)
            self._url = str(found["web_url"])
            return str(found["sha"])
        except (KeyError, TypeError):
            raise _odd(self._path) from None

    def mine(self) -> Iterator[Comment]:
        """Yield the notes of the token's owner, the oldest first."""
        if self._me is None:
            try:
                self._me = int(self._line.get("/user")["id"])
            except (KeyError, TypeError, ValueError):
                raise _odd("/user") from None
        path = f"{self._path}/notes"
        for page in self._line.pages(path, sort="asc", order_by="created_at"):
            for one in page:
                if _author(one) == self._me and not one.get("system"):
                    yield self._note(one)

    def post(self, body: str) -> Comment:
        """Write a new note."""
        return self._note(self._line.send("POST", f"{self._path}/notes", {"body": body}))

    def edit(self, comment: Comment, body: str) -> Comment:
        """Change a note."""
        path = f"{self._path}/notes/{comment.id}"
        return self._note(self._line.send("PUT", path, {"body": body}))

    def _note(self, one: Any) -> Comment:
        try:
            number = int(one["id"])
            return Comment(id=number, body=str(one["body"]), url=f"{self._url}#note_{number}")
        except (KeyError, TypeError, ValueError):
            raise _odd(f"{self._path}/notes") from None


def _author(one: Any) -> Any:
    return (one.get("author") or {}).get("id") if isinstance(one, dict) else None


def _odd(path: str) -> ForgeError:
    return ForgeError(f"{path}: the answer is not what GitLab documents.")
