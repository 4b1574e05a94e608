"""A process killed at any step from a request to the publication of its events loses nothing and doubles nothing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bson.binary import UUID_SUBTYPE, Binary
from common.application.outbox import GRACE, sweep_outbox

from tests.support.booking_checks import check_everything

if TYPE_CHECKING:
    from tests.support.booking_world import BookingWorld

ROOT = Path(__file__).parents[3]
SECONDS = 100


async def end_sessions(world: BookingWorld, session_ids: list[str]) -> None:
    """End transactions of the dead now; the server would by itself after a minute."""
    sessions = [{"id": Binary(bytes.fromhex(each), UUID_SUBTYPE)} for each in session_ids]
    await world.container.mongo.client.admin.command({"killSessions": sessions})


async def test_killed_at_every_step(world: BookingWorld, mongodb_uri: str, migrated_database: str) -> None:
    first = world.start_in(days=2)
    command = [
        sys.executable, "-m", "tests.support.killable",
        mongodb_uri, migrated_database, world.service.id, world.customer.id, first.isoformat(),
    ]  # fmt: skip
    done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    *sessions, last = done.stdout.splitlines() or ["0"]
    await end_sessions(world, [line.split()[1] for line in sessions])
    steps = int(last)
    assert steps > 40, done.stderr

    bookings = await check_everything(world, at_rest=False)
    keys = Counter(booking.idempotency_key for booking in bookings)
    assert set(keys.values()) == {1}
    # Killed before the commit there is no booking, after it there is one; the last process was not killed.
    made = sorted(int((booking.idempotency_key or "").removeprefix("killed-")) for booking in bookings)
    assert made == list(range(made[0], steps + 2))
    assert made[0] > 1

    world.clock.advance(seconds=GRACE.total_seconds() + 1)
    await sweep_outbox(world.container.outbox_sweep, has_time=lambda: True)

    outbox = [row async for row in world.container.mongo.collection("outbox").find()]
    delivered = {row["event_id"] async for row in world.container.mongo.collection("delivered").find()}
    delivered |= {event.id for event in world.publisher.events}
    assert delivered == {row["_id"] for row in outbox}
    assert {row["booking_id"] for row in outbox} == {booking.id for booking in bookings}
    assert not [row for row in outbox if row["published_at"] is None]
