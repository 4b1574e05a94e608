"""Bookings in people's own calendars."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from common.application.bookings import calendar
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Principal
from common.runtime.http import CurrentUser
from fastapi import APIRouter, Path, Query, Response

from functions.bookings.container import ContainerDep
from functions.bookings.schemas import CalendarFeedView

router = APIRouter(prefix="/v1/bookings", tags=["bookings"])

_MEDIA_TYPE = "text/calendar"
_IS_CALENDAR: dict[int | str, dict[str, Any]] = {200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string"}}}}}
_MAX_TOKEN_LENGTH = 128
#: Nobody on the way keeps it, and nobody indexes an address that has leaked.
_PRIVATE = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


Role = Annotated[
    Literal["customer", "provider"] | None,
    Query(description="Whose calendar: by default a provider's for a provider, else a customer's"),
]


class CalendarResponse(Response):
    """An iCalendar file (RFC 5545)."""

    media_type = _MEDIA_TYPE


@router.put("/calendar-feed")
async def put_feed(container: ContainerDep, caller: CurrentUser, role: Role = None) -> CalendarFeedView:
    """Make the private address of the caller's calendar in one part; the one before stops working."""
    token = await calendar.open_feed(container.bookings, caller, _part(caller, role))
    return CalendarFeedView(url=f"{container.public_base_url}/v1/bookings/calendar-feed/{token}")


@router.delete("/calendar-feed", status_code=HTTPStatus.NO_CONTENT)
async def delete_feed(container: ContainerDep, caller: CurrentUser, role: Role = None) -> None:
    """End the caller's feed in one part."""
    await calendar.close_feed(container.bookings, caller, _part(caller, role))


@router.get("/calendar-feed/{token}", response_class=CalendarResponse, responses=_IS_CALENDAR)
async def get_feed(
    container: ContainerDep, token: Annotated[str, Path(max_length=_MAX_TOKEN_LENGTH)]
) -> CalendarResponse:
    """Bookings of the last month and to come; the address is the secret."""
    return CalendarResponse(await calendar.read_feed(container.bookings, token), headers=_PRIVATE)


@router.get("/{booking_id}/calendar.ics", response_class=CalendarResponse, responses=_IS_CALENDAR)
async def get_calendar(container: ContainerDep, caller: CurrentUser, booking_id: str) -> CalendarResponse:
    """One booking as an iCalendar file."""
    content = await calendar.booking_calendar(container.bookings, caller, booking_id)
    return CalendarResponse(content, headers={"Content-Disposition": f'attachment; filename="{booking_id}.ics"'})


def _part(caller: Principal, role: str | None) -> ActorKind:
    if role is not None:
        return ActorKind(role)
    return ActorKind.PROVIDER if caller.provider_id is not None else ActorKind.CUSTOMER
