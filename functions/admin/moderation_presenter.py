"""Items of the queue as moderators see them, and decisions as authors do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.domain.media.media import Media
from common.domain.moderation.items import ItemKind, ModerationItem, SeenMessage
from common.domain.moderation.rules import appealable

from functions.admin.container import AdminFunction
from functions.admin.moderation_schemas import ModerationItemView, OwnDecisionView, ReportedPhotoView


async def present_items(container: AdminFunction, items: Sequence[ModerationItem]) -> list[ModerationItemView]:
    """Items with the photographs of what was reported, which are read at once."""
    ids = {media_id for item in items for message in item.messages for media_id in message.media_ids}
    ids |= {item.subject for item in items if item.kind is ItemKind.MEDIA}
    media = await container.media_repository.find_many(sorted(ids))

    def photo(media_id: str) -> ReportedPhotoView:
        return _photo(container, media_id, media)

    def seen(message: SeenMessage) -> dict[str, Any]:
        return {**dict(message), "media": [photo(each) for each in message.media_ids]}

    return [
        ModerationItemView.of(
            item,
            [seen(each) for each in item.messages],
            photo(item.subject) if item.kind is ItemKind.MEDIA else None,
        )
        for item in items
    ]


def present_own(item: ModerationItem, now: datetime) -> OwnDecisionView:
    """A decision as the author sees it."""
    last = item.decisions[-1]
    return OwnDecisionView.model_validate(
        {
            **dict(item),
            "outcome": last.outcome,
            "reason": last.reason,
            "decided_at": last.at,
            "can_appeal": appealable(item, now) is not None,
        }
    )


def _photo(container: AdminFunction, media_id: str, media: Mapping[str, Media]) -> ReportedPhotoView:
    found = media.get(media_id)
    files = container.media_bucket.read_urls(found) if found else ()
    return ReportedPhotoView(id=media_id, url=files[0].url if files else None)
