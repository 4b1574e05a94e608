"""The worker of Stripe's events: what an event is about is read again; order and repetition do not matter."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING

import pytest
from common.application.payments.stripe_events import HANDLERS
from common.application.payments.webhooks import MOST_TRIES, NotYetKnown, process_stripe_event
from common.application.ports.webhooks import StripeEvent, WebhookStatus
from common.domain.bookings import ActorKind, Booking, BookingStatus, PaymentState

from tests.support.money import MoneyBench

if TYPE_CHECKING:
    from common.runtime.bootstrap import Container

    from tests.fakes.payment_gateway import FakePaymentGateway

AUTHORIZATION_EVENTS = (
    "payment_intent.created",
    "payment_intent.requires_action",
    "payment_intent.payment_failed",
    "payment_intent.amount_capturable_updated",
    "charge.succeeded",
)


async def receive(container: Container, type_: str, object_id: str, **fields: object) -> str:
    """Store an event, as the receiving function does; returns its id."""
    event = StripeEvent.model_validate(
        {
            "id": f"evt_{uuid.uuid4().hex}",
            "type": type_,
            "object_id": object_id,
            "created": 1,
            "received_at": container.clock.now(),
            **fields,
        }
    )
    await container.webhook_events.add(event)
    return event.id


async def process(container: Container, event_id: str) -> WebhookStatus:
    return await process_stripe_event(container.payments, container.webhook_events, HANDLERS, event_id)


async def confirmed(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    """A booking whose customer has paid, of which we have not heard yet."""
    booking = await bench.book()
    intent_id = booking.payment_details.payment_intent_id
    assert intent_id is not None
    gateway.confirm(intent_id)
    return booking


async def test_an_event_moves_its_booking_on(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await confirmed(bench, gateway)
    intent_id = booking.payment_details.payment_intent_id or ""
    event_id = await receive(bench.container, "payment_intent.amount_capturable_updated", intent_id)
    assert await process(bench.container, event_id) is WebhookStatus.PROCESSED
    assert (await bench.read(booking)).status is BookingStatus.REQUESTED


async def test_every_order_and_repetition_ends_in_the_same_state(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    ends = set()
    for order in itertools.permutations(AUTHORIZATION_EVENTS):
        booking = await confirmed(await MoneyBench(bench.container).prepare(), gateway)
        intent = gateway.intents[booking.payment_details.payment_intent_id or ""]
        for type_ in (*order, *order[:2]):
            object_id = (intent.charge_id or "") if type_.startswith("charge") else intent.id
            event_id = await receive(bench.container, type_, object_id, booking_id=booking.id)
            await process(bench.container, event_id)
            await process(bench.container, event_id)
        stored = await bench.read(booking)
        operations = await bench.payments.operations.for_booking(booking.id)
        ends.add((stored.status, stored.payment, stored.version, tuple(each.status for each in operations)))
    assert len(ends) == 1
    assert next(iter(ends))[:2] == (BookingStatus.REQUESTED, PaymentState.AUTHORIZED)


async def test_events_of_a_whole_life_in_any_order_change_nothing_after_it(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await confirmed(bench, gateway)
    event_id = await receive(bench.container, "payment_intent.succeeded", "", booking_id=booking.id)
    await process(bench.container, event_id)
    booking = await bench.accept_and_start(booking)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    booking = await bench.fire(booking)
    before = await bench.read(booking)
    lines = await bench.payments.ledger.for_booking(booking.id)
    types = ("payment_intent.succeeded", "charge.captured", "transfer.created", "refund.created", "charge.refunded")
    for order in itertools.permutations(types):
        for type_ in order:
            await process(bench.container, await receive(bench.container, type_, "x", booking_id=booking.id))
    assert await bench.read(booking) == before
    assert await bench.payments.ledger.for_booking(booking.id) == lines


async def test_an_event_before_its_booking_is_put_back_until_it_applies(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await confirmed(bench, gateway)
    bookings = bench.container.mongo.collection("bookings")
    row = await bookings.find_one_and_delete({"_id": booking.id})
    assert row is not None
    event_id = await receive(bench.container, "payment_intent.succeeded", "pi_x", booking_id=booking.id)
    for _ in range(3):
        with pytest.raises(NotYetKnown):
            await process(bench.container, event_id)
    await bookings.insert_one(row)
    assert await process(bench.container, event_id) is WebhookStatus.PROCESSED
    assert (await bench.read(booking)).status is BookingStatus.REQUESTED


async def test_an_event_of_a_booking_that_never_comes_is_given_up(bench: MoneyBench) -> None:
    event_id = await receive(bench.container, "payment_intent.succeeded", "pi_x", booking_id="bkg_elsewhere")
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(NotYetKnown):
            await process(bench.container, event_id)
    assert await process(bench.container, event_id) is WebhookStatus.FAILED


async def test_an_unknown_type_is_ignored_and_counted(bench: MoneyBench) -> None:
    event_id = await receive(bench.container, "radar.early_fraud_warning.created", "issfr_1")
    assert await process(bench.container, event_id) is WebhookStatus.IGNORED
    stored = await bench.container.webhook_events.get(event_id)
    assert stored is not None
    assert stored.status is WebhookStatus.IGNORED


async def test_an_object_of_nobody_changes_nothing(bench: MoneyBench) -> None:
    event_id = await receive(bench.container, "setup_intent.succeeded", "seti_of_the_wallet")
    assert await process(bench.container, event_id) is WebhookStatus.PROCESSED
