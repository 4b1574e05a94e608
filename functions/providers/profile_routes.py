"""Profiles and availability."""

from common.application.catalogue import profile
from common.application.scheduling.holidays import bookings_in_holidays
from common.runtime.http import OptionalUser
from common.runtime.http.public_cache import CachedRoute, cache_for, clear_cache
from common.runtime.http.rate_limits import limit_lookups
from fastapi import APIRouter, Depends, Request, Response

from functions.providers.availability_schemas import AvailabilityRequest, AvailabilityView, SavedAvailabilityView
from functions.providers.callers import CallingProvider
from functions.providers.container import ContainerDep
from functions.providers.schemas import OwnProviderView, ProviderPatch, ProviderView

own = APIRouter(prefix="/v1/providers/me", tags=["providers"], dependencies=[Depends(clear_cache)])
public = APIRouter(prefix="/v1/providers", tags=["providers"], route_class=CachedRoute)


@own.get("")
async def get_own_provider(container: ContainerDep, provider: CallingProvider) -> OwnProviderView:
    """The caller's profile."""
    return OwnProviderView.of(provider, container.media_bucket)


@own.patch("")
async def update_own_provider(
    container: ContainerDep, provider: CallingProvider, body: ProviderPatch, request: Request, response: Response
) -> OwnProviderView:
    """Change the caller's profile."""
    if body.address is not None:
        await limit_lookups(request, response)
    changed = await profile.update_profile(container.catalogue, provider, body.fields(), expected=body.version)
    return OwnProviderView.of(changed, container.media_bucket)


@own.get("/availability")
async def get_availability(provider: CallingProvider) -> AvailabilityView:
    """The caller's availability, as it may be sent back with changes."""
    return AvailabilityView.of(profile.availability_of(provider), provider.version)


@own.put("/availability")
async def put_availability(
    container: ContainerDep, provider: CallingProvider, body: AvailabilityRequest
) -> SavedAvailabilityView:
    """Replace the caller's availability as a whole; bookings made before stay, and those in a holiday are named."""
    changed = await profile.set_availability(container.catalogue, provider, body.to_domain(), expected=body.version)
    affected = await bookings_in_holidays(container.catalogue, changed)
    return SavedAvailabilityView.naming(profile.availability_of(changed), changed.version, affected)


@public.get("/{provider_id}", dependencies=[Depends(cache_for(60))])
async def get_provider(container: ContainerDep, viewer: OptionalUser, provider_id: str) -> ProviderView:
    """A provider's public profile."""
    viewer_id = viewer.provider_id if viewer else None
    provider = await profile.visible_provider(container.catalogue, provider_id, viewer_id)
    return ProviderView.of(provider, container.media_bucket)
