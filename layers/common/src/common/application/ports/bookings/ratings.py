"""The repository of ratings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from common.domain.bookings.ratings import Rating, RatingState
from common.domain.shared.events import Event


class Ratings(Protocol):
    """Ratings, one from each side of a booking; the booking's own commit publishes them."""

    async def get(self, rating_id: str) -> Rating | None:
        """One rating by id."""
        ...

    async def list_by_booking(self, booking_id: str) -> Sequence[Rating]:
        """Both sides' ratings, hidden ones included."""
        ...

    async def search(self, *, state: RatingState | None, limit: int, before: str | None = None) -> Sequence[Rating]:
        """Ratings of all bookings in a state, or all of them, newest first; ``before`` is the id last seen."""
        ...

    async def submit(self, rating: Rating) -> Rating:
        """Store a side's rating, or what it has become; the first one's id and instant of creation stay.

        Raises:
            Conflict: ratings of the booking are not open, or have been published meanwhile (``ratings_closed``).
        """
        ...

    async def reply(self, rating_id: str, reply: str, now: datetime) -> Rating | None:
        """Set the reply to a published rating of a customer's; ``None`` where there is none."""
        ...

    async def set_state(self, rating_id: str, state: RatingState, now: datetime, event: Event) -> Rating | None:
        """Hide or show a rating whose time of being hidden is over, and store the event with it.

        Returns:
            The rating; ``None`` where there is none such, and then nothing is stored.
        """
        ...
