"""No timing tells whether an address has an account: the very same work is done for it and for any other.

The work is counted here, on every machine alike; ``make bench`` measures the time that it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.identity.passwords import Argon2Passwords

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support import api_client, make_container
from tests.support.booking_world import ADDRESS, BookingWorld
from tests.support.people import Identity
from tests.support.watched import Commands, CountedPasswords, WatchedMongo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

KNOWN, UNPROVEN, UNKNOWN = "known@example.com", "unproven@example.com", "unknown@example.com"
PASSWORD = "some-other-horse-7"


@dataclass(frozen=True)
class Work:
    """What one request did, and what it answered with."""

    status: int
    headers: list[str]
    members: list[str]
    commands: list[str]
    hashes: list[str]
    events: list[tuple[str, list[str]]]


@dataclass
class Observer:
    """Makes requests and notes what they do.

    Args:
        container: of the functions.
        mongo: its connection.
        passwords: its hashing.
        publisher: its queues.
    """

    container: Container
    mongo: WatchedMongo[Commands]
    passwords: CountedPasswords
    publisher: CollectingPublisher

    async def post(self, area: str, path: str, body: dict[str, Any]) -> Work:
        """One POST by a client that has no cookies."""
        self.mongo.listener.seen.clear()
        self.passwords.calls.clear()
        self.publisher.events.clear()
        async with api_client(area, self.container) as client:
            answer = await client.post(path, json=body)
        events = [(event.type, sorted(event.payload)) for event in self.publisher.events]
        return Work(
            answer.status_code,
            sorted(answer.headers),
            sorted(answer.json()),
            list(self.mongo.listener.seen),
            list(self.passwords.calls),
            events,
        )


@pytest.fixture
async def observer(
    mongodb_uri: str, migrated_database: str, clock: FakeClock, publisher: CollectingPublisher
) -> AsyncIterator[Observer]:
    """An observer of functions, with one account and one waiting registration."""
    mongo, passwords = WatchedMongo(mongodb_uri, migrated_database, Commands()), CountedPasswords(Argon2Passwords())
    gateway = FakePaymentGateway(now=clock.now())
    parts: dict[str, Any] = {"clock": clock, "publisher": publisher, "passwords": passwords, "gateway": gateway}
    container = make_container(mongodb_uri, migrated_database, mongo=mongo, **parts)
    async with api_client("auth", container) as client:
        identity = Identity(client, container, publisher)
        if await container.users.find_by_email_key(KNOWN) is None:
            await identity.register(KNOWN)
            await identity.post("/v1/auth/register", {"email": UNPROVEN, "password": PASSWORD})
    yield Observer(container, mongo, passwords, publisher)
    await container.close()


@pytest.mark.parametrize("path", ["login", "register", "resend-verification", "forgot-password", "mail-sign-in"])
async def test_the_same_work_is_done_for_every_address(observer: Observer, path: str) -> None:
    secret = {"password": PASSWORD} if path in {"login", "register"} else {}
    seen = [
        await observer.post("auth", f"/v1/auth/{path}", {"email": email, **secret})
        for email in ("first@example.com", KNOWN, UNPROVEN, UNKNOWN)
    ]
    assert seen[0].status == (401 if path == "login" else 202)
    assert seen[0].commands
    assert len(seen[0].hashes) == len(secret)
    assert seen[1:] == [seen[0]] * 3


async def test_the_same_work_is_done_for_every_guest(observer: Observer) -> None:
    world = await BookingWorld(observer.container).open()
    seen = []
    for day, email in enumerate(("first@example.com", KNOWN, UNPROVEN, UNKNOWN), start=2):
        request = {
            "service_id": world.service.id,
            "start_at": world.start_in(days=day).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "address": ADDRESS,
            "customer": {"full_name": "Guest Person", "email": email},
        }
        seen.append(await observer.post("bookings", "/v1/booking-intents", request))
    assert seen[0].status == 201
    assert "findAndModify users" in seen[0].commands
    assert seen[1:] == [seen[0]] * 3
