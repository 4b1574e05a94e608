"""Chargebacks: the bank takes a captured payment back, and may return it."""

from datetime import datetime
from enum import StrEnum

from common.domain.booking_machine.context import Draft
from common.domain.booking_machine.money_plan import kept_amount
from common.domain.booking_machine.outcome import begin, settle_draft, to_change
from common.domain.booking_machine.rows_closing import CHARGEBACK
from common.domain.booking_settings import BookingSettings
from common.domain.bookings import Actor, ActorKind, Booking, BookingChange
from common.domain.ledger_entries import Entry

_PARTS = (ActorKind.PROVIDER, ActorKind.OPERATOR)


class ChargebackOutcome(StrEnum):
    """How far a chargeback has come (https://docs.stripe.com/disputes/how-disputes-work)."""

    OPENED = "opened"
    WON = "won"
    LOST = "lost"


_NOTES = {
    ChargebackOutcome.OPENED: CHARGEBACK.note,
    ChargebackOutcome.WON: "The chargeback was won; the money came back.",
    ChargebackOutcome.LOST: "The chargeback was lost.",
}


def apply_chargeback(
    booking: Booking,
    chargeback_id: str,
    outcome: ChargebackOutcome,
    amount: int,
    now: datetime,
    settings: BookingSettings,
    *,
    fee: int = 0,
    actor: Actor | None = None,
) -> BookingChange | None:
    """Decide what a chargeback does: frozen while held, reversed where it has been transferred, else booked as debt.

    Args:
        booking: the booking as stored now.
        chargeback_id: Stripe's dispute; each of its outcomes applies once.
        outcome: what is known of it.
        amount: what the bank took or gave back, in minor units.
        now: the present instant.
        settings: windows and limits.
        fee: Stripe's fee for the chargeback in minor units, a loss of ours; negative where Stripe gave it back.
        actor: the webhook or schedule that brought the news.

    Returns:
        The change, or ``None`` if this outcome has been applied, or nothing was captured.
    """
    mark = chargeback_id if outcome is ChargebackOutcome.OPENED else f"{chargeback_id}:{outcome}"
    unknown = outcome is not ChargebackOutcome.OPENED and chargeback_id not in booking.chargeback_ids
    if mark in booking.chargeback_ids or unknown or booking.payment_details.captured_amount == 0:
        return None
    draft = begin(booking, now, chargeback_ids=[*booking.chargeback_ids, mark])
    draft = _take(draft, chargeback_id, amount, fee) if outcome is ChargebackOutcome.OPENED else draft
    draft = _give_back(draft, chargeback_id, amount, fee) if outcome is ChargebackOutcome.WON else draft
    draft = settle_draft(draft, settings)
    draft = draft.notify(f"booking.chargeback_{outcome.value}", *_PARTS, chargeback_id=chargeback_id, amount=amount)
    by = actor or Actor(kind=ActorKind.WEBHOOK, id="stripe")
    return to_change(booking, draft, by, CHARGEBACK.name, _NOTES[outcome])


def _take(draft: Draft, chargeback_id: str, amount: int, fee: int) -> Draft:
    """What is still kept goes first; more than that, and the bank's fee, is our loss."""
    details = draft.booking.payment_details
    covered = min(amount, max(kept_amount(details), 0))
    entry = Entry(draft.booking, draft.now, stripe_id=chargeback_id)
    lines = [*entry.charged_back(covered), *entry.loss(amount - covered), *entry.loss(fee)]
    return draft.post(lines).pay(charged_back_amount=details.charged_back_amount + covered)


def _give_back(draft: Draft, chargeback_id: str, amount: int, fee: int) -> Draft:
    details = draft.booking.payment_details
    covered = min(amount, details.charged_back_amount)
    entry = Entry(draft.booking, draft.now, stripe_id=chargeback_id)
    lines = [*entry.charged_back(-covered), *entry.loss(covered - amount), *entry.loss(fee)]
    return draft.post(lines).pay(charged_back_amount=details.charged_back_amount - covered)
