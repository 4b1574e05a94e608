"""Who is away is told of messages once in a quiet period, and of nothing that was read meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.application.messaging.messages import Draft, send_message
from common.application.messaging.reading import mark_read
from common.application.notifications.deliver import deliver_event
from common.domain.messaging.conversations import NOTICE_AFTER, QUIET_PERIOD, conversation_id
from common.domain.notifications.inbox import Channel, Preferences
from common.domain.shared.events import Event
from common.domain.shared.notification_kinds import Kind

from tests.factories.conversations import subject_of
from tests.integration.notifications.conftest import CollectingMailer

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking
    from common.domain.identity.users import User

    from tests.support.booking_world import BookingWorld


class Talk:
    """A conversation whose time passes, with what the worker of notifications has sent."""

    def __init__(self, world: BookingWorld, booking: Booking) -> None:
        self.world, self.booking, self.id = world, booking, conversation_id(booking.id)
        self.mailer, self.done = CollectingMailer(), set[str]()
        world.container.replace(mailer=self.mailer)

    async def say(self, who: User, text: str) -> None:
        sender = self.world.principal(who)
        await send_message(self.world.container.messaging, sender, self.id, Draft(text), subject_of(self.booking))

    async def read(self, who: User) -> None:
        await mark_read(self.world.container.messaging, self.world.principal(who), self.id, None)

    async def pass_time(self, **parts: float) -> list[str]:
        """Let time pass, deliver what falls due, and give the subjects of the mails that were sent."""
        self.world.clock.set(self.world.clock.now() + timedelta(**parts))
        outbox, before = self.world.container.mongo.collection("outbox"), len(self.mailer.sent)
        due = {"type": "message.unread", "not_before": {"$lte": self.world.clock.now()}}
        while row := await outbox.find_one({**due, "_id": {"$nin": list(self.done)}, "booking_id": self.booking.id}):
            await deliver_event(self.world.container.delivery, Event(id=row["_id"], **row))
            self.done.add(row["_id"])
        return [mail.subject for _, mail in self.mailer.sent[before:]]


@pytest.fixture
async def talk(world: BookingWorld) -> Talk:
    return Talk(world, await world.accepted())


async def test_many_messages_make_one_mail_a_quiet_period(world: BookingWorld, talk: Talk) -> None:
    for number in range(4):
        await talk.say(world.customer, f"Number {number}")
    assert await talk.pass_time(minutes=4) == []
    subject = f"Aroha wrote to you: {talk.booking.service.title}"
    assert await talk.pass_time(minutes=1) == [subject]
    [(to, mail)] = talk.mailer.sent
    assert (to, "Number 0" in mail.summary, "4 messages" in mail.text) == (world.provider_user.email, True, True)
    await talk.say(world.customer, "Still there?")
    assert await talk.pass_time(minutes=30) == []
    assert await talk.pass_time(seconds=QUIET_PERIOD.total_seconds()) == [subject]
    assert await talk.pass_time(days=2) == []


async def test_what_was_read_meanwhile_is_not_told_and_reading_ends_the_quiet_period(
    world: BookingWorld, talk: Talk
) -> None:
    await talk.say(world.provider_user, "Hello")
    await talk.read(world.customer)
    assert await talk.pass_time(seconds=NOTICE_AFTER.total_seconds()) == []
    await talk.say(world.provider_user, "A question")
    assert len(await talk.pass_time(minutes=6)) == 1
    await talk.read(world.customer)
    await talk.say(world.provider_user, "Another question")
    assert len(await talk.pass_time(minutes=6)) == 1


async def test_a_message_that_is_too_new_has_its_own_turn(world: BookingWorld, talk: Talk) -> None:
    await talk.say(world.customer, "Read at once")
    await talk.read(world.provider_user)
    await talk.pass_time(minutes=4)
    await talk.say(world.customer, "Not read")
    assert await talk.pass_time(minutes=2) == []
    assert len(await talk.pass_time(minutes=3)) == 1


async def test_messages_are_a_kind_that_can_be_switched_off(world: BookingWorld, talk: Talk) -> None:
    muted = Preferences(user_id=world.provider_user.id, muted={Kind.MESSAGES: [Channel.EMAIL]})
    await world.container.inbox.preferences.save(muted)
    await talk.say(world.customer, "Hello")
    assert await talk.pass_time(minutes=5) == []
    entries = await world.container.inbox.notifications.list_by_user(
        world.provider_user.id, unread_only=True, limit=50, before=None
    )
    assert [each.kind for each in entries if each.type == "message.unread"] == [Kind.MESSAGES]


async def test_a_turn_that_was_lost_is_given_again_by_the_next_message(world: BookingWorld, talk: Talk) -> None:
    await talk.say(world.customer, "Its look ends among the dead letters")
    lost = await world.container.mongo.collection("outbox").find_one(
        {"type": "message.unread", "booking_id": talk.booking.id}
    )
    assert lost is not None
    talk.done.add(lost["_id"])
    assert await talk.pass_time(hours=2) == []
    await talk.say(world.customer, "Another one")
    assert len(await talk.pass_time(minutes=5)) == 1
    await deliver_event(world.container.delivery, Event(id=lost["_id"], **lost))
    assert len(talk.mailer.sent) == 1
