"""A booking's payment: seeing it and moving it on."""

from common.application.payments.operations.sync import confirm_booking_payment
from common.application.payments.views import get_booking_payment
from common.application.shared.booking_access import find_booking_as
from common.domain.bookings.booking import ActorKind
from common.runtime.http import CurrentUser
from fastapi import APIRouter

from functions.payments.access import Id
from functions.payments.container import ContainerDep
from functions.payments.schemas import BookingPaymentView, ConfirmedPayment, PaymentActionView

router = APIRouter(prefix="/v1/bookings", tags=["payments"])


@router.get("/{id}/payment")
async def get_payment(container: ContainerDep, caller: CurrentUser, id: Id) -> BookingPaymentView:  # noqa: A002
    """Amounts, fee, state, refunds and ledger lines."""
    return BookingPaymentView.of(await get_booking_payment(container.payments, caller, id))


@router.post("/{id}/payment/confirm")
async def confirm_payment(container: ContainerDep, caller: CurrentUser, id: Id) -> ConfirmedPayment:  # noqa: A002
    """Re-read Stripe and move the booking on; safe to call at any time."""
    await find_booking_as(container.payments, caller, id, ActorKind.CUSTOMER)
    booking, action = await confirm_booking_payment(container.payments, id)
    return ConfirmedPayment(
        booking_id=booking.id,
        version=booking.version,
        status=booking.status,
        payment=booking.payment,
        action=PaymentActionView.of(action),
        last_error_code=booking.payment_details.last_error_code,
        last_error_message=booking.payment_details.last_error_message,
    )
