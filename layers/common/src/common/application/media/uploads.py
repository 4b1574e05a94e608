"""Announcing an upload, and telling that it is done."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from common.application.media.deps import MediaDeps, SweepDeps
from common.application.media.read import own_media
from common.application.ports.media.bucket import UploadRequest
from common.application.shared.publishing import publish_committed
from common.domain.media.drafts import draft_owner
from common.domain.media.limits import ACCOUNT_LIMITS, ANONYMOUS_LIMITS, QUOTA_WINDOW, UPLOAD_WINDOW, UploadLimits
from common.domain.media.media import (
    MEDIA_PREFIX,
    MEDIA_UPLOADED,
    PROCESSING_PATIENCE,
    UPLOAD_PATIENCE,
    Media,
    MediaState,
    Purpose,
)
from common.domain.shared.errors import Conflict, RateLimited
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import new_token

_KEY_BYTES = 24


@dataclass(frozen=True)
class Uploader:
    """Who uploads: an account, or somebody without one for the draft of a report.

    Args:
        id: the account's, or ``draft:…``.
        limits: how much they may.
        is_account: whether it is an account, which must still be there.
    """

    id: str
    limits: UploadLimits = ACCOUNT_LIMITS
    is_account: bool = True

    @classmethod
    def of_draft(cls, draft_token: str) -> "Uploader":
        """Somebody without an account, whose photographs belong to the draft that a token opens."""
        return cls(draft_owner(draft_token), ANONYMOUS_LIMITS, is_account=False)


@dataclass(frozen=True)
class Announced:
    """The file that somebody is about to upload; ``sha256`` as 64 hexadecimal digits, ``size`` in bytes."""

    purpose: Purpose
    content_type: str
    size: int
    sha256: str
    file_name: str = ""


async def request_upload(deps: MediaDeps, uploader: Uploader, file: Announced) -> tuple[Media, UploadRequest]:
    """Announce an upload; the answer is the one request that does it.

    Raises:
        RateLimited: too many uploads, or too many bytes within 24 hours.
        NotFound: the account has been deleted.
    """
    limits, now = uploader.limits, deps.clock.now()
    seconds = int(limits.window.total_seconds())
    bucket = await deps.limits.take(f"uploads:{uploader.id}", limit=limits.count, window_seconds=seconds, now=now)
    if not bucket.allowed:
        detail = f"At most {limits.count} uploads in {seconds // 60} minutes."
        raise RateLimited(detail, retry_after=bucket.retry_after, limit=limits.count)
    media = _announced(uploader, file, deps)

    async def write() -> None:
        if uploader.is_account:
            await deps.users.touch(uploader.id)
        used = await deps.media.sum_bytes_since(uploader.id, now - QUOTA_WINDOW)
        if used + file.size > limits.bytes_a_day:
            megabytes = limits.bytes_a_day // 1_000_000
            detail = f"At most {megabytes} MB in 24 hours; {used // 1_000_000} MB are used."
            raise RateLimited(detail, retry_after=int(timedelta(hours=1).total_seconds()))
        await deps.media.insert(media)

    upload = deps.bucket.sign_upload(media)
    await deps.unit_of_work.run(write)
    return media, upload


async def renew_draft(deps: MediaDeps, media_id: str) -> str:
    """Another token for a draft of one photograph, whose first token may have been lost; the first opens it no more."""
    token = new_token()
    owner = {"owner_id": draft_owner(token)}
    await deps.media.change(media_id, owner, states=[MediaState.PENDING], now=deps.clock.now())
    return token


def sign_again(deps: MediaDeps, media: Media) -> UploadRequest | None:
    """The request that uploads an announced file, signed anew; ``None`` where it is waited for no longer."""
    is_awaited = media.state is MediaState.PENDING and deps.clock.now() < media.created_at + UPLOAD_PATIENCE
    return deps.bucket.sign_upload(media) if is_awaited else None


async def complete_upload(deps: MediaDeps, owner_id: str, media_id: str) -> Media:
    """Have an uploaded file processed; doing it again changes nothing.

    Raises:
        NotFound: there is no such photograph of theirs.
        Conflict: the file is not in the bucket (``not_uploaded``).
        Unavailable: the bucket does not answer; the photograph waits.
    """
    media = await own_media(deps, owner_id, media_id)
    if media.state is not MediaState.PENDING:
        return media
    if await deps.bucket.size_of(media.key) is None:
        raise Conflict("The file has not been uploaded yet.", code="not_uploaded")
    return await start_processing(deps, media) or await own_media(deps, owner_id, media_id)


async def start_processing(deps: SweepDeps, media: Media) -> Media | None:
    """Note that a file is there, and ask the worker; ``None`` where the photograph's state has changed meanwhile.

    The worker is asked again about one that is under way, because its message may be lost.
    """
    now = deps.clock.now()
    event = new_event(Topic.MEDIA, MEDIA_UPLOADED, now, media_id=media.id)
    state = MediaState.UPLOADED if media.state is MediaState.PENDING else media.state

    async def write() -> Media | None:
        asked = {"state": state, "next_due_at": now + PROCESSING_PATIENCE}
        changed = await deps.media.change(media.id, asked, states=[media.state], now=now)
        if changed is not None:
            await deps.outbox.insert([event])
        return changed

    changed = await deps.unit_of_work.run(write)
    if changed is not None:
        await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
    return changed


def _announced(uploader: Uploader, file: Announced, deps: MediaDeps) -> Media:
    now = deps.clock.now()
    return Media(
        id=new_id(MEDIA_PREFIX, now),
        owner_id=uploader.id,
        key=f"incoming/{secrets.token_hex(_KEY_BYTES)}",
        upload_until=now + UPLOAD_PATIENCE + UPLOAD_WINDOW,
        next_due_at=now + UPLOAD_PATIENCE,
        created_at=now,
        updated_at=now,
        **vars(file),
    )
