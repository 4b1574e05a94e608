"""The contract of payments."""

from typing import Annotated, Self

from common.application.payments.intents import PaymentAction
from common.application.payments.views import BookingPayment
from common.application.ports.payments.cards import Card
from common.domain.bookings.booking import Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import ChargePurpose, PaymentState
from common.domain.payments.ledger import LedgerLine
from common.domain.payments.operations import OperationStatus, PaymentMode, PaymentOperation, Purpose
from common.domain.payments.tax import TaxLine, TaxParty
from common.domain.shared.money import Money
from common.runtime.http.price_schemas import PriceLineView, lines_of_booking
from common.runtime.http.schemas import Instant, MoneySchema, ResponseModel, SignedMoneySchema
from pydantic import Field


class PaymentActionView(ResponseModel):
    """What the customer's client has to do at Stripe; give ``client_secret`` to Stripe.js."""

    kind: Annotated[str, Field(examples=["payment_intent"])]
    charge_id: Annotated[str | None, Field(description="The booking's charge that it pays")]
    status: str
    client_secret: str | None
    next_action_type: str | None

    @classmethod
    def of(cls, action: PaymentAction | None) -> "Self | None":
        """The action, where there is one."""
        return None if action is None else cls.model_validate(action)


class RefundView(ResponseModel):
    """Money that goes back to the customer."""

    id: str
    amount: MoneySchema
    status: OperationStatus
    created_at: Instant


class OperationView(ResponseModel):
    """One step at Stripe; ``failure_message`` says what the customer can do."""

    id: str
    charge_id: Annotated[str, Field(description="The charge that it is about")]
    purpose: Purpose
    amount: MoneySchema
    status: OperationStatus
    failure_code: str | None
    failure_message: str | None
    created_at: Instant
    updated_at: Instant


class LedgerLineView(ResponseModel):
    """One side of a double entry; debits are positive, and the lines of an entry sum to zero.

    On the account `held`, `price_line_id` names the line of the price that the money belongs to.
    """

    id: str
    entry_id: str
    account: str
    amount: SignedMoneySchema
    reason: str
    charge_id: Annotated[str, Field(description="The charge whose money moved")]
    price_line_id: str | None
    at: Instant


class TaxLineView(ResponseModel):
    """Tax that is included: the provider's in what was charged, the platform's in its commission (``fee``)."""

    party: TaxParty
    name: str
    basis_points: int
    amount: MoneySchema
    tax_number: str

    @classmethod
    def of(cls, line: TaxLine) -> Self:
        """As it is on the receipt."""
        return cls.model_validate(line)


class ChargeView(ResponseModel):
    """One payment of the booking. Those that came to nothing stay with their state, and pay for no line."""

    id: str
    purpose: ChargePurpose
    state: PaymentState
    mode: PaymentMode
    amount: Annotated[MoneySchema, Field(description="What was agreed to be paid by it")]
    authorized: MoneySchema
    captured: MoneySchema
    refunded: MoneySchema
    charged_back: MoneySchema
    capture_before: Instant | None
    line_ids: Annotated[list[str], Field(description="The lines of the price that it pays for")]

    @classmethod
    def of_booking(cls, booking: Booking) -> list[Self]:
        """The charges of a booking, its own first."""

        def money(amount: int) -> Money:
            return Money(amount=amount, currency=booking.price.currency)

        return [
            cls.model_validate(
                {
                    **each.model_dump(include={"id", "purpose", "state", "mode", "capture_before"}),
                    "amount": money(each.amount),
                    "authorized": money(each.authorized_amount),
                    "captured": money(each.captured_amount),
                    "refunded": money(each.refunded_amount),
                    "charged_back": money(each.charged_back_amount),
                    "line_ids": [line.id for line in booking.lines_of(each.id)],
                }
            )
            for each in booking.charges
        ]


class BookingPaymentView(ResponseModel):
    """A booking's money. ``fee`` is the platform's commission, ``payout_amount`` what the provider gets.

    ``debt`` is what the provider owes of this booking, ``set_off`` what of their share has paid debts of others; it is
    negative where others have paid the debt of this one.
    """

    booking_id: str
    status: BookingStatus
    mode: PaymentMode
    payment: PaymentState
    payout: PayoutState
    total: MoneySchema
    price_lines: list[PriceLineView]
    charges: list[ChargeView]
    authorized: MoneySchema
    captured: MoneySchema
    refunded: MoneySchema
    due: MoneySchema | None
    fee: MoneySchema | None
    payout_amount: MoneySchema | None
    debt: MoneySchema
    set_off: SignedMoneySchema
    capture_before: Instant | None
    last_error_code: str | None
    last_error_message: str | None
    tax_lines: list[TaxLineView]
    operations: list[OperationView]
    refunds: list[RefundView]
    ledger: list[LedgerLineView]

    @classmethod
    def of(cls, payment: BookingPayment) -> Self:
        """What the caller may see."""
        booking, details = payment.booking, payment.booking.payment_details

        def money(amount: int | None) -> MoneySchema | None:
            if amount is None:
                return None
            return MoneySchema(amount=amount, currency=booking.price.total.currency)

        return cls.model_validate(
            {
                "booking_id": booking.id,
                "status": booking.status,
                "mode": booking.first_charge.mode,
                "payment": booking.payment,
                "payout": booking.payout,
                "total": money(booking.price.total.amount),
                "price_lines": lines_of_booking(booking),
                "charges": ChargeView.of_booking(booking),
                "authorized": money(booking.authorized_amount),
                "captured": money(booking.captured_amount),
                "refunded": money(booking.refunded_amount),
                "due": money(details.due_amount),
                "fee": money(booking.commission_amount),
                "payout_amount": money(_with_provider(payment)),
                "debt": money(details.debt_amount),
                "set_off": Money(amount=details.set_off_amount, currency=booking.price.total.currency),
                "capture_before": booking.first_charge.capture_before,
                "last_error_code": details.last_error_code,
                "last_error_message": details.last_error_message,
                "tax_lines": [TaxLineView.of(each) for each in payment.tax_lines],
                "operations": [_operation(each) for each in payment.operations],
                "refunds": [_refund(each) for each in payment.operations if each.purpose is Purpose.REFUND],
                "ledger": [_line(each) for each in payment.ledger],
            }
        )


class ConfirmedPayment(ResponseModel):
    """The booking's axes after re-reading Stripe, and what is left for the customer to do."""

    booking_id: str
    version: int
    status: BookingStatus
    payment: PaymentState
    action: PaymentActionView | None
    last_error_code: str | None
    last_error_message: str | None


class CardView(ResponseModel):
    """A saved card."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int

    @classmethod
    def of(cls, card: Card) -> Self:
        """What may be shown of it."""
        return cls.model_validate(card)


def money_view(money: Money) -> MoneySchema:
    """Money on the wire."""
    return MoneySchema(amount=money.amount, currency=money.currency)


def _with_provider(payment: BookingPayment) -> int:
    return max(payment.booking.transferred_amount - payment.booking.reversed_amount, 0)


def _operation(operation: PaymentOperation) -> OperationView:
    return OperationView.model_validate({**operation.model_dump(), "amount": money_view(operation.amount)})


def _refund(operation: PaymentOperation) -> RefundView:
    return RefundView.model_validate({**operation.model_dump(), "amount": money_view(operation.amount)})


def _line(line: LedgerLine) -> LedgerLineView:
    return LedgerLineView.model_validate(line)
