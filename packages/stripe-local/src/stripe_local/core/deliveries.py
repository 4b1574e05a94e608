"""Delivery of events to webhook endpoints: signed, persisted, retried until received."""

import asyncio
import functools
import hashlib
import hmac
import json
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx

from stripe_local.core.store import Store, Transaction
from stripe_local.protocol.errors import Json
from stripe_local.protocol.render import public

_BACKOFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # the last one repeats
_GIVE_UP_SECONDS = 3 * 24 * 3600.0  # https://docs.stripe.com/webhooks: retries for up to three days
_TIMEOUT_SECONDS = 20.0
_IDLE_SECONDS = 0.5
_KEPT_OUTCOME = 200


@dataclass
class Behaviour:
    """How deliveries are made; tests change it.

    Args:
        paused: Nothing is sent until resumed.
        delay_seconds: Each event is sent this much later.
        copies: How often each event is sent.
        shuffle_seconds: Events are sent at random moments within this window, so out of order.
        order: Order in which waiting events are taken up.
        concurrency: How many are under way at once; 1 makes the order exact.
        signed_ago_seconds: Age of the signature when it is sent; negative lies in the future. Signatures follow the
            machine's time, as those who check them do, not the server's clock.
    """

    paused: bool = False
    delay_seconds: float = 0.0
    copies: int = 1
    shuffle_seconds: float = 0.0
    order: str = "created"
    concurrency: int = 8
    signed_ago_seconds: float = 0.0


def sign(secrets: str | Sequence[str], timestamp: int, body: str) -> str:
    """The `Stripe-Signature` header (https://docs.stripe.com/webhooks#verify-manually).

    While an endpoint's secret is rolled, both the new and the old one sign.
    """
    each = [secrets] if isinstance(secrets, str) else secrets
    digests = [hmac.new(one.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest() for one in each]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])


class Deliveries:
    """The queue and its worker."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.behaviour = Behaviour()
        self._wake = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}

    def enqueue(self, tx: Transaction) -> None:
        """Queue the transaction's events for every endpoint that wants them, within that transaction."""
        if not tx.events:
            return
        endpoints = tx.select("kind = 'webhook_endpoint'", ())
        wall = time.time()
        for account, event in tx.events:
            wanting = [point for point in endpoints if _wants(point, account, str(event["type"]))]
            event["pending_webhooks"] = len(wanting)
            for endpoint in wanting * self.behaviour.copies:
                # https://docs.stripe.com/webhooks/versioning: events have the version of their endpoint.
                body = json.dumps(public({**event, "api_version": endpoint["api_version"] or event["api_version"]}))
                spread = random.uniform(0, self.behaviour.shuffle_seconds)  # noqa: S311 - no secret
                due = wall + self.behaviour.delay_seconds + spread
                tx.connection.execute(
                    "INSERT INTO deliveries (endpoint, event, body, state, attempts, first_at, next_at, outcome) "
                    "VALUES (?, ?, ?, 'pending', 0, ?, ?, '')",
                    (endpoint["id"], event["id"], body, due, due),
                )
        tx.events.clear()

    def redeliver(self, event_id: str, endpoint_id: str | None = None) -> int:
        """Send an event again to the endpoints that had it; returns how many."""
        cursor = self.store.connection.execute(
            "UPDATE deliveries SET state = 'pending', attempts = 0, first_at = ?1, next_at = ?1 "
            "WHERE event = ?2 AND (?3 IS NULL OR endpoint = ?3)",
            (time.time(), event_id, endpoint_id),
        )
        self.wake()
        return cursor.rowcount

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def pending(self) -> int:
        """How many deliveries are still to be made."""
        row = self.store.connection.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'").fetchone()
        return int(row[0])

    async def run(self) -> None:
        """Deliver until cancelled."""
        timeout = httpx.Timeout(_TIMEOUT_SECONDS)
        async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
            try:
                while True:
                    self._start_due(client)
                    self._wake.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), self._pause())
            finally:
                for task in self._running.values():
                    task.cancel()
                await asyncio.gather(*self._running.values(), return_exceptions=True)

    def _pause(self) -> float:
        row = self.store.connection.execute(
            "SELECT min(next_at) FROM deliveries WHERE state = 'pending' AND next_at > ?", (time.time(),)
        ).fetchone()
        until = _IDLE_SECONDS if row[0] is None else row[0] - time.time()
        return float(min(_IDLE_SECONDS, max(until, 0.005)))

    def _start_due(self, client: httpx.AsyncClient) -> None:
        room = self.behaviour.concurrency - len(self._running)
        if self.behaviour.paused or room <= 0:
            return
        order = {"reverse": "seq DESC", "shuffle": "random()"}.get(self.behaviour.order, "next_at, seq")
        busy = ",".join(map(str, self._running)) or "0"
        rows = self.store.connection.execute(
            "SELECT seq, endpoint, body, attempts, first_at FROM deliveries WHERE state = 'pending' "  # noqa: S608
            f"AND next_at <= ? AND seq NOT IN ({busy}) ORDER BY {order} LIMIT ?",
            (time.time(), room),
        ).fetchall()
        for seq, endpoint, body, attempts, first_at in rows:
            task = asyncio.create_task(self._deliver(client, seq, endpoint, body, attempts, first_at))
            self._running[seq] = task
            task.add_done_callback(functools.partial(self._finished, seq))

    def _finished(self, seq: int, _task: asyncio.Task[None]) -> None:
        self._running.pop(seq, None)
        self.wake()

    async def _deliver(
        self, client: httpx.AsyncClient, seq: int, endpoint_id: str, body: str, attempts: int, first_at: float
    ) -> None:
        row = self.store.connection.execute("SELECT body FROM objects WHERE id = ?", (endpoint_id,)).fetchone()
        if row is None:
            self._record(seq, "dropped", attempts, 0.0, "endpoint deleted")
            return
        endpoint: Json = json.loads(row[0])
        moment = int(time.time() - self.behaviour.signed_ago_seconds)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": sign([endpoint["_secret"], *endpoint.get("_old_secrets", [])], moment, body),
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        received = False
        try:
            answer = await client.post(endpoint["url"], content=body.encode(), headers=headers)
            received, outcome = answer.is_success, f"{answer.status_code}"
        except httpx.HTTPError as failure:
            outcome = f"{type(failure).__name__}: {failure}"[:_KEPT_OUTCOME]
        if received:
            self._record(seq, "delivered", attempts + 1, 0.0, outcome)
            return
        state = "failed" if time.time() - first_at > _GIVE_UP_SECONDS else "pending"
        wait = _BACKOFF_SECONDS[min(attempts, len(_BACKOFF_SECONDS) - 1)]
        self._record(seq, state, attempts + 1, time.time() + wait, outcome)

    def _record(self, seq: int, state: str, attempts: int, next_at: float, outcome: str) -> None:
        self.store.connection.execute(
            "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, outcome = ? WHERE seq = ?",
            (state, attempts, next_at, outcome, seq),
        )


def _wants(endpoint: Json, account: str, kind: str) -> bool:
    scope = endpoint.get("_scope", "platform")
    if scope != "all" and (scope == "connect") != bool(account):
        return False
    wanted = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in wanted or kind in wanted)
