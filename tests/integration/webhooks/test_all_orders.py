"""All orders and repetitions of the events of one payment end in the same state.

Whatever an event says, its object is read again. What is told is therefore shuffled over a life that has already
happened at Stripe, in every order, each event twice, and the books of all orders are compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from common.application.payments.events.process import process_stripe_event
from common.application.ports.payments.connect import ConnectStatus
from common.application.ports.payments.payouts import BankDispute, Payout
from common.application.ports.payments.webhooks import StripeEvent, WebhookStatus
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.shared.money import Money

from tests.support.money import MoneyBench
from tests.support.orders import orders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.fakes.payouts import FakePayoutGateway

#: Every so many orders; fewer of the events of a second charge, which differ in whom they name only.
STRIDE, STRIDE_OF_EXTRA = 29, 97


class Told(NamedTuple):
    """An event: its type, and which object it is about."""

    type: str
    object: str


#: What Stripe tells of one payment that was paid, captured, transferred, charged back in part and won.
EVENTS = (
    Told("payment_intent.succeeded", "intent"),
    Told("charge.captured", "charge"),
    Told("charge.dispute.created", "dispute"),
    Told("charge.dispute.closed", "dispute"),
    Told("transfer.created", "transfer"),
    Told("charge.refunded", "charge"),
)
#: What it tells of the provider's account meanwhile.
OTHERS = (Told("account.updated", "account"), Told("payout.failed", "payout"))


async def life(
    bench: MoneyBench, gateway: FakePaymentGateway, payouts: FakePayoutGateway, number: int, *, has_extra: bool
) -> tuple[Booking, dict[str, str]]:
    """A booking that is settled with us while Stripe has more to tell; and Stripe's names of its objects."""
    each = await MoneyBench(bench.container, f"acct_{number}").prepare()
    booking = await each.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    await tell(each, Told("payment_intent.amount_capturable_updated", "intent"), {"intent": ""}, booking, number, 99)
    booking = await each.accept_and_start(booking)
    if has_extra:
        await each.perform(booking, "propose_extra", ActorKind.PROVIDER, label="The hedge", amount=4_000)
        await each.perform(booking, "accept_extra", ActorKind.CUSTOMER)
    booking = await each.fire(await each.perform(booking, "complete", ActorKind.PROVIDER))
    dispute, payout, account = f"dp_{number}", f"po_{number}", f"acct_{number}"
    payouts.disputes[dispute] = BankDispute(
        id=dispute,
        status="won",
        amount=3_000,
        fees=[Money(amount=1_500, currency="nzd")],
        payment_intent_id=booking.charges[-1].payment_intent_id,
    )
    now = each.clock.now()
    payouts.payouts[payout] = Payout(
        id=payout, amount=Money(amount=5, currency="nzd"), status="failed", arrival_date=now, created_at=now
    )
    each.container.connect.statuses[account] = ConnectStatus(  # type: ignore[attr-defined]
        account_id=account, transfers="active", payouts_enabled=True
    )
    ids = {
        "intent": booking.charges[-1].payment_intent_id or "",
        "charge": booking.charges[-1].stripe_charge_id or "",
        "transfer": booking.transfers[-1].id,
        "dispute": dispute,
        "payout": payout,
        "account": account,
    }
    return booking, ids


async def tell(
    bench: MoneyBench, told: Told, ids: dict[str, str], booking: Booking, number: int, place: int
) -> WebhookStatus:
    """Store an event and process it."""
    is_ours = told.object in {"intent", "charge", "transfer"}
    event = StripeEvent(
        id=f"evt_{number}_{place}",
        type=told.type,
        object_id=ids[told.object],
        booking_id=booking.id if is_ours else None,
        account_id=ids["account"] if told.object in {"account", "payout"} else None,
        created=0,
        received_at=bench.clock.now(),
    )
    await bench.container.webhook_events.insert(event)
    return await process_stripe_event(bench.container.stripe_events, event.id)


async def books(bench: MoneyBench, booking: Booking) -> tuple[Any, ...]:
    """What remains, without ids."""
    stored = await bench.read(booking)
    details = stored.payment_details
    operations = await bench.payments.operations.list_by_booking(booking.id)
    return (
        (stored.status, stored.payment, stored.payout, len(stored.chargeback_ids)),
        (stored.captured_amount, stored.refunded_amount, stored.transferred_amount, stored.reversed_amount),
        (stored.charged_back_amount, details.debt_amount, stored.commission_amount, details.needs_attention),
        tuple(sorted((each.purpose, each.status, each.amount.amount) for each in operations)),
        tuple(sorted((await bench.ledger_sums(booking)).items())),
    )


def mixed_orders(stride: int) -> Iterable[tuple[Told, ...]]:
    """Orders of the payment's events, with those of the account at every place among them."""
    for number, order in enumerate(orders(EVENTS, stride)):
        told = list(order)
        for other in OTHERS:
            told.insert(number % (len(told) + 1), other)
        yield tuple(told)


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(("stride", "extra"), [(STRIDE, 0), (STRIDE_OF_EXTRA, 4_000)])
async def test_the_events_of_one_payment_in_all_orders_and_twice_end_in_the_same_books(
    bench: MoneyBench, gateway: FakePaymentGateway, payout_gateway: FakePayoutGateway, stride: int, extra: int
) -> None:
    ends = set()
    mails: list[int] = []
    for number, order in enumerate(mixed_orders(stride), start=extra):
        booking, ids = await life(bench, gateway, payout_gateway, number, has_extra=extra > 0)
        for place, told in enumerate((*order, *reversed(order))):
            assert await tell(bench, told, ids, booking, number, place) is WebhookStatus.PROCESSED
            await bench.work()
        ends.add(await books(bench, booking))
        failed = {each.id for each in bench.publisher.events if each.payload.get("template") == "payout_failed"}
        mails.append(len(failed))
        bench.publisher.events.clear()
    assert len(ends) == 1, ends
    assert set(mails) == {1}
    (axes, amounts, *_) = next(iter(ends))
    assert axes == ("settled", "captured", "transferred", 2)
    assert amounts[0] == 12_500 + extra
    assert amounts[2] - amounts[3] == 11_000 + extra * 88 // 100
