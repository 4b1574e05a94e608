"""Which payment operation comes next: the distance between what is due and what has moved, one step at a time.

At most one operation of a booking runs at a time. After every change the plan compares ``due_amount`` and
``is_payout_released`` with the amounts that have really moved, and requests the one operation that brings them closer.
A result that arrives late, or after the booking has ended another way, therefore needs no rule of its own.

Nothing is done while an operation runs or money needs attention. Charges take their turns in their order, each with its
part of what is due (``charge_parts``): an intent that waits for the payer and is no longer wanted is voided; an
authorization is captured (the fee or the price; the rest is released) or voided; too much kept is refunded; an unpaid
due is charged to the saved card once. Then the provider's share is transferred, or too much transferred is reversed,
transfer by transfer. A refund goes to the customer first, even where the provider's reversal may fail.
"""

from typing import Any

from common.domain.bookings import notifications
from common.domain.bookings.booking import Booking, PaymentDetails, PayoutState
from common.domain.bookings.charges import Charge, PaymentState, kept_amount, net_paid
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.state_machine.charge_parts import (
    commissions,
    dues,
    refunds,
    reversal_source,
    transfer_source,
)
from common.domain.bookings.state_machine.context import Draft, in_flight, is_open, waiting_operation
from common.domain.payments.operations import Purpose


def plan_money(draft: Draft) -> Draft:
    """Request the next operation, where one is needed, and bring the payment and payout axes up to date."""
    if not _has_to_wait(draft):
        draft = _plan_charges(_plan_lapsed(draft))
        if draft.booking.payment_details.is_payout_released and not in_flight(draft.booking):
            draft = _plan_payout(draft)
    draft = draft.set(payout=payout_state(draft.booking))
    for charge in draft.booking.charges:
        draft = (
            draft.with_charge(charge.id, state=PaymentState.NONE) if _is_over_unpaid(draft.booking, charge) else draft
        )
    return draft


def _has_to_wait(draft: Draft) -> bool:
    return in_flight(draft.booking) or draft.booking.payment_details.needs_attention


def _is_over_unpaid(booking: Booking, charge: Charge) -> bool:
    """Whether the booking has ended owing nothing and nothing was ever taken: a saved or refused card says no more."""
    if booking.payment_details.due_amount != 0 or charge.captured_amount or charge.has_lapsed:
        return False
    return charge.state not in {PaymentState.NONE, PaymentState.AUTHORIZED} and not is_open(booking, charge.id)


def settled_amount(booking: Booking) -> int:
    """What of the customer's money the provider has a share of: never more than is due.

    What is owed back and cannot be refunded yet, as while a chargeback stands, is nobody's share.
    """
    kept, due = kept_amount(booking), booking.payment_details.due_amount
    return kept if due is None else min(kept, due)


def with_provider(booking: Booking) -> int:
    """What of this booking the provider has had, in money or by the payment of debts, and does not owe."""
    return received(booking) - booking.payment_details.debt_amount


def received(booking: Booking) -> int:
    """Transferred and not reversed, and what has paid debts of other bookings."""
    return booking.transferred_amount - booking.reversed_amount + booking.payment_details.set_off_amount


def overpaid(booking: Booking) -> int:
    """What the provider has had too much and does not owe yet; nought where it is too little."""
    return max(with_provider(booking) - provider_share(booking.price, settled_amount(booking)), 0)


def owe(draft: Draft, amount: int, entry: Entry) -> Draft:
    """What cannot be taken back is a debt of the provider's; they and the operators are told."""
    if amount == 0:
        return draft
    draft = draft.post(entry.debt(amount)).with_payment(debt_amount=draft.booking.payment_details.debt_amount + amount)
    return draft.notify(notifications.DEBT_RECORDED, amount=amount)


def payout_state(booking: Booking) -> PayoutState:
    """The payout axis, which follows from the amounts."""
    if booking.payment_details.debt_amount:
        return PayoutState.DEBT
    if received(booking) > 0:
        return PayoutState.TRANSFERRED
    if booking.transferred_amount or booking.payment_details.set_off_amount:
        return PayoutState.REVERSED
    owed = provider_share(booking.price, settled_amount(booking))
    return PayoutState.HELD if owed > 0 else PayoutState.NONE


def _plan_lapsed(draft: Draft) -> Draft:
    """Give up what is reserved, or waits for the payer, of a charge that pays for nothing any more."""
    for charge in draft.booking.charges:
        waiting = waiting_operation(draft.booking, charge.id)
        is_reserved = charge.state is PaymentState.AUTHORIZED
        if charge.has_lapsed and not in_flight(draft.booking) and (waiting or is_reserved):
            amount = waiting.amount if waiting else charge.authorized_amount
            draft = draft.request(Purpose.VOID, amount, charge.id)
    return draft


def _plan_charges(draft: Draft) -> Draft:
    """One charge after the other, until something is to be done."""
    if draft.booking.payment_details.due_amount is None or in_flight(draft.booking):
        return draft
    parts = dues(draft.booking)
    going = refunds(draft.booking, parts)
    for charge in draft.booking.charges:
        if not _has_to_wait(draft):
            draft = _plan_charge(draft, charge, parts[charge.id], going[charge.id])
    return draft


def _plan_charge(draft: Draft, charge: Charge, due: int, refund: int) -> Draft:
    waiting = waiting_operation(draft.booking, charge.id)
    if waiting is not None:
        wanted = waiting.purpose is Purpose.CHARGE_FEE and waiting.amount == due - net_paid(charge)
        return draft if wanted else draft.request(Purpose.VOID, waiting.amount, charge.id)
    if charge.state is PaymentState.AUTHORIZED:
        return _use_authorization(draft, charge, due)
    if refund > 0:
        return draft.request(Purpose.REFUND, refund, charge.id)
    if due > 0 and charge.captured_amount == 0 and not charge.is_charge_failed:
        return _charge_card(draft, charge, due)
    return draft


def _use_authorization(draft: Draft, charge: Charge, due: int) -> Draft:
    """Capture what is due, which releases the rest; void it where nothing is."""
    authorized = charge.authorized_amount
    if due:
        return draft.request(Purpose.CAPTURE, min(due, authorized), charge.id)
    return draft.request(Purpose.VOID, authorized, charge.id)


def _charge_card(draft: Draft, charge: Charge, due: int) -> Draft:
    """Charge the saved card without its holder; an operator is asked where there is none."""
    if draft.booking.payment_details.payment_method_id is None:
        return draft.with_payment(needs_attention=True).with_charge(charge.id, is_charge_failed=True)
    return draft.request(Purpose.CHARGE_FEE, due, charge.id)


def _plan_payout(draft: Draft) -> Draft:
    kept = settled_amount(draft.booking)
    target = provider_share(draft.booking.price, kept)
    draft = _recognise_commission(draft, kept)
    draft = _set_off_debt(draft, target)
    gap = target - with_provider(draft.booking)
    if gap > 0:
        charge_id, amount = transfer_source(draft.booking, gap)
        return draft.request(Purpose.TRANSFER, amount, charge_id)
    source = reversal_source(draft.booking, -gap)
    if gap < 0 and source:
        charge_id, amount = source
        return draft.request(Purpose.REVERSE, amount, charge_id)
    return owe(draft, -gap, Entry(draft.booking, draft.booking.first_charge.id, draft.now))


def _recognise_commission(draft: Draft, kept: int) -> Draft:
    parts = commissions(draft.booking, commission_of(draft.booking.price, kept))
    for charge in draft.booking.charges:
        entry = Entry(draft.booking, charge.id, draft.now)
        lines = entry.commission(parts[charge.id] - charge.commission_amount)
        draft = draft.post(lines).with_charge(charge.id, commission_amount=parts[charge.id])
    return draft


def _set_off_debt(draft: Draft, target: int) -> Draft:
    """Money that is due to the provider pays a debt of theirs first."""
    booking, details = draft.booking, draft.booking.payment_details
    paid = min(details.debt_amount, max(target - with_provider(booking), 0))
    charge_id, _ = transfer_source(booking, paid)
    lines = Entry(booking, charge_id, draft.now).debt(-paid)
    return draft.post(lines).with_payment(**paid_debt(details, paid))


def paid_debt(details: PaymentDetails, paid: int) -> dict[str, Any]:
    """What changes once a part of the debt is paid; with the last of it the reversal need not be tried any more."""
    left = details.debt_amount - paid
    return {"debt_amount": left} if left else {"debt_amount": 0, "debt_tries": 0, "debt_retry_at": None}
