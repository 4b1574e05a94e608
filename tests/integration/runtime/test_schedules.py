"""The outbox sweep and the clean-up: bounded, repeatable, safe to lose."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.shared.expiry import MongoExpiry
from common.application.shared.cleanup import GRACE, CleanupDeps, Expiring, remove_expired
from common.application.shared.outbox import GRACE as OUTBOX_GRACE
from common.application.shared.outbox import outbox_lag, sweep_outbox
from common.domain.shared.events import Event, Topic, new_event
from common.runtime.budget import Budget

from functions.system.cleanup_schedule import clean_up
from functions.system.outbox_schedule import sweep
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher


@pytest.fixture(autouse=True)
async def _empty(container: Container) -> None:
    for name in ("outbox", "slot_claims", "mail_tokens", "idempotency_keys"):
        await container.mongo.collection(name).delete_many({})


def _always() -> bool:
    return True


def _events(clock: FakeClock, count: int, topic: Topic = Topic.NOTIFICATIONS, **payload: Any) -> list[Event]:
    return [new_event(topic, "booking.accepted", clock.now(), **payload) for _ in range(count)]


async def test_what_a_crash_left_behind_is_published_once(
    container: Container, clock: FakeClock, publisher: CollectingPublisher
) -> None:
    await container.outbox.insert(_events(clock, 250))
    assert await sweep(container, Budget(30)) == {"EventsSwept": 0}
    clock.advance(seconds=OUTBOX_GRACE.total_seconds() + 1)
    assert await sweep(container, Budget(30)) == {"EventsSwept": 250}
    assert await sweep(container, Budget(30)) == {"EventsSwept": 0}
    assert len({event.id for event in publisher.events}) == len(publisher.events) == 250


async def test_while_the_queues_are_unavailable_nothing_is_lost(
    container: Container, clock: FakeClock, publisher: CollectingPublisher
) -> None:
    await container.outbox.insert(_events(clock, 3))
    clock.advance(minutes=1)
    publisher.is_unavailable = True
    assert await sweep(container, Budget(30)) == {"EventsSwept": 0}
    assert await outbox_lag(container.outbox_sweep) == 60
    publisher.is_unavailable = False
    assert await sweep(container, Budget(30)) == {"EventsSwept": 3}
    assert await outbox_lag(container.outbox_sweep) == 0


async def test_a_dead_queue_does_not_hold_up_another(
    container: Container, clock: FakeClock, publisher: CollectingPublisher
) -> None:
    class HalfDead:
        async def publish(self, events: Sequence[Event]) -> Sequence[str]:
            return await publisher.publish([event for event in events if event.topic is Topic.PAYMENTS])

    await container.outbox.insert(_events(clock, 150))
    clock.advance(seconds=1)
    await container.outbox.insert(_events(clock, 5, Topic.PAYMENTS))
    clock.advance(minutes=1)
    container.replace(publisher=HalfDead())
    assert await sweep(container, Budget(30)) == {"EventsSwept": 5}


async def test_an_operation_that_nobody_can_read_keeps_neither_events_nor_other_operations_waiting(
    container: Container, clock: FakeClock, publisher: CollectingPublisher
) -> None:
    operations = container.mongo.collection("payment_operations")
    await operations.delete_many({})
    rows = [{"_id": f"pay_{n}", "booking_id": f"bkg_{n}", "sequence": 1, "locked_until": clock.now()} for n in (1, 2)]
    await operations.insert_many(rows)
    await container.outbox.insert(_events(clock, 3))
    clock.advance(minutes=1)
    assert await sweep(container, Budget(30)) == {"EventsSwept": 5}
    asked = [str(event.payload["operation_id"]) for event in publisher.events if event.topic is Topic.PAYMENTS]
    assert sorted(asked) == ["pay_1", "pay_2"]
    assert await operations.count_documents({"locked_until": {"$exists": True}}) == 0
    await operations.delete_many({})


async def test_what_hinders_the_hand_over_of_operations_keeps_no_event_waiting(
    container: Container, clock: FakeClock, publisher: CollectingPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    await container.outbox.insert(_events(clock, 3))
    clock.advance(minutes=1)
    monkeypatch.setattr(container.payment_operations, "list_abandoned", fail)
    with pytest.raises(RuntimeError):
        await sweep(container, Budget(30))
    assert len(publisher.events) == 3


async def test_a_sweep_stops_when_its_time_is_over_and_the_next_goes_on(container: Container, clock: FakeClock) -> None:
    await container.outbox.insert(_events(clock, 150))
    clock.advance(minutes=1)
    times = iter([True, False])
    assert await sweep_outbox(container.outbox_sweep, has_time=lambda: next(times)) == 100
    assert await sweep_outbox(container.outbox_sweep, has_time=_always) == 50


async def test_an_event_for_later_waits(container: Container, clock: FakeClock) -> None:
    (event,) = _events(clock, 1)
    await container.outbox.insert([event.model_copy(update={"not_before": clock.now() + timedelta(hours=1)})])
    clock.advance(minutes=1)
    assert await sweep(container, Budget(30)) == {"EventsSwept": 0}
    clock.advance(minutes=50)
    assert await sweep(container, Budget(30)) == {"EventsSwept": 1}


async def test_tokens_do_not_stay_in_the_outbox_once_their_mail_is_on_its_way(
    container: Container, clock: FakeClock
) -> None:
    mail = new_event(Topic.NOTIFICATIONS, "mail.requested", clock.now(), template="verify_email", token="secret")
    booking = new_event(Topic.NOTIFICATIONS, "booking.accepted", clock.now(), price=1)
    await container.outbox.insert([mail, booking])
    await container.outbox.mark_published([mail.id, booking.id], clock.now())
    rows = {row["_id"]: row async for row in container.mongo.collection("outbox").find({})}
    assert rows[mail.id]["payload"] == {}
    assert rows[booking.id]["payload"] == {"price": 1}
    assert rows[mail.id]["published_at"] == clock.now()


async def test_unpublished_events_are_found_without_reading_the_published_ones(
    container: Container, clock: FakeClock
) -> None:
    rows = container.mongo.collection("outbox")
    await rows.insert_many([{"_id": f"evt_0{n:04}", "published_at": clock.now()} for n in range(2000)])
    await container.outbox.insert(_events(clock, 5))
    clock.advance(minutes=1)
    async with profiled(container.mongo, "outbox") as done:
        events = await container.outbox.list_unpublished(before=clock.now(), limit=100)
        await container.outbox.list_unpublished(before=clock.now(), limit=100, after=events[2])
    read = [(row["nreturned"], row["docsExamined"], row.get("hasSortStage", False)) for row in done]
    assert read == [(5, 5, False), (2, 2, False), (0, 0, False)]


async def test_events_that_wait_for_later_are_not_read(container: Container, clock: FakeClock) -> None:
    """They come when they are due, after those that are due at once, each once and page by page."""
    at_once = sorted(_events(clock, 3), key=lambda each: each.id)
    later = [
        event.model_copy(update={"not_before": clock.now() + timedelta(minutes=20 + number)})
        for number, event in enumerate(_events(clock, 300))
    ]
    await container.outbox.insert([*later, *at_once])
    clock.advance(minutes=6)
    async with profiled(container.mongo, "outbox") as rows:
        found = await container.outbox.list_unpublished(before=clock.now(), limit=2)
        rest = await container.outbox.list_unpublished(before=clock.now(), limit=2, after=found[-1])
        last = await container.outbox.list_unpublished(before=clock.now(), limit=2, after=rest[-1])
    read = [(row["nreturned"], row["docsExamined"]) for row in rows]
    assert [each.id for each in (*found, *rest, *last)] == [each.id for each in (*at_once, *later[:2])]
    assert read == [(2, 2), (1, 1), (1, 1), (0, 0), (1, 1)]


async def test_what_expired_is_removed_after_its_grace_and_nothing_else(container: Container, clock: FakeClock) -> None:
    claims, tokens = container.mongo.collection("slot_claims"), container.mongo.collection("mail_tokens")
    now = clock.now()
    old, fresh = now - GRACE[Expiring.SLOT_HOLDS] - timedelta(seconds=1), now - timedelta(minutes=30)
    rows = [("old", old), ("fresh", fresh), ("booked", None)]
    await claims.insert_many(
        [{"_id": name, "provider_id": "p", "cells": [n], "expires_at": at} for n, (name, at) in enumerate(rows)]
    )
    ends = {"ended": now - timedelta(seconds=1), "live": now + timedelta(1)}
    await tokens.insert_many([{"_id": name, "expires_at": at} for name, at in ends.items()])
    counts = await clean_up(container, Budget(30))
    assert (counts["ExpiredSlotHolds"], counts["ExpiredMailTokens"]) == (1, 1)
    assert [row["_id"] async for row in claims.find({}).sort("_id", 1)] == ["booked", "fresh"]
    assert [row["_id"] async for row in tokens.find({})] == ["live"]


async def test_the_clean_up_works_in_batches_and_stops_in_time(container: Container, clock: FakeClock) -> None:
    expired = clock.now() - timedelta(days=1)
    rows = [{"_id": f"key-{n}", "expires_at": expired} for n in range(1200)]
    await container.mongo.collection("idempotency_keys").insert_many(rows)
    deps = CleanupDeps(container.clock, MongoExpiry(container.mongo))
    calls: list[int] = []

    def has_time() -> bool:
        calls.append(1)
        return len(calls) <= len(Expiring) + 1

    counts = await remove_expired(deps, has_time=has_time)
    assert counts["ExpiredIdempotencyKeys"] == 1000
    assert (await clean_up(container, Budget(30)))["ExpiredIdempotencyKeys"] == 200


@pytest.mark.parametrize("kind", list(Expiring))
async def test_expired_rows_are_found_by_an_index(container: Container, clock: FakeClock, kind: Expiring) -> None:
    name = {Expiring.SLOT_HOLDS: "slot_claims"}.get(kind, kind.value)
    query = {"expires_at": {"$type": "date", "$lt": clock.now()}}
    plan = await container.mongo.collection(name).find(query, {"_id": 1}).limit(500).explain()
    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])
