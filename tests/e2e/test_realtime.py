"""A socket through the one public address: tickets, replay over a killed connection, and its end with the sign-in."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.e2e.test_identity import member
from tests.e2e.test_main_job import Market

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

#: Far more than anything here takes; a loaded machine starts functions slowly.
_SECONDS = 60.0
_SOON_SECONDS = 40.0


class Socket:
    """One browser's socket, which keeps what it has seen while connections come and go."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.epoch: str | None = None
        self.seen: dict[int, dict[str, Any]] = {}
        self.connection: ClientConnection

    async def open(self) -> None:
        ticket = self.person.call("POST", "/v1/realtime/tickets")
        self.connection = await connect(f"{ticket['url']}?ticket={ticket['ticket']}", proxy=None)
        await self.subscribe()

    async def subscribe(self) -> None:
        """Ask for what comes after the last event before any gap: events may overtake each other on their way."""
        last = min(self.seen, default=0)
        while last + 1 in self.seen:
            last += 1
        await self.send(action="subscribe", epoch=self.epoch, after_seq=last)
        self.epoch = (await self.until("subscribed"))["epoch"]

    async def send(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; events are kept on the way."""
        async with asyncio.timeout(_SECONDS):
            while True:
                frame: dict[str, Any] = json.loads(await self.connection.recv())
                self.seen |= {each["seq"]: each for each in frame.get("events", [])}
                if frame["type"] == kind:
                    return frame

    async def until_seen(self, count: int, type_: str) -> None:
        while sum(each["type"] == type_ for each in self.seen.values()) < count:
            await self.until("events")


async def test_two_people_talk_through_a_killed_connection_and_see_their_booking(
    cloud: LocalCloud, stage: Stage
) -> None:
    market = Market(cloud, stage)
    customer, provider = Socket(market.customer), Socket(market.provider)
    try:
        await _talk(market, customer, provider)
    finally:
        await customer.connection.close()
        await provider.connection.close()


async def _talk(market: Market, customer: Socket, provider: Socket) -> None:
    await customer.open()
    await provider.open()
    booking = market.book(9)
    market.stage.pay(booking["payment"]["client_secret"], "pm_card_visa")
    await provider.until_seen(1, "booking.requested")
    await customer.until_seen(1, "booking.requested")
    conversation = booking["conversation_id"]
    for number in range(3):
        frame = {
            "conversation_id": conversation,
            "client_id": f"a{number}-{booking['id'][-6:]}",
            "text": f"Line {number}",
        }
        await customer.send(action="message", **frame)
        assert (await customer.until("ack"))["seq"] == number + 1
        if number == 0:
            await provider.until_seen(1, "message.sent")
            provider.connection.transport.abort()
    await provider.open()
    await provider.until_seen(3, "message.sent")
    await provider.subscribe()
    lines = [each["version"] for each in provider.seen.values() if each["type"] == "message.sent"]
    assert sorted(lines) == [1, 2, 3], "each once; a queue keeps no order, and a conversation's own numbers do"
    assert sorted(provider.seen) == list(range(min(provider.seen), max(provider.seen) + 1))
    await provider.send(action="ping")
    await provider.until("pong")
    over_http = market.provider.call("GET", f"/v1/realtime/events?epoch={provider.epoch}&after_seq=0")
    assert {each["id"] for each in over_http["events"]} >= {each["id"] for each in provider.seen.values()}


async def test_a_used_ticket_is_refused_and_a_socket_ends_with_its_sign_in(cloud: LocalCloud, stage: Stage) -> None:
    person = Market(cloud, stage).customer
    ticket = person.call("POST", "/v1/realtime/tickets")
    address = f"{ticket['url']}?ticket={ticket['ticket']}"
    async with connect(address, proxy=None) as connection:
        with pytest.raises(InvalidStatus):
            await connect(address, proxy=None)
        person.call("POST", "/v1/auth/logout-all")
        with pytest.raises(ConnectionClosed):
            async with asyncio.timeout(_SECONDS):
                await connection.recv()


async def test_a_suspended_persons_socket_is_closed_without_waiting_for_a_sweep(
    stage: Stage,
) -> None:
    person, admin = member(stage), stage.seeded_person("admin")
    me = person.call("GET", "/v1/users/me")
    ticket = person.call("POST", "/v1/realtime/tickets")
    spare = person.call("POST", "/v1/realtime/tickets")
    async with connect(f"{ticket['url']}?ticket={ticket['ticket']}", proxy=None) as connection:
        admin.call("POST", f"/v1/admin/users/{me['id']}/suspend", {"reason": "Reported by several customers"})
        with pytest.raises(ConnectionClosed):
            # The page asks for two seconds; a busy machine gets more, and less than the minute of the outbox's sweep.
            async with asyncio.timeout(_SOON_SECONDS):
                await connection.recv()
    with pytest.raises(InvalidStatus):
        await connect(f"{spare['url']}?ticket={spare['ticket']}", proxy=None)
