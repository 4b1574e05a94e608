"""Bookings, ledger and the local Stripe compared: clean books, repairs by rule, and differences for a person."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from common.adapters.stripe.client import DeadlineTransport
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.reconciliation.run import reconcile_booking, reconcile_payments
from common.application.ports.payments.gateway import GatewayCall, PaymentIntentStatus
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.identity.roles import Role
from common.domain.shared.events import Topic
from common.domain.shared.money import Money

from tests.factories.users import make_user
from tests.integration.webhooks.conftest import CollectingStripeEvents
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    import stripe
    from common.application.payments.reconciliation.deps import ReconciliationDeps

    from tests.support.money import MoneyBench


@pytest.fixture
def reconciliation(real_bench: MoneyBench) -> ReconciliationDeps:
    real_bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    return real_bench.container.reconciliation


async def settled(bench: MoneyBench, client: stripe.StripeClient) -> Booking:
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    return await bench.fire(booking)


async def test_clean_books_have_no_differences(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, reconciliation: ReconciliationDeps
) -> None:
    booking = await settled(real_bench, stripe_client)
    booking = await real_bench.perform(booking, "refund", ActorKind.OPERATOR, amount=3_000, reason="Less work")
    assert await reconcile_booking(reconciliation, booking) == []


async def test_a_booking_takes_two_reads_its_refunds_included(
    real_bench: MoneyBench,
    stripe_client: stripe.StripeClient,
    reconciliation: ReconciliationDeps,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    booking = await settled(real_bench, stripe_client)
    booking = await real_bench.perform(booking, "refund", ActorKind.OPERATOR, amount=3_000, reason="Less work")
    asked: list[str] = []
    send = DeadlineTransport.request_async

    async def counting(self: DeadlineTransport, method: str, url: str, *given: Any) -> Any:
        asked.append(f"{method} {urlsplit(url).path}")
        return await send(self, method, url, *given)

    monkeypatch.setattr(DeadlineTransport, "request_async", counting)
    assert await reconcile_booking(reconciliation, booking) == []
    assert asked == [f"get /v1/payment_intents/{booking.first_charge.payment_intent_id}", "get /v1/transfers"]


async def test_a_refund_made_behind_our_back_is_shown_to_operators_until_it_is_settled(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, reconciliation: ReconciliationDeps
) -> None:
    booking = await settled(real_bench, stripe_client)
    intent_id = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.refunds.create_async({"payment_intent": intent_id, "amount": 700})
    found = await reconcile_booking(reconciliation, booking)
    assert [(each.kind.value, each.found - each.expected) for each in found] == [
        ("refunded_amount", 700),
        ("stripe_balance", -700),
    ]
    assert await reconcile_booking(reconciliation, booking)

    staff = await sign_in(real_bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    other = await sign_in(real_bench.container, make_user())
    async with api_client("payments", real_bench.container) as client:
        shown = (await client.get("/v1/admin/payment-discrepancies", headers=staff)).json()["items"]
        kinds = {each["kind"]: each["found"] for each in shown if each["booking_id"] == booking.id}
        assert kinds.keys() == {"refunded_amount", "stripe_balance"}
        assert kinds["refunded_amount"] == 700
        assert (await client.get("/v1/admin/payment-discrepancies", headers=other)).status_code == 403

    now = real_bench.clock.now()
    await reconciliation.reviews.resolve_others(booking.id, [], now)
    left = await reconciliation.reviews.list_open(limit=100, before=None)
    assert booking.id not in {each.booking_id for each in left}


async def test_a_run_requeues_what_is_stuck_and_cancels_what_nobody_claims(
    real_bench: MoneyBench, reconciliation: ReconciliationDeps
) -> None:
    bench = real_bench
    stuck = await bench.create()
    bench.publisher.events.clear()
    known = await bench.book()
    intent = await bench.payments.gateway.get_intent(known.first_charge.payment_intent_id or "")
    orphan = await bench.payments.gateway.create_payment_intent(
        Money(amount=5_000, currency="nzd"),
        customer_id=intent.customer_id or "",
        payment_method_id=None,
        off_session=False,
        call=GatewayCall(booking_id=stuck.id, operation_id="pay_lost", key=uuid.uuid4().hex),
    )
    ghost = await bench.payments.gateway.create_payment_intent(
        Money(amount=5_000, currency="nzd"),
        customer_id=intent.customer_id or "",
        payment_method_id=None,
        off_session=False,
        call=GatewayCall(booking_id="bkg_never_committed", operation_id="pay_ghost", key=uuid.uuid4().hex),
    )
    bench.clock.advance(minutes=30)
    counts = await reconcile_payments(reconciliation, has_time=lambda: True)
    assert counts["OperationsRequeued"] >= 1
    requeued = [each for each in bench.publisher.events if each.topic is Topic.PAYMENTS]
    assert stuck.id in {each.booking_id for each in requeued}
    assert (await bench.payments.gateway.get_intent(ghost.id)).status is PaymentIntentStatus.CANCELED
    assert (await bench.payments.gateway.get_intent(orphan.id)).status is not PaymentIntentStatus.CANCELED
    assert (await bench.payments.gateway.get_intent(intent.id)).status is not PaymentIntentStatus.CANCELED

    await bench.work()
    bench.clock.advance(minutes=30)
    await reconcile_payments(reconciliation, has_time=lambda: True)
    for phase in ("intents", "moved", "touched"):
        place = await reconciliation.reviews.get_progress(phase)
        assert place is not None
        assert place.verified_until == bench.clock.now() - timedelta(minutes=10)


async def test_a_run_without_time_goes_on_where_it_stopped(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, reconciliation: ReconciliationDeps
) -> None:
    await settled(real_bench, stripe_client)
    real_bench.clock.advance(minutes=30)
    before = await reconciliation.reviews.get_progress("intents")
    await reconcile_payments(reconciliation, has_time=lambda: False)
    assert await reconciliation.reviews.get_progress("intents") == before
    counts = await reconcile_payments(reconciliation, has_time=lambda: True)
    assert counts["BookingsReconciled"] >= 1
    place = await reconciliation.reviews.get_progress("intents")
    assert place is not None
    assert place.verified_until == real_bench.clock.now() - timedelta(minutes=10)
