"""Taking a photograph that everybody sees out of where it is shown, for good."""

from datetime import datetime

from common.application.admin.moderation.deps import ModerationDeps
from common.domain.media.media import Media
from common.domain.shared.errors import NotFound


async def remove_photo(deps: ModerationDeps, media: Media, now: datetime) -> None:
    """Remove a photograph of a service, a profile or an account, inside the unit of work; its files go with the sweep.

    Args:
        deps: ports.
        media: as it was read in the unit of work; attached to something.
        now: the present instant.
    """
    target = media.attached_to or ""
    kind, _, thing = target.partition(":")
    if kind == "service":
        service = await deps.services.get(thing)
        if service is not None and any(photo.media_id == media.id for photo in service.photos):
            left = [photo for photo in service.photos if photo.media_id != media.id]
            await deps.services.update(thing, {"photos": left}, now=now)
    elif kind == "provider":
        provider = await deps.providers.get(thing)
        if provider is not None and provider.picture is not None and provider.picture.media_id == media.id:
            await deps.providers.update(thing, {"picture": None}, now=now)
    elif kind == "user":
        user = await deps.users.get(thing)
        if user is not None and user.picture_media_id == media.id:
            await deps.users.update(thing, {"picture": None, "updated_at": now})
    else:
        raise NotFound("This photo is shown in nothing that it can be taken out of.")
    await deps.media.detach([media.id], target=target, now=now)
    await deps.media.mark_deleted(media.id, media.owner_id, now)
