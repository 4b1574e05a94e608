"""Streams: what somebody has missed, and when it is more than is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from common.domain.messaging.realtime.streams import RING_SIZE, Stream, numbered, replay
from common.domain.shared.realtime import MAX_PREVIEW, StreamKind, cut, stream_event

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _stream(seq: int) -> Stream:
    event = stream_event(StreamKind.BOOKINGS, "booking.accepted", NOW, user_ids=["usr_1"], ids={"booking_id": "bkg_1"})
    kept = range(max(1, seq - RING_SIZE + 1), seq + 1)
    return Stream(id="usr_1", epoch="e", seq=seq, events=[numbered(event, n) for n in kept], expires_at=NOW)


@pytest.mark.parametrize(("after", "missed"), [(0, [1, 2, 3]), (2, [3]), (3, [])])
def test_what_was_missed_is_replayed_in_order(after: int, missed: list[int]) -> None:
    found = replay(_stream(3), "e", after)
    assert ([each.seq for each in found.events], found.must_resync, found.seq) == (missed, False, 3)


@pytest.mark.parametrize(
    ("seq", "epoch", "after", "must_resync"),
    [
        (250, "e", 149, True),
        (250, "e", 150, False),
        (250, "e", 251, True),
        (250, "another", 250, True),
        (0, "e", 0, False),
        (0, "e", 1, True),
    ],
)
def test_a_client_loads_anew_if_more_was_missed_than_is_kept_or_it_speaks_of_another_stream(
    seq: int, epoch: str, after: int, must_resync: bool
) -> None:
    assert replay(_stream(seq), epoch, after).must_resync is must_resync


def test_a_client_that_begins_misses_nothing() -> None:
    found = replay(_stream(250), None, 0)
    assert (found.epoch, found.seq, found.events, found.must_resync) == ("e", 250, (), False)


def test_there_may_be_no_stream() -> None:
    assert replay(None, "e", 5).must_resync
    assert not replay(None, None, 0).must_resync


def test_a_preview_is_one_line_that_is_short_enough() -> None:
    assert cut(" Hello\n  there ") == "Hello there"
    assert len(cut("word " * 100)) <= MAX_PREVIEW
    assert cut("x" * MAX_PREVIEW) == "x" * MAX_PREVIEW
