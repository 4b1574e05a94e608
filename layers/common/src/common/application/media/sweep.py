"""What becomes of photographs whose time has come: never completed, lost on the way, unused, or given up."""

from collections.abc import Callable
from datetime import timedelta

from common.application.media.deps import SweepDeps
from common.application.media.uploads import start_processing
from common.application.shared.sweeping import UnreadableRowError
from common.domain.media.limits import QUOTA_WINDOW
from common.domain.media.media import MOST_ATTEMPTS, UNATTACHED, UNDER_WAY, Media, MediaState
from common.domain.shared.errors import Unavailable

_BATCH = 20
#: A sweep that dies leaves its photographs to the next one after so long.
_LEASE = timedelta(minutes=5)


async def sweep_media(deps: SweepDeps, *, has_time: Callable[[], bool]) -> dict[str, int]:
    """Look at photographs whose time has come, in bounded batches; what is left waits for the next run.

    Args:
        deps: ports.
        has_time: asked before each batch.

    Returns:
        How many were looked at and how many are gone, by metric name.

    Raises:
        UnreadableRowError: a row could not be read; raised after everything else has been done.
    """
    swept = removed = 0
    unreadable: list[str] = []
    try:
        while has_time():
            now = deps.clock.now()
            due = await deps.media.claim_due(now, until=now + _LEASE, limit=_BATCH)
            unreadable += due.unreadable
            for media in due.rows:
                swept += 1
                removed += await _look_at(deps, media)
            if due.is_all:
                break
    except Unavailable as error:
        if error.wire_code != "media_unavailable":
            raise
    if unreadable:
        raise UnreadableRowError(unreadable[0])
    return {"MediaSwept": swept, "MediaRemoved": removed}


async def _look_at(deps: SweepDeps, media: Media) -> bool:
    """Do what is due for one photograph; whether it is gone now."""
    if media.state is MediaState.DELETED:
        return await _remove(deps, media)
    if media.state is MediaState.PENDING:
        if await deps.bucket.size_of(media.key) is not None:
            await start_processing(deps, media)
            return False
    elif media.state in UNDER_WAY:
        await _ask_again(deps, media)
        return False
    elif media.attached_to is not None:
        await deps.bucket.delete([media.key])  # its address may have been used once more
        await deps.media.settle(media.id, media.next_due_at or deps.clock.now())
        return False
    now = deps.clock.now()
    if not await deps.media.mark_deleted(media.id, media.owner_id, now):
        return False  # attached in this moment
    return await _remove(deps, media)


async def _ask_again(deps: SweepDeps, media: Media) -> None:
    if media.attempts >= MOST_ATTEMPTS:
        now = deps.clock.now()
        failed = {"state": MediaState.FAILED, "next_due_at": now + UNATTACHED}
        await deps.media.change(media.id, failed, states=[media.state], now=now)
        return
    await start_processing(deps, media)


async def _remove(deps: SweepDeps, media: Media) -> bool:
    """Remove every object of a photograph that was given up; its row once it counts no more and nothing can come."""
    await deps.bucket.delete(media.all_keys())
    now = deps.clock.now()
    ends = (media.upload_until, media.created_at + QUOTA_WINDOW)
    if waits_until := next((each for each in ends if now < each), None):
        await deps.media.change(media.id, {"next_due_at": waits_until}, states=[MediaState.DELETED], now=now)
        return False
    await deps.media.remove(media.id)
    return True
