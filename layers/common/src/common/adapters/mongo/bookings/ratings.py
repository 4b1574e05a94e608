"""Ratings in MongoDB: written while a booking's ratings are open, published by the booking's own commit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.bookings.documents import outbox_document
from common.adapters.mongo.shared.database import Collection, Document, Mongo, Session
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.bookings.booking import ActorKind, BookingChange, ReviewState
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.shared.errors import Conflict
from common.domain.shared.events import Event

HOLDINGS: Holdings = {
    "ratings": (account("author_id", Fate.KEPT, "ratings_written", why="published without a name"),),
}

_SHOWN = frozenset({ReviewState.PUBLISHED, ReviewState.CLOSED})
#: A booking has a rating of each side.
_SIDES = 2
#: States of a rating whose time of being hidden is over; a moderator decides on these.
_DECIDABLE = [RatingState.PUBLISHED, RatingState.MODERATED, RatingState.HELD]


class MongoRatings:
    """Implements ``Ratings``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._ratings = mongo.collection("ratings")
        self._bookings = mongo.collection("bookings")
        self._outbox = mongo.collection("outbox")

    async def get(self, rating_id: str) -> Rating | None:
        """One rating by id."""
        return _rating(await self._ratings.find_one({"_id": rating_id}, session=current_session()))

    async def list_by_booking(self, booking_id: str) -> Sequence[Rating]:
        """Both sides' ratings, hidden ones included."""
        rows = self._ratings.find({"booking_id": booking_id}).limit(_SIDES)
        return sorted([from_document(Rating, row) async for row in rows], key=lambda rating: rating.created_at)

    async def search(self, *, state: RatingState | None, limit: int, before: str | None = None) -> Sequence[Rating]:
        """Ratings of all bookings in a state, or all of them, newest first."""
        wanted: Document = {} if state is None else {"state": state}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        rows = self._ratings.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(Rating, row) async for row in rows]

    async def submit(self, rating: Rating) -> Rating:
        """Store a side's rating, or what it has become.

        The booking is touched in the same transaction, which makes this and the closing of the ratings exclude each
        other: nothing is written after they were shown.
        """
        key = {"booking_id": rating.booking_id, "author_kind": rating.author_kind}
        document = to_native_document(rating)
        changed = {name: document.pop(name) for name in ("stars", "text", "held_for", "updated_at")}

        async def work(session: Session) -> Document | None:
            is_open = {"_id": rating.booking_id, "review": ReviewState.OPEN}
            touched = await self._bookings.update_one(
                is_open, {"$set": {"rated_at": rating.updated_at}}, session=session
            )
            if touched.matched_count == 0:
                raise Conflict("Ratings of this booking are not open.", code="ratings_closed")
            return await self._ratings.find_one_and_update(
                key,
                {"$set": changed, "$setOnInsert": {**document, "counted": 0}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=session,
            )

        stored = await self._mongo.in_transaction(work)
        return rating if stored is None else from_document(Rating, stored)

    async def reply(self, rating_id: str, reply: str, now: datetime) -> Rating | None:
        """Set the reply to a published rating of a customer's."""
        published = {"_id": rating_id, "state": RatingState.PUBLISHED, "author_kind": ActorKind.CUSTOMER}
        return await self._update(published, {"reply": reply, "updated_at": now})

    async def set_state(self, rating_id: str, state: RatingState, now: datetime, event: Event) -> Rating | None:
        """Hide or show a rating, and store the event with it; it was published when it was first to be shown."""
        shown_at: Document = {"$ifNull": ["$published_at", now]}
        fields = {"state": state, "updated_at": now, "published_at": shown_at}

        async def work(session: Session) -> Document | None:
            found = {"_id": rating_id, "state": {"$in": _DECIDABLE}}
            row = await self._ratings.find_one_and_update(
                found, [{"$set": fields}], return_document=ReturnDocument.AFTER, session=session
            )
            if row is not None:
                await self._outbox.insert_one(outbox_document(event), session=session)
            return row

        session = current_session()
        return _rating(await (self._mongo.in_transaction(work) if session is None else work(session)))

    async def _update(self, which: Mapping[str, Any], fields: Mapping[str, Any]) -> Rating | None:
        row = await self._ratings.find_one_and_update(which, {"$set": fields}, return_document=ReturnDocument.AFTER)
        return _rating(row)


def reveals_ratings(change: BookingChange) -> bool:
    """Whether a change of a booking shows its ratings to everybody."""
    return change.booking.review in _SHOWN and any("review" in row.changed for row in change.history)


async def reveal_ratings(ratings: Collection, booking_id: str, now: datetime, session: Session) -> None:
    """Publish what both sides have written, in the transaction that ends the double-blind time.

    What the screen has flagged waits for a moderator instead.
    """
    hidden = {"booking_id": booking_id, "state": RatingState.HIDDEN}
    is_flagged: Document = {"$gt": [{"$size": {"$ifNull": ["$held_for", []]}}, 0]}
    revealed: Document = {
        "state": {"$cond": [is_flagged, RatingState.HELD, RatingState.PUBLISHED]},
        "published_at": {"$cond": [is_flagged, None, now]},
    }
    await ratings.update_many(hidden, [{"$set": revealed}], session=session)


def _rating(row: dict[str, Any] | None) -> Rating | None:
    return None if row is None else from_document(Rating, row)
