"""Payment operations: what we intend to do at Stripe, recorded before it is done, and what came of it."""

from datetime import datetime
from enum import StrEnum

from common.domain.model import Model
from common.domain.money import Money


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

    ``sequence`` orders operations of one booking; one runs only when earlier ones have ended.
    ``attempt`` rises only when a new object must be made at Stripe (a declined card tried again), never on a retry.
    """

    id: str
    booking_id: str
    purpose: Purpose
    amount: Money
    attempt: int = 1
    sequence: int = 0
    status: OperationStatus = OperationStatus.PENDING
    stripe_id: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    tries: int = 0
    next_try_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def idempotency_key(self) -> str:
        """Stripe's idempotency key: booking, purpose, sequence and attempt, so that a retry can never act twice."""
        return f"{self.booking_id}:{self.purpose}:{self.sequence}:{self.attempt}"
