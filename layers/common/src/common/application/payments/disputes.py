"""Chargebacks: the bank takes a captured payment back, and may return it."""

from collections.abc import Callable

from common.application.payments.deps import PaymentDeps
from common.application.payments.webhooks import NotYetKnown
from common.application.ports.payouts import BankDispute, PayoutGateway
from common.application.publishing import publish_committed
from common.domain.booking_machine import ChargebackOutcome, apply_chargeback
from common.domain.errors import Unavailable, VersionConflict

_TRIES = 8

#: What each outcome cost us beside the amount; negative where it came back.
_FEES: dict[ChargebackOutcome, Callable[[BankDispute], int]] = {
    ChargebackOutcome.OPENED: lambda dispute: dispute.fee,
    ChargebackOutcome.WON: lambda dispute: -dispute.fee_returned,
    ChargebackOutcome.LOST: lambda _: 0,
}
_ENDS = {"won": ChargebackOutcome.WON, "lost": ChargebackOutcome.LOST}


async def sync_dispute(deps: PaymentDeps, payouts: PayoutGateway, dispute_id: str) -> None:
    """Re-read a dispute and apply what it has come to, each outcome once.

    The opening is applied first wherever its end is known first, so the order of events does not matter. An inquiry
    moves no money and is passed over.

    Raises:
        NotYetKnown: the payment belongs to a booking that has not recorded it yet.
        Unavailable: Stripe or the database is away.
    """
    dispute = await payouts.get_dispute(dispute_id)
    if dispute.is_inquiry:
        return
    await _apply(deps, dispute, ChargebackOutcome.OPENED)
    if dispute.status in _ENDS:
        await _apply(deps, dispute, _ENDS[dispute.status])


async def _apply(deps: PaymentDeps, dispute: BankDispute, outcome: ChargebackOutcome) -> None:
    for _ in range(_TRIES):
        booking = await deps.bookings.by_stripe_id(dispute.payment_intent_id or dispute.charge_id or "")
        if booking is None:
            raise NotYetKnown("No booking has recorded this payment.")
        fee = _FEES[outcome](dispute)
        now = deps.clock.now()
        change = apply_chargeback(booking, dispute.id, outcome, dispute.amount, now, deps.settings, fee=fee)
        if change is None:
            return
        try:
            await deps.bookings.commit(change)
        except VersionConflict:
            continue
        await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
        return
    raise Unavailable("The booking is being changed by others.", retry_after=1)
