"""Nothing is lost, doubled or left out: while senders and workers die, and wherever a connection does."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

from common.application.messaging.messages import Draft, send_message
from common.application.messaging.realtime.deliver import deliver_to_streams
from common.domain.messaging.conversations import conversation_id
from common.domain.messaging.realtime.streams import RING_SIZE
from common.domain.shared.events import Event
from common.domain.shared.realtime import StreamKind, stream_event

from functions.messaging.realtime_queue import process
from tests.factories.conversations import subject_of
from tests.fakes.sockets import FakeSockets
from tests.integration.messaging.test_sockets import Person
from tests.support.mortality import DiedError, Fate, mortal
from tests.support.stream_client import StreamClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx
    from common.domain.bookings.booking import Booking
    from common.domain.identity.users import User

    from tests.support.booking_world import BookingWorld

_EVENTS = 300
_EACH = 500
#: A process of which nothing was planned makes about ten steps; one in four dies.
_SENDING_PORTS, _SENDERS_LIFE = ("conversations", "attachments", "outbox", "publisher"), 40
_WORKING_PORTS, _WORKERS_LIFE = ("streams", "connections", "sockets"), 40


class Looker:
    """Somebody at a socket that dies now and then, who reads the conversation whenever something has happened."""

    def __init__(self, world: BookingWorld, user: User, sockets: FakeSockets, headers: dict[str, str]) -> None:
        self.person = Person(world.container, sockets)
        self.person.user_id = user.id
        self.headers = headers
        self.stream, self.lines = StreamClient(), list[tuple[int, str, str]]()
        self.connection, self.heard = "", 0

    async def connect(self) -> None:
        """Open a socket, and ask for what was missed."""
        _, self.connection = await self.person.connect()
        self.heard = 0
        frame = {"action": "subscribe", "epoch": self.stream.epoch, "after_seq": self.stream.seen}
        await self.person.send(self.connection, frame)

    async def look(self, client: httpx.AsyncClient, path: str) -> None:
        """Take what the socket has brought, and read on in the conversation, if that is anything."""
        frames = self.person.sockets.frames[self.connection][self.heard :]
        self.heard += len(frames)
        for frame in frames:
            self.stream.hear(frame)
        while frames:
            seq = self.lines[-1][0] if self.lines else 0
            answer = await client.get(path, params={"after_seq": seq, "limit": 100}, headers=self.headers)
            page = answer.json()
            self.lines += [(each["seq"], each["sender_role"], each["text"]) for each in page["items"]]
            if page["next_cursor"] is None:
                break


class Storm:
    """Two people of a booking who write at once, and a worker; each of their processes may die at any step."""

    def __init__(self, world: BookingWorld, booking: Booking) -> None:
        self.world, self.booking, self.id = world, booking, conversation_id(booking.id)
        self.chance = random.Random(5)  # noqa: S311 - the same deaths in every run
        self.outbox = world.container.mongo.collection("outbox")

    async def until_it_lives(self, life: int, work: Callable[[Fate], Awaitable[object]]) -> None:
        """Do something again and again, until no death comes before its end."""
        while True:
            try:
                await work(Fate(dies_at=self.chance.randint(1, life)))
            except DiedError:
                continue
            return

    async def write(self, who: User) -> None:
        """Send all of somebody's messages, each again until it is sent."""
        for number in range(_EACH):
            draft = Draft(f"Number {number}", client_id=f"c{number}")

            async def send(fate: Fate, draft: Draft = draft) -> None:
                deps = mortal(self.world.container.messaging, fate, _SENDING_PORTS)
                await send_message(deps, self.world.principal(who), self.id, draft, subject_of(self.booking))

            await self.until_it_lives(_SENDERS_LIFE, send)

    async def deliver(self, done: set[str]) -> bool:
        """Deliver what has committed, published or not, out of order and partly twice; whether there was anything."""
        wanted = {"type": "message.sent", "booking_id": self.booking.id, "_id": {"$nin": list(done)}}
        rows = await self.outbox.find(wanted).to_list()
        self.chance.shuffle(rows)
        for row in rows:
            event = Event(id=row["_id"], **row)
            done.add(event.id)

            async def work(fate: Fate, event: Event = event) -> None:
                await deliver_to_streams(mortal(self.world.container.socket_access, fate, _WORKING_PORTS), event)

            for _ in range(self.chance.choice((1, 1, 2))):
                await self.until_it_lives(_WORKERS_LIFE, work)
        return bool(rows)


async def test_a_thousand_messages_of_two_whose_processes_die_are_the_same_lines_for_both(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str], provider: dict[str, str]
) -> None:
    storm, sockets = Storm(world, await world.accepted()), FakeSockets()
    world.container.replace(sockets=sockets)
    people = {"customer": (world.customer, customer), "provider": (world.provider_user, provider)}
    both = [Looker(world, user, sockets, headers) for user, headers in people.values()]
    for each in both:
        await each.person.sign_in()
        await each.connect()
    path = f"/v1/conversations/{storm.id}/messages"

    async def look_on(sending: asyncio.Future[Any]) -> None:
        """Deliver and look until nothing is left; sockets die and come back meanwhile."""
        done, is_over = set[str](), False
        while not is_over:
            is_last = sending.done()
            is_over = not await storm.deliver(done) and is_last
            for each in both:
                if storm.chance.random() < 1 / 3:
                    sockets.gone ^= {each.connection}
                if each.connection not in sockets.gone:
                    await each.look(client, path)
                elif storm.chance.random() < 1 / 2:
                    await each.connect()

    sending = asyncio.gather(*(storm.write(user) for user, _ in people.values()))
    await asyncio.gather(sending, look_on(sending))
    for each in both:
        await each.connect()
        await each.look(client, path)
    one, other = (each.lines for each in both)
    assert one == other
    assert [seq for seq, _, _ in one] == list(range(1, 2 * _EACH + 1))
    for role in people:
        assert [text for _, who, text in one if who == role] == [f"Number {number}" for number in range(_EACH)]
    assert [each.stream.seen for each in both] == [2 * _EACH] * 2, "each event is in both streams once"
    found = await world.container.messaging.conversations.get(storm.id)
    assert found is not None
    assert (found.last_seq, found.customer_sent) == (2 * _EACH, _EACH)


async def test_a_connection_that_dies_anywhere_in_300_events_leaves_the_same_state(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str]
) -> None:
    """After each event a client comes back that has missed so many of the last ones, by a socket or over HTTP."""
    chance, now = random.Random(14), world.clock.now()  # noqa: S311 - the same gaps in every run
    world.container.replace(sockets=FakeSockets())
    person = Person(world.container, world.container.sockets)  # type: ignore[arg-type]
    person.user_id = world.customer.id
    await person.sign_in()
    (_, connection), resyncs = await person.connect(), 0
    epoch = (await person.send(connection, {"action": "subscribe"}))[-1]["epoch"]
    for number in range(1, _EVENTS + 1):
        event = stream_event(
            StreamKind.MESSAGES, "message.sent", now, user_ids=[person.user_id], ids={}, version=number
        )
        await process(world.container, event)
        seen, everything = max(0, number - chance.randint(0, 130)), list[int | None](range(1, number + 1))
        back = StreamClient(epoch, seen, everything[:seen])
        if number % 3:
            if number % 10 == 0:
                world.clock.advance(seconds=1)
                connection = (await person.connect())[1]
            frames = await person.send(connection, {"action": "subscribe", "epoch": epoch, "after_seq": seen})
        else:
            params = {"epoch": epoch, "after_seq": seen}
            frames = [(await client.get("/v1/realtime/events", params=params, headers=customer)).json()]
        for frame in frames:
            back.hear(frame, everything)
        assert (back.seen, back.shown) == (number, everything)
        is_resync = any(frame.get("type") == "resync" or frame.get("resync") for frame in frames)
        assert is_resync == (number - seen > RING_SIZE)
        resyncs += is_resync
    assert 0 < resyncs < _EVENTS / 2
