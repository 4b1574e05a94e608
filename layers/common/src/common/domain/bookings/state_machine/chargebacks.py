"""Chargebacks: the bank takes a captured payment back, and may return it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from common.domain.bookings import notifications
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange, ChargebackFee
from common.domain.bookings.charges import kept_amount
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.context import Draft
from common.domain.bookings.state_machine.outcome import begin, finalize, to_change
from common.domain.bookings.state_machine.transitions_closing import CHARGEBACK
from common.domain.shared.money import Money


class ChargebackOutcome(StrEnum):
    """How far a chargeback has come (https://docs.stripe.com/disputes/how-disputes-work).

    A lost one may still be won by an appeal, and the money of a won one may be taken again: it is reopened.
    """

    OPENED = "opened"
    REOPENED = "reopened"
    WON = "won"
    LOST = "lost"


_NOTES = {
    ChargebackOutcome.OPENED: CHARGEBACK.note,
    ChargebackOutcome.REOPENED: "The bank took the money of a won chargeback again.",
    ChargebackOutcome.WON: "The chargeback was won; the money came back.",
    ChargebackOutcome.LOST: "The chargeback was lost.",
}
_NOTIFICATIONS = {
    ChargebackOutcome.OPENED: notifications.CHARGEBACK_OPENED,
    ChargebackOutcome.REOPENED: notifications.CHARGEBACK_OPENED,
    ChargebackOutcome.WON: notifications.CHARGEBACK_WON,
    ChargebackOutcome.LOST: notifications.CHARGEBACK_LOST,
}
_FEE_NOTE = "What the bank keeps for the chargeback has changed."
_TAKES = frozenset({ChargebackOutcome.OPENED, ChargebackOutcome.REOPENED})


def was_won(booking: Booking, chargeback_id: str) -> bool:
    """Whether the chargeback's money was given back, as far as the booking knows."""
    return f"{chargeback_id}:{ChargebackOutcome.WON}" in booking.chargeback_ids


def apply_chargeback(
    booking: Booking,
    charge_id: str,
    chargeback_id: str,
    outcome: ChargebackOutcome,
    amount: int,
    now: datetime,
    settings: BookingSettings,
    *,
    fees: Sequence[Money] = (),
    actor: Actor | None = None,
) -> BookingChange | None:
    """Decide what a chargeback does: frozen while held, reversed where it has been transferred, else booked as debt.

    Args:
        booking: the booking as stored now.
        charge_id: the charge that is disputed.
        chargeback_id: Stripe's dispute; each of its outcomes applies once.
        outcome: what is known of it.
        amount: what the bank took or gave back, in minor units.
        now: the present instant.
        settings: windows and limits.
        fees: all that Stripe keeps for the chargeback now, a loss of ours; what is booked already is not booked again.
        actor: the webhook or schedule that brought the news.

    Returns:
        The change, or ``None`` if outcome and fees have been applied, or nothing was captured.
    """
    marks = _marks_after(booking.chargeback_ids, chargeback_id, outcome)
    known = marks or booking.chargeback_ids
    if chargeback_id not in known or booking.charge(charge_id).captured_amount == 0:
        return None
    is_new = chargeback_id not in booking.chargeback_ids
    draft = _remember(begin(booking, now, chargeback_ids=known), charge_id, chargeback_id)
    draft = _charge_fees(draft, charge_id, chargeback_id, fees, is_new=is_new)
    if marks is None and not draft.ledger:
        return None
    if marks is not None and outcome in _TAKES:
        draft = _take(draft, charge_id, chargeback_id, amount)
    if marks is not None and outcome is ChargebackOutcome.WON:
        draft = _give_back(draft, charge_id, chargeback_id, amount)
    draft = finalize(draft, settings)
    if marks is not None:
        draft = draft.notify(_NOTIFICATIONS[outcome], chargeback_id=chargeback_id, amount=amount)
    by = actor or Actor(kind=ActorKind.WEBHOOK, id="stripe")
    return to_change(booking, draft, by, CHARGEBACK.name, _FEE_NOTE if marks is None else _NOTES[outcome])


def _marks_after(marks: Sequence[str], chargeback_id: str, outcome: ChargebackOutcome) -> list[str] | None:
    """What is known of chargebacks after an outcome; ``None`` where the outcome is no news, or cannot be."""
    ends = {each: f"{chargeback_id}:{each}" for each in (ChargebackOutcome.WON, ChargebackOutcome.LOST)}
    is_won = ends[ChargebackOutcome.WON] in marks
    if outcome is ChargebackOutcome.OPENED:
        return None if chargeback_id in marks else [*marks, chargeback_id]
    if outcome is ChargebackOutcome.REOPENED:
        return [each for each in marks if each not in ends.values()] if is_won else None
    is_news = chargeback_id in marks and not is_won and ends[outcome] not in marks
    return [*marks, ends[outcome]] if is_news else None


def _remember(draft: Draft, charge_id: str, chargeback_id: str) -> Draft:
    """Which charge is disputed."""
    known = draft.booking.charge(charge_id).dispute_ids
    return draft if chargeback_id in known else draft.with_charge(charge_id, dispute_ids=[*known, chargeback_id])


def _charge_fees(draft: Draft, charge_id: str, chargeback_id: str, fees: Sequence[Money], *, is_new: bool) -> Draft:
    """Book what Stripe keeps now, less what is booked: countering costs more, and a won chargeback gives some back.

    A chargeback without any record, not even of nothing, was opened before there were records: its fee is booked.
    """
    booking = draft.booking
    records = booking.chargeback_fees
    booked = {each.fee.currency: each.fee.amount for each in records if each.chargeback_id == chargeback_id}
    if not booked and not is_new:
        return draft
    nothing = {booking.price.total.currency: 0}
    due = nothing | dict.fromkeys(booked, 0) | {each.currency: each.amount for each in fees}
    entry = Entry(booking, charge_id, draft.now, stripe_id=chargeback_id)
    for currency, amount in due.items():
        draft = draft.post(entry.bank_fee(Money(amount=amount - booked.get(currency, 0), currency=currency)))
    kept = [
        ChargebackFee(chargeback_id=chargeback_id, fee=Money(amount=amount, currency=currency))
        for currency, amount in due.items()
    ]
    return draft.set(chargeback_fees=[*(each for each in records if each.chargeback_id != chargeback_id), *kept])


def _take(draft: Draft, charge_id: str, chargeback_id: str, amount: int) -> Draft:
    """What is still kept goes first; more than that is our loss."""
    charge = draft.booking.charge(charge_id)
    covered = min(amount, max(kept_amount(charge), 0))
    entry = Entry(draft.booking, charge_id, draft.now, stripe_id=chargeback_id)
    lines = [*entry.charged_back(covered), *entry.loss(amount - covered)]
    return draft.post(lines).with_charge(
        charge_id,
        charged_back_amount=charge.charged_back_amount + covered,
        lost_twice_amount=charge.lost_twice_amount + amount - covered,
    )


def _give_back(draft: Draft, charge_id: str, chargeback_id: str, amount: int) -> Draft:
    charge = draft.booking.charge(charge_id)
    covered = min(amount, charge.charged_back_amount)
    entry = Entry(draft.booking, charge_id, draft.now, stripe_id=chargeback_id)
    lines = [*entry.charged_back(-covered), *entry.loss(covered - amount)]
    return draft.post(lines).with_charge(
        charge_id,
        charged_back_amount=charge.charged_back_amount - covered,
        lost_twice_amount=max(charge.lost_twice_amount - (amount - covered), 0),
    )
