"""Chargebacks: the bank takes a captured payment back, and may return it."""

from common.application.payments.deps import PaymentDeps
from common.application.payments.events.webhooks import NotYetKnown, booking_of_intent
from common.application.ports.payments.payouts import BankDispute, PayoutGateway
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import Booking
from common.domain.bookings.state_machine import ChargebackOutcome, apply_chargeback, was_won
from common.domain.shared.errors import Unavailable, VersionConflict

_TRIES = 8
_LOST = "lost"


async def sync_dispute(deps: PaymentDeps, payouts: PayoutGateway, dispute_id: str) -> bool:
    """Re-read a dispute and apply its present state; safe to repeat, in any order.

    What moves no money, such as an inquiry, is passed over. The booking is read before Stripe is, and committed under
    its version: an answer of Stripe's that is older than another worker's never comes last.

    Returns:
        Whether the payment is one of ours; a plan's, or another deployment's, is not.

    Raises:
        NotYetKnown: the payment belongs to a booking that has not recorded it yet.
        Unavailable: Stripe or the database is unavailable.
    """
    dispute = await payouts.get_dispute(dispute_id)
    for _ in range(_TRIES):
        found = await _disputed(deps, dispute)
        if found is None:
            return False
        booking, charge_id = found
        dispute = await payouts.get_dispute(dispute_id)
        try:
            await _follow(deps, booking, charge_id, dispute)
        except VersionConflict:
            continue
        return True
    raise Unavailable("The booking is being changed by others.", retry_after=1)


async def _disputed(deps: PaymentDeps, dispute: BankDispute) -> tuple[Booking, str] | None:
    """The booking whose payment is disputed, and the id of that charge; ``None`` for a payment of nobody's here."""
    stripe_id = dispute.payment_intent_id or dispute.charge_id or ""
    booking = await deps.bookings.find_by_stripe_id(stripe_id)
    charge = booking.charge_of(stripe_id) if booking else None
    if booking is not None and charge is not None:
        return booking, charge.id
    if dispute.payment_intent_id and await booking_of_intent(deps, dispute.payment_intent_id):
        raise NotYetKnown("Its booking has not recorded this payment.")
    return None


async def _follow(deps: PaymentDeps, booking: Booking, charge_id: str, dispute: BankDispute) -> None:
    """Apply its state, the opening first where the end arrives before it."""
    for outcome in _outcomes(booking, dispute):
        change = apply_chargeback(
            booking, charge_id, dispute.id, outcome, dispute.amount, deps.clock.now(), deps.settings, fees=dispute.fees
        )
        if change is None:
            continue
        await deps.bookings.commit(change)
        await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
        booking = change.booking


def _outcomes(booking: Booking, dispute: BankDispute) -> list[ChargebackOutcome]:
    """The dispute's states, in their order."""
    if was_won(booking, dispute.id) and dispute.is_taken:
        first = [ChargebackOutcome.REOPENED]
    else:
        first = [ChargebackOutcome.OPENED] if dispute.is_taken or dispute.is_won else []
    if dispute.is_won:
        return [*first, ChargebackOutcome.WON]
    return [*first, ChargebackOutcome.LOST] if dispute.status == _LOST else first
