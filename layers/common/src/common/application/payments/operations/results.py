"""Stripe's answers as results of an operation."""

from pydantic import Field

from common.application.ports.payments.gateway import Intent, Movement, PaymentIntentStatus
from common.domain.payments.decline_advice import decline_advice
from common.domain.payments.operations import OBJECT_GONE, OperationStatus, PaymentResult
from common.domain.shared.errors import PaymentDeclined

_STATUS = {
    PaymentIntentStatus.REQUIRES_PAYMENT_METHOD: OperationStatus.REQUIRES_ACTION,
    PaymentIntentStatus.REQUIRES_CONFIRMATION: OperationStatus.REQUIRES_ACTION,
    PaymentIntentStatus.REQUIRES_ACTION: OperationStatus.REQUIRES_ACTION,
    PaymentIntentStatus.PROCESSING: OperationStatus.REQUIRES_ACTION,
    PaymentIntentStatus.REQUIRES_CAPTURE: OperationStatus.SUCCEEDED,
    PaymentIntentStatus.SUCCEEDED: OperationStatus.SUCCEEDED,
    PaymentIntentStatus.CANCELED: OperationStatus.CANCELED,
}

_DONE = "succeeded"
_REFUND_FAILED = frozenset({"failed", "canceled"})


class IntentResult(PaymentResult):
    """The result of making an intent, with the intent as Stripe answered: who made it need not read it again."""

    intent: Intent = Field(exclude=True, repr=False)


def of_made_intent(intent: Intent, customer_id: str) -> IntentResult:
    """What it means that an intent was made just now, for a customer."""
    return IntentResult(**{**dict(of_intent(intent)), "stripe_customer_id": customer_id}, intent=intent)


def of_intent(intent: Intent) -> PaymentResult:
    """What an intent's present state means for the operation that made it.

    A card that was refused leaves the intent open for another one, so that is an action of the customer's too, with
    the reason beside it. ``capture_before`` is told only while the authorization stands; the charge keeps it.
    """
    code = intent.decline_code or intent.error_code
    captured = intent.status is PaymentIntentStatus.SUCCEEDED
    return PaymentResult(
        status=_STATUS[intent.status],
        amount=intent.amount_received if captured else intent.amount_capturable,
        stripe_id=intent.id,
        payment_intent_id=None if intent.is_setup else intent.id,
        setup_intent_id=intent.id if intent.is_setup else None,
        payment_method_id=intent.payment_method_id,
        stripe_customer_id=intent.customer_id,
        charge_id=intent.charge_id,
        capture_before=intent.capture_before if intent.status is PaymentIntentStatus.REQUIRES_CAPTURE else None,
        fee=intent.fee,
        failure_code=code,
        failure_message=decline_advice(code) if code else None,
    )


def of_capture(intent: Intent) -> PaymentResult:
    """What an intent's present state means for a capture: only a captured one has succeeded."""
    result = of_intent(intent)
    if intent.status is PaymentIntentStatus.SUCCEEDED:
        return result.model_copy(update={"failure_code": None, "failure_message": None})
    return result.model_copy(
        update={"status": OperationStatus.FAILED, "amount": 0, "failure_code": f"not_captured_{intent.status}"}
    )


def of_gone_intent() -> PaymentResult:
    """What it means that Stripe has no such intent: it can never be paid, and a person should know."""
    return PaymentResult(status=OperationStatus.CANCELED, failure_code=OBJECT_GONE)


def of_void(intent: Intent | None, *, was_made: bool = False) -> PaymentResult:
    """What an intent's present state means for a void: only a cancelled one, or none, reserves nothing.

    Args:
        intent: as Stripe has it; ``None`` where it has none.
        was_made: whether there should be one.

    A SetupIntent that has succeeded cannot be cancelled and reserves nothing either.
    """
    if intent is None:
        return PaymentResult(status=OperationStatus.SUCCEEDED, failure_code=OBJECT_GONE if was_made else None)
    done = intent.status is PaymentIntentStatus.CANCELED or (
        intent.is_setup and intent.status is PaymentIntentStatus.SUCCEEDED
    )
    if not done:
        captured = intent.status is PaymentIntentStatus.SUCCEEDED
        code = "already_captured" if captured else f"not_voided_{intent.status}"
        failed = {"status": OperationStatus.FAILED, "failure_code": code}
        return of_intent(intent).model_copy(update=failed)
    return PaymentResult(
        status=OperationStatus.SUCCEEDED,
        stripe_id=intent.id,
        payment_intent_id=None if intent.is_setup else intent.id,
        setup_intent_id=intent.id if intent.is_setup else None,
    )


def of_movement(movement: Movement) -> PaymentResult:
    """What a refund, transfer or reversal means.

    A refund is ``pending`` while our available balance does not cover it, or its payment method takes time
    (https://docs.stripe.com/api/refunds/object#refund_object-status): it is not made before it has succeeded.
    """
    failed = movement.status in _REFUND_FAILED
    status = OperationStatus.SUCCEEDED if movement.status == _DONE else OperationStatus.PENDING
    return PaymentResult(
        status=OperationStatus.FAILED if failed else status,
        amount=movement.amount,
        stripe_id=movement.id,
        failure_code=(movement.failure_reason or "failed") if failed else None,
    )


def of_decline(declined: PaymentDeclined, *, is_setup: bool) -> PaymentResult:
    """What a refused card means. ``authentication_required`` is something the customer can do."""
    wants_customer = declined.decline_code == "authentication_required"
    return PaymentResult(
        status=OperationStatus.REQUIRES_ACTION if wants_customer else OperationStatus.FAILED,
        stripe_id=declined.intent_id,
        payment_intent_id=None if is_setup else declined.intent_id,
        setup_intent_id=declined.intent_id if is_setup else None,
        failure_code=declined.decline_code,
        failure_message=declined.detail,
    )


def of_refusal(reason: str) -> PaymentResult:
    """What a refused call means: it has failed for good, for the reason that Stripe names."""
    return PaymentResult(status=OperationStatus.FAILED, failure_code=reason)
