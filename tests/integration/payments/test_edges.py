"""The rarer turns: races, things that are gone, and what Stripe refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings import refunds
from common.application.notifications.booking_data import booking_data
from common.application.payments import statements
from common.application.payments.disputes import sync_dispute
from common.application.payments.events.webhooks import NotYetKnown
from common.application.payments.intents import ensure_intent
from common.application.payments.operations import results
from common.application.payments.operations.checks import CHECK_REQUESTED, check_payment
from common.application.payments.operations.commit import commit_result
from common.application.payments.operations.execute import OperationBusy, OperationPostponed, execute_operation
from common.application.payments.operations.leases import LEASE
from common.application.payments.operations.steps import take_step
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.payouts import PayoutDeps, list_payouts, make_dashboard_link, tell_of_payout
from common.application.payments.subscriptions import plans as subscriptions
from common.application.payments.subscriptions import sync as subscription_sync
from common.application.ports.payments.gateway import GatewayCall, Intent, PaymentIntentStatus
from common.application.ports.payments.payouts import BankDispute, Payout
from common.application.ports.payments.subscriptions import StripeSubscription
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.identity.roles import Principal, Role
from common.domain.payments.operations import OperationStatus, PaymentOperation, PaymentResult, Purpose
from common.domain.payments.plans import DEFAULT_PLANS, PlanStatus
from common.domain.shared.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Unavailable,
    VersionConflict,
)
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

from tests.fakes.payment_gateway import FakePaymentGateway, Fault
from tests.fakes.payouts import FakePayoutGateway

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.domain.bookings.booking import Booking
    from common.domain.catalogue.providers import Provider
    from common.domain.shared.events import Event

    from tests.support.money import MoneyBench

DONE = PaymentResult(status=OperationStatus.SUCCEEDED, amount=12_500, payment_intent_id="pi_x")


class Contested:
    """A repository whose first commits lose the race."""

    def __init__(self, bookings: Any, losses: int) -> None:
        self._bookings = bookings
        self._losses = losses

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bookings, name)

    async def commit(self, change: Any) -> None:
        if self._losses:
            self._losses -= 1
            raise VersionConflict
        await self._bookings.commit(change)


async def first_operation(bench: MoneyBench, booking: Booking) -> PaymentOperation:
    return (await bench.payments.operations.list_by_booking(booking.id))[0]


async def captured(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    return await bench.perform(booking, "complete", ActorKind.PROVIDER)


async def test_a_result_wins_its_race_or_is_given_back(bench: MoneyBench) -> None:
    booking = await bench.create()
    operation = await first_operation(bench, booking)
    lost = replace(bench.payments, bookings=Contested(bench.payments.bookings, 100))
    with pytest.raises(Unavailable):
        await commit_result(lost, operation, DONE)
    won = replace(bench.payments, bookings=Contested(bench.payments.bookings, 2))
    after = await commit_result(won, operation, DONE)
    assert after is not None
    assert after.status is BookingStatus.REQUESTED
    assert await commit_result(bench.payments, operation, DONE) is None
    pending = DONE.model_copy(update={"status": OperationStatus.PENDING})
    other = await bench.create()
    unchanged = await commit_result(bench.payments, await first_operation(bench, other), pending)
    assert unchanged == other


async def test_a_leased_operation_is_left_alone_and_a_postponed_one_waits(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.create()
    operation = await first_operation(bench, booking)
    now = bench.clock.now()
    assert await bench.payments.operations.claim(operation.id, now, now + LEASE)
    with pytest.raises(OperationBusy):
        await execute_operation(bench.payments, operation.id)
    assert (await sync_booking_payment(bench.payments, booking.id)).status is BookingStatus.PENDING_PAYMENT
    bench.clock.advance(seconds=76)
    gateway.faults.append(Fault.AWAY)
    with pytest.raises(OperationPostponed):
        await ensure_intent(bench.payments, booking)
    with pytest.raises(OperationPostponed) as caught:
        await execute_operation(bench.payments, operation.id)
    assert caught.value.retry_after > 0
    assert await execute_operation(bench.payments, "pay_unknown") is None


async def test_an_operation_without_its_booking_waits(bench: MoneyBench) -> None:
    booking = await bench.create()
    operation = await first_operation(bench, booking)
    await bench.container.mongo.collection("bookings").delete_one({"_id": booking.id})
    with pytest.raises(OperationBusy):
        await execute_operation(bench.payments, operation.id)
    with pytest.raises(NotFound):
        await sync_booking_payment(bench.payments, "bkg_unknown")


async def test_a_check_rereads_and_other_events_are_passed_over(bench: MoneyBench) -> None:
    booking = await bench.book()
    now = bench.clock.now()
    check = new_event(Topic.PAYMENTS, CHECK_REQUESTED, now, booking_id=booking.id)
    assert await check_payment(bench.payments, check) == await bench.read(booking)
    assert await check_payment(bench.payments, new_event(Topic.PAYMENTS, "payment.other", now)) is None


async def test_what_was_never_made_cannot_be_moved(bench: MoneyBench) -> None:
    booking = await bench.create()
    for purpose, code in (
        (Purpose.CAPTURE, "never_authorized"),
        (Purpose.REFUND, "never_captured"),
        (Purpose.REVERSE, "never_transferred"),
        (Purpose.TRANSFER, "no_charge"),
    ):
        result = await take_step(bench.payments, booking, step(bench, booking, purpose), look_first=False)
        assert (result.status, result.failure_code) == (OperationStatus.FAILED, code)
    void = await take_step(bench.payments, booking, step(bench, booking, Purpose.VOID), look_first=False)
    assert void.status is OperationStatus.SUCCEEDED


async def test_an_intent_nobody_wants_any_more_is_not_made(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await bench.create()
    details = booking.payment_details.model_copy(update={"due_amount": 0})
    unwanted = booking.model_copy(update={"payment_details": details})
    operation = await first_operation(bench, booking)
    assert (await take_step(bench.payments, unwanted, operation, look_first=False)).status is OperationStatus.CANCELED
    assert gateway.intents == {}


async def test_a_captured_intent_cannot_be_voided_nor_an_uncaptured_one_count(bench: MoneyBench) -> None:
    taken = Intent(id="pi_1", status=PaymentIntentStatus.SUCCEEDED, amount_received=100)
    assert results.of_void(taken).failure_code == "already_captured"
    held = Intent(id="pi_1", status=PaymentIntentStatus.CANCELED)
    assert results.of_capture(held).failure_code == "not_captured_canceled"
    assert results.of_void(None).status is OperationStatus.SUCCEEDED
    standing = Intent(id="pi_1", status=PaymentIntentStatus.REQUIRES_CAPTURE, amount_capturable=100)
    assert results.of_void(standing).failure_code == "not_voided_requires_capture"
    saved = Intent(id="seti_1", is_setup=True, status=PaymentIntentStatus.SUCCEEDED)
    assert results.of_void(saved).status is OperationStatus.SUCCEEDED
    del bench


async def test_a_dispute_of_a_payment_not_yet_recorded_waits_one_of_nobodys_is_passed_over_and_a_race_is_won(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await captured(bench, gateway)
    named = GatewayCall(booking_id="bkg_not_yet_committed", operation_id="pay_1", key="key_not_yet")
    early = await gateway.create_payment_intent(
        booking.price.total, customer_id="cus_1", payment_method_id=None, off_session=False, call=named
    )
    intent_id = booking.first_charge.payment_intent_id
    payouts = FakePayoutGateway(
        disputes={
            "dp_w": BankDispute(id="dp_w", status="lost", amount=1, payment_intent_id=early.id),
            "dp_x": BankDispute(id="dp_x", status="lost", amount=1, payment_intent_id="pi_unknown"),
            "dp_z": BankDispute(id="dp_z", status="lost", amount=1, charge_id="ch_unknown"),
            "dp_y": BankDispute(id="dp_y", status="lost", amount=12_500, payment_intent_id=intent_id),
        }
    )
    with pytest.raises(NotYetKnown):
        await sync_dispute(bench.payments, payouts, "dp_w")
    assert not await sync_dispute(bench.payments, payouts, "dp_x")
    assert not await sync_dispute(bench.payments, payouts, "dp_z")
    with pytest.raises(Unavailable):
        await sync_dispute(replace(bench.payments, bookings=Contested(bench.payments.bookings, 99)), payouts, "dp_y")
    await sync_dispute(replace(bench.payments, bookings=Contested(bench.payments.bookings, 1)), payouts, "dp_y")
    assert len((await bench.read(booking)).chargeback_ids) == 2


async def test_payouts_need_an_account_and_only_failures_are_told(bench: MoneyBench) -> None:
    now = bench.clock.now()
    paid = Payout(id="po_1", amount=Money(amount=1, currency="nzd"), status="paid", arrival_date=now, created_at=now)
    failed = paid.model_copy(update={"id": "po_2", "status": "failed"})
    deps = PayoutDeps(**vars(bench.payments), payouts=FakePayoutGateway(payouts={"po_1": paid, "po_2": failed}))
    with pytest.raises(Conflict):
        await list_payouts(deps, Principal(user_id="usr_x"), limit=5, after=None)
    owner = Principal(user_id=bench.provider_user.id, provider_id=bench.provider.id)
    assert bench.account_id in await make_dashboard_link(deps, owner)
    before = len(bench.publisher.events)
    await tell_of_payout(deps, "acct_fake", "po_1", owner.user_id)
    assert len(bench.publisher.events) == before
    bench.publisher.is_unavailable = True
    with pytest.raises(Unavailable):
        await tell_of_payout(deps, "acct_fake", "po_2", owner.user_id)


async def test_refunds_and_statements_refuse_what_is_not_there(bench: MoneyBench) -> None:
    staff = Principal(user_id="usr_staff", roles=frozenset({Role.OPERATOR}))
    with pytest.raises(NotFound):
        await refunds.refund_booking(bench.container.bookings, staff, "bkg_unknown", None, "x")
    now = bench.clock.now()
    with pytest.raises(Forbidden):
        await statements.own_statement(bench.payments, staff, now, now + timedelta(days=1))
    owner = Principal(user_id="usr_x", provider_id="prv_x")
    with pytest.raises(InvalidInput):
        await statements.own_statement(bench.payments, owner, now, now)


class FakePlans:
    """What ``PlanGateway`` says of subscriptions."""

    def __init__(self, found: StripeSubscription) -> None:
        self.found = found

    async def get_subscription(self, subscription_id: str) -> StripeSubscription:
        assert subscription_id
        return self.found


async def test_a_plan_that_cannot_be_charged_is_told_once_and_an_old_one_is_passed_over(bench: MoneyBench) -> None:
    plus = DEFAULT_PLANS[1]
    found = StripeSubscription(
        id="sub_1", status=PlanStatus.PAST_DUE, lookup_key=plus.lookup_key, provider_id=bench.provider.id
    )
    gateway = FakePlans(found)
    deps = replace(bench.container.subscriptions, plan_gateway=gateway)  # type: ignore[arg-type]
    for _ in range(2):
        await subscription_sync.sync_subscription(deps, "sub_1")
    told = [each for each in bench.publisher.events if each.payload.get("template") == "subscription_past_due"]
    assert len(told) == 1
    gateway.found = found.model_copy(update={"id": "sub_0", "status": PlanStatus.CANCELED})
    await subscription_sync.sync_subscription(deps, "sub_0")
    known = await deps.subscriptions.get(bench.provider.id)
    assert known is not None
    assert known.stripe_id == "sub_1"
    gateway.found = found.model_copy(update={"provider_id": None})
    await subscription_sync.sync_subscription(deps, "sub_2")
    with pytest.raises(Forbidden):
        await subscriptions.my_plan(deps, Principal(user_id="usr_x"))


async def test_a_mail_says_what_is_paid_and_what_tax_is_in_it(bench: MoneyBench) -> None:
    bench.provider = bench.provider.model_copy(update={"tax_number": "12-345-678"})
    booking = await bench.create()
    event = new_event(Topic.NOTIFICATIONS, "booking.payment_captured", bench.clock.now(), amount=11_500)
    data = mail_data(bench, booking, event, bench.provider)
    assert "Includes GST 15% (number 12-345-678): NZD 15.00" in data["receipt_lines"]
    for due, words in ((None, "So far"), (0, "not charged"), (500, "You pay NZD 5.00")):
        details = booking.payment_details.model_copy(update={"due_amount": due})
        given = booking.model_copy(update={"payment_details": details, "cancelled_by": ActorKind.CUSTOMER})
        assert words in mail_data(bench, given, event)["refund_note"]


def mail_data(bench: MoneyBench, booking: Booking, event: Event, provider: Provider | None = None) -> Mapping[str, Any]:
    """What a mail to the customer may show."""
    settings, now = bench.payments.settings, bench.clock.now()
    return booking_data(booking, event, ActorKind.CUSTOMER, None, provider, "http://web.test", settings, now)


def step(bench: MoneyBench, booking: Booking, purpose: Purpose) -> PaymentOperation:
    """An operation of a purpose that the state machine would not request now."""
    now = bench.clock.now()
    return PaymentOperation(
        id=new_id("pay", now),
        booking_id=booking.id,
        purpose=purpose,
        amount=Money(amount=100, currency="nzd"),
        created_at=now,
        updated_at=now,
    )
