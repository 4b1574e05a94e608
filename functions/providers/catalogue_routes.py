"""Categories, services and their slots."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from common.application.catalogue import services
from common.application.scheduling.slots import is_bookable, list_slots, slot_interval
from common.domain.catalogue.service_options import MOST_OPTIONS, ChosenOption
from common.domain.scheduling.slots import FreeSlot
from common.domain.shared.errors import NotFound
from common.domain.shared.time_zones import TimeZoneName
from common.runtime.http import OptionalUser
from common.runtime.http.dependencies import container_of
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.public_cache import CachedRoute, cache_for, clear_cache
from common.runtime.http.schemas import Instant, Page
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import StringConstraints

from functions.providers.availability_schemas import SlotList, SlotView
from functions.providers.callers import CallingProvider
from functions.providers.container import ContainerDep, ProvidersFunction
from functions.providers.schemas import (
    CategoryList,
    CategoryView,
    OwnServiceView,
    ServicePatch,
    ServiceRequest,
    ServiceView,
)

ChosenOptionText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}(:[0-9]{1,3})?$")]

own = APIRouter(prefix="/v1", tags=["services"], route_class=IdempotentRoute, dependencies=[Depends(clear_cache)])
public = APIRouter(prefix="/v1", tags=["services"], route_class=CachedRoute)


async def _link_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The service's link, which the first answer showed to its owner alone, read anew."""
    service = await container_of(request, ProvidersFunction).catalogue.services.get(kept["id"])
    return {"online_link": service.online_link if service else None}


@own.post("/services", status_code=HTTPStatus.CREATED)
@keeps_out(_link_again, "online_link")
async def create_service(container: ContainerDep, provider: CallingProvider, body: ServiceRequest) -> OwnServiceView:
    """Make a service of the caller's."""
    made = await services.create_service(container.catalogue, provider, body.fields())
    return OwnServiceView.of(made, provider, container.media_bucket)


@own.patch("/services/{service_id}")
@keeps_out(_link_again, "online_link")
async def update_service(
    container: ContainerDep, provider: CallingProvider, service_id: str, body: ServicePatch
) -> OwnServiceView:
    """Change a service of the caller's; bookings made before keep what they were agreed on."""
    changed = await services.update_service(
        container.catalogue, provider, service_id, body.fields(), expected=body.version
    )
    return OwnServiceView.of(changed, provider, container.media_bucket)


@own.delete("/services/{service_id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_service(container: ContainerDep, provider: CallingProvider, service_id: str) -> Response:
    """Take a service of the caller's out for good; its bookings stay."""
    await services.delete_service(container.catalogue, provider, service_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@own.get("/providers/me/services")
async def list_own_services(
    container: ContainerDep,
    provider: CallingProvider,
    limit: Limit = 20,
    cursor: Cursor = None,
    status: Annotated[Literal["draft", "active", "paused"] | None, Query()] = None,
) -> Page[OwnServiceView]:
    """The caller's services, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.catalogue.services.list_by_provider(
        provider.id, status=status, limit=limit + 1, before=before
    )
    bucket = container.media_bucket
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=lambda row: OwnServiceView.of(row, None, bucket))


@public.get("/services/{service_id}", dependencies=[Depends(cache_for(30))])
async def get_service(container: ContainerDep, viewer: OptionalUser, service_id: str) -> ServiceView:
    """A service with its provider; one that is not shown only for its owner."""
    viewer_id = viewer.provider_id if viewer else None
    service, provider = await services.visible_service(container.catalogue, service_id, viewer_id)
    return ServiceView.of(service, provider, container.media_bucket)


@public.get("/services/{service_id}/slots", dependencies=[Depends(cache_for(5, is_kept=False))])
async def get_slots(
    container: ContainerDep,
    viewer: OptionalUser,
    service_id: str,
    starts_from: Annotated[Instant | None, Query(alias="from")] = None,
    starts_before: Annotated[Instant | None, Query(alias="to")] = None,
    timezone: Annotated[TimeZoneName | None, Query()] = None,
    options: Annotated[
        list[ChosenOptionText],
        Query(
            max_length=MOST_OPTIONS,
            description="Options that shall be booked with the service, whose time is then kept free too: "
            "an option's id, or id and quantity as in `opt_1:2`; repeat the parameter for several",
        ),
    ] = [],  # noqa: B006 - FastAPI copies defaults
) -> SlotList:
    """Slots that can be booked now: starts from ``from`` on and before ``to``, at most 62 days."""
    viewer_id = viewer.provider_id if viewer else None
    service, provider = await services.visible_service(container.catalogue, service_id, viewer_id)
    zone = ZoneInfo(timezone or provider.timezone)
    first, last = slot_interval(container.clock.now(), starts_from, starts_before)
    minutes = service.minutes_with([_chosen(each) for each in options])
    found = await list_slots(container.catalogue, provider, service, first, last, duration_minutes=minutes)
    return SlotList(
        items=[_slot_view(slot, zone) for slot in found],
        timezone=zone.key,
        provider_timezone=provider.timezone,
        duration_minutes=minutes,
        is_bookable=is_bookable(provider, service),
    )


@public.get("/categories", dependencies=[Depends(cache_for(3600))])
async def list_categories(container: ContainerDep) -> CategoryList:
    """The tree of categories."""
    tree = await container.catalogue.categories.tree()
    return CategoryList(items=[CategoryView.of(root, tree) for root in tree.children(None)])


@public.get("/categories/{slug}", dependencies=[Depends(cache_for(3600))])
async def get_category(container: ContainerDep, slug: str) -> CategoryView:
    """One category and what is below it."""
    tree = await container.catalogue.categories.tree()
    if slug not in tree.by_slug:
        raise NotFound("There is no such category.")
    return CategoryView.of(tree.by_slug[slug], tree)


def _chosen(text: str) -> ChosenOption:
    option_id, _, quantity = text.partition(":")
    return ChosenOption(option_id=option_id, quantity=int(quantity or 1))


def _slot_view(slot: FreeSlot, zone: ZoneInfo) -> SlotView:
    return SlotView(
        start_at=slot.start_at,
        end_at=slot.end_at,
        local_start=slot.start_at.astimezone(zone).isoformat(timespec="seconds"),
        local_end=slot.end_at.astimezone(zone).isoformat(timespec="seconds"),
    )
