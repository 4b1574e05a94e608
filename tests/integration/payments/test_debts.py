"""What a provider owes after a payout, and refunds that fail: over the database, the queue and the local Stripe."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from common.application.payments.events.process import process_stripe_event
from common.application.payments.operations.execute import OperationPostponed, execute_operation
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.reconciliation.run import reconcile_booking
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.domain.bookings.booking import ActorKind, Booking, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.state_machine import fire
from common.domain.identity.roles import Role
from common.domain.payments.operations import OperationStatus, Purpose
from pymongo.errors import AutoReconnect

from tests.factories.users import make_user
from tests.support.http import api_client
from tests.support.identity import sign_in, store_user

if TYPE_CHECKING:
    import stripe

    from stripe_local.testing import RunningStripe
    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench

PRICE, SHARE = 12_500, 11_000
DAY_SECONDS = 86_400


async def completed(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    return await bench.perform(booking, "complete", ActorKind.PROVIDER)


async def indebted(bench: MoneyBench, gateway: FakePaymentGateway, amount: int = PRICE) -> Booking:
    """A settled booking that was refunded while the provider's balance was empty."""
    booking = await bench.fire(await completed(bench, gateway))
    gateway.short_balance = True
    return await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=amount, reason="Bad work")


async def headers_of_provider(bench: MoneyBench) -> dict[str, str]:
    owned = {"roles": [Role.USER, Role.PROVIDER], "provider_id": bench.provider.id}
    return await sign_in(
        bench.container, await store_user(bench.container, bench.provider_user.model_copy(update=owned))
    )


async def test_the_next_booking_pays_what_is_owed_and_both_books_stay_whole(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    debtor = await indebted(bench, gateway, amount=5_000)
    owed = debtor.payment_details.debt_amount
    assert (debtor.payout, owed) == (PayoutState.DEBT, 4_400)

    payer = await bench.fire(await completed(bench, gateway))

    assert payer.transferred_amount == SHARE - owed
    assert sum(each.amount for each in gateway.transfers[payer.id]) == SHARE - owed
    debtor = await bench.read(debtor)
    assert (debtor.payout, debtor.payment_details.debt_amount) == (PayoutState.TRANSFERRED, 0)
    first, second = await bench.ledger_sums(debtor), await bench.ledger_sums(payer)
    assert sum(first.values()) == sum(second.values()) == 0
    assert (first["set_off"], second["set_off"]) == (owed, -owed)
    assert {"held", "provider"}.isdisjoint({*first, *second})
    assert bench.told(about=["booking.debt_recorded", "booking.debt_set_off"]) == [
        "booking.debt_recorded",
        "booking.debt_set_off",
    ]


@pytest.mark.parametrize("broken_off", [AutoReconnect("gone"), asyncio.CancelledError()])
async def test_a_transfer_whose_set_off_is_broken_off_pays_the_debt_at_the_next_delivery(
    bench: MoneyBench, gateway: FakePaymentGateway, broken_off: BaseException
) -> None:
    debtor = await indebted(bench, gateway, amount=5_000)
    booking = await completed(bench, gateway)
    change = fire(booking, "settle", booking.next_due_at or bench.clock.now(), bench.payments.settings)
    assert change is not None
    await bench.payments.bookings.commit(change)
    (opened,) = change.booking.payment_details.open_operations

    class Broken:
        """Breaks off where it is asked for debts."""

        def __getattr__(self, name: str) -> object:
            return getattr(bench.payments.bookings, name)

        async def list_owed_by_provider(self, *_: object, **__: object) -> None:
            raise broken_off

    with pytest.raises(type(broken_off)):
        await execute_operation(replace(bench.payments, bookings=Broken()), opened.id)  # type: ignore[arg-type]
    stored = await bench.payments.operations.get(opened.id)
    assert stored is not None
    assert stored.tries == 0

    await execute_operation(bench.payments, opened.id)

    debtor = await bench.read(debtor)
    assert debtor.payment_details.debt_amount == 0


async def test_any_number_of_settlements_at_once_pay_a_debt_once(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    debtors = [await bench.fire(await completed(bench, gateway)) for _ in range(2)]
    gateway.short_balance = True
    debtors = [
        await bench.perform(each, "refund", ActorKind.OPERATOR, amount=5_000, reason="Bad work") for each in debtors
    ]
    owed = sum(each.payment_details.debt_amount for each in debtors)
    gateway.short_balance = False
    payers = [await completed(bench, gateway) for _ in range(5)]
    for payer in payers:
        await bench.fire(payer, settle=False)
    waiting = [
        operation.id
        for payer in payers
        for operation in await bench.payments.operations.list_by_booking(payer.id)
        if operation.purpose is Purpose.TRANSFER
    ]
    assert len(waiting) == len(payers)

    await asyncio.gather(*(execute_operation(bench.payments, each) for each in waiting))
    await bench.work()

    read = [await bench.read(each) for each in payers]
    paid = sum(each.transferred_amount for each in read)
    assert paid == len(payers) * SHARE - owed
    assert sum(each.payment_details.set_off_amount for each in read) == owed
    assert [(await bench.read(each)).payment_details.debt_amount for each in debtors] == [0, 0]
    at_stripe = sum(move.amount for each in read for move in gateway.transfers.get(each.id, []))
    assert at_stripe == paid
    sums = [await bench.ledger_sums(each) for each in [*debtors, *read]]
    assert sum(each.get("set_off", 0) for each in sums) == 0
    assert not [each for each in sums if "held" in each or "provider" in each]


async def test_a_debt_is_collected_once_the_balance_allows_it(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    debtor = await indebted(bench, gateway)
    debtor = await bench.fire(debtor)
    assert debtor.payment_details.debt_amount == SHARE
    gateway.short_balance = False
    debtor = await bench.fire(debtor)
    assert (debtor.payout, debtor.payment_details.debt_amount) == (PayoutState.REVERSED, 0)
    assert set(await bench.ledger_sums(debtor)) <= {"stripe", "stripe_fees"}


async def test_provider_and_staff_see_what_is_owed(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    debtor = await indebted(bench, gateway)
    provider = await headers_of_provider(bench)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    owed = {"amount": SHARE, "currency": "nzd"}
    async with api_client("payments", bench.container) as client:
        seen = (await client.get(f"/v1/bookings/{debtor.id}/payment", headers=provider)).json()
        listed = (await client.get("/v1/admin/provider-debts", headers=operator)).json()
        now = bench.clock.now()
        period = {"from": f"{now.year}-{now.month:02d}-01T00:00:00Z", "to": f"{now.year + 1}-01-01T00:00:00Z"}
        figures = (await client.get("/v1/payments/statements", params=period, headers=provider)).json()
        refused = await client.get("/v1/admin/provider-debts", headers=provider)
    assert (seen["payout"], seen["debt"]) == ("debt", owed)
    assert [(each["booking_id"], each["amount"]) for each in listed["items"]] == [(debtor.id, owed)]
    assert listed["items"][0]["next_try_at"] is not None
    assert refused.status_code == 403
    assert figures["items"][0]["debt"] == owed
    assert await bench.payments.bookings.sum_owed_by_provider(bench.provider.id) == {"nzd": SHARE}


async def test_a_pending_refund_is_none_before_it_is_carried_out(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.fire(await completed(bench, gateway))
    gateway.refunds_wait = True
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, settle=False, amount=5_000, reason="Late")
    operation = (await bench.payments.operations.list_by_booking(booking.id))[-1]
    with pytest.raises(OperationPostponed):
        await execute_operation(bench.payments, operation.id)
    booking = await sync_booking_payment(bench.payments, booking.id)
    assert (booking.payment, booking.refunded_amount) == (PaymentState.CAPTURED, 0)
    assert bench.told(about=["booking.refunded"]) == []

    gateway.end_refunds(booking.first_charge.payment_intent_id or "", "succeeded")
    booking = await sync_booking_payment(bench.payments, booking.id)
    bench.publisher.events[:] = [each for each in bench.publisher.events if each.not_before is None]
    await bench.work()

    booking = await bench.read(booking)
    assert (booking.payment, booking.refunded_amount) == (PaymentState.PARTIALLY_REFUNDED, 5_000)
    assert len(gateway.refunds[booking.first_charge.payment_intent_id or ""]) == 1
    assert booking.reversed_amount == 4_400


async def test_a_pending_refund_whose_news_is_lost_is_looked_at_again(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.fire(await completed(bench, gateway))
    gateway.refunds_wait = True
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, settle=False, amount=5_000, reason="Late")
    operation = (await bench.payments.operations.list_by_booking(booking.id))[-1]
    with pytest.raises(OperationPostponed):
        await execute_operation(bench.payments, operation.id)
    gateway.end_refunds(booking.first_charge.payment_intent_id or "", "succeeded")

    await bench.work()

    assert (await bench.read(booking)).payment is PaymentState.PARTIALLY_REFUNDED


async def test_a_refund_that_fails_later_is_booked_back_told_and_may_be_sent_again(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.fire(await completed(bench, gateway))
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=PRICE, reason="Bad work")
    assert (booking.payment, booking.payout) == (PaymentState.REFUNDED, PayoutState.REVERSED)
    gateway.end_refunds(booking.first_charge.payment_intent_id or "", "failed")

    await asyncio.gather(*(sync_booking_payment(bench.payments, booking.id) for _ in range(4)))
    await bench.work()

    booking = await bench.read(booking)
    details = booking.payment_details
    assert (booking.payment, booking.refunded_amount, booking.refund_failed_amount) == ("captured", 0, PRICE)
    assert details.needs_attention
    assert (booking.payout, booking.transferred_amount - booking.reversed_amount) == ("transferred", SHARE)
    assert bench.told(about=["booking.refund_failed"]) == ["booking.refund_failed"]
    assert "held" not in await bench.ledger_sums(booking)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    async with api_client("payments", bench.container) as client:
        again = await client.post(
            f"/v1/admin/bookings/{booking.id}/refunds", json={"reason": "To another card"}, headers=operator
        )
    assert again.status_code == 201, again.text
    await bench.work()
    booking = await bench.read(booking)
    assert (booking.payment, booking.payout) == (PaymentState.REFUNDED, PayoutState.REVERSED)
    refunds = [each for each in again.json()["refunds"] if each["status"] == OperationStatus.FAILED]
    assert len(refunds) == 1
    assert "held" not in await bench.ledger_sums(booking)


async def test_an_admin_refund_may_name_the_version_it_has_seen(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await bench.fire(await completed(bench, gateway))
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    path, body = f"/v1/admin/bookings/{booking.id}/refunds", {"reason": "Everything that is left"}
    async with api_client("payments", bench.container) as client:
        stale = await client.post(path, json=body, headers={**operator, "If-Match": f'"{booking.version - 1}"'})
        fresh = await client.post(path, json=body, headers={**operator, "If-Match": f'"{booking.version}"'})
    assert (stale.status_code, fresh.status_code) == (412, 201)


async def test_at_the_local_stripe_a_refund_fails_and_reconciliation_agrees(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    bench = real_bench
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_refundFail"})
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    booking = await bench.fire(await bench.perform(booking, "complete", ActorKind.PROVIDER))
    # Refunds come out of what is available, and are pending before it is.
    await stripe_server.control.advance(8 * DAY_SECONDS)
    booking = await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=PRICE, reason="Bad work")
    await stripe_server.control.advance(5 * DAY_SECONDS)
    operation = next(
        each
        for each in await bench.payments.operations.list_by_booking(booking.id)
        if each.purpose is Purpose.REFUND and each.stripe_id
    )
    event = StripeEvent(
        id=f"evt_{booking.id}",
        type="refund.failed",
        object_id=operation.stripe_id or "",
        booking_id=booking.id,
        created=int(bench.clock.now().timestamp()),
    )
    await bench.container.stripe_events.events.insert(event)

    assert await process_stripe_event(bench.container.stripe_events, event.id) is WebhookStatus.PROCESSED
    await bench.work()

    booking = await bench.read(booking)
    assert (booking.payment, booking.payout) == (PaymentState.CAPTURED, PayoutState.TRANSFERRED)
    kinds = {each.kind for each in await reconcile_booking(bench.container.reconciliation, booking)}
    assert kinds <= {"needs_attention"}
