"""What operators do about payments."""

from datetime import datetime
from http import HTTPStatus

from common.application.bookings import refunds
from common.application.payments.views import get_booking_payment
from common.runtime.http.csv_lists import IdempotentCsvListRoute
from common.runtime.http.etags import IfMatch
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter

from functions.payments.access import Auditor, Id, MoneyMover
from functions.payments.admin_schemas import DebtView, DiscrepancyView, RefundRequest
from functions.payments.container import ContainerDep
from functions.payments.schemas import BookingPaymentView

router = APIRouter(prefix="/v1/admin", tags=["administration"], route_class=IdempotentCsvListRoute)


@router.post("/bookings/{id}/refunds", status_code=HTTPStatus.CREATED)
async def create_refund(
    container: ContainerDep,
    staff: MoneyMover,
    id: Id,  # noqa: A002
    body: RefundRequest,
    expected: IfMatch,
) -> BookingPaymentView:
    """Refund the customer, in full without an amount; what the provider got too much is reversed, or owed.

    With `If-Match` only if the booking is the version that was read.
    """
    wanted = body.amount.to_domain() if body.amount else None
    await refunds.refund_booking(container.bookings, staff, id, wanted, body.reason, expected_version=expected)
    return BookingPaymentView.of(await get_booking_payment(container.payments, staff, id))


@router.get("/provider-debts")
async def list_debts(
    container: ContainerDep,
    staff: Auditor,  # noqa: ARG001 - the role is the check
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DebtView]:
    """What providers owe of refunds and chargebacks after their payout, the oldest booking first."""
    after = decode_cursor(cursor, datetime, str) if cursor else None
    found = await container.payments.bookings.list_owed(limit=limit + 1, after=after)
    return make_page(found, limit, cursor=lambda each: (each.slot.start_at, each.id), item=DebtView.of)


@router.get("/payment-discrepancies")
async def list_discrepancies(
    container: ContainerDep,
    staff: Auditor,  # noqa: ARG001 - the role is the check
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DiscrepancyView]:
    """Where our books and Stripe's do not agree, newest first."""
    before = decode_cursor(cursor, datetime, str) if cursor else None
    found = await container.payment_reviews.list_open(limit=limit + 1, before=before)
    return make_page(found, limit, cursor=lambda each: (each.first_seen_at, each.id), item=DiscrepancyView.of)
