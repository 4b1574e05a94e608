"""Time that a provider takes by hand: blocks, and bookings taken on the telephone."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, TypeVar

from common.application.ports.scheduling.own_time import OwnTimes
from common.application.scheduling import own_time
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.own_time import OwnTime
from common.domain.shared.errors import InvalidInput
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.public_cache import clear_cache
from common.runtime.http.queries import query_of
from common.runtime.http.schemas import Instant, Page
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from functions.providers.callers import CallingProvider
from functions.providers.container import ContainerDep
from functions.providers.own_time_schemas import (
    BlockRequest,
    BlockView,
    ManualBookingPatch,
    ManualBookingRequest,
    ManualBookingView,
)

own = APIRouter(
    prefix="/v1/providers/me", tags=["providers"], route_class=IdempotentRoute, dependencies=[Depends(clear_cache)]
)

Item = TypeVar("Item", bound=OwnTime)
View = TypeVar("View", bound=BaseModel)


class Part(BaseModel):
    """Which part of a list is asked for."""

    ends_after: Annotated[
        Instant | None, Field(alias="from", description="What ends after this instant; now by default")
    ] = None
    starts_before: Annotated[Instant | None, Field(alias="to", description="What starts before this instant")] = None
    limit: Limit = 20
    cursor: Cursor = None


Asked = Annotated[Part, Depends(query_of(Part))]


@own.post("/blocks", status_code=HTTPStatus.CREATED)
async def create_block(container: ContainerDep, provider: CallingProvider, body: BlockRequest) -> BlockView:
    """Block an interval of the caller's time; where something is booked in it, `in_the_way` says what."""
    block = await own_time.add_block(container.catalogue, provider, body.start_at, body.end_at, body.reason)
    return BlockView.of(block)


@own.get("/blocks")
async def list_blocks(container: ContainerDep, provider: CallingProvider, asked: Asked) -> Page[BlockView]:
    """The caller's blocks, the earliest first."""
    return await _page(container.catalogue.blocks, provider, container.clock.now(), asked, BlockView.of)


@own.delete("/blocks/{block_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_block(container: ContainerDep, provider: CallingProvider, block_id: str) -> Response:
    """Give blocked time back."""
    await own_time.remove_block(container.catalogue, provider, block_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@own.post("/manual-bookings", status_code=HTTPStatus.CREATED)
async def create_manual_booking(
    container: ContainerDep, provider: CallingProvider, body: ManualBookingRequest
) -> ManualBookingView:
    """Enter a booking that was taken on the telephone or elsewhere; its time is then taken like any booking's.

    Hours, notice and limits do not bind the provider here, but it counts for the limits per day and week. Where
    something is booked in its time, `in_the_way` of the refusal says what.
    """
    return ManualBookingView.of(await own_time.add_manual_booking(container.catalogue, provider, body.to_domain()))


@own.get("/manual-bookings")
async def list_manual_bookings(
    container: ContainerDep, provider: CallingProvider, asked: Asked
) -> Page[ManualBookingView]:
    """The caller's manual bookings, the earliest first; a calendar shows them beside the jobs."""
    return await _page(
        container.catalogue.manual_bookings, provider, container.clock.now(), asked, ManualBookingView.of
    )


@own.get("/manual-bookings/{manual_booking_id}")
async def get_manual_booking(
    container: ContainerDep, provider: CallingProvider, manual_booking_id: str
) -> ManualBookingView:
    """One of the caller's manual bookings."""
    return ManualBookingView.of(await own_time.own_manual_booking(container.catalogue, provider, manual_booking_id))


@own.patch("/manual-bookings/{manual_booking_id}")
async def update_manual_booking(
    container: ContainerDep, provider: CallingProvider, manual_booking_id: str, body: ManualBookingPatch
) -> ManualBookingView:
    """Edit a manual booking of the caller's, or move it: the old time is given back when the new one is taken."""
    changed = await own_time.update_manual_booking(
        container.catalogue, provider, manual_booking_id, body.fields(), expected=body.version
    )
    return ManualBookingView.of(changed)


@own.delete("/manual-bookings/{manual_booking_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_manual_booking(container: ContainerDep, provider: CallingProvider, manual_booking_id: str) -> Response:
    """Take a manual booking of the caller's out, with all it says of its customer."""
    await own_time.remove_manual_booking(container.catalogue, provider, manual_booking_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _page(
    items: OwnTimes[Item], provider: Provider, now: datetime, part: Part, view: Callable[[Item], View]
) -> Page[View]:
    rows = await items.list_by_provider(
        provider.id,
        ends_after=_from(now, part.ends_after, part.starts_before),
        starts_before=part.starts_before,
        limit=part.limit + 1,
        after=_after(part.cursor),
    )
    return make_page(rows, part.limit, cursor=_key, item=view)


def _from(now: datetime, ends_after: datetime | None, starts_before: datetime | None) -> datetime:
    first = ends_after or now
    if starts_before is not None and starts_before <= first:
        raise InvalidInput.of("to", "The end must come after the start.", "end_before_start")
    return first


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    start_at, item_id = decode_cursor(cursor, datetime, str)
    return start_at, item_id


def _key(item: OwnTime) -> tuple[datetime, str]:
    return item.start_at, item.id
