"""What Stripe's answers do to a booking: axes, amounts, ledger, and through the money plan the next operation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from common.domain.bookings import notifications
from common.domain.bookings.booking import Actor, Booking, BookingChange, BookingStatus, OpenOperation, PaymentDetails
from common.domain.bookings.charges import Charge, ChargePurpose, PaymentState, Transferred, kept_amount, paid_state
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.payment_plan import expected_capture_before
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.charge_parts import may_be_due
from common.domain.bookings.state_machine.context import SYSTEM, Context, Draft
from common.domain.bookings.state_machine.engine import apply_transition
from common.domain.bookings.state_machine.money_plan import overpaid, owe
from common.domain.bookings.state_machine.outcome import begin, finalize, to_change
from common.domain.bookings.state_machine.transitions_payment import CONFIRM_PAYMENT, EXPIRE_PAYMENT
from common.domain.payments.operations import (
    ACCOUNT_NOT_READY,
    GONE,
    MAY_BE_DONE,
    OBJECT_GONE,
    OperationStatus,
    PaymentOperation,
    PaymentResult,
    Purpose,
)

_RESERVING = frozenset({Purpose.AUTHORIZE, Purpose.SAVE_CARD})
_GONE_NOTE = "Stripe has no such payment; the time is free again."
_NOTIFICATIONS = {
    Purpose.CAPTURE: notifications.PAYMENT_CAPTURED,
    Purpose.CHARGE_FEE: notifications.PAYMENT_CAPTURED,
    Purpose.REFUND: notifications.REFUNDED,
    Purpose.TRANSFER: notifications.PAID_OUT,
}


@dataclass(frozen=True)
class _Answer:
    """One result in its place: the operation as the booking knows it, what Stripe said, and the settings."""

    opened: OpenOperation
    result: PaymentResult
    settings: BookingSettings

    @property
    def charge_id(self) -> str:
        """Whose operation it was."""
        return self.opened.charge_id

    def charge_in(self, draft: Draft) -> Charge:
        """The charge as the draft has it."""
        return draft.booking.charge(self.charge_id)

    @property
    def may_be_done(self) -> bool:
        """Whether it failed because Stripe may have, or has, done it already."""
        return self.result.failure_code in MAY_BE_DONE

    @property
    def amount(self) -> int:
        """What really moved, as Stripe reports it, else what was asked for."""
        return self.result.amount or self.opened.amount


def apply_payment_result(
    booking: Booking,
    operation: PaymentOperation,
    result: PaymentResult,
    now: datetime,
    settings: BookingSettings,
    actor: Actor = SYSTEM,
) -> BookingChange | None:
    """Decide what a result does to the booking.

    A successful authorization or saved card of a ``pending_payment`` booking performs ``confirm_payment`` in the same
    change. A declined card leaves such a booking's intent open, because the customer may try another card on it.

    Args:
        booking: the booking as stored now.
        operation: the operation that was executed, as stored.
        result: what Stripe says came of it; ``pending`` and ``uncertain`` say nothing yet.
        now: the present instant.
        settings: windows and limits.
        actor: who brought the news: the worker, a webhook, or the customer who confirmed.

    Returns:
        The change with the operation's new state in ``operations``, or ``None`` where nothing changes: the result has
        been applied before, or is not final.
    """
    details = booking.payment_details
    opened = next((each for each in details.open_operations if each.id == operation.id), None)
    if opened is None or result.status in {OperationStatus.PENDING, OperationStatus.UNCERTAIN}:
        return None
    answer = _Answer(opened, result, settings)
    draft = _record_ids(begin(booking, now), answer)
    draft, status = _apply(draft, answer)
    if booking.status is BookingStatus.PENDING_PAYMENT and opened.purpose in _RESERVING and _is_gone(answer):
        draft = replace(draft, operations=(_ended(operation, result, status, now),))
        return _let_lapse(booking, draft, answer, actor)
    if status is OperationStatus.REQUIRES_ACTION and opened.needs_action and _same_news(booking, draft.booking):
        return None
    draft = replace(draft, operations=(_ended(operation, result, status, now),))
    return _finish(booking, draft, answer, status, actor)


def _finish(before: Booking, draft: Draft, answer: _Answer, status: OperationStatus, actor: Actor) -> BookingChange:
    transition = CONFIRM_PAYMENT
    context = Context(draft.booking, actor, draft.now, answer.settings)
    if before.status in transition.sources and all(guard.test(context) for guard in transition.guards):
        return to_change(before, apply_transition(context, transition, draft), actor, transition.name, transition.note)
    draft = _notify(finalize(draft, answer.settings), answer, status)
    purpose = answer.opened.purpose.value
    note = f"Payment: {purpose.replace('_', ' ')} {status.value.replace('_', ' ')}."
    return to_change(before, draft, actor, f"payment_{purpose}_{status.value}", note)


def _is_gone(answer: _Answer) -> bool:
    """Whether Stripe has no such intent any more, as opposed to a call that named something unknown."""
    is_end = answer.result.status in {OperationStatus.CANCELED, OperationStatus.SUCCEEDED}
    return is_end and answer.result.failure_code == OBJECT_GONE


def _let_lapse(before: Booking, draft: Draft, answer: _Answer, actor: Actor) -> BookingChange:
    """A booking whose payment cannot be completed any more gives its time back at once."""
    transition = EXPIRE_PAYMENT
    draft = draft.with_charge(answer.charge_id, state=PaymentState.NONE)
    draft = draft.notify(notifications.PAYMENT_NEEDS_ATTENTION, purpose=answer.opened.purpose.value)
    context = Context(draft.booking, actor, draft.now, answer.settings)
    return to_change(before, apply_transition(context, transition, draft), actor, transition.name, _GONE_NOTE)


def _apply(draft: Draft, answer: _Answer) -> tuple[Draft, OperationStatus]:
    """The draft after the result, and the status that the operation ends or waits in."""
    purpose, status = answer.opened.purpose, answer.result.status
    if status is OperationStatus.SUCCEEDED:
        draft = _close(draft, answer.opened).with_payment(last_error_code=None, last_error_message=None, failures=0)
        return _SUCCESS[purpose](draft, answer), status
    draft = draft.with_payment(
        last_error_code=answer.result.failure_code,
        last_error_message=answer.result.failure_message,
        may_have_moved=draft.booking.payment_details.may_have_moved or answer.may_be_done,
    )
    if status is OperationStatus.REQUIRES_ACTION:
        return _wait(draft, answer.opened, PaymentState.ACTION_REQUIRED), status
    if purpose in _RESERVING and status is OperationStatus.FAILED and _intent_stays(draft.booking, answer.result):
        return _wait(draft, answer.opened, PaymentState.FAILED), OperationStatus.REQUIRES_ACTION
    return _FAILURE[purpose](_close(draft, answer.opened), answer), status


def _intent_stays(booking: Booking, result: PaymentResult) -> bool:
    """Whether a declined intent is still there, to be paid with another card or to be voided in the end.

    Stripe leaves it as ``requires_payment_method`` (https://docs.stripe.com/payments/paymentintents/lifecycle), so a
    customer who has its secret could pay it later; it is kept in sight until it is paid or voided.
    """
    known = result.payment_intent_id or result.setup_intent_id
    return known is not None or booking.status is BookingStatus.PENDING_PAYMENT


def _record_ids(draft: Draft, answer: _Answer) -> Draft:
    """Keep the identifiers that the result names; the booking's card is the one that its own charge was paid with."""
    result = answer.result
    ids = {
        "payment_intent_id": result.payment_intent_id,
        "setup_intent_id": result.setup_intent_id,
        "stripe_charge_id": result.charge_id,
    }
    draft = draft.with_charge(answer.charge_id, **{name: value for name, value in ids.items() if value is not None})
    if answer.charge_id != draft.booking.first_charge.id:
        return draft
    payer = {"payment_method_id": result.payment_method_id, "stripe_customer_id": result.stripe_customer_id}
    return draft.with_payment(**{name: value for name, value in payer.items() if value is not None})


def _close(draft: Draft, opened: OpenOperation) -> Draft:
    remaining = [each for each in draft.booking.payment_details.open_operations if each.id != opened.id]
    return draft.with_payment(open_operations=remaining)


def _wait(draft: Draft, opened: OpenOperation, state: PaymentState) -> Draft:
    """The operation waits for the payer."""
    if not draft.booking.charge(opened.charge_id).has_lapsed:
        draft = draft.with_charge(opened.charge_id, state=state)
    operations = draft.booking.payment_details.open_operations
    waiting = opened.model_copy(update={"needs_action": True})
    return draft.with_payment(open_operations=[waiting if each.id == opened.id else each for each in operations])


def _ended(
    operation: PaymentOperation, result: PaymentResult, status: OperationStatus, now: datetime
) -> PaymentOperation:
    return operation.model_copy(
        update={
            "status": status,
            "stripe_id": result.stripe_id or operation.stripe_id,
            "failure_code": result.failure_code,
            "failure_message": result.failure_message,
            "next_try_at": None,
            "updated_at": now,
        }
    )


def _same_news(before: Booking, after: Booking) -> bool:
    """Whether a repeated ``requires_action`` brings nothing new."""
    return before.charges == after.charges and before.payment_details == after.payment_details


def _entry(draft: Draft, answer: _Answer) -> Entry:
    opened = answer.opened
    return Entry(draft.booking, opened.charge_id, draft.now, operation_id=opened.id, stripe_id=answer.result.stripe_id)


def _authorized(draft: Draft, answer: _Answer) -> Draft:
    estimate = expected_capture_before(draft.now, answer.settings)
    draft = draft.with_payment(needs_attention=False, retry_at=None)
    return draft.with_charge(
        answer.charge_id,
        authorized_amount=answer.amount,
        capture_before=answer.result.capture_before or estimate,
        state=PaymentState.AUTHORIZED,
    )


def _card_saved(draft: Draft, answer: _Answer) -> Draft:
    return draft.with_charge(answer.charge_id, state=PaymentState.CARD_SAVED)


def _captured(draft: Draft, answer: _Answer) -> Draft:
    charge, fee = answer.charge_in(draft), answer.result.fee or 0
    entry = _entry(draft, answer)
    draft = draft.post([*entry.captured(answer.amount), *entry.stripe_fee(fee)])
    draft = draft.with_charge(
        charge.id,
        captured_amount=charge.captured_amount + answer.amount,
        stripe_fee_amount=charge.stripe_fee_amount + fee,
        authorized_amount=0,
        capture_before=None,
    )
    return _paid(draft, answer)


def _paid(draft: Draft, answer: _Answer) -> Draft:
    return draft.with_charge(answer.charge_id, state=paid_state(answer.charge_in(draft)))


def _voided(draft: Draft, answer: _Answer) -> Draft:
    """Nothing is reserved any more; a saved card remains of use while something is or may become due."""
    draft = draft.cancel_waiting(answer.charge_id)
    draft = draft.with_charge(answer.charge_id, authorized_amount=0, capture_before=None)
    draft = _attend_gone(draft, answer)
    charge, details = answer.charge_in(draft), draft.booking.payment_details
    if charge.captured_amount:
        return _paid(draft, answer)
    if charge.has_lapsed:
        return draft.with_charge(charge.id, state=PaymentState.FAILED)
    usable = details.payment_method_id is not None and may_be_due(draft.booking, charge)
    return draft.with_charge(charge.id, state=PaymentState.CARD_SAVED if usable else PaymentState.NONE)


def _refunded(draft: Draft, answer: _Answer) -> Draft:
    charge, giving_back = answer.charge_in(draft), draft.booking.payment_details.giving_back_amount
    draft = draft.with_charge(charge.id, refunded_amount=charge.refunded_amount + answer.amount)
    draft = draft.with_payment(giving_back_amount=max(giving_back - answer.amount, 0))
    draft = draft.post(_entry(draft, answer).refunded(answer.amount))
    return _paid(_lose_what_went_twice(draft, answer), answer)


def _lose_what_went_twice(draft: Draft, answer: _Answer) -> Draft:
    """Money that was refunded while the bank took it back too is our loss, as Stripe does not undo either."""
    charge = answer.charge_in(draft)
    twice = max(-kept_amount(charge), 0)
    entry = _entry(draft, answer)
    draft = draft.with_charge(
        charge.id,
        charged_back_amount=charge.charged_back_amount - twice,
        lost_twice_amount=charge.lost_twice_amount + twice,
    )
    return draft.post([*entry.charged_back(-twice), *entry.loss(twice)])


def _transferred(draft: Draft, answer: _Answer) -> Draft:
    charge = answer.charge_in(draft)
    made = Transferred(id=answer.result.stripe_id or answer.opened.id, amount=answer.amount)
    draft = draft.with_charge(
        charge.id, transferred_amount=charge.transferred_amount + answer.amount, transfers=[*charge.transfers, made]
    )
    return draft.post(_entry(draft, answer).transferred(answer.amount))


def _reversed(draft: Draft, answer: _Answer) -> Draft:
    charge = answer.charge_in(draft)
    draft = draft.with_charge(
        charge.id,
        reversed_amount=charge.reversed_amount + answer.amount,
        transfers=_after_reversal(charge, answer.amount),
    )
    return draft.post(_entry(draft, answer).reversed(answer.amount))


def _after_reversal(charge: Charge, amount: int | None) -> list[Transferred]:
    """The transfers after a reversal of the one it was asked of: made with an amount, or refused without one."""
    source = charge.reversible()
    if source is None:
        return charge.transfers
    fields = {"is_refused": True} if amount is None else {"reversed_amount": source.reversed_amount + amount}
    return [each.model_copy(update=fields) if each.id == source.id else each for each in charge.transfers]


def _not_reserved(draft: Draft, answer: _Answer) -> Draft:
    if _is_extra(draft, answer):
        return draft.with_charge(answer.charge_id, state=PaymentState.FAILED)
    draft = _attend_gone(draft, answer)
    unwanted = draft.booking.payment_details.due_amount == 0
    return draft.with_charge(answer.charge_id, state=PaymentState.NONE if unwanted else PaymentState.FAILED)


def _is_extra(draft: Draft, answer: _Answer) -> bool:
    """An extra whose card is refused lapses, and what was booked is not touched by it."""
    return answer.charge_in(draft).purpose is ChargePurpose.EXTRA


def _attend_gone(draft: Draft, answer: _Answer) -> Draft:
    """A person looks at an intent that Stripe has no more: nothing can be tried again."""
    if not _is_gone(answer):
        return draft
    return draft.with_payment(needs_attention=True, retry_at=None, last_error_code=answer.result.failure_code)


def _not_captured(draft: Draft, answer: _Answer) -> Draft:
    """The authorization is gone and a saved card may be charged, unless Stripe says that it still stands.

    Charging the card while the authorization stands would hold the customer's money twice; where Stripe has no such
    authorization at all, a person looks first.
    """
    if answer.result.capture_before is not None:
        draft = draft.with_charge(answer.charge_id, capture_before=answer.result.capture_before)
        return _attend(draft, answer)
    usable = draft.booking.payment_details.payment_method_id is not None
    if answer.result.failure_code in GONE:
        draft = _attend(draft, answer, by_itself=False)
    return draft.with_charge(
        answer.charge_id,
        authorized_amount=0,
        capture_before=None,
        state=PaymentState.CARD_SAVED if usable else PaymentState.FAILED,
    )


def _not_charged(draft: Draft, answer: _Answer) -> Draft:
    draft = draft.with_charge(answer.charge_id, state=PaymentState.FAILED, is_charge_failed=True)
    if _is_extra(draft, answer):
        return draft
    return _attend(draft, answer, by_itself=False)


def _attend(draft: Draft, answer: _Answer, *, by_itself: bool = True) -> Draft:
    """Money stays where it is until the operation is tried again, by the system a few times or by an operator.

    What waits for the provider's account is tried for as long as it takes; what Stripe may have done already is tried
    by an operator alone, and Stripe is asked first.
    """
    failures, settings = draft.booking.payment_details.failures + 1, answer.settings
    goes_on = failures <= settings.payment_retry_limit or answer.result.failure_code == ACCOUNT_NOT_READY
    goes_on = goes_on and not answer.may_be_done
    again = draft.now + settings.payment_retry_after if by_itself and goes_on else None
    return draft.with_payment(needs_attention=True, failures=failures, retry_at=again)


def _not_reversed(draft: Draft, answer: _Answer) -> Draft:
    """The provider's balance is short: they owe it, and it is tried again, after twice as long each time.

    What may have been taken back already is no debt: they would pay it twice.
    """
    details, settings = draft.booking.payment_details, answer.settings
    if answer.may_be_done:
        return _attend(draft, answer)
    draft = owe(draft, min(answer.opened.amount, overpaid(draft.booking)), _entry(draft, answer))
    goes_on = details.debt_tries < settings.payment_retry_limit
    return draft.with_charge(answer.charge_id, transfers=_after_reversal(answer.charge_in(draft), None)).with_payment(
        debt_tries=details.debt_tries + 1,
        debt_retry_at=draft.now + settings.payment_retry_after * 2**details.debt_tries if goes_on else None,
    )


def _not_refunded(draft: Draft, answer: _Answer) -> Draft:
    """A refund that was made and has failed stays with Stripe as failed; one that was refused was never made."""
    failed = answer.amount if answer.result.stripe_id else 0
    so_far = answer.charge_in(draft).refund_failed_amount
    return _attend(draft.with_charge(answer.charge_id, refund_failed_amount=so_far + failed), answer)


_SUCCESS: dict[Purpose, Callable[[Draft, _Answer], Draft]] = {
    Purpose.AUTHORIZE: _authorized,
    Purpose.SAVE_CARD: _card_saved,
    Purpose.CAPTURE: _captured,
    Purpose.CHARGE_FEE: _captured,
    Purpose.VOID: _voided,
    Purpose.REFUND: _refunded,
    Purpose.TRANSFER: _transferred,
    Purpose.REVERSE: _reversed,
}
_FAILURE: dict[Purpose, Callable[[Draft, _Answer], Draft]] = {
    Purpose.AUTHORIZE: _not_reserved,
    Purpose.SAVE_CARD: _not_reserved,
    Purpose.CAPTURE: _not_captured,
    Purpose.CHARGE_FEE: _not_charged,
    Purpose.VOID: _attend,
    Purpose.REFUND: _not_refunded,
    Purpose.TRANSFER: _attend,
    Purpose.REVERSE: _not_reversed,
}


def _notify(draft: Draft, answer: _Answer, status: OperationStatus) -> Draft:
    """Tell whom the result concerns."""
    purpose, booking = answer.opened.purpose, draft.booking
    if status is OperationStatus.SUCCEEDED and not _is_gone(answer):
        notification = _NOTIFICATIONS.get(purpose)
        if notification is None:
            return draft
        return draft.notify(notification, amount=answer.amount, charge_id=answer.charge_id)
    if _is_news_for_operators(booking.payment_details):
        draft = draft.notify(notifications.PAYMENT_NEEDS_ATTENTION, purpose=purpose.value)
    if answer.result.failure_code == ACCOUNT_NOT_READY and booking.payment_details.failures == 1:
        return draft.notify(notifications.PAYOUT_WAITING)
    charge = answer.charge_in(draft)
    is_awaited = booking.status is BookingStatus.ACCEPTED or _is_extra(draft, answer) or _was_named(booking)
    if purpose not in _RESERVING or not is_awaited or charge.has_lapsed:
        return draft
    waits = charge.state is PaymentState.ACTION_REQUIRED
    return draft.notify(notifications.PAYMENT_ACTION_REQUIRED if waits else notifications.PAYMENT_FAILED)


def _was_named(booking: Booking) -> bool:
    """Whether a new booking was to be paid without its customer, who had named a card with a request for offers."""
    is_new = booking.status is BookingStatus.PENDING_PAYMENT
    return is_new and booking.offer_id is not None and booking.payment_details.payment_method_id is not None


def _is_news_for_operators(details: PaymentDetails) -> bool:
    """A first failure, and the one after which nothing is tried any more; those between say nothing new."""
    return details.needs_attention and (details.failures == 1 or details.retry_at is None)
