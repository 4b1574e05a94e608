"""Payment operations: what is to be done at Stripe, recorded before it is done, and its result."""

from datetime import datetime
from enum import StrEnum

from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.model import Model
from common.domain.shared.money import Money


class PaymentMode(StrEnum):
    """How a booking is paid for (chosen at creation; the authorization window decides)."""

    AUTHORIZE_NOW = "authorize_now"
    SAVE_CARD = "save_card"


class Purpose(StrEnum):
    """What a payment operation is for; part of its idempotency key."""

    AUTHORIZE = "authorize"
    SAVE_CARD = "save_card"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    CHARGE_FEE = "charge_fee"
    TRANSFER = "transfer"
    REVERSE = "reverse"


#: The id, within its booking, of the charge that every booking begins with.
FIRST_CHARGE = "chg_1"

#: The event that asks the payments worker to execute an operation.
OPERATION_REQUESTED = "payment.operation_requested"
#: The event that asks the payments worker to re-read a booking's payment.
CHECK_REQUESTED = "payment.check_requested"
#: The event that asks the payments worker to compare a booking with Stripe; the value is stored, and stays.
RECONCILIATION_REQUESTED = "payment.verification_requested"

#: Why an operation or a read fails: Stripe has no such object, or none of ours.
OBJECT_GONE = "payment_object_missing"
CUSTOMER_GONE = "payment_customer_missing"
ACCOUNT_GONE = "payment_account_missing"
GONE = frozenset({OBJECT_GONE, CUSTOMER_GONE, ACCOUNT_GONE})

#: Why a transfer fails whose provider has not set up the account at Stripe, or not all of it.
ACCOUNT_NOT_READY = "account_not_ready"

#: Why an operation fails whose key Stripe knows from another call: books that were restored to an earlier moment name
#: anew what was done after it. A new attempt would do it twice.
KEY_REUSED = "idempotency_key_reused"
#: Why an operation fails of which Stripe has more than our books: it was asked before anything was moved.
DONE_ALREADY = "done_already"
MAY_BE_DONE = frozenset({KEY_REUSED, DONE_ALREADY})


class OperationStatus(StrEnum):
    """Where an operation stands. ``uncertain``: Stripe may or may not have acted; look up before acting again."""

    PENDING = "pending"
    UNCERTAIN = "uncertain"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class PaymentOperation(Model):
    """One intended call that moves or reserves money; never deleted, executed by the payments worker.

    ``charge_id`` names the charge of the booking that it is about.
    ``sequence`` orders operations of one booking; one runs only when earlier ones have ended.
    ``attempt`` rises only when a new object must be made at Stripe (a declined card tried again), never on a retry.
    ``key_generation`` rises when a look-up has proved that the key so far did nothing and can do nothing any more:
    Stripe replays the stored answer of a key, a 500 included, and forgets keys after 24 hours
    (https://docs.stripe.com/api/idempotent_requests).
    ``given_back_amount`` is what of a refund an operator gave on their own account, in minor units.
    """

    id: str
    booking_id: str
    charge_id: str = FIRST_CHARGE
    purpose: Purpose
    amount: Money
    attempt: int = 1
    sequence: int = 0
    status: OperationStatus = OperationStatus.PENDING
    stripe_id: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    tries: int = 0
    key_generation: int = 0
    given_back_amount: int = 0
    next_try_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def idempotency_key(self) -> str:
        """Stripe's idempotency key: booking, purpose, sequence and attempt, so that a retry can never act twice."""
        key = f"{self.booking_id}:{self.purpose}:{self.sequence}:{self.attempt}"
        return f"{key}:{self.key_generation}" if self.key_generation else key


class PaymentResult(Model):
    """What Stripe says came of an operation; all that the state machine learns of Stripe.

    Amounts are minor units of the booking's currency. ``amount`` is what was really authorized, captured, refunded,
    transferred or reversed; ``fee`` is Stripe's own, known from the capture on. ``stripe_id`` names the object that
    the operation made or changed: intent, refund, transfer or reversal. ``capture_before`` is named as long as an
    authorization stands, also by a capture that failed.
    """

    status: OperationStatus
    amount: int = 0
    stripe_id: str | None = None
    payment_intent_id: str | None = None
    setup_intent_id: str | None = None
    payment_method_id: str | None = None
    stripe_customer_id: str | None = None
    charge_id: str | None = None
    capture_before: datetime | None = None
    fee: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None


def operation_requested(booking_id: str, operation_id: str, now: datetime) -> Event:
    """What asks the payments worker to execute an operation."""
    return new_event(Topic.PAYMENTS, OPERATION_REQUESTED, now, booking_id=booking_id, operation_id=operation_id)
