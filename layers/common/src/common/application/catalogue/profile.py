"""A provider's own profile and availability, and what others see of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.application.catalogue.deps import ProviderDeps
from common.application.identity.onboarding.addresses import find_place, located_address
from common.application.media.showing import PhotoUse, show_photos, usable_photos
from common.domain.catalogue.providers import Provider
from common.domain.identity.roles import Principal
from common.domain.media.media import Purpose
from common.domain.media.photos import Photo
from common.domain.scheduling.availability import Availability
from common.domain.scheduling.availability_rules import check_availability
from common.domain.search.places import zone_of
from common.domain.shared.errors import Forbidden, NotFound

_AS_PICTURE = PhotoUse(purpose=Purpose.PROFILE_PICTURE, field="picture_media_id")


async def own_provider(deps: ProviderDeps, caller: Principal) -> Provider:
    """The caller's profile.

    Raises:
        Forbidden: the caller has none.
    """
    provider = await deps.providers.get(caller.provider_id) if caller.provider_id else None
    if provider is None:
        raise Forbidden("Your account has no provider profile.", code="not_a_provider")
    return provider


async def visible_provider(deps: ProviderDeps, provider_id: str, viewer_provider_id: str | None = None) -> Provider:
    """A profile that the viewer may see: a listed one, or the viewer's own.

    Raises:
        NotFound: there is none, or not for this viewer.
    """
    provider = await deps.providers.get(provider_id)
    if provider is None or (not provider.is_listed and provider.id != viewer_provider_id):
        raise NotFound("There is no such provider.")
    return provider


async def update_profile(
    deps: ProviderDeps, provider: Provider, fields: Mapping[str, Any], *, expected: int | None
) -> Provider:
    """Change the caller's profile; its listings follow in the same transaction.

    An address that cannot be located is refused, for its services would be found nowhere. The place's time zone
    becomes the provider's while it has no availability, which has a zone of its own.

    Raises:
        InvalidInput: the address cannot be located, or is in another country than the platform's; or the picture cannot
            be shown.
        Unavailable: the address cannot be located now.
        VersionConflict: it has changed meanwhile.
    """
    zone = None
    if "address" in fields:
        text = str(fields["address"])
        found = await find_place(deps.geocoder(), text)
        deps.platform.require_provider_in(found.country)
        fields = {**fields, "address": located_address(text, found)}
        zone = zone_of(found.country, found.region)

    target, after = f"provider:{provider.id}", list[Photo]()
    is_picture_changed = "picture_media_id" in fields
    if is_picture_changed:
        named = [fields["picture_media_id"]] if fields["picture_media_id"] else []
        after = await usable_photos(deps, provider.user_id, named, target=target, **_AS_PICTURE)
        rest = {name: value for name, value in fields.items() if name != "picture_media_id"}
        fields = {**rest, "picture": after[0] if after else None}

    async def write() -> Provider:
        stored = await deps.providers.get(provider.id)
        follows = zone is not None and stored is not None and stored.availability is None
        changed = {**fields, "timezone": zone} if follows else fields
        return await deps.providers.update(provider.id, changed, now=deps.clock.now(), expected_version=expected)

    async def read_shown() -> Sequence[Photo]:
        stored = await deps.providers.get(provider.id)
        return [stored.picture] if stored and stored.picture else []

    if not is_picture_changed:
        return await deps.unit_of_work.run(write)
    return await show_photos(
        deps, provider.user_id, write, read_shown=read_shown, after=after, target=target, **_AS_PICTURE
    )


def availability_of(provider: Provider) -> Availability:
    """A provider's rules; before any were set, none of its time is open."""
    return provider.availability or Availability(timezone=provider.timezone)


async def set_availability(
    deps: ProviderDeps, provider: Provider, availability: Availability, *, expected: int | None
) -> Provider:
    """Replace the caller's availability; bookings made before stay.

    Raises:
        InvalidInput: the rules contradict themselves; names every wrong field.
        VersionConflict: it has changed meanwhile.
    """
    check_availability(availability)
    fields = {"availability": availability, "timezone": availability.timezone}
    return await deps.providers.update(provider.id, fields, now=deps.clock.now(), expected_version=expected)
