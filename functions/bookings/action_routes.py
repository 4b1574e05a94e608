"""What a caller may do with a booking, and doing it."""

from collections.abc import Mapping
from typing import Annotated, Any

from common.application.bookings import read
from common.application.bookings.act import perform_action
from common.application.bookings.provider_unavailable import find_present_booking
from common.application.payments.cards import require_own_card
from common.application.shared.booking_access import find_booking
from common.domain.bookings.booking import Booking
from common.domain.identity.roles import Principal
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import CallerAnd, container_of, current_user
from common.runtime.http.etags import IfMatch, SeenFee, etag
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from fastapi import APIRouter, Body, Depends, Request, Response

from functions.bookings.container import BookingsFunction, ContainerDep
from functions.bookings.presenter import present_actions, present_booking, secrets_of
from functions.bookings.schemas import ActionView, BookingView

router = APIRouter(prefix="/v1/bookings", tags=["bookings"], route_class=IdempotentRoute)


@router.get("/{booking_id}/actions")
async def get_actions(
    container: ContainerDep, caller: CurrentUser, booking_id: str, response: Response
) -> list[ActionView]:
    """What the caller may do now, with the schema of each input and what cancelling would cost."""
    booking, actor = await find_present_booking(container.bookings, caller, booking_id)
    seen = read.view(container.bookings, booking, actor)
    response.headers["ETag"] = etag(booking.version, read.changed_fee(container.bookings, seen))
    return present_actions(seen)


async def _secrets_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The start code and the link, which the first answer showed to those alone whom they concern, read anew."""
    container, caller = container_of(request, BookingsFunction), await current_user(request)
    booking, actor = await find_booking(container.bookings, caller, kept["id"])
    return secrets_of(read.view(container.bookings, booking, actor))


async def _booking(request: Request, _: Response) -> Booking | None:
    """The booking of the path, whoever asks: the use case says whose business it is."""
    container = container_of(request, BookingsFunction)
    return await container.bookings.bookings.get(request.path_params["booking_id"])


@router.post("/{booking_id}/actions/{action_name}")
@keeps_out(_secrets_again, "start_code", "place.online_link", "payment.client_secret")
async def post_action(
    container: ContainerDep,
    asked: Annotated[tuple[Principal, Booking | None], Depends(CallerAnd(current_user, _booking))],
    booking_id: str,
    action_name: str,
    response: Response,
    expected: IfMatch,
    fee: SeenFee,
    values: Annotated[dict[str, Any] | None, Body(description="The action's input, after its `input_schema`")] = None,
) -> BookingView:
    """Perform an action; what is not available now answers 409 with the present state and the actions that are.

    A critical action with `consequences` names what was seen: `accepted_fee` in the body, or `If-Match`. Without
    either, or where the fee is another one by now, the answer is 409 `fee_not_accepted` with the present consequences.
    """
    caller, booking = asked
    card_id = (values or {}).get("payment_method_id")
    if isinstance(card_id, str):
        await require_own_card(container.cards, caller.user_id, card_id)
        booking = None  # Stripe has been asked meanwhile
    seen = await perform_action(
        container.bookings,
        caller,
        booking_id,
        action_name,
        values,
        expected_version=expected,
        seen_fee=fee,
        known=booking,
    )
    response.headers["ETag"] = etag(seen.booking.version, read.changed_fee(container.bookings, seen))
    return present_booking(seen)
