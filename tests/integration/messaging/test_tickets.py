"""Tickets and replay over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.shared.realtime import StreamKind, stream_event

from functions.messaging.realtime_queue import process
from tests.factories.users import make_user
from tests.fakes.sockets import FakeSockets
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container


async def test_a_ticket_lets_the_stream_be_written_and_replayed_over_http(container: Container) -> None:
    container.replace(sockets=FakeSockets())
    user = make_user()
    headers = await sign_in(container, user)
    async with api_client("messaging", container) as client:
        before = (await client.get("/v1/realtime/events", headers=headers)).json()
        assert before == {"epoch": "", "seq": 0, "resync": False, "events": []}
        answer = await client.post("/v1/realtime/tickets", headers=headers)
        assert answer.status_code == 200
        ticket = answer.json()
        assert ticket.keys() == {"ticket", "url", "expires_at"}
        assert ticket["url"] == "ws://live.test"
        stored = await container.mongo.collection("realtime_tickets").find_one({"user_id": user.id})
        assert stored is not None
        assert ticket["ticket"] not in str(stored)

        epoch = (await client.get("/v1/realtime/events", headers=headers)).json()["epoch"]
        now = container.clock.now()
        for number in range(3):
            event = stream_event(
                StreamKind.BOOKINGS, "booking.moved", now, user_ids=[user.id], ids={"booking_id": "bkg_1"},
                version=number, preview="Windows",
            )  # fmt: skip
            await process(container, event)
        params = {"epoch": epoch, "after_seq": "1"}
        found = (await client.get("/v1/realtime/events", params=params, headers=headers)).json()
        assert [(each["seq"], each["version"], each["kind"]) for each in found["events"]] == [
            (2, 1, "bookings"),
            (3, 2, "bookings"),
        ]
        assert (found["seq"], found["resync"]) == (3, False)
        gone = {"epoch": "another", "after_seq": "1"}
        assert (await client.get("/v1/realtime/events", params=gone, headers=headers)).json()["resync"]
        for wrong in ("-1", "x", str(2**60)):
            refused = await client.get("/v1/realtime/events", params={"after_seq": wrong}, headers=headers)
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after_seq")


async def test_ten_tickets_a_minute(container: Container) -> None:
    headers = await sign_in(container, make_user())
    async with api_client("messaging", container) as client:
        statuses = [(await client.post("/v1/realtime/tickets", headers=headers)).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
