"""Stripe is down for half a minute or ten, or too slow to answer in time: all of it recovers automatically."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.client import close_stripe_client, make_stripe_client
from common.adapters.stripe.gateway import StripeGateway
from common.application.payments.events.process import process_stripe_event
from common.application.payments.intents import ensure_intent
from common.application.payments.reconciliation.run import reconcile_booking, reconcile_payments
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.application.shared.outbox import sweep_outbox
from common.domain.bookings.booking import ActorKind, Booking, BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.payments.operations import OperationStatus
from common.domain.shared.errors import GatewayUncertain, Unavailable

from stripe_local.testing import SECRET_KEY, until
from tests.integration.payments.test_gateway_contract import OWNER, PRICE, call
from tests.integration.webhooks.conftest import CollectingStripeEvents

if TYPE_CHECKING:
    import stripe

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

#: How often the queue gives a message that failed before it ends with the dead letters (``maxReceiveCount``).
RECEIVES = 5


async def receive(bench: MoneyBench, type_: str, booking: Booking, number: int = 0) -> str:
    """A webhook that was stored and queued."""
    event = StripeEvent(
        id=f"evt_{booking.id}_{type_}_{number}",
        type=type_,
        object_id=booking.first_charge.payment_intent_id or "",
        object_type="payment_intent",
        booking_id=booking.id,
        created=0,
        received_at=bench.clock.now(),
    )
    await bench.container.webhook_events.insert(event)
    return event.id


async def authorized(bench: MoneyBench, client: stripe.StripeClient) -> Booking:
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    return booking


@pytest.mark.parametrize("seconds", [30, 600])
async def test_while_stripe_is_unavailable_callers_get_503_and_everything_recovers_without_hands(
    real_bench: MoneyBench, stripe_server: RunningStripe, stripe_client: stripe.StripeClient, seconds: int
) -> None:
    bench, queue = real_bench, CollectingStripeEvents()
    bench.container.replace(stripe_event_queue=queue)
    known = await authorized(bench, stripe_client)
    started = await bench.accept_and_start(await _worked(bench, await authorized(bench, stripe_client)))
    await stripe_server.control.fault("/v1/", action="drop", when="before", times=-1)

    new = await bench.create()
    with pytest.raises(Unavailable) as refused:
        await ensure_intent(bench.payments, new)
    assert refused.value.status == 503
    assert refused.value.retry_after > 0
    done = await bench.perform(started, "complete", ActorKind.PROVIDER, settle=False)
    event_id = await receive(bench, "payment_intent.amount_capturable_updated", known)
    for _ in range(RECEIVES):
        with pytest.raises(Unavailable):
            await process_stripe_event(bench.container.stripe_events, event_id)
    assert done.status is BookingStatus.COMPLETED
    assert await bench.ledger_sums(done) == {}
    bench.clock.advance(seconds=seconds)

    await stripe_server.control.clear_faults()
    bench.clock.advance(minutes=11)
    far = bench.container.outbox_sweep
    while await sweep_outbox(far, has_time=lambda: True):
        pass
    await reconcile_payments(bench.container.reconciliation, has_time=lambda: True)
    assert event_id in queue.sent
    assert await process_stripe_event(bench.container.stripe_events, event_id) is WebhookStatus.PROCESSED
    await bench.work()
    assert (await bench.read(known)).status is BookingStatus.REQUESTED
    assert (await bench.read(done)).payment is PaymentState.CAPTURED
    assert (await bench.read(new)).first_charge.payment_intent_id is not None
    for booking in (known, done, new):
        assert await reconcile_booking(bench.container.reconciliation, await bench.read(booking)) == []
        made = await bench.payments.operations.list_by_booking(booking.id)
        assert OperationStatus.UNCERTAIN not in {each.status for each in made}


async def _worked(bench: MoneyBench, booking: Booking) -> Booking:
    event_id = await receive(bench, "payment_intent.amount_capturable_updated", booking)
    assert await process_stripe_event(bench.container.stripe_events, event_id) is WebhookStatus.PROCESSED
    return await bench.read(booking)


async def test_an_answer_that_takes_too_long_is_not_waited_for_and_acted_on_once(
    stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    """The time-out is the real one of the transport, shrunk; Stripe acts at once and answers when nobody listens."""
    hasty = make_stripe_client(SECRET_KEY, api_base=stripe_server.url, answer_seconds=0.5)
    gateway = StripeGateway(hasty, OWNER)
    customer = await StripeGateway(stripe_client, OWNER).ensure_customer("usr_slow", "slow@example.com", "Slow")
    once = call()
    await stripe_server.control.fault(
        "/v1/payment_intents", method="POST", action="delay", when="after", delay_seconds=2
    )
    with pytest.raises(GatewayUncertain):
        await gateway.create_payment_intent(
            PRICE, customer_id=customer, payment_method_id=None, off_session=False, call=once
        )
    await stripe_server.control.clear_faults()
    found = await StripeGateway(stripe_client, OWNER).find_intent(
        customer_id=customer, operation_id=once.operation_id, is_setup=False
    )
    assert found is not None

    async def answered() -> bool:
        try:
            again = await gateway.create_payment_intent(
                PRICE, customer_id=customer, payment_method_id=None, off_session=False, call=once
            )
        except GatewayUncertain:
            return False  # Stripe still works on the first call with this key
        assert again.id == found.id
        return True

    await until(answered)
    await close_stripe_client(hasty)
