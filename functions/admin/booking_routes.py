"""Disputes and ratings, as staff handle them."""

from datetime import datetime
from typing import Annotated, Any

from common.application.admin.ratings import set_rating_shown
from common.application.bookings import oversight
from common.application.bookings.act import perform_as_operator
from common.domain.bookings.booking import Booking
from common.domain.bookings.ratings import RatingState
from common.domain.bookings.state_machine import RESOLVE
from common.domain.shared.errors import NotFound
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import IdempotentCsvListRoute
from common.runtime.http.etags import IfMatch, etag
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Body, Response

from functions.admin.access import BookingReader, ContentModerator, DisputeDecider, Id
from functions.admin.booking_schemas import DisputedBooking, ModeratedRating, StrandedBooking
from functions.admin.container import ContainerDep
from functions.admin.schemas import MaybeReasonRequest

router = APIRouter(prefix="/v1/admin", tags=["administration"], route_class=IdempotentCsvListRoute)


@router.get("/disputes")
async def list_disputes(
    container: ContainerDep, staff: DisputeDecider, limit: Limit = 20, cursor: Cursor = None
) -> Page[DisputedBooking]:
    """Open disputes, the longest waiting first."""
    after = _dispute_cursor(cursor)
    rows = await oversight.list_disputes(container.bookings, staff, limit=limit + 1, after=after)
    return make_page(rows, limit, cursor=_seen, item=DisputedBooking.of)


@router.get("/bookings-without-provider")
async def list_without_provider(
    container: ContainerDep, staff: BookingReader, limit: Limit = 20, cursor: Cursor = None
) -> Page[StrandedBooking]:
    """Bookings ahead whose provider's account is suspended or closed, the soonest first: cancelling them is free."""
    after = decode_cursor(cursor, datetime, str) if cursor else None
    rows = await oversight.list_with_provider_away(container.bookings, staff, limit=limit + 1, after=after)
    return make_page(rows, limit, cursor=lambda row: (row.slot.start_at, row.id), item=StrandedBooking.of)


@router.post("/bookings/{id}/actions/resolve")
async def resolve_dispute(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: DisputeDecider,
    response: Response,
    expected: IfMatch,
    values: Annotated[dict[str, Any], Body(description="`refund_amount` in minor units, and `reason`")],
) -> DisputedBooking:
    """Decide a dispute; above a threshold a second operator has to decide the same."""
    seen = await perform_as_operator(container.bookings, staff, id, RESOLVE.name, values, expected_version=expected)
    response.headers["ETag"] = etag(seen.booking.version)
    return DisputedBooking.of(seen.booking)


@router.get("/ratings")
async def list_all_ratings(
    container: ContainerDep,
    staff: ContentModerator,
    state: RatingState | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ModeratedRating]:
    """Ratings of all bookings, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await oversight.list_all_ratings(container.bookings, staff, state=state, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=ModeratedRating.model_validate)


@router.post("/ratings/{id}/hide")
async def hide_rating(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: ContentModerator,
    client: Client,
    body: MaybeReasonRequest | None = None,
) -> ModeratedRating:
    """Take a published rating out of sight and out of the summaries; a `reason` goes into the audit log."""
    reason = body.reason if body else ""
    rating = await set_rating_shown(container.moderating, staff, id, client, hide=True, reason=reason)
    return ModeratedRating.model_validate(rating)


@router.post("/ratings/{id}/publish")
async def publish_rating(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: ContentModerator,
    client: Client,
    body: MaybeReasonRequest | None = None,
) -> ModeratedRating:
    """Show a rating that was held, or hidden, again; a `reason` goes into the audit log."""
    reason = body.reason if body else ""
    rating = await set_rating_shown(container.moderating, staff, id, client, hide=False, reason=reason)
    return ModeratedRating.model_validate(rating)


def _dispute_cursor(cursor: str | None) -> Any:
    return decode_cursor(cursor, datetime, str) if cursor else None


def _seen(booking: Booking) -> tuple[datetime, str]:
    if booking.dispute is None:
        raise NotFound("The booking is not disputed.")
    return booking.dispute.opened_at, booking.id
