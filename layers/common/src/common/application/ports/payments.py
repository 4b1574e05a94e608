"""The payment provider, as the product sees it, and where payment operations live."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import Field

from common.domain.ledger import LedgerLine
from common.domain.model import Model
from common.domain.money import Money
from common.domain.payments import PaymentOperation


class IntentStatus(StrEnum):
    """Stripe's PaymentIntent and SetupIntent statuses (https://docs.stripe.com/payments/paymentintents/lifecycle)."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class Intent(Model):
    """A PaymentIntent or SetupIntent as Stripe has it now; amounts in minor units."""

    id: str
    status: IntentStatus
    client_secret: str | None = None
    amount: int = 0
    amount_capturable: int = 0
    amount_received: int = 0
    amount_refunded: int = 0
    currency: str = ""
    payment_method_id: str | None = None
    charge_id: str | None = None
    capture_before: datetime | None = None
    fee: int | None = None
    error_code: str | None = None
    decline_code: str | None = None
    next_action: dict[str, Any] | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class PaymentGateway(Protocol):
    """Stripe. Every method that acts takes an idempotency key and may be repeated with it.

    Raises (all methods):
        PaymentDeclined: the card was refused; ``extra`` carries ``decline_code``.
        GatewayUncertain: no answer; Stripe may have acted. Look up before acting again.
        Unavailable: Stripe is away and has not acted.
    """

    async def ensure_customer(self, user_id: str, email: str, name: str, key: str) -> str:
        """Make the Stripe customer of an account; returns its id."""
        ...

    async def create_payment_intent(
        self,
        amount: Money,
        *,
        booking_id: str,
        customer_id: str,
        payment_method_id: str | None,
        off_session: bool,
        key: str,
    ) -> Intent:
        """A PaymentIntent with manual capture; confirmed at once where a saved method is given."""
        ...

    async def create_setup_intent(
        self, *, booking_id: str | None, customer_id: str, payment_method_id: str | None, key: str
    ) -> Intent:
        """A SetupIntent for off-session use later."""
        ...

    async def get_payment_intent(self, intent_id: str) -> Intent:
        """Re-read a PaymentIntent with its latest charge."""
        ...

    async def get_setup_intent(self, intent_id: str) -> Intent:
        """Re-read a SetupIntent."""
        ...

    async def find_payment_intent(self, *, customer_id: str, booking_id: str, key: str) -> Intent | None:
        """Look up an intent that an earlier, unanswered call may have made (by its metadata)."""
        ...

    async def capture(self, intent_id: str, amount: Money, *, key: str) -> Intent:
        """Capture an authorization, whole or less; the rest is released."""
        ...

    async def cancel_intent(self, intent_id: str, *, key: str) -> Intent:
        """Cancel an uncaptured PaymentIntent, which voids its authorization."""
        ...

    async def refund(self, intent_id: str, amount: Money, *, booking_id: str, key: str) -> str:
        """Refund a captured payment, whole or in part; returns the refund's id."""
        ...

    async def transfer(self, amount: Money, *, account_id: str, charge_id: str, booking_id: str, key: str) -> str:
        """Transfer to a connected account out of one charge; returns the transfer's id."""
        ...

    async def reverse_transfer(self, transfer_id: str, amount: Money, *, booking_id: str, key: str) -> str:
        """Take back a transfer, whole or in part; returns the reversal's id."""
        ...


class PaymentOperations(Protocol):
    """Recorded intentions; they are inserted only by ``BookingRepository.commit``."""

    async def get(self, operation_id: str) -> PaymentOperation | None:
        """One operation by id."""
        ...

    async def for_booking(self, booking_id: str) -> Sequence[PaymentOperation]:
        """All operations of a booking, in order of their sequence."""
        ...

    async def claim(self, operation_id: str, now: datetime, until: datetime) -> PaymentOperation | None:
        """Take an open operation for execution until an instant; ``None`` if it is done or taken."""
        ...

    async def open_before(self, now: datetime, *, limit: int) -> Sequence[PaymentOperation]:
        """Operations still open whose next try is due, oldest first."""
        ...


class Ledger(Protocol):
    """Ledger lines; they are inserted only by ``BookingRepository.commit``."""

    async def for_booking(self, booking_id: str) -> Sequence[LedgerLine]:
        """All lines of a booking in the order they were written."""
        ...
