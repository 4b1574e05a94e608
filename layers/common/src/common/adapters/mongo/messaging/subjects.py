"""What conversations are about, in MongoDB: little of each booking or offer, for a list shows a hundred of them."""

from collections.abc import Mapping, Sequence

from common.adapters.mongo.shared.database import Document, Mongo
from common.domain.bookings.booking import BookingStatus
from common.domain.matching.offers import OFFER_PREFIX, OfferStatus
from common.domain.messaging.conversations import (
    OF_BOOKING,
    OF_OFFER,
    Subject,
    booking_id_of,
    conversation_id,
    offer_id_of,
)

_OF_BOOKING = {"service.title": 1, "service.provider_name": 1} | dict.fromkeys(OF_BOOKING, 1)
_OF_OFFER = {"request_id": 1, "service_title": 1, "status": 1} | dict.fromkeys(OF_OFFER, 1)


class MongoSubjects:
    """Implements ``Subjects`` over the collections ``bookings`` and ``offers``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._bookings = mongo.collection("bookings")
        self._offers = mongo.collection("offers")

    async def get(self, conversation_id: str) -> Subject | None:
        """What one conversation is about: the booking, or else the offer."""
        booking_id, offer_id = booking_id_of(conversation_id), offer_id_of(conversation_id)
        if booking_id is None:
            return None
        booking = await self._bookings.find_one({"_id": booking_id}, _OF_BOOKING)
        if booking is not None:
            return _of_booking(booking)
        offer = await self._offers.find_one({"_id": offer_id}, _OF_OFFER)
        return None if offer is None else _of_offer(offer)

    async def get_many(self, subject_ids: Sequence[str]) -> Mapping[str, Subject]:
        """Those that there are, by the ids that were asked for (see the port)."""
        booked = {each: booking_id_of(conversation_id(each)) for each in subject_ids}
        rows = await self._bookings.find({"_id": {"$in": list(booked.values())}}, _OF_BOOKING).to_list()
        bookings = {row["_id"]: _of_booking(row) for row in rows}
        found = {each: bookings[booking_id] for each, booking_id in booked.items() if booking_id in bookings}
        left = [each for each in subject_ids if each not in found and each.startswith(f"{OFFER_PREFIX}_")]
        offers = await self._offers.find({"_id": {"$in": left}}, _OF_OFFER).to_list() if left else []
        return found | {row["_id"]: _of_offer(row) for row in offers}


def _of_booking(row: Document) -> Subject:
    service = row["service"]
    kept = {name: value for name, value in row.items() if name in OF_BOOKING}
    title, provider_name = service["title"], service.get("provider_name") or ""
    return Subject(booking_id=row["_id"], title=title, provider_name=provider_name, **kept)


def _of_offer(row: Document) -> Subject:
    return Subject(
        booking_id=None,
        offer_id=row["_id"],
        job_request_id=row["request_id"],
        title=row.get("service_title") or "",
        is_offer_open=row["status"] == OfferStatus.OPEN,
        status=BookingStatus.PENDING_PAYMENT,
        **{name: row[name] for name in OF_OFFER if name in row},
    )
