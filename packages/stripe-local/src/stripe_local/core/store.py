"""State in SQLite: one transaction per request, so that a kill at any moment leaves a whole state."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from stripe_local.protocol.errors import Json

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE (account, id));
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, seq);
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (id);
CREATE TABLE IF NOT EXISTS timers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL, account TEXT NOT NULL, action TEXT NOT NULL,
    target TEXT NOT NULL, UNIQUE (due, account, action, target));
CREATE INDEX IF NOT EXISTS timers_by_due ON timers (due, seq);
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, request_id TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, event TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, first_at REAL NOT NULL, next_at REAL NOT NULL,
    outcome TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_by_state ON deliveries (state, next_at, seq);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
"""
_TABLES = ("objects", "timers", "idempotency", "deliveries")
# Members by which objects are looked up; each gets an index.
_REFERENCES = ("customer", "payment_intent", "charge", "transfer_group", "source", "source_transaction", "transfer")


class Timer(NamedTuple):
    """Something to do at a moment of the server's clock."""

    seq: int
    due: int
    account: str
    action: str
    target: str


class Store:
    """The database.

    Args:
        directory: Where the state is kept over restarts; in memory when None.
    """

    def __init__(self, directory: Path | None = None) -> None:
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        place = ":memory:" if directory is None else str(directory / "stripe.sqlite3")
        self.connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
        # A killed process loses nothing that was committed to the write-ahead log; only a power cut could.
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.executescript(_SCHEMA)
        for name in _REFERENCES:
            self.connection.execute(
                f"CREATE INDEX IF NOT EXISTS objects_by_{name} "
                f"ON objects (account, kind, json_extract(body, '$.{name}'))"
            )

    def begin(self) -> "Transaction":
        """Open a transaction; it ends with `commit` or `rollback`."""
        self.connection.execute("BEGIN IMMEDIATE")
        return Transaction(self.connection)

    def clear(self) -> None:
        """Forget everything."""
        for table in _TABLES:
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names are constants of this module

    def close(self) -> None:
        """Close the database."""
        self.connection.close()


class Transaction:
    """Objects read and changed together; a changed object is written without being asked to."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.events: list[tuple[str, Json]] = []
        self._loaded: dict[tuple[str, str], tuple[Json, str]] = {}

    def add(self, account: str, body: Json) -> Json:
        """Insert a new object under its `id` and `object`."""
        text = json.dumps(body)
        self.connection.execute(
            "INSERT INTO objects (account, kind, id, body) VALUES (?, ?, ?, ?)",
            (account, body["object"], body["id"], text),
        )
        self._loaded[account, body["id"]] = (body, text)
        return body

    def find(self, account: str | None, object_id: str) -> Json | None:
        """An object by id, in one account or (None) in any; changes to it are kept at commit."""
        if account is None:
            query, values = "SELECT account, body FROM objects WHERE id = ?", (object_id,)
        else:
            query = "SELECT account, body FROM objects WHERE id = ? AND account = ?"
            values = (object_id, account)  # type: ignore[assignment]
        row = self.connection.execute(query, values).fetchone()
        return None if row is None else self._load(row[0], object_id, row[1])

    def remove(self, account: str, object_id: str) -> None:
        """Delete an object."""
        self.connection.execute("DELETE FROM objects WHERE account = ? AND id = ?", (account, object_id))
        self._loaded.pop((account, object_id), None)

    def select(self, where: str, values: Iterable[object], tail: str = "ORDER BY seq DESC") -> list[Json]:
        """Objects by an SQL condition on `account`, `kind`, `seq` and `body`."""
        self.flush()
        rows = self.connection.execute(
            f"SELECT account, id, body FROM objects WHERE {where} {tail}",  # noqa: S608 - written by our code
            tuple(values),
        ).fetchall()
        return [self._load(account, object_id, text) for account, object_id, text in rows]

    def rewrite(self, body: str, where: str, values: Iterable[object]) -> None:
        """Change many objects at once, by an SQL expression for their body."""
        self.flush()
        self._loaded.clear()
        self.connection.execute(f"UPDATE objects SET body = {body} WHERE {where}", tuple(values))  # noqa: S608

    def position(self, account: str, object_id: str) -> int | None:
        """An object's place in the order of creation."""
        row = self.connection.execute(
            "SELECT seq FROM objects WHERE account = ? AND id = ?", (account, object_id)
        ).fetchone()
        return None if row is None else int(row[0])

    def schedule(self, due: int, account: str, action: str, target: str) -> None:
        """Note something to do once the server's clock reaches `due`."""
        self.connection.execute(
            "INSERT OR IGNORE INTO timers (due, account, action, target) VALUES (?, ?, ?, ?)",
            (due, account, action, target),
        )

    def next_timer(self, now: int) -> Timer | None:
        """Take out the earliest timer that is due."""
        row = self.connection.execute(
            "SELECT seq, due, account, action, target FROM timers WHERE due <= ? ORDER BY due, seq LIMIT 1", (now,)
        ).fetchone()
        if row is None:
            return None
        self.connection.execute("DELETE FROM timers WHERE seq = ?", (row[0],))
        return Timer(*row)

    def flush(self) -> None:
        """Write what changed."""
        for (account, object_id), (body, before) in list(self._loaded.items()):
            text = json.dumps(body)
            if text != before:
                self.connection.execute(
                    "UPDATE objects SET body = ? WHERE account = ? AND id = ?", (text, account, object_id)
                )
                self._loaded[account, object_id] = (body, text)

    def mark(self) -> None:
        """Remember this point, to come back to it."""
        self.flush()
        self.connection.execute("SAVEPOINT mark")

    def back_to_mark(self) -> None:
        """Undo everything since the mark."""
        self.connection.execute("ROLLBACK TO mark")
        self._loaded.clear()
        self.events.clear()

    def commit(self) -> None:
        """Write what changed and make it permanent."""
        self.flush()
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        """Undo everything since the beginning."""
        self.connection.execute("ROLLBACK")

    def _load(self, account: str, object_id: str, text: str) -> Json:
        known = self._loaded.get((account, object_id))
        if known is not None:
            return known[0]
        body: Json = json.loads(text)
        self._loaded[account, object_id] = (body, text)
        return body
