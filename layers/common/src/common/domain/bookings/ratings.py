"""Ratings: double-blind, one from each side."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from common.domain.bookings.booking import ActorKind
from common.domain.shared.model import Model


class RatingState(StrEnum):
    """Whether others see the rating; ``held`` ones wait for a moderator, ``moderated`` ones were taken out of sight."""

    HIDDEN = "hidden"
    HELD = "held"
    PUBLISHED = "published"
    MODERATED = "moderated"


class Rating(Model):
    """One side's rating of the other: 1 to 5 and text; hidden until both are in or the window closes.

    ``held_for`` is why a moderator should look at the text before it is shown.
    """

    id: str
    booking_id: str
    service_id: str
    provider_id: str
    author_id: str
    author_kind: ActorKind
    stars: int = Field(ge=1, le=5)
    text: str = ""
    state: RatingState = RatingState.HIDDEN
    held_for: list[str] = Field(default_factory=list)
    reply: str | None = None
    published_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
