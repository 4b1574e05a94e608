"""What operators do about payments."""

from datetime import datetime
from http import HTTPStatus

from common.application.payments import refunds
from common.application.payments.views import get_booking_payment
from common.runtime.http import Deps
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter

from functions.payments.access import Auditor, Id, Operator
from functions.payments.admin_schemas import DiscrepancyView, RefundRequest
from functions.payments.schemas import BookingPaymentView

router = APIRouter(prefix="/v1/admin", tags=["administration"], route_class=IdempotentRoute)


@router.post("/bookings/{id}/refunds", status_code=HTTPStatus.CREATED)
async def create_refund(deps: Deps, staff: Operator, id: Id, body: RefundRequest) -> BookingPaymentView:  # noqa: A002
    """Refund the customer, in full without an amount; what the provider got too much is reversed, or owed."""
    wanted = body.amount.to_domain() if body.amount else None
    await refunds.refund_booking(deps.bookings, staff, id, wanted, body.reason)
    return BookingPaymentView.of(await get_booking_payment(deps.payments, staff, id))


@router.get("/payment-discrepancies")
async def list_discrepancies(
    deps: Deps,
    staff: Auditor,  # noqa: ARG001 - the role is the check
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DiscrepancyView]:
    """Where our books and Stripe's do not agree, newest first."""
    before = decode_cursor(cursor, datetime, str) if cursor else None
    found = await deps.payment_reviews.open_discrepancies(limit=limit + 1, before=before)
    return make_page(found, limit, cursor=lambda each: (each.first_seen_at, each.id), item=DiscrepancyView.of)
