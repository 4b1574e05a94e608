"""What a message asks of the database: commands, how many in turn, and transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.domain.messaging.conversations import conversation_id

from tests.support.http import api_client
from tests.support.identity import sign_in
from tests.support.watched import TIMES, Counted

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.support.booking_world import BookingWorld
    from tests.support.watched import Commands, WatchedMongo


@pytest.fixture
def container(watched_container: Container) -> Container:
    return watched_container


async def test_sending_is_seven_in_turn_and_reading_two(world: BookingWorld, watched: WatchedMongo[Commands]) -> None:
    booking = await world.accepted()
    who = await sign_in(world.container, world.customer)
    url = f"/v1/conversations/{conversation_id(booking.id)}/messages"
    sent, read = Counted(watched), Counted(watched)
    async with api_client("messaging", world.container) as client:
        await client.post(url, json={"text": "Warm"}, headers=who)
        for _ in range(TIMES):
            with sent.once_more():
                assert (await client.post(url, json={"text": "Hello"}, headers=who)).status_code == 201
            with read.once_more():
                assert (await client.get(url, headers=who)).status_code == 200
    sent.check(round_trips=7, commands=8, transactions=1)
    read.check(round_trips=2, commands=3, transactions=0)
