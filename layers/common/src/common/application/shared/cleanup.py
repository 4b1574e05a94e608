"""Removing what has expired."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from common.application.ports.shared.clock import Clock

_BATCH = 500


class Expiring(StrEnum):
    """What expires automatically and is of no use afterwards."""

    SLOT_HOLDS = "slot_holds"
    BOOKING_INTENTS = "booking_intents"
    MAIL_TOKENS = "mail_tokens"
    REGISTRATIONS = "registrations"
    REFRESH_TOKENS = "refresh_tokens"
    BLOCKS = "blocks"
    MANUAL_BOOKINGS = "manual_bookings"
    IDEMPOTENCY_KEYS = "idempotency_keys"


#: How long each is left alone after its end. A hold outlives its booking's payment timer, so that the sweep of due
#: bookings, which asks Stripe first, is always the one to decide; an intent can be read back for a week.
GRACE = {
    Expiring.SLOT_HOLDS: timedelta(hours=1),
    Expiring.BOOKING_INTENTS: timedelta(days=7),
    Expiring.MAIL_TOKENS: timedelta(0),
    Expiring.REGISTRATIONS: timedelta(0),
    Expiring.REFRESH_TOKENS: timedelta(0),
    Expiring.BLOCKS: timedelta(0),
    Expiring.MANUAL_BOOKINGS: timedelta(0),
    Expiring.IDEMPOTENCY_KEYS: timedelta(0),
}


class ExpiryStore(Protocol):
    """Where expiring things are kept."""

    async def delete_expired(self, kind: Expiring, *, before: datetime, limit: int) -> int:
        """Remove up to ``limit`` things that expired before an instant; returns how many."""
        ...


@dataclass(frozen=True)
class CleanupDeps:
    """What the clean-up needs."""

    clock: Clock
    expiry: ExpiryStore


async def remove_expired(deps: CleanupDeps, *, has_time: Callable[[], bool]) -> dict[str, int]:
    """Remove what has expired, kind by kind, in bounded batches; what is left waits for the next run.

    Args:
        deps: ports.
        has_time: asked before each batch.

    Returns:
        How many of each kind were removed, by metric name.
    """
    now = deps.clock.now()
    counts: dict[str, int] = {}
    for kind, grace in GRACE.items():
        removed = 0
        while has_time():
            batch = await deps.expiry.delete_expired(kind, before=now - grace, limit=_BATCH)
            removed += batch
            if batch < _BATCH:
                break
        counts[_metric(kind)] = removed
    return counts


def _metric(kind: Expiring) -> str:
    return "Expired" + kind.value.title().replace("_", "")
