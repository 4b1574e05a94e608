"""What staff see of bookings and ratings."""

from typing import Any, Self

from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.ratings import RatingState
from common.domain.catalogue.place_kinds import PlaceKind
from common.runtime.http.schemas import Instant, MoneySchema, ResponseModel


class GivenEvidence(ResponseModel):
    """What a party of a dispute says and shows."""

    by: ActorKind
    at: Instant
    text: str
    media_ids: list[str]


class DisputedBooking(ResponseModel):
    """A booking that a person decides, with its money; ``first_approval_by`` waits for a second operator."""

    id: str
    version: int
    status: BookingStatus
    payment: PaymentState
    payout: PayoutState
    customer_id: str
    provider_id: str
    title: str
    start_at: Instant
    place_kind: PlaceKind
    price: MoneySchema
    captured: MoneySchema
    refunded: MoneySchema
    opened_by: ActorKind | None
    opened_at: Instant | None
    reason: str
    evidence: list[GivenEvidence]
    resolution: dict[str, Any] | None
    first_approval_by: str | None
    resolved_at: Instant | None

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """The booking as staff see it."""
        dispute, currency = booking.dispute, booking.price.total.currency
        return cls(
            id=booking.id,
            version=booking.version,
            status=booking.status,
            payment=booking.payment,
            payout=booking.payout,
            customer_id=booking.customer_id,
            provider_id=booking.provider_id,
            title=booking.service.title,
            start_at=booking.slot.start_at,
            place_kind=booking.place.kind,
            price=MoneySchema.model_validate(booking.price.total),
            captured=MoneySchema(amount=booking.captured_amount, currency=currency),
            refunded=MoneySchema(amount=booking.refunded_amount, currency=currency),
            opened_by=dispute.opened_by if dispute else None,
            opened_at=dispute.opened_at if dispute else None,
            reason=dispute.reason if dispute else "",
            evidence=[GivenEvidence.model_validate(each) for each in dispute.evidence] if dispute else [],
            resolution=dispute.resolution if dispute else None,
            first_approval_by=dispute.first_approval_by if dispute else None,
            resolved_at=dispute.resolved_at if dispute else None,
        )


class StrandedBooking(ResponseModel):
    """A booking whose provider cannot come."""

    id: str
    version: int
    status: BookingStatus
    payment: PaymentState
    customer_id: str
    provider_id: str
    title: str
    start_at: Instant
    price: MoneySchema
    provider_away_since: Instant | None

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """The booking as staff see it."""
        return cls(
            id=booking.id,
            version=booking.version,
            status=booking.status,
            payment=booking.payment,
            customer_id=booking.customer_id,
            provider_id=booking.provider_id,
            title=booking.service.title,
            start_at=booking.slot.start_at,
            price=MoneySchema.model_validate(booking.price.total),
            provider_away_since=booking.provider_away_since,
        )


class ModeratedRating(ResponseModel):
    """A rating with its authorship."""

    id: str
    booking_id: str
    service_id: str
    provider_id: str
    author_id: str
    author_kind: ActorKind
    stars: int
    text: str
    reply: str | None
    state: RatingState
    held_for: list[str]
    published_at: Instant | None
    created_at: Instant
