"""Rating each other."""

from http import HTTPStatus

from common.application.bookings import ratings
from common.runtime.http import CurrentUser
from common.runtime.http.idempotency import IdempotentRoute
from fastapi import APIRouter

from functions.bookings.container import ContainerDep
from functions.bookings.schemas import RatingList, RatingRequest, RatingView, ReplyRequest

router = APIRouter(prefix="/v1/bookings", tags=["bookings"], route_class=IdempotentRoute)


@router.post("/{booking_id}/ratings", status_code=HTTPStatus.CREATED)
async def post_rating(
    container: ContainerDep, caller: CurrentUser, booking_id: str, given: RatingRequest
) -> RatingView:
    """Rate the other side, or change one's rating; it shows when both are in, or when the time for ratings ends."""
    rating = await ratings.submit_rating(container.bookings, caller, booking_id, given.stars, given.text)
    return RatingView.model_validate(rating)


@router.get("/{booking_id}/ratings")
async def list_ratings(container: ContainerDep, caller: CurrentUser, booking_id: str) -> RatingList:
    """One's own rating, and the other side's once it is published."""
    shown = await ratings.list_ratings(container.bookings, caller, booking_id)
    return RatingList(items=[RatingView.model_validate(each) for each in shown])


@router.put("/{booking_id}/ratings/{rating_id}/reply")
async def put_reply(
    container: ContainerDep, caller: CurrentUser, booking_id: str, rating_id: str, given: ReplyRequest
) -> RatingView:
    """The provider's answer to a customer's published rating."""
    replied = await ratings.reply_to_rating(container.bookings, caller, booking_id, rating_id, given.reply)
    return RatingView.model_validate(replied)
