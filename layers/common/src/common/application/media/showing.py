"""Photographs that services, profiles and accounts show: one's own, attached with the change that shows them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypedDict, TypeVar

from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.media.attachments import Attachments
from common.application.ports.shared.clock import Clock
from common.domain.media.media import Purpose
from common.domain.media.photos import Photo

T = TypeVar("T")


class ShowingDeps(Protocol):
    """Ports of what shows photographs."""

    @property
    def clock(self) -> Clock:
        """The clock."""
        ...

    @property
    def unit_of_work(self) -> UnitOfWork:
        """One transaction around what shows them and what is attached."""
        ...

    @property
    def media(self) -> Attachments:
        """Photographs."""
        ...


class PhotoUse(TypedDict):
    """What photographs are for, and the request's field that names them."""

    purpose: Purpose
    field: str


async def usable_photos(
    deps: ShowingDeps, owner_id: str, media_ids: Sequence[str], *, purpose: Purpose, target: str, field: str
) -> list[Photo]:
    """What is remembered of photographs that somebody wants to show.

    Raises:
        InvalidInput: one cannot be shown there; ``field`` is the request's.
    """
    found = await deps.media.find_usable(media_ids, owner_id=owner_id, purpose=purpose, target=target, field=field)
    return [Photo.of(media) for media in found]


async def show_photos(
    deps: ShowingDeps,
    owner_id: str,
    write: Callable[[], Awaitable[T]],
    *,
    read_shown: Callable[[], Awaitable[Sequence[Photo]]],
    after: Sequence[Photo],
    purpose: Purpose,
    target: str,
    field: str,
) -> T:
    """Write what shows photographs, attach those and let the others go, all or nothing.

    Args:
        deps: ports.
        owner_id: whose they must be.
        write: writes what shows them.
        read_shown: what is shown until then; read in the same transaction, or what somebody else has just written there
            would stay attached to nothing for ever.
        after: what is shown from then on.
        purpose: of the photographs.
        target: what shows them.
        field: the request's, for refusals.

    Raises:
        InvalidInput: one cannot be shown any more.
    """
    shown = [photo.media_id for photo in after]

    async def work() -> T:
        now = deps.clock.now()
        gone = [photo.media_id for photo in await read_shown() if photo.media_id not in shown]
        written = await write()
        await deps.media.attach(shown, owner_id=owner_id, purpose=purpose, target=target, now=now, field=field)
        await deps.media.detach(gone, target=target, now=now)
        return written

    return await deps.unit_of_work.run(work)
