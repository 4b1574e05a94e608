"""The worker of Stripe's events: what an event is about is read again; order and repetition do not matter."""

from __future__ import annotations

import itertools
import uuid
from typing import TYPE_CHECKING

import pytest
from common.application.payments.events.handlers import handler_of
from common.application.payments.events.process import LONGEST_WAIT, MOST_TRIES, process_stripe_event
from common.application.payments.events.webhooks import NotYetKnown
from common.application.ports.payments.connect import ConnectStatus
from common.application.ports.payments.payouts import BankDispute, Payout
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.domain.bookings.booking import ActorKind, Booking, BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.shared.money import Money

from tests.support.money import MoneyBench
from tests.support.orders import orders

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.fakes.payouts import FakePayoutGateway

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
    await container.webhook_events.insert(event)
    return event.id


async def process(container: Container, event_id: str) -> WebhookStatus:
    return await process_stripe_event(container.stripe_events, event_id)


async def confirmed(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    """A booking whose customer has paid, of which we have not heard yet."""
    booking = await bench.book()
    intent_id = booking.first_charge.payment_intent_id
    assert intent_id is not None
    gateway.confirm(intent_id)
    return booking


async def test_an_event_moves_its_booking_on(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    booking = await confirmed(bench, gateway)
    intent_id = booking.first_charge.payment_intent_id or ""
    event_id = await receive(bench.container, "payment_intent.amount_capturable_updated", intent_id)
    assert await process(bench.container, event_id) is WebhookStatus.PROCESSED
    assert (await bench.read(booking)).status is BookingStatus.REQUESTED


async def test_every_order_and_repetition_ends_in_the_same_state(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    ends = set()
    for order in orders(AUTHORIZATION_EVENTS, 3):
        booking = await confirmed(await MoneyBench(bench.container).prepare(), gateway)
        intent = gateway.intents[booking.first_charge.payment_intent_id or ""]
        for type_ in (*order, *order[:2]):
            object_id = (intent.charge_id or "") if type_.startswith("charge") else intent.id
            event_id = await receive(bench.container, type_, object_id, booking_id=booking.id)
            await process(bench.container, event_id)
            await process(bench.container, event_id)
        stored = await bench.read(booking)
        operations = await bench.payments.operations.list_by_booking(booking.id)
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
    lines = await bench.payments.ledger.list_by_booking(booking.id)
    types = ("payment_intent.succeeded", "charge.captured", "transfer.created", "refund.created", "charge.refunded")
    for order in orders(types, 7):
        for type_ in order:
            await process(bench.container, await receive(bench.container, type_, "x", booking_id=booking.id))
    assert await bench.read(booking) == before
    assert await bench.payments.ledger.list_by_booking(booking.id) == lines


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
    for _ in range(2 * MOST_TRIES):
        with pytest.raises(NotYetKnown):
            await process(bench.container, event_id)
    bench.clock.advance(seconds=LONGEST_WAIT.total_seconds())
    assert await process(bench.container, event_id) is WebhookStatus.FAILED


async def test_an_unknown_type_is_ignored_and_counted(bench: MoneyBench) -> None:
    event_id = await receive(bench.container, "radar.early_fraud_warning.created", "issfr_1")
    assert await process(bench.container, event_id) is WebhookStatus.IGNORED
    stored = await bench.container.webhook_events.get(event_id)
    assert stored is not None
    assert stored.status is WebhookStatus.IGNORED


async def test_an_object_of_nobody_changes_nothing(bench: MoneyBench) -> None:
    event_id = await receive(bench.container, "setup_intent.succeeded", "seti_of_the_wallet")
    assert await process(bench.container, event_id) is WebhookStatus.IGNORED


DISPUTE_EVENTS = (
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.dispute.closed",
)


@pytest.mark.parametrize("outcome", ["won", "lost"])
async def test_the_events_of_a_chargeback_in_any_order_and_repeated_end_the_same(
    bench: MoneyBench, gateway: FakePaymentGateway, payout_gateway: FakePayoutGateway, outcome: str
) -> None:
    ends = set()
    for number, order in enumerate(itertools.permutations(DISPUTE_EVENTS)):
        each = await MoneyBench(bench.container).prepare()
        booking = await confirmed(each, gateway)
        await process(each.container, await receive(each.container, "charge.succeeded", "", booking_id=booking.id))
        booking = await each.accept_and_start(booking)
        booking = await each.perform(booking, "complete", ActorKind.PROVIDER)
        booking = await each.fire(booking)
        dispute_id = f"dp_{outcome}_{number}"
        dispute = BankDispute(
            id=dispute_id,
            status="needs_response",
            amount=booking.price.total.amount,
            fees=[Money(amount=2_500, currency="nzd")],
            payment_intent_id=booking.first_charge.payment_intent_id,
        )
        for place, type_ in enumerate((*order, *order)):
            closed = type_.endswith("closed") or place >= len(order)
            payout_gateway.disputes[dispute_id] = dispute.model_copy(
                update={"status": outcome if closed else dispute.status}
            )
            await process(each.container, await receive(each.container, type_, dispute_id))
            await each.work()
        stored = await each.read(booking)
        sums = await each.ledger_sums(booking)
        ends.add((stored.payment, stored.payout, tuple(sorted(sums.items())), len(stored.chargeback_ids)))
    assert len(ends) == 1, ends


async def test_an_inquiry_of_the_bank_moves_nothing(
    bench: MoneyBench, gateway: FakePaymentGateway, payout_gateway: FakePayoutGateway
) -> None:
    booking = await confirmed(bench, gateway)
    payout_gateway.disputes["dp_ask"] = BankDispute(
        id="dp_ask",
        status="warning_needs_response",
        amount=100,
        payment_intent_id=booking.first_charge.payment_intent_id,
    )
    await process(bench.container, await receive(bench.container, "charge.dispute.created", "dp_ask"))
    assert (await bench.read(booking)).chargeback_ids == []


async def test_a_failed_payout_is_told_once(bench: MoneyBench, payout_gateway: FakePayoutGateway) -> None:
    now = bench.clock.now()
    payout_gateway.payouts["po_1"] = Payout(
        id="po_1",
        amount=Money(amount=9_900, currency="nzd"),
        status="failed",
        arrival_date=now,
        created_at=now,
        failure_message="The bank account is closed.",
    )
    bench.container.connect.statuses[bench.account_id] = ConnectStatus(  # type: ignore[attr-defined]
        account_id=bench.account_id
    )
    for _ in range(2):
        event_id = await receive(bench.container, "payout.failed", "po_1", account_id=bench.account_id)
        assert await process(bench.container, event_id) is WebhookStatus.PROCESSED
    mails = [each for each in bench.publisher.events if each.payload.get("template") == "payout_failed"]
    assert {each.id for each in mails} == {"evt_po_1"}
    assert mails[0].payload["data"] == {"amount": "NZD 99.00", "reason": "The bank account is closed"}


async def test_an_account_that_becomes_ready_makes_its_provider_billable(bench: MoneyBench) -> None:
    container = bench.container
    await container.mongo.collection("providers").update_one(
        {"_id": bench.provider.id}, {"$set": {"is_billable": False, "is_listed": False}}
    )
    container.connect.statuses[bench.account_id] = ConnectStatus(  # type: ignore[attr-defined]
        account_id=bench.account_id, transfers="active", payouts_enabled=True
    )
    event_id = await receive(container, "account.updated", bench.account_id, account_id=bench.account_id)
    assert await process(container, event_id) is WebhookStatus.PROCESSED
    stored = await container.providers.get(bench.provider.id)
    assert stored is not None
    assert stored.is_billable


async def test_events_of_accounts_and_plans_that_are_not_ours_are_passed_over(bench: MoneyBench) -> None:
    container = bench.container
    container.connect.statuses["acct_other"] = ConnectStatus(account_id="acct_other")  # type: ignore[attr-defined]
    for type_, object_id, account in (
        ("payout.failed", "po_platform", None),
        ("payout.failed", "po_other", "acct_other"),
        ("account.updated", "acct_other", "acct_other"),
        ("invoice.paid", "in_without_subscription", None),
    ):
        fields = {"account_id": account} if account else {}
        event_id = await receive(container, type_, object_id, **fields)
        assert await process(container, event_id) is WebhookStatus.IGNORED
    assert not [each for each in bench.publisher.events if each.payload.get("template")]


async def test_events_of_bookings_that_are_another_deployments_or_programs_are_passed_over(bench: MoneyBench) -> None:
    container = bench.container
    marks = container.stripe_owner.marks()
    for fields in (
        {"booking_id": "bkg_elsewhere", "marks": {**marks, "stage": "staging"}},
        {"booking_id": "bkg_elsewhere", "marks": {**marks, "database": "gigsta-staging"}},
        {"booking_id": "table-7-at-eight"},
        {"booking_id": "bkg_elsewhere", "account_id": "acct_1"},
        {"related": {"payment_intent": "pi_of_a_plan"}},
    ):
        for type_ in ("payment_intent.succeeded", "charge.refunded", "refund.failed", "transfer.reversed"):
            event_id = await receive(container, type_, "x_1", **fields)
            assert await process(container, event_id) is WebhookStatus.IGNORED, (type_, fields)
    event_id = await receive(container, "payment_intent.succeeded", "pi_x", booking_id="bkg_elsewhere", marks=marks)
    with pytest.raises(NotYetKnown):
        await process(container, event_id)


async def test_a_refund_by_hand_finds_its_booking_by_what_the_payment_names(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await confirmed(bench, gateway)
    intent_id = booking.first_charge.payment_intent_id or ""
    await bench.container.mongo.collection("bookings").update_one(
        {"_id": booking.id}, {"$unset": {"payment_details.payment_intent_id": "", "charges.0.payment_intent_id": ""}}
    )
    related = {"payment_intent": intent_id}
    event_id = await receive(bench.container, "refund.created", "re_by_hand", related=related)
    assert await process(bench.container, event_id) is WebhookStatus.PROCESSED
    assert (await bench.read(booking)).status is BookingStatus.REQUESTED


async def test_an_account_that_disconnects_reaches_the_handler_of_accounts() -> None:
    assert handler_of("account.application.deauthorized") is handler_of("account.updated")
    assert handler_of("test_helpers.test_clock.advancing") is None


async def test_events_of_objects_that_stripe_has_no_more_are_passed_over(
    bench: MoneyBench, payout_gateway: FakePayoutGateway
) -> None:
    assert payout_gateway.disputes == {}
    for type_, object_id, account in (
        ("charge.dispute.created", "dp_gone", None),
        ("payout.failed", "po_gone", "acct_gone"),
    ):
        event_id = await receive(bench.container, type_, object_id, **({"account_id": account} if account else {}))
        assert await process(bench.container, event_id) is WebhookStatus.IGNORED


async def taken(
    bench: MoneyBench, gateway: FakePaymentGateway, payouts: FakePayoutGateway, *statuses: tuple[str, int | None]
) -> Booking:
    """A captured booking after its dispute had these statuses and movements of our balance, one after the other."""
    booking = await confirmed(bench, gateway)
    await process(bench.container, await receive(bench.container, "charge.succeeded", "", booking_id=booking.id))
    booking = await bench.accept_and_start(booking)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    dispute_id = f"dp_{uuid.uuid4().hex}"
    for status, moved in statuses:
        payouts.disputes[dispute_id] = BankDispute(
            id=dispute_id,
            status=status,
            amount=booking.price.total.amount,
            moved=moved,
            payment_intent_id=booking.first_charge.payment_intent_id,
        )
        await process(bench.container, await receive(bench.container, "charge.dispute.updated", dispute_id))
        await bench.work()
    return await bench.read(booking)


@pytest.mark.parametrize(
    ("statuses", "charged_back"),
    [
        ([("prevented", None)], 0),
        ([("prevented", 0)], 0),
        ([("warning_needs_response", None), ("warning_under_review", None), ("warning_closed", None)], 0),
        ([("a_status_of_tomorrow", None)], 0),
        ([("a_status_of_tomorrow", -12_500)], 12_500),
        ([("warning_needs_response", None), ("needs_response", -12_500)], 12_500),
        ([("needs_response", None), ("under_review", None)], 12_500),
        ([("needs_response", None), ("lost", None), ("appeal_needs_response", None)], 12_500),
        ([("lost", -12_500), ("appeal_under_review", -12_500), ("lost", -12_500)], 12_500),
        ([("needs_response", None), ("lost", None), ("appeal_under_review", None), ("won", None)], 0),
        ([("appeal_under_review", -12_500), ("won", 0)], 0),
        ([("needs_response", -12_500), ("won", -12_500)], 12_500),
        ([("needs_response", -12_500), ("won", -12_500), ("won", 0)], 0),
        ([("won", 0), ("appeal_needs_response", -12_500)], 12_500),
        ([("won", 0), ("appeal_needs_response", -12_500), ("lost", -12_500)], 12_500),
        ([("won", 0), ("appeal_needs_response", -12_500), ("won", 0)], 0),
    ],
)
async def test_a_chargeback_is_booked_as_its_money_has_moved(
    bench: MoneyBench,
    gateway: FakePaymentGateway,
    payout_gateway: FakePayoutGateway,
    statuses: list[tuple[str, int | None]],
    charged_back: int,
) -> None:
    booking = await taken(bench, gateway, payout_gateway, *statuses)
    assert booking.charged_back_amount == charged_back
    sums = await bench.ledger_sums(booking)
    assert sums.get("held", 0) == charged_back - booking.price.total.amount
