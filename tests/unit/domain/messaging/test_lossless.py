"""A client that keeps the protocol's rules ends where it would have ended, wherever its connection dies.

The stream and the replay are the product's own; the client is the protocol's (docs/realtime.md): it passes over numbers
it has seen, holds what comes early, and asks again where it came to a gap or connects anew.
"""

from __future__ import annotations

from datetime import UTC, datetime

from common.domain.messaging.realtime.streams import RING_SIZE, Stream, StreamEvent, numbered, replay
from common.domain.shared.realtime import StreamKind, stream_event
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.stream_client import StreamClient

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVENTS = 300
_ITEMS = [
    numbered(stream_event(StreamKind.MESSAGES, "message.sent", NOW, user_ids=["usr_1"], ids={}, version=n), n)
    for n in range(1, EVENTS + 1)
]


def _stream(seq: int) -> Stream:
    kept = _ITEMS[max(0, seq - RING_SIZE) : seq]
    return Stream(id="usr_1", epoch="e", seq=seq, events=kept, expires_at=NOW)


def _subscribe(client: StreamClient, stream: Stream) -> None:
    found = replay(stream, "e", client.seen)
    if found.must_resync:
        client.begin(found.epoch, found.seq, [each.version for each in _ITEMS[: found.seq]])
    for event in found.events:
        client.take(event.seq, event.version)


@st.composite
def _lives(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Per event whether it gets through, is lost, comes twice or late; and where the client connects anew."""
    fates = draw(st.lists(st.sampled_from(["sent", "lost", "twice", "late"]), min_size=EVENTS, max_size=EVENTS))
    dead = draw(st.lists(st.tuples(st.integers(1, EVENTS), st.integers(1, 150)), max_size=6))
    life: list[tuple[str, int]] = []
    for seq, fate in enumerate(fates, 1):
        is_dead = any(start <= seq < start + length for start, length in dead)
        life.append(("lost" if is_dead else fate, seq))
        if any(seq == start + length for start, length in dead):
            life.append(("subscribe", seq))
    return life


@settings(max_examples=60, deadline=None)
@given(_lives())
def test_a_connection_that_dies_anywhere_in_300_events_leaves_the_same_state(life: list[tuple[str, int]]) -> None:
    client, late = StreamClient(), list[StreamEvent]()
    for what, seq in life:
        item = _ITEMS[seq - 1]
        if what == "subscribe":
            _subscribe(client, _stream(seq))
        elif what == "late":
            late.append(item)
        elif what != "lost":
            for _ in range(2 if what == "twice" else 1):
                client.take(item.seq, item.version)
            for each in late:
                client.take(each.seq, each.version)
            late.clear()
        assert client.shown == [each.version for each in _ITEMS[: client.seen]], "nothing doubled, nothing left out"
    _subscribe(client, _stream(EVENTS))
    assert client.shown == [each.version for each in _ITEMS]
