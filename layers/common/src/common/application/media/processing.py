"""What becomes of an uploaded file."""

import asyncio
import contextlib
import hashlib
from typing import Any

from common.application.media.deps import ProcessingDeps
from common.application.ports.media.imaging import ImageFile, ProcessedImage
from common.domain.media.likeness import (
    CLOSE_BITS,
    CLOSE_METRES,
    CLOSE_TIME,
    NEAR_BITS,
    Candidate,
    alike,
    bands_of,
)
from common.domain.media.media import (
    EVIDENCE,
    MOST_ATTEMPTS,
    PROCESSING_PATIENCE,
    UNATTACHED,
    Likeness,
    Media,
    MediaState,
    Rejection,
    Rendition,
)
from common.domain.shared.errors import Unavailable

#: Photographs that are compared bit by bit, and how many of those that look the same are noted.
_MOST_CANDIDATES = 200
_MOST_ALIKE = 10


async def process_media(deps: ProcessingDeps, media_id: str) -> None:
    """Check an uploaded file and write it anew, or refuse it; doing it again changes nothing.

    Raises:
        Unavailable: bucket or database do not answer; the message must come again.
    """
    now = deps.clock.now()
    media = await deps.media.begin_processing(media_id, now=now, until=now + PROCESSING_PATIENCE)
    if media is None:
        return
    if media.attempts > MOST_ATTEMPTS:
        await _end(deps, media, {"state": MediaState.FAILED})
        return
    try:
        result = await _read(deps, media)
        if isinstance(result, ProcessedImage):
            ended = await _ready(deps, media, result)
        else:
            ended = {"state": MediaState.REJECTED, "rejection": result}
    except Unavailable:
        await _forget_attempt(deps, media)
        raise
    await _end(deps, media, ended)


async def _forget_attempt(deps: ProcessingDeps, media: Media) -> None:
    """Count no attempt against a photograph whose bucket did not answer."""
    fewer = {"attempts": media.attempts - 1}
    await deps.media.change(media.id, fewer, states=[MediaState.PROCESSING], now=deps.clock.now())


async def _read(deps: ProcessingDeps, media: Media) -> ProcessedImage | Rejection:
    """Read the file, if it is the one that was announced: not every provider checks what is signed."""
    data = await deps.bucket.read(media.key)
    if data is None:
        return Rejection.MISSING
    if len(data) != media.size:
        return Rejection.WRONG_SIZE
    if hashlib.sha256(data).hexdigest() != media.sha256:
        return Rejection.WRONG_CHECKSUM
    return await deps.imaging.process(data, media.content_type, keeps_capture=media.purpose in EVIDENCE)


async def _ready(deps: ProcessingDeps, media: Media, image: ProcessedImage) -> dict[str, Any]:
    """Store the files; what the row then says."""

    async def store(file: ImageFile) -> Rendition:
        key, size = media.rendition_key(file.name), len(file.body)
        await deps.bucket.write(key, file.body, file.content_type)
        shown = {"name": file.name, "content_type": file.content_type, "width": file.width, "height": file.height}
        return Rendition(key=key, size=size, **shown)

    renditions = await asyncio.gather(*map(store, image.files))
    return {
        "state": MediaState.READY,
        "renditions": renditions,
        "width": renditions[0].width,
        "height": renditions[0].height,
        "placeholder": image.placeholder,
        "dhash": image.dhash,
        "bands": bands_of(image.dhash),
        "captured": image.captured,
        "alike": await _alike(deps, media, image),
    }


async def _end(deps: ProcessingDeps, media: Media, fields: dict[str, Any]) -> None:
    """Write what became of a photograph, and remove the original, or all of it if it was given up meanwhile.

    A message that came twice has two workers at once: what the other one has made of the photograph stays.
    """
    now = deps.clock.now()
    ended = {**fields, "next_due_at": now + UNATTACHED}
    found = await deps.media.change(media.id, ended, states=[MediaState.PROCESSING], now=now)
    found = found or await deps.media.get(media.id)
    is_kept = found is not None and found.state is MediaState.READY
    with contextlib.suppress(Unavailable):  # the sweep removes it, too
        await deps.bucket.delete([media.key] if is_kept else media.all_keys())


async def _alike(deps: ProcessingDeps, media: Media, image: ProcessedImage) -> list[Likeness]:
    """Photographs that look the same, the nearest first; flat ones look like none."""
    same = await deps.media.list_same_file(media.sha256, limit=_MOST_ALIKE + 1)
    found = {each: Likeness(media_id=each, is_same_file=True) for each in same}
    if bands := bands_of(image.dhash):
        everywhere = await deps.media.list_same_band(bands, limit=_MOST_CANDIDATES)
        near = alike(image.dhash, everywhere, bits=NEAR_BITS)
        close: list[Candidate] = []
        if image.captured is not None:
            since = deps.clock.now() - CLOSE_TIME
            close = list(
                await deps.media.list_close(image.captured, metres=CLOSE_METRES, since=since, limit=_MOST_CANDIDATES)
            )
        for media_id, bits in [*near, *alike(image.dhash, close, bits=CLOSE_BITS)]:
            found.setdefault(media_id, Likeness(media_id=media_id, distance=bits))
    found.pop(media.id, None)
    return list(found.values())[:_MOST_ALIKE]
