"""What each step of a booking's life asks of the database: commands, how many in turn, and transactions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from common.application.ports.payments.webhooks import StripeEvent
from common.domain.bookings.booking import BookingStatus, PayoutState
from common.domain.payments.operations import OPERATION_REQUESTED
from common.domain.shared.events import Event
from common.runtime.budget import Budget
from common.runtime.sqs import Queue

from functions.payments import payment_checks_queue, stripe_events_queue
from functions.payments.stripe_event_message import StripeEventMessage
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.fakes.publisher import CollectingPublisher
from tests.support.booking_world import BookingWorld, booking_request
from tests.support.identity import sign_in
from tests.support.watched import TIMES, Commands, Counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.support.watched import WatchedMongo

STRIPE_EVENTS = Queue("stripe-events-queue", StripeEventMessage, "event_id", stripe_events_queue.process)
PAYMENT_CHECKS = Queue("payment-checks-queue", Event, "id", payment_checks_queue.process)


class SlowQueues(CollectingPublisher):
    """Queues that answer after the database has answered all that it was asked meanwhile, as those of AWS may.

    Args:
        database: what is asked of it.
    """

    def __init__(self, database: Commands) -> None:
        super().__init__()
        self._database = database

    async def publish(self, events: Sequence[Event]) -> Sequence[str]:
        await self._database.answered()
        return await super().publish(events)


@pytest.fixture
def publisher(watched: WatchedMongo[Commands]) -> SlowQueues:
    return SlowQueues(watched.listener)


@pytest.fixture
async def world(watched_container: Container, clock: FakeClock) -> BookingWorld:
    watched_container.replace(gateway=FakePaymentGateway(now=clock.now()))
    opened = await BookingWorld(watched_container).open()
    # Stripe knows the customer, and what a process reads once has been read.
    await opened.book(opened.start_in(days=1))
    return opened


@pytest.mark.parametrize("has_key", [False, True], ids=["without a key", "with a key"])
async def test_making_a_booking(
    world: BookingWorld, watched: WatchedMongo[Commands], client: httpx.AsyncClient, has_key: bool
) -> None:
    headers = await sign_in(world.container, world.customer)
    counted = Counted(watched)
    for number in range(TIMES):
        body = booking_request(world, start_at=world.start_in(days=3 + number).isoformat())
        with counted.once_more():
            answer = await client.post("/v1/bookings", json=body, headers={**headers, **_key(number, has_key)})
        assert answer.status_code == 201, answer.text
    counted.check(round_trips=11 + 3 * has_key, commands=14 + 3 * has_key, transactions=2)


async def test_hearing_from_stripe_that_it_is_paid(world: BookingWorld, watched: WatchedMongo[Commands]) -> None:
    counted = Counted(watched)
    for number in range(TIMES):
        booking = await world.book(world.start_in(days=3 + number))
        world.give_card(await world.get(booking))
        event = StripeEvent(
            id=f"evt_{number}", type="payment_intent.amount_capturable_updated", booking_id=booking.id,
            object_id=booking.first_charge.payment_intent_id or "", created=1, received_at=world.clock.now(),
        )  # fmt: skip
        await world.container.webhook_events.insert(event)
        with counted.once_more():
            await _work(STRIPE_EVENTS, world, {"event_id": event.id})
        assert (await world.get(booking)).status is BookingStatus.REQUESTED
    counted.check(round_trips=12, commands=13, transactions=1)


@pytest.mark.parametrize("has_key", [False, True], ids=["without a key", "with a key"])
async def test_accepting(
    world: BookingWorld, watched: WatchedMongo[Commands], client: httpx.AsyncClient, has_key: bool
) -> None:
    headers = await sign_in(world.container, world.provider_user)
    counted = Counted(watched)
    for number in range(TIMES):
        booking = await world.requested(world.start_in(days=3 + number))
        path = f"/v1/bookings/{booking.id}/actions/accept"
        with counted.once_more():
            answer = await client.post(path, headers={**headers, **_key(number, has_key)})
        assert answer.status_code == 200, answer.text
    counted.check(round_trips=6 + 3 * has_key, commands=8 + 2 * has_key, transactions=1)


async def test_completing_and_settling(
    world: BookingWorld, watched: WatchedMongo[Commands], client: httpx.AsyncClient
) -> None:
    headers = await sign_in(world.container, world.provider_user)
    completed, captured, transferred = Counted(watched), Counted(watched), Counted(watched)
    for number in range(TIMES):
        booking = await world.started(world.start_in(days=3 + number))
        with completed.once_more():
            answer = await client.post(f"/v1/bookings/{booking.id}/actions/complete", headers=headers)
        assert answer.status_code == 200, answer.text
        with captured.once_more():
            await _work(PAYMENT_CHECKS, world, _latest_request(world))
        due = (await world.get(booking)).next_due_at
        assert due is not None
        world.clock.set(due)
        await world.sweep()
        with transferred.once_more():
            await _work(PAYMENT_CHECKS, world, _latest_request(world))
        assert (await world.get(booking)).payout is PayoutState.TRANSFERRED
    completed.check(round_trips=8, commands=10, transactions=1)
    captured.check(round_trips=11, commands=11, transactions=1)
    transferred.check(round_trips=13, commands=13, transactions=1)


def _key(number: int, has_key: bool) -> dict[str, str]:
    return {"Idempotency-Key": f"key-{number}"} if has_key else {}


def _latest_request(world: BookingWorld) -> dict[str, Any]:
    """The body of the last message that asked for an operation."""
    asked = [event for event in world.publisher.events if event.type == OPERATION_REQUESTED]
    return asked[-1].model_dump(mode="json")


async def _work(queue: Queue[Any, Any], world: BookingWorld, body: dict[str, Any]) -> None:
    """Let a queue's worker do one message."""
    world.gateway.now = world.clock.now()
    answer = await queue.work_batch(
        world.container, {"Records": [{"messageId": "1", "body": json.dumps(body)}]}, Budget(30)
    )
    assert answer == {"batchItemFailures": []}
