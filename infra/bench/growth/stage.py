"""A marketplace in this process on which lives are played: the product's own use cases, the local Stripe, and time."""

from __future__ import annotations

import time
from collections import deque
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from common.adapters.clock import OffsetClock
from common.application.bookings.act import perform_action
from common.application.bookings.create import BookingInput, create_booking
from common.application.bookings.ratings import submit_rating
from common.application.payments.events.webhooks import receive_webhook
from common.domain.bookings.access import part_in
from common.domain.bookings.state_machine import get_available_booking_actions
from common.domain.identity.roles import Principal
from common.domain.shared.events import Event
from common.domain.shared.topics import Topic
from common.runtime.budget import Budget
from common.runtime.container.bootstrap import Container
from common.runtime.settings import load_settings
from common.runtime.sqs import Queue

from functions.bookings.sweep_schedule import sweep
from functions.notifications import notifications_queue
from functions.payments import payment_checks_queue, stripe_events_queue
from functions.payments.stripe_event_message import StripeEventMessage
from infra.bench.world import WEBHOOK_SECRET, webhook_signature
from stripe_local.testing import WebhookReceiver, make_client, running_stripe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from common.application.ports.notifications.mail import RenderedMail
    from common.domain.bookings.booking import Booking
    from common.domain.catalogue.services import Service
    from common.domain.identity.users import User

    from stripe_local.testing.running import RunningStripe

_SECONDS = 60.0
_NOTIFICATIONS = Queue("notifications-queue", Event, "id", notifications_queue.process)
_PAYMENTS = Queue("payment-checks-queue", Event, "id", payment_checks_queue.process)
_STRIPE_EVENTS = Queue("stripe-events-queue", StripeEventMessage, "event_id", stripe_events_queue.process)
#: More than any life needs; what still is due then never ends.
_MOST_STEPS = 60
_LITTLE = timedelta(minutes=1)
#: Reads of Stripe in a second: what a booking's reconciliation costs is measured, not how long it may take.
_UNPACED = "100000"


class Waiting:
    """The queues and the mail service: keep what they are given until it is worked on."""

    def __init__(self) -> None:
        self.events: deque[Event] = deque()
        self.stripe_events: deque[str] = deque()

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        """Implements ``Publisher``."""
        self.events.extend(events)
        return [event.id for event in events]


class _StripeEvents:
    """Implements ``StripeEventQueue``."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting

    async def send(self, event_id: str) -> bool:
        """Take it."""
        self._waiting.stripe_events.append(event_id)
        return True


class _Mailer:
    """Implements ``Mailer``: takes everything."""

    async def send(self, to: str, mail: RenderedMail) -> str:  # noqa: ARG002 - the port's signature
        """Take it."""
        return f"taken-{time.monotonic_ns()}"


class Stage:
    """The parts, and what their people do.

    Args:
        container: With the queues of ``waiting`` and a clock that ``clock_file`` moves.
        waiting: What the queues hold.
        stripe: The local Stripe.
        receiver: Takes its webhooks.
        clock_file: Holds the seconds by which the marketplace's time differs from ours.
    """

    def __init__(
        self, container: Container, waiting: Waiting, stripe: RunningStripe, receiver: WebhookReceiver, clock_file: Path
    ) -> None:
        self.container = container
        self._waiting = waiting
        self._stripe = stripe
        self._receiver = receiver
        self._received = 0
        self._clock_file = clock_file
        self._http = httpx.AsyncClient(base_url=stripe.url, timeout=30)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        await self.container.close()

    def now(self) -> datetime:
        """The marketplace's time."""
        return self.container.clock.now()

    async def set_time(self, instant: datetime) -> None:
        """Let the marketplace and Stripe be at an instant."""
        offset = (instant - datetime.now(instant.tzinfo)).total_seconds()
        self._clock_file.write_text(f"{offset:.3f}", encoding="ascii")
        await self._stripe.control.set_offset(offset)

    async def move_to(self, instant: datetime, booking_id: str) -> None:
        """Go to an instant; what falls due of a booking up to then happens in order."""
        for _ in range(_MOST_STEPS):
            booking = await self.get(booking_id)
            if booking.next_due_at is None or booking.next_due_at + _LITTLE > instant:
                await self.set_time(max(instant, self.now()))
                return
            await self.set_time(max(booking.next_due_at + _LITTLE, self.now() + _LITTLE))
            await sweep(self.container, Budget(_SECONDS))
            await self.drain()
        raise RuntimeError(f"the booking stays due: {booking_id}")

    async def open_account(self, provider_id: str, email: str) -> str:
        """Let a provider have an account at Stripe that takes transfers; returns its id."""
        account = await self.container.connect.create_account(
            provider_id=provider_id, email=email, country="NZ", name="Fisher Garden Care"
        )
        await self._stripe.control.onboard(account)
        await self.container.mongo.collection("providers").update_one(
            {"_id": provider_id}, {"$set": {"stripe_account_id": account}}
        )
        await self.drain()
        return account

    async def book(self, customer: User, service: Service, start_at: datetime, key: str | None = None) -> Booking:
        """Make a booking; it waits for its payment."""
        request = BookingInput(service_id=service.id, start_at=start_at, address="2 Queen Street, Auckland")
        booking, _ = await create_booking(self.container.bookings, customer.id, request, idempotency_key=key)
        await self.drain()
        return await self.get(booking.id)

    async def pay(self, booking_id: str, card: str = "pm_card_visa") -> None:
        """The customer pays at Stripe; what it says of that is worked on."""
        intent = (await self.get(booking_id)).first_charge.payment_intent_id
        answer = await self._http.post(
            f"/v1/payment_intents/{intent}/confirm",
            data={"payment_method": card},
            headers={"Authorization": "Bearer sk_test_bench"},
        )
        answer.raise_for_status()
        await self.drain()

    async def act(self, booking_id: str, action: str, user: User, input_: dict[str, Any] | None = None) -> None:
        """Perform an action as a user, who agrees to the fee that is shown."""
        caller = principal(user)
        booking = await self.get(booking_id)
        actor = part_in(booking, caller)
        if actor is None:
            raise RuntimeError(f"{user.full_name} has no part in {booking_id}")
        deps = self.container.bookings
        offers = get_available_booking_actions(booking, actor, self.now(), deps.settings)
        terms = next((each.consequences for each in offers if each.action_name == action), None)
        agreed: dict[str, Any] = {"accepted_fee": terms.fee.amount} if terms else {}
        await perform_action(deps, caller, booking_id, action, {**agreed, **(input_ or {})} or None)
        await self.drain()

    async def rate(self, booking_id: str, user: User, stars: int, text: str) -> None:
        """Rate the other side."""
        await submit_rating(self.container.bookings, principal(user), booking_id, stars, text)
        await self.drain()

    async def get(self, booking_id: str) -> Booking:
        """The booking as it is stored.

        Raises:
            LookupError: there is none.
        """
        booking = await self.container.booking_repository.get(booking_id)
        if booking is None:
            raise LookupError(booking_id)
        return booking

    def forget(self) -> None:
        """Lose what waits in the queues."""
        self._waiting.events.clear()
        self._waiting.stripe_events.clear()

    async def drain(self, *, is_early: bool = False) -> None:
        """Work on everything that waits, as the queues' functions would, until only messages for later stay.

        Args:
            is_early: Work on those too.
        """
        later: list[Event] = []
        while True:
            await self._take_webhooks()
            if not self._waiting.events and not self._waiting.stripe_events:
                break
            while self._waiting.stripe_events:
                body = StripeEventMessage(event_id=self._waiting.stripe_events.popleft()).model_dump_json()
                await self._work(_STRIPE_EVENTS, body)
            while self._waiting.events:
                event = self._waiting.events.popleft()
                if not is_early and event.not_before is not None and event.not_before > self.now():
                    later.append(event)
                    continue
                await self._work(
                    _PAYMENTS if event.topic is Topic.PAYMENTS else _NOTIFICATIONS, event.model_dump_json()
                )
        self._waiting.events.extend(later)

    async def _take_webhooks(self) -> None:
        await self._stripe.control.deliveries_done()
        arrived = self._receiver.seen[self._received :]
        self._received += len(arrived)
        for body, _ in arrived:
            # Signed anew: the product holds signatures to real time, and the stage is at another one.
            await receive_webhook(self.container.webhook_receiver, body, webhook_signature(body))

    async def _work(self, queue: Queue[Any, Any], body: str) -> None:
        records = {"Records": [{"messageId": "1", "body": body}]}
        answer = await queue.work_batch(self.container, records, Budget(_SECONDS))
        if answer["batchItemFailures"]:
            raise RuntimeError(f"{queue.name} gave a message back: {body}")


def principal(user: User) -> Principal:
    """The caller that a signed-in user is."""
    return Principal(user_id=user.id, roles=frozenset(user.roles), provider_id=user.provider_id)


@asynccontextmanager
async def opened(environment: dict[str, str], folder: Path) -> AsyncIterator[Stage]:
    """A stage on the database that an environment names, with a local Stripe of its own.

    Args:
        environment: Variables of every function; the address of Stripe, and the pace of reconciliation, are replaced.
        folder: For the clock's file.
    """
    clock_file = folder / "clock"
    async with WebhookReceiver() as receiver, running_stripe(webhooks=[(receiver.url, WEBHOOK_SECRET)]) as stripe:
        waiting = Waiting()
        own = {"STRIPE_API_BASE": stripe.url, "RECONCILIATION_READS_PER_SECOND": _UNPACED}
        container = Container(load_settings(environ={**environment, **own})).replace(
            clock=OffsetClock(clock_file),
            stripe=make_client(stripe.url),
            publisher=waiting,
            stripe_event_queue=_StripeEvents(waiting),
            mailer=_Mailer(),
        )
        stage = Stage(container, waiting, stripe, receiver, clock_file)
        try:
            yield stage
        finally:
            await stage.close()
