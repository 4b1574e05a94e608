"""Every function's application in this process, with people, bookings and a local Stripe behind it.

Everything asynchronous runs on one loop of the world's own, so that Hypothesis, which is synchronous, can drive it.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from common.adapters.stripe.client import close_stripe_client, make_stripe_client
from common.application.messaging.messages import Draft, send_message
from common.application.payments.operations.sync import sync_booking_payment
from common.application.scheduling.own_time import NewManualBooking, add_block, add_manual_booking
from common.domain.identity.roles import Role
from common.domain.matching.job_requests import JobRequestStatus, Window
from common.domain.messaging.conversations import conversation_id
from common.domain.moderation.items import ITEM_PREFIX, ItemKind, ModerationItem, ReportReason
from common.domain.shared.ids import new_id
from fastapi import FastAPI

from infra import applications
from stripe_local.testing import SECRET_KEY, running_stripe
from tests.factories.conversations import subject_of
from tests.factories.matching import make_open_offer, make_request
from tests.factories.media import make_ready
from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import CollectingPublisher
from tests.fakes.rate_limits import Unlimited
from tests.support.booking_world import ADDRESS, BookingWorld
from tests.support.containers import make_container
from tests.support.http import api_client
from tests.support.identity import sign_in, store_user
from tests.support.people import PASSWORD
from tests.support.reports import store_report

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import stripe
    from common.domain.bookings.booking import Booking
    from common.domain.matching.offers import Offer
    from common.runtime.container.bootstrap import Container

#: Rows that requests may change and that the next operation should find as they were.
_KEPT = (
    "users",
    "providers",
    "services",
    "bookings",
    "notifications",
    "blocks",
    "manual_bookings",
    "media",
    "job_requests",
    "offers",
    "reports",
    "moderation_items",
)
#: So many hours from the world's fifth day on are free when it opens.
_FREE_HOURS = 24 * 60
STAFF_PREFIX = "/v1/admin"


class ReachableProbes:
    """Stands for ``Probes``: everything answers."""

    async def database(self) -> None:
        """The database answers."""

    async def queue(self) -> None:
        """The queues answer."""

    async def stripe(self) -> None:
        """Stripe answers."""


class FuzzWorld:
    """Sends requests to whichever function owns the path.

    Args:
        mongodb_uri: the server.
        database_name: a migrated database of the world's own.
    """

    def __init__(self, mongodb_uri: str, database_name: str) -> None:
        self._runner = asyncio.Runner()
        self._parts = AsyncExitStack()
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._areas: dict[str, str] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self.callers: list[dict[str, str]] = []
        self.staff: dict[str, str] = {}
        self.ids: dict[str, list[str]] = {}
        self.sent = 0
        self._first_free = datetime.now(UTC)
        try:
            self._runner.run(self._open(mongodb_uri, database_name))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close clients, connections and the local Stripe."""
        self._runner.run(self._parts.aclose())
        self._runner.close()

    def restore(self) -> None:
        """Put people, listings and bookings back as they were."""
        self._runner.run(self._restore())

    def send(self, path: str, method: str, url: str | httpx.URL, **request: Any) -> httpx.Response:
        """Send one request.

        Args:
            path: the operation's path template, which says whose it is.
            method: HTTP method.
            url: the request's address.
            request: further arguments of ``httpx.Request``.

        Returns:
            The answer, its body read.
        """
        client = self._clients[self._areas[path]]
        self.sent += 1
        return self._runner.run(client.send(httpx.Request(method, url, **request)))

    def headers(self, path: str, number: int = 0) -> dict[str, str]:
        """Header fields of somebody who may call the operation: staff, or one of the two parties."""
        return self.staff if path.startswith(STAFF_PREFIX) else self.callers[number % len(self.callers)]

    def known(self, path: str, name: str) -> list[str]:
        """Values of a path parameter that name something."""
        if name in self.ids:
            return self.ids[name]
        for kind in ("bookings", "providers", "users", "services", "notifications", "media", "reports", "moderation"):
            if f"/{kind}/{{{name}}}" in path:
                return self.ids[kind]
        return []

    def fill(self, body: Any, names: Iterable[str]) -> Any:
        """A body with plausible values in those of its fields that only the world can know."""
        if not isinstance(body, dict):
            return body
        hours = self.sent % _FREE_HOURS
        values: dict[str, Any] = {
            "service_id": self.ids["services"][0],
            "start_at": (self._first_free + timedelta(hours=hours)).isoformat(),
            "address": ADDRESS,
            "email": f"fuzz{self.sent}@example.com",
            "password": PASSWORD,
            "new_password": PASSWORD,
            "full_name": "Mere Tane",
            "phone_number": "+64211234567",
            "category": "hedge-trimming",
            "timezone": "Pacific/Auckland",
        }
        return body | {name: values[name] for name in names if name in values}

    async def _open(self, mongodb_uri: str, database_name: str) -> None:
        server = await self._parts.enter_async_context(running_stripe())
        client = make_stripe_client(SECRET_KEY, api_base=server.url, answer_seconds=30)
        self._parts.push_async_callback(close_stripe_client, client)
        container = make_container(
            mongodb_uri,
            database_name,
            clock=FakeClock(datetime.now(UTC).replace(minute=0, second=0, microsecond=0)),
            publisher=CollectingPublisher(),
            stripe=client,
            rate_limits=Unlimited(),
            probes=ReachableProbes(),
        )
        self._parts.push_async_callback(container.close)
        for area in applications.areas():
            described = FastAPI()
            described.include_router(applications.router(area))
            self._areas |= dict.fromkeys(described.openapi()["paths"], area)
            self._clients[area] = await self._parts.enter_async_context(api_client(area, container))
        account = await client.v1.accounts.create_async({"type": "express", "country": "NZ"})
        await server.control.onboard(account.id)
        await self._people(container, client, account.id)
        self._mongo = container.mongo
        for name in _KEPT:
            self._rows[name] = [row async for row in container.mongo.collection(name).find()]

    async def _people(self, container: Container, client: stripe.StripeClient, account_id: str) -> None:
        """Store a customer, a provider, a member of staff and a booking in each of three states."""
        world = await BookingWorld(container).open()
        await container.mongo.collection("providers").update_one(
            {"_id": world.provider.id}, {"$set": {"stripe_account_id": account_id}}
        )
        bookings = [await world.book(world.start_in(days=days)) for days in (2, 3, 4)]
        for booking in bookings[1:]:
            await self._pay(container, client, booking)
        accepted = await world.act(bookings[2], "accept", world.provider_user)
        hello = Draft("Could you bring a ladder?")
        caller, talk = world.principal(world.customer), conversation_id(accepted.id)
        await send_message(container.messaging, caller, talk, hello, subject_of(accepted))
        self._first_free = world.start_in(days=5)
        before = world.start_in(hours=12)
        block = await add_block(container.catalogue, world.provider, before, before + timedelta(hours=1), "Lunch")
        entered = NewManualBooking(before + timedelta(hours=2), "Mere Tane", service_id=world.service.id)
        manual = await add_manual_booking(container.catalogue, world.provider, entered)
        # The customer offers services of another kind, so that both callers may use what providers have.
        own = make_provider(user_id=world.customer.id, stripe_account_id=account_id)
        await container.providers.insert(own)
        roles = {"roles": [Role.USER, Role.PROVIDER], "provider_id": own.id}
        world.customer = await store_user(container, world.customer.model_copy(update=roles))
        staff = await store_user(container, make_user(roles=[Role.USER, Role.SUPER_ADMIN]))
        self.staff = await sign_in(container, staff)
        self.callers = [await sign_in(container, user) for user in (world.customer, world.provider_user)]
        note: dict[str, Any] = {
            "_id": new_id("ntf", container.clock.now()),
            "user_id": world.customer.id,
            "kind": "bookings",
        }
        note |= {"type": "booking.accepted", "title": "Accepted", "body": "Tom comes.", "read_at": None}
        note |= {"booking_id": bookings[2].id, "created_at": container.clock.now()}
        await container.mongo.collection("notifications").insert_one(note)
        photo = make_ready(id=new_id("med", container.clock.now()), owner_id=world.customer.id)
        await container.media_repository.insert(photo)
        asked = await self._job(container, world)
        report = await store_report(container, author_id=world.customer.id)
        flagged = ModerationItem(
            id=new_id(ITEM_PREFIX, container.clock.now()),
            kind=ItemKind.REPORT,
            subject=report.id,
            seq=report.version,
            reporter_id=world.provider_user.id,
            reported_id=world.customer.id,
            reason=ReportReason.SPAM,
            created_at=container.clock.now(),
        )
        await container.moderation.report(flagged)
        self.ids = {
            "reports": [report.id],
            "moderation": [flagged.id],
            "file": [f"{report.id}.json"],
            "media_id": report.media_ids,
            "media": [photo.id],
            "request_id": [asked.request_id],
            "offer_id": [asked.id],
            "bookings": [booking.id for booking in bookings],
            "providers": [world.provider.id],
            "users": [world.customer.id, world.provider_user.id],
            "services": [world.service.id],
            "notifications": [str(note["_id"])],
            "conversation_id": [conversation_id(booking.id) for booking in bookings],
            "seq": ["1"],
            "block_id": [block.id],
            "manual_booking_id": [manual.id],
            "slug": ["hedge-trimming"],
            "action_name": ["accept", "decline", "cancel", "start", "complete", "propose_reschedule"],
        }

    @staticmethod
    async def _job(container: Container, world: BookingWorld) -> Offer:
        """The customer's job request, about which the provider was asked."""
        now = container.clock.now()
        window = Window(start_at=now + timedelta(days=6), end_at=now + timedelta(days=9), timezone="Pacific/Auckland")
        request = make_request(now, customer_id=world.customer.id, window=window, status=JobRequestStatus.OFFERING)
        parties: dict[str, Any] = {"provider_id": world.provider.id, "provider_user_id": world.provider_user.id}
        offer = make_open_offer(request, now=now, service_id=world.service.id, **parties)
        offer = offer.model_copy(update={"resource_ids": [world.provider.id], "soonest_start_at": window.start_at})
        await container.matching.requests.insert(request)
        await container.matching.offers.insert([offer])
        return offer

    @staticmethod
    async def _pay(container: Container, client: stripe.StripeClient, booking: Booking) -> None:
        assert booking.first_charge.payment_intent_id is not None
        await client.v1.payment_intents.confirm_async(
            booking.first_charge.payment_intent_id, {"payment_method": "pm_card_visa"}
        )
        await sync_booking_payment(container.payments, booking.id)

    async def _restore(self) -> None:
        # A timeline's rows are unique by the version, which goes back.
        await self._mongo.collection("report_history").delete_many({})
        # What an offer became bears the offer's number, and the offer goes back to where it had become nothing.
        made = await self._mongo.collection("bookings").distinct("_id", {"offer_id": {"$in": self.ids["offer_id"]}})
        await self._mongo.collection("bookings").delete_many({"_id": {"$in": made}})
        for name in ("booking_history", "slot_claims", "payment_operations"):
            await self._mongo.collection(name).delete_many({"booking_id": {"$in": [*made, *self.ids["offer_id"]]}})
        for name, rows in self._rows.items():
            for row in rows:
                await self._mongo.collection(name).replace_one({"_id": row["_id"]}, row, upsert=True)


def check_answer(answer: httpx.Response, told: Mapping[str, Any] | str) -> None:
    """Assert what holds of every answer to any request whatsoever.

    Args:
        answer: the answer.
        told: the request, for the message.
    """
    text = f"{answer.request.method} {answer.request.url} {told!r:.500} -> {answer.status_code} {answer.text:.500}"
    assert answer.status_code < 500, text
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json"), text
        problem = answer.json()
        assert problem["code"], text
        assert problem["request_id"] == answer.headers["x-request-id"], text
        assert problem["status"] == answer.status_code, text
