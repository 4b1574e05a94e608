"""What a caller may do with a booking, and doing it."""

from typing import Annotated, Any

from common.application.bookings import read
from common.application.bookings.act import perform_action
from common.application.payments.cards import require_own_card
from common.runtime.http import CurrentUser, Deps
from common.runtime.http.etags import IfMatch, etag
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Body, Depends, Request, Response

from functions.bookings.presenter import present_actions, present_booking
from functions.bookings.schemas import ActionView, BookingView

router = APIRouter(prefix="/v1/bookings", tags=["bookings"], route_class=IdempotentRoute)

#: A start code has a million values and may be tried for some hours: this leaves a guesser one chance in ten thousand.
_START_TRIES = rate_limit("start-code", limit=20, per_seconds=3600, by="user")


async def _spare_start_codes(request: Request, response: Response, action_name: str) -> None:
    """Let nobody try out start codes."""
    if action_name == "start":
        await _START_TRIES(request, response)


@router.get("/{booking_id}/actions")
async def get_actions(deps: Deps, caller: CurrentUser, booking_id: str, response: Response) -> list[ActionView]:
    """What the caller may do now, with the schema of each input and what cancelling would cost."""
    booking, actor = await read.find_booking(deps.bookings, caller, booking_id)
    response.headers["ETag"] = etag(booking.version)
    return present_actions(read.view(deps.bookings, booking, actor))


@router.post("/{booking_id}/actions/{action_name}", dependencies=[Depends(_spare_start_codes)])
async def post_action(
    deps: Deps,
    caller: CurrentUser,
    booking_id: str,
    action_name: str,
    response: Response,
    expected: IfMatch,
    values: Annotated[dict[str, Any] | None, Body(description="The action's input, after its `input_schema`")] = None,
) -> BookingView:
    """Perform an action; what is not available now answers 409 with the present state and the actions that are."""
    card_id = (values or {}).get("payment_method_id")
    if isinstance(card_id, str):
        await require_own_card(deps.cards, caller, card_id)
    seen = await perform_action(deps.bookings, caller, booking_id, action_name, values, expected_version=expected)
    response.headers["ETag"] = etag(seen.booking.version)
    return present_booking(seen)
