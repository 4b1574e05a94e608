"""Guest checkout."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from common.application.bookings.intents import GuestWish, open_intent, read_intent, renew_secret
from common.runtime.http import Deps
from common.runtime.http.dependencies import get_container
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.rate_limits import limit_lookups, rate_limit
from fastapi import APIRouter, Depends, Query, Request

from functions.bookings.schemas import IntentRequest, IntentView, OpenedIntentView

router = APIRouter(prefix="/v1/booking-intents", tags=["bookings"], route_class=IdempotentRoute)

_HOUR_SECONDS = 3600
_MAX_SECRET_LENGTH = 128


async def _secret_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Another secret for the same intent; the first is known to nobody but who got it."""
    deps = await get_container(request)
    return {"secret": await renew_secret(deps.booking_intents, kept["id"])}


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=[
        Depends(rate_limit("booking-intents", limit=20, per_seconds=_HOUR_SECONDS)),
        Depends(limit_lookups),
    ],
)
@keeps_out(_secret_again, "secret")
async def post_intent(deps: Deps, wish: IntentRequest) -> OpenedIntentView:
    """Hold a slot for a guest and mail a link that signs in; then complete the profile with `booking_intent_id`."""
    fields = wish.model_dump(exclude={"customer"}) | wish.customer.model_dump() | wish.seen()
    intent, secret = await open_intent(deps.booking_intents, GuestWish(**fields))
    return OpenedIntentView.model_validate({**IntentView.model_validate(intent).model_dump(), "secret": secret})


@router.get("/{intent_id}")
async def get_intent(
    deps: Deps, intent_id: str, secret: Annotated[str, Query(max_length=_MAX_SECRET_LENGTH)]
) -> IntentView:
    """Where the guest's booking stands, for whoever has its secret."""
    return IntentView.model_validate(await read_intent(deps.booking_intents, intent_id, secret))
