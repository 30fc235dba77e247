"""What is told of a catalog's ids, whatever the format: whose they are, and each by its address.

Not how it is written: that is `ids`, and `ids_code` for programming languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.model.catalog import Account
from reconciler.model.kind import Kinds
from reconciler.model.values import to_json
from reconciler.planner.identify import Entry, Held, Identities
from reconciler.render.safe import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What every format tells: the objects and the entries of one catalog in one account."""

    catalog: str
    account: Account
    identities: Identities
    kinds: Kinds

    @property
    def title(self) -> str:
        """Whose ids these are, in a line that nothing can break out of."""
        return f"catalog {self.catalog} on {_account(self.account)} ({self.account.mode} mode)"

    @property
    def objects(self) -> dict[str, dict[str, Any]]:
        """What is known of each object, by address."""
        return {str(one.address): _object(one) for one in self.identities.held}

    @property
    def entries(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What is known of each entry, by the name of its kind's table and by address."""
        return {
            kind.table: {
                str(one.address): _entry(one)
                for one in self.identities.entries
                if one.resource.kind is kind
            }
            for kind in self.kinds.values()
            if not kind.stored
        }

    def document(self) -> dict[str, Any]:
        """Return all of it as JSON's own types."""
        return {
            "catalog": self.catalog,
            "account": self.account.id,
            "livemode": self.account.livemode,
            "objects": self.objects,
            **self.entries,
        }


def _account(account: Account) -> str:
    return shown(account.id) if account.id else "an account that the key may not name"


def _object(held: Held) -> dict[str, Any]:
    return {"id": held.id, **held.names}


def _entry(entry: Entry) -> dict[str, Any]:
    said: dict[str, Any] = to_json({**entry.body, **entry.names})
    return {entry.host_kind: entry.host, **said}
