"""Sockets: tickets, replay, limits, and their end with the sign-in."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.application.messaging.realtime.tickets import issue_ticket
from common.application.ports.messaging.realtime.connections import PostOutcome
from common.domain.identity.roles import Principal, Role
from common.domain.identity.sessions import Session
from common.domain.messaging.realtime.connections import MAX_FRAME_BYTES, MOST_CONNECTIONS, TICKET_LIFETIME
from common.domain.shared.errors import Unavailable
from common.domain.shared.realtime import CONNECTIONS_ENDED, StreamKind, connections_ended, stream_event
from common.runtime.budget import Budget
from pymongo.errors import OperationFailure

from functions.messaging.realtime_queue import process
from functions.messaging.realtime_socket import work
from tests.factories.users import make_user
from tests.fakes.sockets import FakeSockets
from tests.support.http import api_client
from tests.support.identity import sign_in, store_user

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher


class Person:
    """Somebody with a sign-in, and what API Gateway would ask of the function for them."""

    def __init__(self, container: Container, sockets: FakeSockets) -> None:
        self.container = container
        self.sockets = sockets
        self.user_id, self.session_id = f"usr_{uuid4().hex}", f"ses_{uuid4().hex}"

    async def sign_in(self) -> None:
        now = self.container.clock.now()
        session = Session(
            id=self.session_id, user_id=self.user_id, method="password", ip="", user_agent="", created_at=now,
            last_used_at=now, expires_at=now + timedelta(days=90),
        )  # fmt: skip
        await self.container.auth.sessions.remember_proof(session)

    async def ticket(self) -> str:
        caller = Principal(user_id=self.user_id, session_id=self.session_id)
        return (await issue_ticket(self.container.stream_access, caller))[0]

    async def connect(self, ticket: str | None = None) -> tuple[int, str]:
        connection_id = uuid4().hex
        used = await self.ticket() if ticket is None else ticket
        answer = await self._event("CONNECT", connection_id, queryStringParameters={"ticket": used})
        return answer["statusCode"], connection_id

    async def send(self, connection_id: str, frame: Any) -> list[dict[str, Any]]:
        """Send a frame; returns what came back."""
        before = len(self.sockets.frames[connection_id])
        body = frame if isinstance(frame, str) else json.dumps(frame)
        assert await self._event("MESSAGE", connection_id, body=body) == {"statusCode": 200}
        return self.sockets.frames[connection_id][before:]

    async def disconnect(self, connection_id: str) -> None:
        await self._event("DISCONNECT", connection_id)

    async def sees(self, count: int) -> None:
        """Let some bookings be accepted."""
        for _ in range(count):
            ids, now = {"booking_id": "bkg_1"}, self.container.clock.now()
            event = stream_event(StreamKind.BOOKINGS, "booking.accepted", now, user_ids=[self.user_id], ids=ids)
            await process(self.container, event)

    async def _event(self, kind: str, connection_id: str, **members: Any) -> dict[str, Any]:
        context = {"eventType": kind, "connectionId": connection_id}
        return await work(self.container, {"requestContext": context, **members}, Budget(20))


@pytest.fixture
def sockets() -> FakeSockets:
    return FakeSockets()


@pytest.fixture
async def person(container: Container, sockets: FakeSockets) -> Person:
    container.replace(sockets=sockets)
    made = Person(container, sockets)
    await made.sign_in()
    return made


async def test_a_ticket_works_once_in_time_and_for_nobody_else(person: Person, clock: FakeClock) -> None:
    ticket = await person.ticket()
    assert (await person.connect(ticket))[0] == 200
    assert (await person.connect(ticket))[0] == 401
    late = await person.ticket()
    clock.advance(seconds=TICKET_LIFETIME.total_seconds())
    assert (await person.connect(late))[0] == 401
    for wrong in ("", "x", "x" * 10_000):
        assert (await person.connect(wrong))[0] == 401
    ended = await person.ticket()
    await person.container.auth.sessions.revoke(person.session_id, "logout", clock.now())
    assert (await person.connect(ended))[0] == 401
    assert person.sockets.frames == {}, "$connect never posts"


async def test_what_was_missed_comes_in_order_and_then_live(person: Person) -> None:
    _, first = await person.connect()
    (subscribed,) = await person.send(first, {"action": "subscribe"})
    assert (subscribed["type"], subscribed["seq"]) == ("subscribed", 0)
    await person.disconnect(first)
    await person.sees(3)
    _, second = await person.connect()
    frames = await person.send(second, {"action": "subscribe", "epoch": subscribed["epoch"], "after_seq": 1})
    assert [each["type"] for each in frames] == ["events", "subscribed"]
    assert [each["seq"] for each in frames[0]["events"]] == [2, 3]
    assert frames[1]["seq"] == 3
    await person.sees(1)
    live = person.sockets.frames[second][-1]
    assert [each["seq"] for each in live["events"]] == [4]
    assert live["events"][0]["ids"] == {"booking_id": "bkg_1"}
    assert len(person.sockets.frames[first]) == 1


async def test_who_missed_more_than_is_kept_is_told_to_load_anew(person: Person) -> None:
    _, connection = await person.connect()
    frames = await person.send(connection, {"action": "subscribe", "epoch": "of another life", "after_seq": 7})
    assert [each["type"] for each in frames] == ["resync", "subscribed"]
    assert frames[0]["epoch"] == frames[1]["epoch"]


@pytest.mark.parametrize(
    ("frame", "code", "field"),
    [
        ("", "invalid_frame", None),
        ("[1]", "invalid_frame", None),
        ("{", "invalid_frame", None),
        ("[" * 20_000, "invalid_frame", None),
        ({"action": "fly"}, "unknown_action", "action"),
        ({}, "unknown_action", "action"),
        ({"action": ["ping"]}, "unknown_action", "action"),
        ({"action": "subscribe", "after_seq": -1}, "invalid_input", "after_seq"),
        ({"action": "subscribe", "after_seq": "1"}, "invalid_input", "after_seq"),
        ({"action": "subscribe", "epoch": "x" * 65}, "invalid_input", "epoch"),
        ({"action": "ping", "more": 1}, "invalid_input", "more"),
        ({"action": "ping", "more": "x" * 33_000}, "frame_too_large", None),
    ],
)
async def test_a_wrong_frame_is_answered_and_the_socket_lives(
    person: Person, frame: Any, code: str, field: str | None
) -> None:
    _, connection = await person.connect()
    (error,) = await person.send(connection, frame)
    assert (error["type"], error["code"]) == ("error", code)
    assert [each["field"] for each in error.get("errors", [])] == ([field] if field else [])
    (pong,) = await person.send(connection, {"action": "ping"})
    assert pong["type"] == "pong"
    assert person.sockets.closed == []


@pytest.mark.parametrize(
    "frame",
    [
        '{"action":"typing","conversation_id":"cnv_1","client_id":"\\ud800"}',
        '{"action":"\\ud800"}',
        json.dumps({"action": "ping", **{str(n): 0 for n in range(2_700)}}),
        json.dumps({"action": "ping", "\N{DOVE OF PEACE}" * 2_000: 0}),
    ],
    ids=["half a character", "half a character as action", "very many fields", "a very long field"],
)
async def test_every_wrong_frame_is_answered_by_one_that_fits(person: Person, frame: str) -> None:
    _, connection = await person.connect()
    (error,) = await person.send(connection, frame)
    assert error["type"] == "error"
    assert len(json.dumps(error)) < MAX_FRAME_BYTES


async def test_a_sixth_connection_takes_the_place_of_the_oldest(person: Person, clock: FakeClock) -> None:
    opened = []
    for _ in range(MOST_CONNECTIONS + 1):
        opened.append((await person.connect())[1])
        clock.advance(seconds=1)
    assert person.sockets.closed == opened[:1]
    await person.sees(1)
    assert [len(person.sockets.frames[each]) for each in opened] == [0, 1, 1, 1, 1, 1]


async def test_a_socket_ends_with_its_sign_in(person: Person, clock: FakeClock) -> None:
    _, told = await person.connect()
    await person.container.auth.sessions.revoke_by_user(person.user_id, "suspended", clock.now())
    await person.sees(1)
    assert person.sockets.frames[told] == [], "nothing is sent to a sign-in that has ended"
    assert person.sockets.closed == [told]
    other = Person(person.container, person.sockets)
    await other.sign_in()
    _, asks = await other.connect()
    _, idle = await other.connect()
    await person.container.auth.sessions.revoke_by_user(other.user_id, "logout_all", clock.now())
    (error,) = await other.send(asks, {"action": "ping"})
    assert error["code"] == "session_ended"
    await process(person.container, connections_ended(other.user_id, clock.now()))
    assert person.sockets.closed == [told, asks, idle]


async def test_a_suspension_is_sent_before_its_answer_and_closes_the_socket_with_one_delivery(
    container: Container, sockets: FakeSockets, publisher: CollectingPublisher
) -> None:
    """Neither the outbox's sweep nor a second look is waited for; how long it takes is measured by the benchmarks."""
    container.replace(sockets=sockets)
    person = Person(container, sockets)
    person.user_id = (await store_user(container, make_user())).id
    await person.sign_in()
    _, connection = await person.connect()
    admin = await sign_in(container, make_user(roles=[Role.USER, Role.ADMIN]))
    async with api_client("admin", container) as client:
        path = f"/v1/admin/users/{person.user_id}/suspend"
        assert (await client.post(path, json={"reason": "Reported by several"}, headers=admin)).status_code == 200
    (ended,) = [each for each in publisher.events if each.type == CONNECTIONS_ENDED]
    await process(container, ended)
    assert person.sockets.closed == [connection]
    assert await person.container.auth.sessions.has_sockets(person.user_id) is False


async def test_a_sign_in_that_is_used_at_the_same_instant_again_cannot_end_unseen(
    person: Person, clock: FakeClock
) -> None:
    """What ends it began before and saw no socket; it must find that it came too late, and look again."""
    mongo, sessions = person.container.mongo, person.container.auth.sessions
    ends = {"_id": person.session_id}
    with pytest.raises(OperationFailure, match=r"WriteConflict|Write conflict"):  # noqa: PT012 - it ends the transaction
        async with mongo.client.start_session() as ending, await ending.start_transaction():
            assert await mongo.collection("sessions").find_one(ends, session=ending)
            assert await sessions.touch(person.session_id, clock.now())
            await mongo.collection("sessions").update_one(ends, {"$set": {"revoked_at": clock.now()}}, session=ending)


async def test_sockets_that_are_gone_or_fail_are_passed_over(person: Person) -> None:
    (_, gone), (_, failing), (_, well) = [await person.connect() for _ in range(3)]
    person.sockets.gone, person.sockets.failing = {gone}, {failing}
    await person.sees(2)
    assert len(person.sockets.frames[well]) == 2
    known = await person.container.socket_access.connections.list_by_user(person.user_id, person.container.clock.now())
    assert {each.id for each in known} == {failing, well}


async def test_a_client_learns_of_the_last_event_that_got_lost(person: Person) -> None:
    _, connection = await person.connect()
    (subscribed,) = await person.send(connection, {"action": "subscribe"})
    person.sockets.failing = {connection}
    await person.sees(1)
    person.sockets.failing = set()
    (pong,) = await person.send(connection, {"action": "ping"})
    assert pong == {"type": "pong", "epoch": subscribed["epoch"], "seq": subscribed["seq"] + 1}


async def test_failing_on_our_side_is_told_in_our_words(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    _, connection = await person.connect()

    async def fail(*_: Any) -> None:
        raise Unavailable

    async def break_down(*_: Any) -> None:
        raise ZeroDivisionError

    for how, code in ((fail, "unavailable"), (break_down, "internal_error")):
        monkeypatch.setattr("functions.messaging.realtime_socket.sockets.subscribe", how)
        (error,) = await person.send(connection, {"action": "subscribe"})
        assert error["code"] == code


async def test_an_event_that_comes_again_is_numbered_once(person: Person) -> None:
    _, connection = await person.connect()
    now = person.container.clock.now()
    event = stream_event(StreamKind.NOTICES, "notice.created", now, user_ids=[person.user_id], ids={})
    await asyncio.gather(*(process(person.container, event) for _ in range(4)))
    assert {each["events"][0]["seq"] for each in person.sockets.frames[connection]} == {1}


async def test_ten_thousand_dead_rows_do_not_slow_a_live_post(person: Person, clock: FakeClock) -> None:
    """The commands of a delivery examine as few rows among ten thousand dead ones as alone."""
    now = clock.now()
    rows = [
        {
            "_id": f"dead-{n}", "user_id": f"usr_dead_{n % 2_500}", "session_id": "ses_dead", "connected_at": now,
            "expires_at": now + timedelta(hours=2),
        }
        for n in range(10_000)
    ]  # fmt: skip
    await person.container.mongo.collection("realtime_connections").insert_many(rows)
    _, connection = await person.connect()
    await person.sees(1)
    assert len(person.sockets.frames[connection]) == 1
    theirs = {"user_id": {"$in": [person.user_id]}}
    find = {"find": "realtime_connections", "filter": theirs, "sort": {"connected_at": -1}, "limit": 20}
    plan = await person.container.mongo.db.command("explain", find, verbosity="executionStats")
    assert plan["executionStats"]["totalDocsExamined"] == 1


async def test_dead_sockets_of_the_same_person_are_waited_for_together(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = [(await person.connect())[1] for _ in range(MOST_CONNECTIONS)]
    waiting = asyncio.Barrier(MOST_CONNECTIONS)

    async def post(connection_id: str, _: bytes) -> PostOutcome:
        await waiting.wait()
        return PostOutcome.FAILED if connection_id == connections[0] else PostOutcome.SENT

    monkeypatch.setattr(person.sockets, "post", post)
    async with asyncio.timeout(30):
        await person.sees(1)
