"""Builders of what conversations are about."""

from common.domain.bookings.booking import Booking, BookingStatus
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.messaging.conversations import OF_BOOKING, OF_OFFER, Subject


def subject_of(booking: Booking) -> Subject:
    """A booking as what its parties talk about."""
    service = booking.service
    return Subject(
        booking_id=booking.id,
        title=service.title,
        provider_name=service.provider_name,
        **booking.model_dump(include=OF_BOOKING),
    )


def subject_of_offer(offer: Offer) -> Subject:
    """An offer as what its parties talk about before it becomes a booking."""
    return Subject(
        booking_id=None,
        offer_id=offer.id,
        job_request_id=offer.request_id,
        title=offer.service_title,
        is_offer_open=offer.status is OfferStatus.OPEN,
        status=BookingStatus.PENDING_PAYMENT,
        **offer.model_dump(include=set(OF_OFFER)),
    )
