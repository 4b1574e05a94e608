"""Making and reading bookings."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from common.application.bookings import read
from common.application.bookings.create import BookingInput, Known, create_booking
from common.application.payments.cards import require_own_card
from common.application.payments.intents import pending_action
from common.application.ports.bookings.offers import Offer
from common.application.shared.booking_access import find_booking
from common.application.shared.together import together
from common.domain.bookings.booking import Actor, ActorKind, BookingStatus
from common.domain.bookings.groups import StatusGroup
from common.domain.identity.users import User
from common.domain.shared.errors import InvalidInput
from common.domain.shared.opaque_tokens import digest
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import CallerAnd, container_of, current_account, current_user
from common.runtime.http.etags import etag
from common.runtime.http.idempotency import IdempotencyKey, IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.queries import query_of
from common.runtime.http.rate_limits import client_address, limit_lookups
from common.runtime.http.schemas import Instant, Page
from common.runtime.observability.logging import set_booking_id
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from functions.bookings.container import BookingsFunction, ContainerDep
from functions.bookings.presenter import present_booking, secrets_of
from functions.bookings.schemas import BookingRequest, BookingView, HistoryView

router = APIRouter(prefix="/v1/bookings", tags=["bookings"], route_class=IdempotentRoute)

_MAX_STATUSES = 12


class Side(StrEnum):
    """Whose bookings: those one made, or those one carries out."""

    CUSTOMER = "customer"
    PROVIDER = "provider"


async def _secrets_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the first answer showed to the customer alone, read anew."""
    container, caller = container_of(request, BookingsFunction), await current_user(request)
    booking, actor = await find_booking(container.bookings, caller, kept["id"])
    action = await pending_action(container.payments, booking) if kept["payment"]["action"] else None
    secret = action.client_secret if action else None
    return {"payment.client_secret": secret, **secrets_of(read.view(container.bookings, booking, actor))}


async def _limited_offer(request: Request, response: Response) -> Offer | None:
    """What the body asks for, counted against the limit of look-ups; ``None`` where that cannot be read.

    The route then says what is wrong with the body.
    """
    try:
        body = BookingRequest.model_validate(await request.json())
    except (ValueError, RecursionError):  # the latter of JSON that is too deep, sent as another type
        body = None
    container = container_of(request, BookingsFunction)
    if body is None:
        await limit_lookups(request, response)
        return None
    found = container.bookings.offers.get(body.service_id, body.start_at)
    _, offer = await together(limit_lookups(request, response), found)
    return offer


@router.post("", status_code=HTTPStatus.CREATED)
@keeps_out(_secrets_again, "payment.client_secret", "start_code", "place.online_link")
async def post_booking(
    container: ContainerDep,
    asked: Annotated[tuple[User, Offer | None], Depends(CallerAnd(current_account, _limited_offer))],
    body: BookingRequest,
    request: Request,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> BookingView:
    """Book a free slot; pay with `payment.client_secret`, where there is one, before `hold_expires_at`.

    `place_kind` says where: where a service has several, one has to be chosen (422). Only a visit (`customer`) takes
    `address` and `access_notes`; with anything else they are refused, since who gives them expects somebody to come.

    A slot that the caller has booked and not paid is taken over: the same request answers with the same booking,
    another one takes its place. An account without a name or a telephone number is refused (`profile_incomplete`).
    """
    customer, offer = asked
    if body.payment_method_id is not None:
        await require_own_card(container.cards, customer.id, body.payment_method_id)
        offer = None  # Stripe has been asked meanwhile
    booking, action = await create_booking(
        container.bookings,
        customer.id,
        BookingInput(**{**dict(body), **body.seen()}, held_by=digest(client_address(request))),
        idempotency_key=idempotency_key,
        known=Known(offer, customer) if offer else None,
    )
    set_booking_id(booking.id)
    response.headers["ETag"] = etag(booking.version)
    response.headers["Location"] = f"/v1/bookings/{booking.id}"
    actor = Actor(kind=ActorKind.CUSTOMER, id=customer.id)
    return present_booking(read.view(container.bookings, booking, actor), action)


class ListParams(BaseModel):
    """Which bookings, and which part of the list."""

    role: Side = Side.CUSTOMER
    status: Annotated[
        list[str], Field(max_length=_MAX_STATUSES, description="Statuses, or one of upcoming, needs_action, past")
    ] = []
    starts_from: Annotated[Instant | None, Field(alias="from", description="Earliest start")] = None
    starts_before: Annotated[Instant | None, Field(alias="to", description="Starts before this")] = None
    limit: Limit = 20
    cursor: Cursor = None


@router.get("")
async def list_bookings(
    container: ContainerDep, caller: CurrentUser, params: Annotated[ListParams, Depends(query_of(ListParams))]
) -> Page[BookingView]:
    """The caller's bookings, each with its actions: upcoming ones soonest first, others latest first."""
    group, statuses = _read_statuses(params.status)
    found = await read.list_bookings(
        container.bookings,
        caller,
        role=ActorKind(params.role.value),
        group=group,
        statuses=statuses,
        starts_from=params.starts_from,
        starts_before=params.starts_before,
        limit=params.limit + 1,
        after=_read_cursor(params.cursor),
    )
    return make_page(
        found, params.limit, cursor=lambda seen: (seen.booking.slot.start_at, seen.booking.id), item=present_booking
    )


@router.get("/{booking_id}")
async def get_booking(container: ContainerDep, caller: CurrentUser, booking_id: str, response: Response) -> BookingView:
    """One booking with what the caller may do now."""
    seen = await read.get_booking(container.bookings, caller, booking_id)
    response.headers["ETag"] = etag(seen.booking.version, read.changed_fee(container.bookings, seen))
    return present_booking(seen)


@router.get("/{booking_id}/history")
async def get_history(
    container: ContainerDep, caller: CurrentUser, booking_id: str, limit: Limit = 20, cursor: Cursor = None
) -> Page[HistoryView]:
    """The audit trail, oldest first: who did what, from where to where, and what changed."""
    after = decode_cursor(cursor, int)[0] if cursor else 0
    rows = await read.get_history(container.bookings, caller, booking_id, limit=limit + 1, after_version=after)
    return make_page(rows, limit, cursor=lambda row: (row.version,), item=HistoryView.model_validate)


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    start, last_id = decode_cursor(cursor, datetime, str)
    return start, last_id


def _read_statuses(given: list[str]) -> tuple[StatusGroup | None, list[BookingStatus]]:
    """Read the filter: statuses, and at most one group.

    Raises:
        InvalidInput: an unknown value, or more than one group.
    """
    groups = [StatusGroup(value) for value in given if value in set(StatusGroup)]
    rest = [value for value in given if value not in set(StatusGroup)]
    unknown = [value for value in rest if value not in set(BookingStatus)]
    if unknown or len(groups) > 1:
        raise InvalidInput.of("status", "Give booking statuses, or one group of them.", "invalid_status")
    return (groups[0] if groups else None), [BookingStatus(value) for value in rest]
