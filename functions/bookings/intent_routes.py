"""Guest checkout."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from common.application.bookings.intents import GuestBookingInput, open_intent, read_intent, renew_secret
from common.domain.shared.opaque_tokens import digest, new_token
from common.runtime.http.cookies import set_cookie
from common.runtime.http.dependencies import container_of
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.rate_limits import client_address, limit_lookups, rate_limit
from fastapi import APIRouter, Depends, Query, Request, Response

from functions.bookings.container import BookingsFunction, ContainerDep
from functions.bookings.schemas import IntentRequest, IntentView, OpenedIntentView

router = APIRouter(prefix="/v1/booking-intents", tags=["bookings"], route_class=IdempotentRoute)

_HOUR_SECONDS = 3600
_MAX_SECRET_LENGTH = 128
_GUEST_COOKIE = "gigsta_guest"
_DAY_SECONDS = 24 * _HOUR_SECONDS


async def _secret_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Another secret for the same intent; the first is known to nobody but who got it."""
    container = container_of(request, BookingsFunction)
    return {"secret": await renew_secret(container.booking_intents, kept["id"])}


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=[
        Depends(rate_limit("booking-intents", limit=20, per_seconds=_HOUR_SECONDS)),
        Depends(limit_lookups),
    ],
)
@keeps_out(_secret_again, "secret")
async def post_intent(
    container: ContainerDep, body: IntentRequest, request: Request, response: Response
) -> OpenedIntentView:
    """Hold a slot for a guest and mail a link that signs in; then complete the profile with `booking_intent_id`.

    A guest who asks again names the earlier intent in `replaces`, or comes with the `gigsta_guest` cookie that the
    first answer set: the earlier hold then makes way.
    """
    fields = body.model_dump(exclude={"customer"}) | body.customer.model_dump() | body.seen()
    given = GuestBookingInput(
        **fields, device_token=_guest(request, response, container), held_by=digest(client_address(request))
    )
    intent, secret = await open_intent(container.booking_intents, given)
    return OpenedIntentView.model_validate({**IntentView.model_validate(intent).model_dump(), "secret": secret})


@router.get("/{intent_id}")
async def get_intent(
    container: ContainerDep, intent_id: str, secret: Annotated[str, Query(max_length=_MAX_SECRET_LENGTH)]
) -> IntentView:
    """Where the guest's booking stands, for whoever has its secret."""
    return IntentView.model_validate(await read_intent(container.booking_intents, intent_id, secret))


def _guest(request: Request, response: Response, container: ContainerDep) -> str:
    """The token of the guest's browser: its own, or a new one. It opens nothing."""
    token = request.cookies.get(_GUEST_COOKIE, "")
    if not 0 < len(token) <= _MAX_SECRET_LENGTH:
        token = new_token()
        set_cookie(response, container, _GUEST_COOKIE, token, path=router.prefix, seconds=_DAY_SECONDS)
    return token
