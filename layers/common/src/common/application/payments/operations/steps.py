"""One step per purpose of an operation: look up what an earlier try did, or act at Stripe."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from common.application.payments.deps import PaymentDeps
from common.application.payments.gone_accounts import request_account_check
from common.application.payments.operations import results
from common.application.ports.payments.gateway import GatewayCall, Intent, PaymentIntentStatus
from common.domain.bookings.booking import Booking, BookingStatus
from common.domain.bookings.charges import Charge, ChargePurpose
from common.domain.payments.operations import (
    ACCOUNT_GONE,
    ACCOUNT_NOT_READY,
    CUSTOMER_GONE,
    GONE,
    OperationStatus,
    PaymentOperation,
    PaymentResult,
    Purpose,
)
from common.domain.shared.errors import GatewayRefused, GatewayUncertain, NotFound, Unavailable

#: Refusals of a transfer that a later try may not meet, once the provider has done what Stripe asks of them.
_PASSING = frozenset({"insufficient_capabilities_for_transfer", "transfers_not_allowed"})

#: A saved card that Stripe does not let this customer use.
CARD_NOT_USABLE = "card_not_usable"

_Done = TypeVar("_Done")


class RefundPending(Unavailable):
    """A refund has been made and not carried out yet."""

    code = "refund_pending"


Step = Callable[[PaymentDeps, Booking, PaymentOperation, bool], Awaitable[PaymentResult]]


async def take_step(
    deps: PaymentDeps, booking: Booking, operation: PaymentOperation, *, look_first: bool
) -> PaymentResult:
    """Execute one operation at Stripe.

    Args:
        deps: ports.
        booking: the booking as it is now.
        operation: what to do; the caller has claimed it.
        look_first: an earlier try may have reached Stripe, so find out before acting again.

    Raises:
        PaymentDeclined: the card was refused.
        GatewayRefused: Stripe refuses the call as such.
        GatewayUncertain: no answer, or Stripe is still at work on the intent.
        Unavailable: Stripe is unavailable and has not acted.
    """
    return await _STEPS[operation.purpose](deps, booking, operation, look_first)


async def customer_of_user(deps: PaymentDeps, user_id: str) -> str:
    """The Stripe customer of an account, made where there is none.

    A person who leaves while the customer is being made leaves none behind at Stripe.

    Raises:
        NotFound: the account is gone.
    """
    user = await deps.users.get(user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound("The account does not exist any more.")
    if user.stripe_customer_id:
        return user.stripe_customer_id
    made = await deps.gateway.ensure_customer(user.id, user.email, user.full_name)
    return await _kept(deps, made, await deps.customers.remember(user.id, made))


async def _kept(deps: PaymentDeps, made: str, stored: str | None) -> str:
    """The customer that is stored; one that was made for somebody who has left meanwhile is removed again."""
    if stored is None:
        await deps.gateway.delete_customer(made)
        raise NotFound("The account does not exist any more.")
    return stored


async def as_customer(
    deps: PaymentDeps, user_id: str, act: Callable[[str], Awaitable[_Done]], *, known: str | None = None
) -> _Done:
    """Act at Stripe as the customer of an account; one that Stripe has no more is made anew, once.

    Args:
        deps: ports.
        user_id: whose customer.
        act: what is done with the customer's id; repeated with the new one, so with a key that names it.
        known: the customer to begin with, else the account's own.

    Raises:
        NotFound: the account is gone, or something else that ``act`` needs.
    """
    customer_id = known or await customer_of_user(deps, user_id)
    try:
        return await act(customer_id)
    except NotFound as missing:
        if missing.wire_code != CUSTOMER_GONE:
            raise
    return await act(await _replaced_customer(deps, user_id, customer_id))


async def _replaced_customer(deps: PaymentDeps, user_id: str, gone: str) -> str:
    user = await deps.users.get(user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound("The account does not exist any more.")
    if user.stripe_customer_id not in {None, gone}:
        return str(user.stripe_customer_id)
    made = await deps.gateway.ensure_customer(user.id, user.email, user.full_name, gone=gone)
    return await _kept(deps, made, await deps.customers.replace(user.id, gone, made))


async def current_intent(deps: PaymentDeps, charge: Charge) -> Intent | None:
    """The charge's intent as Stripe has it now; ``None`` where none was made, or Stripe has none of ours."""
    intent_id = intent_id_of(charge)
    if intent_id is None:
        return None
    try:
        return await deps.gateway.get_intent(intent_id)
    except NotFound as missing:
        if missing.wire_code not in GONE:
            raise
        return None


def intent_id_of(charge: Charge) -> str | None:
    """The id of the charge's intent at Stripe, once one was made."""
    return charge.payment_intent_id or charge.setup_intent_id


async def _open_intent(
    deps: PaymentDeps, booking: Booking, operation: PaymentOperation, look_first: bool
) -> PaymentResult:
    """AUTHORIZE, SAVE_CARD and CHARGE_FEE: make an intent."""
    calls = [GatewayCall.of(operation)]

    async def act(customer_id: str) -> PaymentResult:
        call = calls[-1]
        calls.append(call.model_copy(update={"key": f"{call.key}:other_customer"}))
        return await _find_or_make(deps, booking, operation, customer_id, call, look_first=look_first)

    return await as_customer(deps, booking.customer_id, act, known=booking.payment_details.stripe_customer_id)


async def _find_or_make(
    deps: PaymentDeps,
    booking: Booking,
    operation: PaymentOperation,
    customer_id: str,
    call: GatewayCall,
    *,
    look_first: bool,
) -> PaymentResult:
    is_setup = operation.purpose is Purpose.SAVE_CARD
    if look_first:
        found = await deps.gateway.find_intent(customer_id=customer_id, operation_id=operation.id, is_setup=is_setup)
        if found is not None:
            return results.of_intent(found)
    if booking.payment_details.due_amount == 0 or booking.charge(operation.charge_id).has_lapsed:
        return PaymentResult(status=OperationStatus.CANCELED, failure_code="not_wanted_any_more")
    made = await _make_intent(deps, booking, operation, customer_id, call)
    return results.of_made_intent(made, customer_id)


async def _make_intent(
    deps: PaymentDeps, booking: Booking, operation: PaymentOperation, customer_id: str, call: GatewayCall
) -> Intent:
    """Make the intent with the booking's saved card.

    A card that is unknown or somebody else's is not used: the customer, who is there or will be told, is asked for
    another one.
    """
    method = booking.payment_details.payment_method_id
    is_present = _is_payer_present(booking, operation)
    try:
        return await _create(deps, booking, operation, customer_id, method, call)
    except (GatewayRefused, NotFound) as refused:
        if method is None or not is_present or refused.wire_code == CUSTOMER_GONE:
            raise
    other = call.model_copy(update={"key": f"{call.key}:other_card"})
    made = await _create(deps, booking, operation, customer_id, None, other)
    return made.model_copy(update={"error_code": CARD_NOT_USABLE})


def _is_payer_present(booking: Booking, operation: PaymentOperation) -> bool:
    """Whether the customer has just agreed to pay: at booking, and as they accept an extra."""
    charge = booking.charge(operation.charge_id)
    is_new_extra = charge.purpose is ChargePurpose.EXTRA and charge.payment_intent_id is None
    return booking.status is BookingStatus.PENDING_PAYMENT or is_new_extra


def _is_named_ahead(booking: Booking) -> bool:
    """Whether the card is one that the customer has named with a request for offers: an answer finds them away."""
    return booking.status is BookingStatus.PENDING_PAYMENT and booking.offer_id is not None


async def _create(
    deps: PaymentDeps,
    booking: Booking,
    operation: PaymentOperation,
    customer_id: str,
    method: str | None,
    call: GatewayCall,
) -> Intent:
    if operation.purpose is Purpose.SAVE_CARD:
        return await deps.gateway.create_setup_intent(customer_id=customer_id, payment_method_id=method, call=call)
    return await deps.gateway.create_payment_intent(
        operation.amount,
        customer_id=customer_id,
        payment_method_id=method,
        off_session=not _is_payer_present(booking, operation) or _is_named_ahead(booking),
        call=call,
        is_fee=operation.purpose is Purpose.CHARGE_FEE,
    )


async def _capture(deps: PaymentDeps, booking: Booking, operation: PaymentOperation, look_first: bool) -> PaymentResult:
    intent_id = booking.charge(operation.charge_id).payment_intent_id
    if intent_id is None:
        return PaymentResult(status=OperationStatus.FAILED, failure_code="never_authorized")
    if look_first:
        found = await deps.gateway.get_intent(intent_id)
        if found.status is not PaymentIntentStatus.REQUIRES_CAPTURE:
            return results.of_capture(_at_rest(found))
    try:
        captured = await deps.gateway.capture(intent_id, operation.amount, call=GatewayCall.of(operation))
    except GatewayRefused:
        captured = await deps.gateway.get_intent(intent_id)
    return results.of_capture(_at_rest(captured))


def _at_rest(intent: Intent) -> Intent:
    """The intent, unless Stripe is still at work on it: then nothing can be said of it yet.

    Raises:
        GatewayUncertain: ask again later, under another key: the one so far has had its answer.
    """
    if intent.status is PaymentIntentStatus.PROCESSING:
        raise GatewayUncertain(is_final=True)
    return intent


async def _void(deps: PaymentDeps, booking: Booking, operation: PaymentOperation, _look_first: bool) -> PaymentResult:
    charge = booking.charge(operation.charge_id)
    intent = await current_intent(deps, charge)
    if intent is None or intent.status in {PaymentIntentStatus.CANCELED, PaymentIntentStatus.SUCCEEDED}:
        return results.of_void(intent, was_made=intent_id_of(charge) is not None)
    try:
        canceled = await deps.gateway.cancel_intent(intent.id, call=GatewayCall.of(operation))
    except GatewayRefused:
        canceled = await deps.gateway.get_intent(intent.id)
    return results.of_void(_at_rest(canceled))


async def _refund(deps: PaymentDeps, booking: Booking, operation: PaymentOperation, look_first: bool) -> PaymentResult:
    intent_id = booking.charge(operation.charge_id).payment_intent_id
    if intent_id is None:
        return PaymentResult(status=OperationStatus.FAILED, failure_code="never_captured")
    if look_first:
        found = await deps.gateway.find_refund(intent_id, operation.id)
        if found is not None:
            return _final(results.of_movement(found))
    made = await deps.gateway.refund(intent_id, operation.amount, call=GatewayCall.of(operation))
    return _final(results.of_movement(made))


def _final(result: PaymentResult) -> PaymentResult:
    """The result, unless Stripe has not carried the refund out yet.

    Raises:
        RefundPending: look again later; the refund is made and must not be made again.
    """
    if result.status is OperationStatus.PENDING:
        raise RefundPending("The refund is on its way.")
    return result


async def _transfer(
    deps: PaymentDeps, booking: Booking, operation: PaymentOperation, look_first: bool
) -> PaymentResult:
    if look_first:
        found = await deps.gateway.find_transfer(booking.id, operation.id)
        if found is not None:
            return results.of_movement(found)
    provider = await deps.providers.get(booking.provider_id)
    account_id = provider.stripe_account_id if provider else None
    charge = booking.charge(operation.charge_id)
    stripe_charge_id = await _stripe_charge_of(deps, charge)
    if stripe_charge_id is None:
        return results.of_refusal("no_charge")
    if account_id is None:
        return results.of_refusal(ACCOUNT_NOT_READY)
    source = stripe_charge_id if _has_room(charge, operation) else None
    try:
        made = await deps.gateway.transfer(
            operation.amount, account_id=account_id, charge_id=source, call=GatewayCall.of(operation)
        )
    except NotFound as missing:
        if missing.wire_code != ACCOUNT_GONE:
            raise
        await request_account_check(deps, account_id)
        return results.of_refusal(ACCOUNT_NOT_READY)
    except GatewayRefused as refused:
        if refused.reason in _PASSING:
            return results.of_refusal(ACCOUNT_NOT_READY)
        raise
    return results.of_movement(made)


async def _stripe_charge_of(deps: PaymentDeps, charge: Charge) -> str | None:
    if charge.stripe_charge_id is not None:
        return charge.stripe_charge_id
    intent = await current_intent(deps, charge)
    return intent.charge_id if intent else None


def _has_room(charge: Charge, operation: PaymentOperation) -> bool:
    """Whether the charge can be the source: all transfers out of it, reversed ones too, may sum to no more than it.

    See https://docs.stripe.com/connect/separate-charges-and-transfers#transfer-availability. What was taken back and
    is due again, after a chargeback that was won, comes out of our available balance instead.
    """
    return charge.transferred_amount + operation.amount.amount <= charge.captured_amount


async def _reverse(deps: PaymentDeps, booking: Booking, operation: PaymentOperation, look_first: bool) -> PaymentResult:
    source = booking.charge(operation.charge_id).reversible()
    if source is None:
        return PaymentResult(status=OperationStatus.FAILED, failure_code="never_transferred")
    if look_first:
        found = await deps.gateway.find_reversal(source.id, operation.id)
        if found is not None:
            return results.of_movement(found)
    made = await deps.gateway.reverse_transfer(source.id, operation.amount, call=GatewayCall.of(operation))
    return results.of_movement(made)


_STEPS: dict[Purpose, Step] = {
    Purpose.AUTHORIZE: _open_intent,
    Purpose.SAVE_CARD: _open_intent,
    Purpose.CHARGE_FEE: _open_intent,
    Purpose.CAPTURE: _capture,
    Purpose.VOID: _void,
    Purpose.REFUND: _refund,
    Purpose.TRANSFER: _transfer,
    Purpose.REVERSE: _reverse,
}
