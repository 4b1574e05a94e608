"""Reading photographs, and giving them up."""

import contextlib

from common.application.media.deps import MediaDeps
from common.application.shared.booking_access import find_booking
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Principal
from common.domain.media.media import OF_BOOKING, Media, MediaState
from common.domain.shared.errors import Conflict, NotFound, Unavailable


async def own_media(deps: MediaDeps, owner_id: str, media_id: str) -> Media:
    """A photograph of the owner's.

    Raises:
        NotFound: there is none; whether somebody else has it is nobody's business.
    """
    media = await deps.media.get(media_id)
    if media is None or media.owner_id != owner_id or media.state is MediaState.DELETED:
        raise NotFound("There is no such photo.")
    return media


async def see_media(deps: MediaDeps, caller: Principal, media_id: str) -> tuple[Media, bool]:
    """A photograph of the caller's, or one that was shown in a booking of which the caller is a party.

    Returns:
        It, and whether the caller sees it as an operator, who decides; an operator who is a party does not.

    Raises:
        NotFound: there is none for them.
        Forbidden: the caller is an operator who has not used a second factor.
    """
    media = await deps.media.get(media_id)
    if media is None or media.state is MediaState.DELETED:
        raise NotFound("There is no such photo.")
    if media.owner_id == caller.user_id:
        return media, False
    if media.attached_to is None or not media.attached_to.startswith(OF_BOOKING):
        raise NotFound("There is no such photo.")
    try:
        _, actor = await find_booking(deps, caller, media.attached_to.removeprefix(OF_BOOKING))
    except NotFound as error:
        raise NotFound("There is no such photo.") from error
    return media, actor.kind is ActorKind.OPERATOR


async def delete_media(deps: MediaDeps, owner_id: str, media_id: str) -> None:
    """Give a photograph up. Its files go at once, or with the sweep where the bucket does not answer.

    Raises:
        NotFound: there is no such photograph of theirs.
        Conflict: it belongs to something, which must let it go first (``media_in_use``).
    """
    media = await own_media(deps, owner_id, media_id)
    if not await deps.media.mark_deleted(media.id, owner_id, deps.clock.now()):
        await own_media(deps, owner_id, media_id)
        raise Conflict("This photo is in use. Take it out of where it is shown first.", code="media_in_use")
    with contextlib.suppress(Unavailable):
        await deps.bucket.delete(media.all_keys())
