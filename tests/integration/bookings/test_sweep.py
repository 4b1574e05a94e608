"""The sweep of due bookings: several at once, after a crash, duplicated, early, late, and many."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.sweep import LEASE, fire_due, sweep_due
from common.application.shared.sweeping import UnreadableRowError
from common.domain.bookings.booking import BookingStatus
from common.domain.shared.errors import Unavailable

from tests.factories.bookings import make_booking, make_creation, make_slot
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from common.domain.bookings.booking import BookingChange
    from common.domain.shared.events import Event

    from tests.support.booking_world import BookingWorld

MANY = 400
FEW = 250
SWEPT = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 450


async def store_due(world: BookingWorld, count: int, due_at: datetime) -> None:
    """Requests whose time to be answered is over at an instant."""
    await world.container.mongo.collection("bookings").insert_many(
        [
            {
                **make_booking(
                    due_at,
                    status=BookingStatus.REQUESTED,
                    accept_by=due_at,
                    next_due_at=due_at,
                    next_due_action="expire",
                ).model_dump(exclude={"id"}),
                "_id": f"bkg_{due_at.timestamp():.0f}_{number:06d}",
            }
            for number in range(count)
        ]
    )


async def expired(world: BookingWorld) -> int:
    return await world.container.mongo.collection("bookings").count_documents({"status": BookingStatus.EXPIRED})


async def test_several_sweeps_fire_each_booking_once(world: BookingWorld) -> None:
    await store_due(world, MANY, world.clock.now())

    reports = await asyncio.gather(*(world.sweep() for _ in range(5)))

    assert sum(report.get("expire", 0) for report in reports) == MANY
    assert await expired(world) == MANY
    rows = world.container.mongo.collection("booking_history")
    assert await rows.count_documents({"action": "expire"}) == MANY


async def test_a_sweep_reads_each_due_booking_once_and_what_others_have_taken_never(world: BookingWorld) -> None:
    """Finding what is due reads the index alone, from where the others have stopped."""
    now = world.clock.now()
    await store_due(world, 60, now)
    await store_due(world, 60, now + timedelta(hours=1))
    for _ in range(2):
        taken = await world.deps.bookings.claim_due(now, until=now + LEASE, limit=20)
        assert len(taken.rows) == 20

    async with profiled(world.container.mongo, "bookings") as done:
        await world.deps.bookings.claim_due(now, until=now + LEASE, limit=20)
    read = [(row["op"], row["docsExamined"]) for row in done]
    assert read == [("query", 0), ("update", 20), ("query", 20)]


async def test_what_a_dead_sweep_had_taken_comes_back(world: BookingWorld) -> None:
    await store_due(world, 30, world.clock.now())
    now = world.clock.now()
    taken = await world.deps.bookings.claim_due(now, until=now + LEASE, limit=10)
    assert len(taken.rows) == 10

    assert await world.sweep() == {"expire": 20}
    assert await world.sweep() == {}
    world.clock.advance(minutes=2)

    assert await world.sweep() == {"expire": 10}


async def test_a_sweep_out_of_time_leaves_the_rest_to_the_next(world: BookingWorld) -> None:
    await store_due(world, 250, world.clock.now())
    answers = iter([True, False])

    first = await sweep_due(world.deps, has_time=lambda: next(answers))

    assert first["expire"] == 100
    assert await world.sweep() == {"expire": 150}


async def test_doubled_and_early_firings_do_nothing(world: BookingWorld) -> None:
    booking = await world.requested(world.start_in(days=4))
    await fire_due(world.deps, booking.id)
    assert (await world.get(booking)).version == booking.version

    world.clock.advance(hours=25)
    await asyncio.gather(*(fire_due(world.deps, booking.id) for _ in range(10)))
    await world.sweep()

    assert (await world.history(booking)).count("expire") == 1


async def test_after_a_long_pause_everything_due_fires_in_its_order(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=4))
    world.clock.set(booking.slot.start_at - timedelta(hours=1))

    await world.sweep()

    assert (await world.history(booking))[-1] == "remind"
    assert (await world.get(booking)).reminders_sent == ["first", "second"]


async def test_one_bad_booking_holds_up_nobody(world: BookingWorld) -> None:
    await store_due(world, 20, world.clock.now())
    bad = make_booking(world.clock.now(), slot=make_slot(), status=BookingStatus.REQUESTED)
    due = {"accept_by": world.clock.now(), "next_due_at": world.clock.now() - timedelta(hours=1)}
    await world.deps.bookings.commit(make_creation(bad.model_copy(update=due)))
    history = world.container.mongo.collection("booking_history")
    await history.insert_one({"_id": "in the way", "booking_id": bad.id, "version": 2})

    await world.sweep()

    assert await expired(world) == 20


async def test_a_row_that_cannot_be_read_holds_up_nobody_and_is_told(world: BookingWorld) -> None:
    now = world.clock.now()
    await store_due(world, 20, now)
    poison = {"_id": "bkg_poison", "status": "unheard_of", "next_due_at": now - timedelta(hours=1)}
    await world.container.mongo.collection("bookings").insert_one(poison)

    with pytest.raises(UnreadableRowError, match="bkg_poison"):
        await world.sweep()

    assert await expired(world) == 20
    assert await world.sweep() == {}
    world.clock.set(now + LEASE + timedelta(seconds=1))
    with pytest.raises(UnreadableRowError):
        await world.sweep()


async def test_the_events_of_a_batch_are_sent_together(world: BookingWorld) -> None:
    publisher = Forgetting()
    world.deps = replace(world.deps, publisher=publisher)
    await store_due(world, 200, world.clock.now())

    assert await world.sweep() == {"expire": 200}

    assert publisher.calls == 2
    assert await world.container.mongo.collection("outbox").count_documents({"published_at": None}) == 0


class Forgetting:
    """Queues that take everything and keep no more than how often they were called with something."""

    calls = 0

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        self.calls += bool(events)
        return [event.id for event in events]


async def test_memory_does_not_grow_with_what_is_due(world: BookingWorld) -> None:
    """The peak of a sweep over many batches stays near that of one over two; 10 000 bookings at night."""
    world.deps = replace(world.deps, publisher=Forgetting())
    await store_due(world, FEW, world.clock.now())
    few = await _peak(world)
    await store_due(world, SWEPT, world.clock.now() - timedelta(days=1))

    many = await _peak(world)

    logging.getLogger(__name__).info("peak of %d: %d kB, of %d: %d kB", FEW, few >> 10, SWEPT, many >> 10)
    assert await expired(world) == FEW + SWEPT
    assert many < few * 1.5


async def _peak(world: BookingWorld) -> int:
    gc.collect()
    tracemalloc.start()
    await sweep_due(world.deps, has_time=lambda: True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


class FailingOnce:
    """A repository that the database refuses one booking's change, once."""

    def __init__(self, inner: Any, booking_id: str) -> None:
        self._inner = inner
        self._booking_id = booking_id
        self._failures = 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def commit(self, change: BookingChange) -> None:
        if change.booking.id == self._booking_id and self._failures:
            self._failures -= 1
            raise Unavailable("The database is unavailable.")
        await self._inner.commit(change)


async def test_one_booking_that_fails_stops_no_other_and_comes_back(world: BookingWorld) -> None:
    due_at = world.clock.now()
    await store_due(world, 12, due_at)
    stubborn = f"bkg_{due_at.timestamp():.0f}_{3:06d}"
    failing = FailingOnce(world.deps.bookings, stubborn)
    world.deps = replace(world.deps, bookings=failing)

    with pytest.raises(Unavailable):
        await world.sweep()
    assert await expired(world) == 11

    world.clock.set(due_at + LEASE + timedelta(seconds=1))
    assert await world.sweep() == {"expire": 1}
    assert await expired(world) == 12
