"""Which payment operation comes next: the distance between what is due and what has moved, one step at a time.

At most one operation of a booking runs at a time. After every change the plan compares ``due_amount`` and
``is_payout_released`` with the amounts that have really moved, and requests the one operation that brings them closer.
A result that arrives late, or after the booking has ended another way, therefore needs no rule of its own.

Order: nothing is done while an operation runs or money needs attention; an intent that waits for the payer and is no
longer wanted is voided; an authorization is captured (the fee or the price; the rest is released) or voided; too much
kept is refunded; an unpaid due is charged to the saved card once; then the provider's share is transferred, or too much
transferred is reversed, transfer by transfer. A refund goes to the customer first, even where the provider's reversal
may fail.
"""

from typing import Any

from common.domain.bookings import notifications
from common.domain.bookings.booking import Booking, PaymentDetails, PaymentState, PayoutState
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.state_machine.context import Draft, in_flight, waiting_operation
from common.domain.payments.operations import Purpose


def plan_money(draft: Draft) -> Draft:
    """Request the next operation, where one is needed, and bring the payment and payout axes up to date."""
    details = draft.booking.payment_details
    if not in_flight(draft.booking) and not details.needs_attention:
        if details.due_amount is not None:
            draft = _plan_charge(draft, details.due_amount)
        if details.is_payout_released and not in_flight(draft.booking):
            draft = _plan_payout(draft)
    draft = draft.set(payout=payout_state(draft.booking))
    return draft.set(payment=PaymentState.NONE) if _is_over_unpaid(draft.booking) else draft


def _is_over_unpaid(booking: Booking) -> bool:
    """Whether the booking has ended owing nothing and nothing was ever taken: a saved or refused card says no more."""
    details = booking.payment_details
    is_reserved = booking.payment is PaymentState.AUTHORIZED
    return details.due_amount == 0 and not (details.captured_amount or details.open_operations or is_reserved)


def net_paid(details: PaymentDetails) -> int:
    """Captured and not refunded by us, in minor units."""
    return details.captured_amount - details.refunded_amount


def kept_amount(details: PaymentDetails) -> int:
    """What of the customer's money is really there: neither refunded nor charged back."""
    return net_paid(details) - details.charged_back_amount


def settled_amount(details: PaymentDetails) -> int:
    """What of the customer's money the provider has a share of: never more than is due.

    What is owed back and cannot be refunded yet, as while a chargeback stands, is nobody's share.
    """
    kept = kept_amount(details)
    return kept if details.due_amount is None else min(kept, details.due_amount)


def with_provider(details: PaymentDetails) -> int:
    """What of this booking the provider has had, in money or by the payment of debts, and does not owe."""
    return received(details) - details.debt_amount


def received(details: PaymentDetails) -> int:
    """Transferred and not reversed, and what has paid debts of other bookings."""
    return details.transferred_amount - details.reversed_amount + details.set_off_amount


def overpaid(booking: Booking) -> int:
    """What the provider has had too much and does not owe yet; nought where it is too little."""
    details = booking.payment_details
    return max(with_provider(details) - provider_share(booking.price, settled_amount(details)), 0)


def owe(draft: Draft, amount: int, entry: Entry) -> Draft:
    """What cannot be taken back is a debt of the provider's; they and the operators are told."""
    if amount == 0:
        return draft
    draft = draft.post(entry.debt(amount)).with_payment(debt_amount=draft.booking.payment_details.debt_amount + amount)
    return draft.notify(notifications.DEBT_RECORDED, amount=amount)


def is_charged_back(booking: Booking) -> bool:
    """Whether a chargeback stands, so that Stripe refunds nothing of the charge.

    It refuses with ``charge_disputed`` (https://docs.stripe.com/error-codes#charge-disputed) while a dispute is open
    and after it is lost. One that was won may be refunded again: WooPayments, which runs on Stripe, lists the statuses
    (https://github.com/Automattic/woocommerce-payments/issues/7960).
    """
    ids = booking.chargeback_ids
    return any(":" not in each and f"{each}:won" not in ids for each in ids)


def paid_state(details: PaymentDetails) -> PaymentState:
    """The payment axis of a booking whose money was captured."""
    if details.refunded_amount == 0:
        return PaymentState.CAPTURED
    whole = details.refunded_amount >= details.captured_amount
    return PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED


def payout_state(booking: Booking) -> PayoutState:
    """The payout axis, which follows from the amounts."""
    details = booking.payment_details
    if details.debt_amount:
        return PayoutState.DEBT
    if received(details) > 0:
        return PayoutState.TRANSFERRED
    if details.transferred_amount or details.set_off_amount:
        return PayoutState.REVERSED
    owed = provider_share(booking.price, settled_amount(details))
    return PayoutState.HELD if owed > 0 else PayoutState.NONE


def _plan_charge(draft: Draft, due: int) -> Draft:
    booking, details = draft.booking, draft.booking.payment_details
    net = net_paid(details)
    waiting = waiting_operation(booking)
    if waiting is not None:
        wanted = waiting.purpose is Purpose.CHARGE_FEE and waiting.amount == due - net
        return draft if wanted else draft.request(Purpose.VOID, waiting.amount)
    if booking.payment is PaymentState.AUTHORIZED:
        return _use_authorization(draft, due)
    refund = min(net - due, kept_amount(details))
    if refund > 0 and not is_charged_back(booking):
        return draft.request(Purpose.REFUND, refund)
    if due > 0 and details.captured_amount == 0 and not details.is_charge_failed:
        return _charge_card(draft, due)
    return draft


def _use_authorization(draft: Draft, due: int) -> Draft:
    """Capture what is due, which releases the rest; void it where nothing is."""
    authorized = draft.booking.payment_details.authorized_amount
    return draft.request(Purpose.CAPTURE, min(due, authorized)) if due else draft.request(Purpose.VOID, authorized)


def _charge_card(draft: Draft, due: int) -> Draft:
    """Charge the saved card without its holder; an operator is asked where there is none."""
    if draft.booking.payment_details.payment_method_id is None:
        return draft.with_payment(needs_attention=True, is_charge_failed=True)
    return draft.request(Purpose.CHARGE_FEE, due)


def _plan_payout(draft: Draft) -> Draft:
    details = draft.booking.payment_details
    kept = settled_amount(details)
    target = provider_share(draft.booking.price, kept)
    draft = _recognise_commission(draft, kept)
    draft = _set_off_debt(draft, target)
    gap = target - with_provider(draft.booking.payment_details)
    if gap > 0:
        return draft.request(Purpose.TRANSFER, gap)
    source = draft.booking.payment_details.reversible()
    if gap < 0 and source:
        return draft.request(Purpose.REVERSE, min(-gap, source.left))
    return owe(draft, -gap, Entry(draft.booking, draft.now))


def _recognise_commission(draft: Draft, kept: int) -> Draft:
    booking = draft.booking
    commission = commission_of(booking.price, kept)
    lines = Entry(booking, draft.now).commission(commission - booking.payment_details.commission_amount)
    return draft.post(lines).with_payment(commission_amount=commission)


def _set_off_debt(draft: Draft, target: int) -> Draft:
    """Money that is due to the provider pays a debt of theirs first."""
    details = draft.booking.payment_details
    paid = min(details.debt_amount, max(target - with_provider(details), 0))
    lines = Entry(draft.booking, draft.now).debt(-paid)
    return draft.post(lines).with_payment(**paid_debt(details, paid))


def paid_debt(details: PaymentDetails, paid: int) -> dict[str, Any]:
    """What changes once a part of the debt is paid; with the last of it the reversal need not be tried any more."""
    left = details.debt_amount - paid
    return {"debt_amount": left} if left else {"debt_amount": 0, "debt_tries": 0, "debt_retry_at": None}
