"""Ratings that the screen of texts holds back, as moderators find them in the queue."""

from datetime import datetime

from common.domain.bookings.ratings import Rating
from common.domain.moderation.items import ITEM_PREFIX, SYSTEM_REPORTER, ItemKind, ModerationItem, ReportReason
from common.domain.shared.ids import new_id


def held_rating_item(rating: Rating, now: datetime) -> ModerationItem:
    """What moderators are asked to look at before anybody sees it."""
    return ModerationItem(
        id=new_id(ITEM_PREFIX, now),
        kind=ItemKind.RATING,
        subject=rating.id,
        parent=rating.booking_id,
        seq=1,
        reporter_id=SYSTEM_REPORTER,
        reported_id=rating.author_id,
        reason=ReportReason.OTHER,
        note=" ".join(rating.held_for),
        excerpt=rating.text,
        created_at=now,
    )
