"""Conversations over sockets: written, acknowledged, seen by both, and refused in our words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.messaging.conversations import conversation_id
from common.domain.messaging.messages import MESSAGES_PER_MINUTE
from common.domain.messaging.realtime.connections import TYPING_PAUSE
from common.domain.shared.events import Topic

from functions.messaging.realtime_queue import process
from tests.fakes.sockets import FakeSockets
from tests.integration.messaging.test_sockets import Person

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld


class Talk:
    """Two people of one booking at their sockets, and somebody else."""

    def __init__(self, world: BookingWorld, booking: Booking, people: dict[str, tuple[Person, str]]) -> None:
        self.world = world
        self.booking = booking
        self.id = conversation_id(booking.id)
        self.people = people

    async def send(self, who: str, action: str, **members: Any) -> list[dict[str, Any]]:
        """Send a frame about the conversation; returns what came back."""
        person, connection = self.people[who]
        return await person.send(connection, {"action": action, "conversation_id": self.id, **members})

    async def deliver(self) -> None:
        """Let the worker do what was published, twice."""
        for _ in range(2):
            for event in self.world.publisher.events:
                if event.topic is Topic.REALTIME:
                    await process(self.world.container, event)

    def seen(self, who: str, kind: str = "events") -> list[dict[str, Any]]:
        """Frames of a kind that somebody got."""
        person, connection = self.people[who]
        return [each for each in person.sockets.frames[connection] if each["type"] == kind]


@pytest.fixture
async def talk(world: BookingWorld) -> Talk:
    sockets = FakeSockets()
    world.container.replace(sockets=sockets)
    booking = await world.accepted()
    people = {}
    for who, user_id in (("customer", world.customer.id), ("provider", world.provider_user.id), ("stranger", None)):
        person = Person(world.container, sockets)
        person.user_id = user_id or person.user_id
        await person.sign_in()
        people[who] = (person, (await person.connect())[1])
    return Talk(world, booking, people)


async def test_a_message_is_acknowledged_and_reaches_both_sides_streams_once(talk: Talk) -> None:
    (ack,) = await talk.send("customer", "message", client_id="c1", text="Bring a ladder?")
    assert (ack["type"], ack["client_id"], ack["seq"]) == ("ack", "c1", 1)
    (again,) = await talk.send("customer", "message", client_id="c1", text="Bring a ladder?")
    assert again == ack
    await talk.send("provider", "message", client_id="p1", text="Yes.")
    await talk.deliver()
    for who in ("customer", "provider"):
        events = {frame["events"][0]["seq"]: frame["events"][0] for frame in talk.seen(who)}
        assert [events[seq]["version"] for seq in sorted(events)] == [1, 2]
        assert events[1]["ids"]["conversation_id"] == talk.id
        assert [events[seq]["preview"] for seq in sorted(events)] == ["Bring a ladder?", "Yes."]
    assert talk.seen("stranger") == []


async def test_who_reconnects_learns_which_conversations_went_on(talk: Talk) -> None:
    await talk.send("customer", "message", client_id="c1", text="Hello")
    person, connection = talk.people["provider"]
    for seen, behind in (({talk.id: 0}, {talk.id: 1}), ({talk.id: 1}, {}), ({"cnv_unknown": 0}, {})):
        frame = {"action": "subscribe", "conversations": seen}
        assert (await person.send(connection, frame))[-1]["conversations"] == behind
    stranger, theirs = talk.people["stranger"]
    frames = await stranger.send(theirs, {"action": "subscribe", "conversations": {talk.id: 0}})
    assert frames[-1]["conversations"] == {}


@pytest.mark.parametrize(
    ("who", "members", "code", "field"),
    [
        ("stranger", {"client_id": "x", "text": "Hi"}, "not_found", None),
        ("customer", {"client_id": "x"}, "invalid_input", "text"),
        ("customer", {"client_id": "x", "text": "  "}, "invalid_input", "text"),
        ("customer", {"client_id": "x", "text": "a" * 2_001}, "invalid_input", "text"),
        ("customer", {"text": "Hi"}, "invalid_input", "client_id"),
        ("customer", {"client_id": "x y", "text": "Hi"}, "invalid_input", "client_id"),
        ("customer", {"client_id": "x", "media_ids": ["m", "m"]}, "invalid_input", "media_ids"),
        ("customer", {"client_id": "x", "media_ids": [f"m{n}" for n in range(6)]}, "invalid_input", "media_ids"),
        ("customer", {"client_id": "x", "media_ids": ["med_nobodys"]}, "invalid_input", "media_ids"),
    ],
)
async def test_a_refused_message_names_itself_and_what_is_wrong(
    talk: Talk, who: str, members: dict[str, Any], code: str, field: str | None
) -> None:
    (error,) = await talk.send(who, "message", **members)
    assert (error["type"], error["code"], error["action"]) == ("error", code, "message")
    assert error.get("client_id") == members.get("client_id")
    assert [each["field"].partition(".")[0] for each in error.get("errors", [])] == ([field] if field else [])


async def test_messages_over_sockets_and_http_count_together(talk: Talk) -> None:
    sent = [talk.send("customer", "message", client_id=f"c{n}", text="!") for n in range(MESSAGES_PER_MINUTE)]
    await asyncio.gather(*sent)
    (error,) = await talk.send("customer", "message", client_id="more", text="!")
    assert (error["code"], error["client_id"]) == ("rate_limited", "more")
    assert error["retry_after"] >= 1


async def test_typing_is_seen_by_the_other_party_alone_and_not_too_often(talk: Talk) -> None:
    assert await talk.send("customer", "typing") == []
    await talk.send("customer", "typing")
    assert talk.seen("provider", "typing") == [
        {"type": "typing", "conversation_id": talk.id, "role": "customer"},
    ]
    talk.world.clock.advance(seconds=TYPING_PAUSE.total_seconds())
    await talk.send("customer", "typing")
    assert len(talk.seen("provider", "typing")) == 2
    assert talk.seen("customer", "typing") == talk.seen("stranger", "typing") == []
    (error,) = await talk.send("stranger", "typing")
    assert error["code"] == "not_found"
