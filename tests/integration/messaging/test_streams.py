"""Streams in the database: numbered without a gap, each event once, written only for people who look."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from common.domain.messaging.realtime.streams import RING_SIZE, STREAM_LIFETIME
from common.domain.shared.realtime import StreamKind, stream_event

from functions.messaging.realtime_queue import process

if TYPE_CHECKING:
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container


@pytest.fixture
def user() -> str:
    """An account of this test alone."""
    return f"usr_{uuid4().hex}"


def _event(container: Container, number: int, *users: str) -> Event:
    ids = {"conversation_id": "cnv_$1", "message_id": f"msg_{number}"}
    now = container.clock.now()
    return stream_event(
        StreamKind.MESSAGES, "message.sent", now, user_ids=users, ids=ids, version=number, preview="$name: hi"
    )


async def test_events_that_race_are_numbered_without_a_gap_and_repeats_change_nothing(
    container: Container, user: str
) -> None:
    now = container.clock.now()
    await asyncio.gather(*(container.streams.open(user, f"epoch-{n}", now) for n in range(3)))
    events = [_event(container, n, user) for n in range(1, 41)]
    await asyncio.gather(*(container.streams.append(user, each, now) for each in [*events, *events]))
    stream = await container.streams.get(user, now)
    assert stream is not None
    assert [each.seq for each in stream.events] == list(range(1, 41))
    assert sorted(each.id for each in stream.events) == sorted(each.id for each in events)
    again = await container.streams.append(user, events[0], now)
    assert again is not None
    assert again == (stream.epoch, next(each for each in stream.events if each.id == events[0].id))
    assert again[1].ids == events[0].payload["ids"]
    assert again[1].preview == "$name: hi"


async def test_a_stream_keeps_the_last_hundred_events(container: Container, user: str) -> None:
    now = container.clock.now()
    await container.streams.open(user, "e", now)
    for n in range(RING_SIZE + 5):
        await container.streams.append(user, _event(container, n, user), now)
    stream = await container.streams.get(user, now)
    assert stream is not None
    assert [each.seq for each in stream.events] == list(range(6, RING_SIZE + 6))


async def test_a_stream_is_written_only_for_a_week_after_its_person_looked(container: Container, user: str) -> None:
    now = container.clock.now()
    await container.streams.open(user, "first", now)
    await process(container, _event(container, 1, user, "usr_who_never_looks"))
    late = now + STREAM_LIFETIME + timedelta(seconds=1)
    assert await container.streams.append(user, _event(container, 2, user), late) is None
    assert await container.streams.list_live([user, "usr_who_never_looks"], now) == [user]
    assert await container.streams.list_live([user], late) == []
    await container.streams.open(user, "second", now + timedelta(days=1))
    stream = await container.streams.get(user, late)
    assert stream is not None
    assert (stream.epoch, stream.seq) == ("first", 1)
    await container.streams.open(user, "second", late + STREAM_LIFETIME)
    stream = await container.streams.get(user, late + STREAM_LIFETIME)
    assert stream is not None
    assert (stream.epoch, stream.seq, stream.events) == ("second", 0, [])
