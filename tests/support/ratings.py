"""Ratings that are there before a test begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.domain.bookings.ratings import Rating, RatingState
from common.domain.shared.actors import ActorKind
from common.domain.shared.ids import new_id

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking
    from common.runtime.container.bootstrap import Container


async def store_rating(container: Container, booking: Booking, **fields: Any) -> Rating:
    """Store five stars of a booking's customer, held back where nothing else is said."""
    now = container.clock.now()
    defaults: dict[str, Any] = {
        "id": new_id("rat", now),
        "booking_id": booking.id,
        "service_id": booking.service_id,
        "provider_id": booking.provider_id,
        "author_id": booking.customer_id,
        "author_kind": ActorKind.CUSTOMER,
        "stars": 5,
        "state": RatingState.HELD,
        "created_at": now,
        "updated_at": now,
    }
    rating = Rating(**{**defaults, **fields})
    await container.mongo.collection("ratings").insert_one({"_id": rating.id, **rating.model_dump(exclude={"id"})})
    return rating
