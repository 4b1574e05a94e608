"""The payment provider, as the product sees it, and where payment operations live."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from pydantic import Field

from common.domain.payments.ledger import LedgerLine
from common.domain.payments.operations import PaymentOperation
from common.domain.shared.model import Model
from common.domain.shared.money import Money


class PaymentIntentStatus(StrEnum):
    """Stripe's PaymentIntent and SetupIntent statuses (https://docs.stripe.com/payments/paymentintents/lifecycle)."""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    REQUIRES_CAPTURE = "requires_capture"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class Intent(Model):
    """A PaymentIntent or SetupIntent as Stripe has it now; amounts in minor units.

    ``fee`` is Stripe's own fee of the charge, known once it is captured. ``error_code`` and ``decline_code`` tell why
    the last try to pay failed. ``is_setup`` tells the two kinds apart.
    """

    id: str
    status: PaymentIntentStatus
    is_setup: bool = False
    client_secret: str | None = None
    amount: int = 0
    amount_capturable: int = 0
    amount_received: int = 0
    currency: str = ""
    customer_id: str | None = None
    payment_method_id: str | None = None
    charge_id: str | None = None
    capture_before: datetime | None = None
    fee: int | None = None
    error_code: str | None = None
    decline_code: str | None = None
    error_message: str | None = None
    next_action: dict[str, Any] | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class Movement(Model):
    """A refund, transfer or reversal as Stripe has it now. ``status`` is a refund's; the others have succeeded."""

    id: str
    amount: int
    status: str = "succeeded"
    failure_reason: str | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class GatewayCall(Model):
    """Who asks the gateway to act, and under which key.

    ``booking_id`` and ``operation_id`` go into the metadata of what is made, so that a look-up finds it; ``key`` is
    the idempotency key.
    """

    booking_id: str
    operation_id: str
    key: str

    @classmethod
    def of(cls, operation: PaymentOperation) -> "GatewayCall":
        """The call that executes ``operation``."""
        return cls(booking_id=operation.booking_id, operation_id=operation.id, key=operation.idempotency_key)


class PaymentGateway(Protocol):
    """Stripe's payments and transfers. What acts takes a ``GatewayCall`` and may be repeated with it.

    Raises (all methods):
        NotFound: Stripe has no such object, or none of ours (``wire_code`` is one of ``domain.payments.GONE``).
        PaymentDeclined: the card was refused; ``extra`` has ``decline_code`` and ``payment_intent_id``.
        GatewayRefused: Stripe refuses the call as such.
        GatewayUncertain: no answer; Stripe may have acted. Look up before acting again.
        Unavailable: Stripe is unavailable and has not acted.
    """

    async def ensure_customer(self, user_id: str, email: str, name: str, *, gone: str | None = None) -> str:
        """Find or make the Stripe customer of an account, another one than ``gone``; returns its id."""
        ...

    async def find_customer(self, user_id: str, email: str) -> str | None:
        """The Stripe customer that was made for an account under this address, if there is one."""
        ...

    async def rename_customer(self, customer_id: str, email: str) -> None:
        """Give a customer another mail address, where receipts and invoices go; one that is gone stays so."""
        ...

    async def delete_customer(self, customer_id: str) -> None:
        """Delete a customer with its cards and subscriptions; harmless to repeat."""
        ...

    async def create_payment_intent(
        self,
        amount: Money,
        *,
        customer_id: str,
        payment_method_id: str | None,
        off_session: bool,
        call: GatewayCall,
        is_fee: bool = False,
    ) -> Intent:
        """A PaymentIntent with manual capture (a fee: captured at once); confirmed where a saved method is given."""
        ...

    async def create_setup_intent(
        self, *, customer_id: str, payment_method_id: str | None, call: GatewayCall | None
    ) -> Intent:
        """A SetupIntent for off-session use later; without a ``call`` it only saves a card to the account."""
        ...

    async def get_intent(self, intent_id: str) -> Intent:
        """Re-read a PaymentIntent with its latest charge, or a SetupIntent (``seti_…``)."""
        ...

    async def find_intent(self, *, customer_id: str, operation_id: str, is_setup: bool) -> Intent | None:
        """Look up the intent that an earlier, unanswered call may have made (by its metadata)."""
        ...

    async def list_intents(self, customer_id: str) -> Sequence[Intent]:
        """The newest PaymentIntents of a customer that are ours."""
        ...

    async def capture(self, intent_id: str, amount: Money, *, call: GatewayCall) -> Intent:
        """Capture an authorization, whole or less; the rest is released."""
        ...

    async def cancel_intent(self, intent_id: str, *, call: GatewayCall) -> Intent:
        """Cancel an uncaptured PaymentIntent, which voids its authorization, or a SetupIntent."""
        ...

    async def refund(self, intent_id: str, amount: Money, *, call: GatewayCall) -> Movement:
        """Refund a captured payment, whole or in part."""
        ...

    async def find_refund(self, intent_id: str, operation_id: str) -> Movement | None:
        """Look up the refund that an earlier, unanswered call may have made."""
        ...

    async def list_refunds(self, intent_id: str) -> Sequence[Movement]:
        """All refunds of a payment, also those that a person has made at Stripe."""
        ...

    async def transfer(self, amount: Money, *, account_id: str, charge_id: str | None, call: GatewayCall) -> Movement:
        """Transfer to a connected account out of one charge, or without one out of our available balance."""
        ...

    async def find_transfer(self, booking_id: str, operation_id: str) -> Movement | None:
        """Look up the transfer that an earlier, unanswered call may have made."""
        ...

    async def list_transfers(self, booking_id: str) -> Sequence[Movement]:
        """All transfers of a booking, also those that a person has made at Stripe."""
        ...

    async def reverse_transfer(self, transfer_id: str, amount: Money, *, call: GatewayCall) -> Movement:
        """Take back a transfer, whole or in part."""
        ...

    async def find_reversal(self, transfer_id: str, operation_id: str) -> Movement | None:
        """Look up the reversal that an earlier, unanswered call may have made."""
        ...

    async def list_reversals(self, transfer_id: str) -> Sequence[Movement]:
        """All reversals of a transfer, also those that a person has made at Stripe."""
        ...


class AbandonedOperation(NamedTuple):
    """Whose worker has died; no more is read of it, so that one that nobody can read keeps no other waiting."""

    id: str
    booking_id: str


class PaymentOperations(Protocol):
    """Recorded intentions; they are inserted, and their outcome is written, only by ``BookingRepository.commit``."""

    async def get(self, operation_id: str) -> PaymentOperation | None:
        """One operation by id."""
        ...

    async def list_by_booking(self, booking_id: str) -> Sequence[PaymentOperation]:
        """All operations of a booking, in order of their sequence."""
        ...

    async def claim(self, operation_id: str, now: datetime, until: datetime) -> PaymentOperation | None:
        """Take an open operation for execution until an instant and count the try.

        ``None`` if it is done, taken by somebody else, or its next try is not due yet.
        """
        ...

    async def release(
        self, operation: PaymentOperation, next_try_at: datetime | None, *, is_untried: bool = False
    ) -> None:
        """Give a claimed operation back, with the status, key generation and failure it now has.

        ``is_untried`` says that nothing has been asked of Stripe: the try does not count.
        """
        ...

    async def list_abandoned(self, now: datetime, *, limit: int) -> Sequence[AbandonedOperation]:
        """Operations whose lease has ended without a result or a release, those that ended first first."""
        ...

    async def end_leases(self, operation_ids: Sequence[str], now: datetime) -> None:
        """Forget leases that have ended by then, so that these operations are no longer listed as abandoned."""
        ...

    async def list_due(self, now: datetime, *, limit: int, after: str = "") -> Sequence[PaymentOperation]:
        """Operations still open whose next try is due and that nobody has taken, in order of their ids.

        Ids are in order of their time; ``after`` is the id of the last one seen.
        """
        ...


class Ledger(Protocol):
    """Ledger lines; they are inserted only by ``BookingRepository.commit``."""

    async def list_by_booking(self, booking_id: str) -> Sequence[LedgerLine]:
        """All lines of a booking in the order they were written."""
        ...

    async def sum_by_reason(
        self, provider_id: str, *, since: datetime, before: datetime
    ) -> Mapping[str, Mapping[str, int]]:
        """Sums of a provider's lines on the account of held money in a period, by currency and reason."""
        ...

    async def list_by_provider(
        self, provider_id: str, *, since: datetime, before: datetime, limit: int, after: tuple[datetime, str] | None
    ) -> Sequence[LedgerLine]:
        """Lines of a provider's bookings in a period, oldest first; ``after`` is (instant, id) of the last one seen."""
        ...
