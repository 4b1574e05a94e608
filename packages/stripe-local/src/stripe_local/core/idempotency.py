"""Idempotency keys (https://docs.stripe.com/api/idempotent_requests).

The first result of a key is kept, whatever its status, once a request began to execute; a request with the same key
and other parameters is refused; one that arrives while the first is under way gets a conflict. Results rejected by
validation or by a conflict are not kept. Keys are forgotten after 24 hours.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from stripe_local.core.store import Store, Transaction
from stripe_local.protocol.errors import Json, StripeError

_LIFE_SECONDS = 24 * 3600
_LONGEST = 255


@dataclass(frozen=True)
class Stored:
    """A kept result."""

    status: int
    body: Json
    request_id: str


@dataclass
class Keys:
    """Results by account and key."""

    store: Store
    under_way: set[tuple[str, str]] = field(default_factory=set)

    @contextmanager
    def held(self, key: tuple[str, str] | None) -> Iterator[None]:
        """Count a key as in use meanwhile."""
        if key is not None:
            self.under_way.add(key)
        try:
            yield
        finally:
            if key is not None:
                self.under_way.discard(key)

    def recall(self, account: str, key: str, fingerprint: str, now: int) -> Stored | None:
        """The kept result, or None when the request is to be executed.

        Raises:
            StripeError: Same key with other parameters (400), still under way (409), or too long (400).
        """
        if len(key) > _LONGEST:
            message = f"Idempotency keys may be at most {_LONGEST} characters long."
            raise StripeError(400, "idempotency_error", message)
        if (account, key) in self.under_way:
            message = f"There is currently another in-progress request using this Idempotent Key: {key}."
            raise StripeError(409, "invalid_request_error", message, code="idempotency_key_in_use")
        self.store.connection.execute("DELETE FROM idempotency WHERE created <= ?", (now - _LIFE_SECONDS,))
        row = self.store.connection.execute(
            "SELECT fingerprint, status, body, request_id FROM idempotency WHERE account = ? AND key = ?",
            (account, key),
        ).fetchone()
        if row is None:
            return None
        if row[0] != fingerprint:
            message = "Keys for idempotent requests can only be used with the same parameters they were first used"
            raise StripeError(
                400,
                "idempotency_error",
                f"{message} with. Try using a key other than '{key}' if you meant to execute a different request.",
            )
        return Stored(row[1], json.loads(row[2]), row[3])


def keep(tx: Transaction, account: str, key: str, fingerprint: str, now: int, result: Stored) -> None:
    """Keep a result in the transaction that carries the request's effects."""
    tx.connection.execute(
        "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?, ?, ?)",
        (account, key, fingerprint, result.status, json.dumps(result.body), result.request_id, now),
    )


def fingerprint(method: str, path: str, params: Json) -> str:
    """What must be equal for two requests to count as the same."""
    text = json.dumps([method, path, params], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
