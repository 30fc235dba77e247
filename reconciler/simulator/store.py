"""Keeps objects, idempotent answers and tombstones in SQLite, one transaction per request.

It knows scopes, ids, tags and JSON, and nothing of Stripe's rules. The file is in WAL mode with
`synchronous=NORMAL`: a process killed at any moment loses nothing it has answered, because the
log is with the operating system by then; only a power cut may lose the last answers, and even it
leaves the file consistent. A stricter setting would cost an fsync per request and buy a simulator
nothing.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.simulator.pages import Page, statement
from reconciler.simulator.values import Object, dumps, loads

APPLICATION_ID = 0x53694D31
FORMAT = 1

_SCHEMA = """
CREATE TABLE objects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  scope TEXT NOT NULL, id TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL,
  UNIQUE (scope, id)
);
CREATE TABLE tags (
  scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  created INTEGER NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY (scope, name, value, created, seq)
) WITHOUT ROWID;
CREATE INDEX tags_by_object ON tags (seq);
CREATE TABLE tombstones (
  scope TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (scope, id)
) WITHOUT ROWID;
CREATE TABLE answers (
  world TEXT NOT NULL, key TEXT NOT NULL, endpoint TEXT NOT NULL, digest TEXT NOT NULL,
  status INTEGER NOT NULL, body BLOB NOT NULL, request TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (world, key)
) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""

Tag = tuple[str, str]


class SimulatorFileError(Exception):
    """The file is not one that this simulator can use; it has not been touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The stored result of a request with an idempotency key."""

    endpoint: str
    digest: str
    status: int
    body: bytes
    request: str
    created: int


class Store:
    """The simulator's memory. Not thread-safe: the simulator's lock guards it."""

    def __init__(self, path: str | Path | None) -> None:
        self._path = path
        self._db = _connect(path)
        try:
            _prepare(self._db, path)
        except BaseException:
            self._db.close()
            raise
        # A store that nobody closed gives its connection back when it goes; Python 3.13 warns.
        self._closer = weakref.finalize(self, self._db.close)

    def close(self) -> None:
        self._closer()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Writes that are undone when the block raises, inside a transaction that goes on."""
        self._db.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO attempt")
            self._db.execute("RELEASE attempt")
            raise
        self._db.execute("RELEASE attempt")

    def next(self, counter: str) -> int:
        self._db.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            (counter,),
        )
        row = self._db.execute("SELECT value FROM counters WHERE name = ?", (counter,)).fetchone()
        return int(row[0])

    def get(self, scope: str, id_: str) -> Object | None:
        row = self._db.execute(
            "SELECT body FROM objects WHERE scope = ? AND id = ?", (scope, id_)
        ).fetchone()
        return None if row is None else loads(row[0])

    def insert(self, scope: str, body: Object, tags: Iterable[Tag]) -> None:
        created = int(body.get("created", 0))
        seq = self._db.execute(
            "INSERT INTO objects (scope, id, created, body) VALUES (?, ?, ?, ?)",
            (scope, body["id"], created, dumps(body)),
        ).lastrowid
        self._tag(scope, created, seq, tags)

    def update(self, scope: str, body: Object, tags: Iterable[Tag]) -> None:
        seq, created = self._place(scope, body["id"])
        self._db.execute("UPDATE objects SET body = ? WHERE seq = ?", (dumps(body), seq))
        self._db.execute("DELETE FROM tags WHERE seq = ?", (seq,))
        self._tag(scope, created, seq, tags)

    def remove(self, scope: str, id_: str) -> None:
        seq, _ = self._place(scope, id_)
        self._db.execute("DELETE FROM objects WHERE seq = ?", (seq,))
        self._db.execute("DELETE FROM tags WHERE seq = ?", (seq,))
        self._db.execute("INSERT OR IGNORE INTO tombstones VALUES (?, ?)", (scope, id_))

    def _place(self, scope: str, id_: str) -> tuple[int, int]:
        row = self._db.execute(
            "SELECT seq, created FROM objects WHERE scope = ? AND id = ?", (scope, id_)
        ).fetchone()
        if row is None:
            raise LookupError(f"{scope} has no {id_}")
        return row[0], row[1]

    def buried(self, scope: str, id_: str) -> bool:
        found = self._db.execute(
            "SELECT 1 FROM tombstones WHERE scope = ? AND id = ?", (scope, id_)
        ).fetchone()
        return found is not None

    def find(self, scope: str, name: str, value: str) -> Object | None:
        """The oldest object that bears a tag."""
        row = self._db.execute(
            "SELECT o.body FROM tags t JOIN objects o ON o.seq = t.seq "
            "WHERE t.scope = ? AND t.name = ? AND t.value = ? ORDER BY t.created, t.seq LIMIT 1",
            (scope, name, value),
        ).fetchone()
        return None if row is None else loads(row[0])

    def everything(self, prefix: str) -> Iterator[Object]:
        """Every object of the scopes that begin with `prefix`, by scope and creation."""
        rows = self._db.execute(
            "SELECT body FROM objects WHERE substr(scope, 1, ?) = ? ORDER BY scope, seq",
            (len(prefix), prefix),
        )
        return (loads(row[0]) for row in rows.fetchall())

    def page(self, page: Page) -> tuple[list[Object], bool]:
        """One page, newest first, and whether more follow in the direction of travel."""
        sql, values = statement(page, self._position(page))
        rows = self._db.execute(sql, values).fetchall()
        more = len(rows) > page.limit
        bodies = [loads(row[0]) for row in rows[: page.limit]]
        if page.before is not None:
            bodies.reverse()
        return bodies, more

    def _position(self, page: Page) -> tuple[int, int | str] | None:
        cursor = page.after if page.after is not None else page.before
        if cursor is None:
            return None
        row = self._db.execute(
            "SELECT created, seq FROM objects WHERE scope = ? AND id = ?", (page.scope, cursor)
        ).fetchone()
        if row is None:
            raise LookupError(cursor)
        return row[0], (cursor if page.ties == "id" else row[1])

    def answer(self, world: str, key: str) -> Answer | None:
        row = self._db.execute(
            "SELECT endpoint, digest, status, body, request, created FROM answers "
            "WHERE world = ? AND key = ?",
            (world, key),
        ).fetchone()
        if row is None:
            return None
        endpoint, digest, status, body, request, created = row
        return Answer(
            endpoint=endpoint,
            digest=digest,
            status=status,
            body=body,
            request=request,
            created=created,
        )

    def keep(self, world: str, key: str, answer: Answer) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                world,
                key,
                answer.endpoint,
                answer.digest,
                answer.status,
                answer.body,
                answer.request,
                answer.created,
            ),
        )

    def _tag(self, scope: str, created: int, seq: int | None, tags: Iterable[Tag]) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO tags VALUES (?, ?, ?, ?, ?)",
            [(scope, name, value, created, seq) for name, value in tags],
        )


def _connect(path: str | Path | None) -> sqlite3.Connection:
    # Autocommit mode leaves BEGIN to us; the lock above makes sharing between threads safe.
    return sqlite3.connect(
        ":memory:" if path is None else path,
        isolation_level=None,
        check_same_thread=False,
        timeout=30,
    )


def _prepare(db: sqlite3.Connection, path: str | Path | None) -> None:
    try:
        application = db.execute("PRAGMA application_id").fetchone()[0]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise SimulatorFileError(f"{path} is not a simulator file: {error}") from error
    if application not in {0, APPLICATION_ID} or (application == 0 and tables):
        raise SimulatorFileError(f"{path} is a SQLite file of another program")
    if version > FORMAT:
        raise SimulatorFileError(
            f"{path} has format {version}, and this version reads up to {FORMAT}: "
            "it was made by a newer one"
        )
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    if application == 0:
        with _whole(db):
            # Another process may have made the file while this one waited for the lock.
            if db.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
                return
            for statement in _SCHEMA.split(";\n"):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def _whole(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
