"""Responses of jobs, earnings, stats and ratings."""

from typing import Annotated, Literal

from common.application.catalogue.statistics import Earnings, Stats
from common.application.ports.matching.offers import OfferFigures
from common.domain.bookings.booking import Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.commission import provider_share
from common.domain.bookings.ratings import Rating
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.matching.disclosure import seen_by_provider
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer
from common.runtime.http.schemas import Instant, MoneySchema, Page, ResponseModel, SignedMoneySchema
from pydantic import Field

JobStatus = Literal[
    "requested",
    "declined",
    "expired",
    "accepted",
    "in_progress",
    "completed",
    "no_show",
    "disputed",
    "cancelled",
    "settled",
]


class JobView(ResponseModel):
    """One job of a provider, for its list and calendar; the whole booking is at ``/v1/bookings/{id}``."""

    id: str
    service_id: str
    title: str
    status: BookingStatus
    payment: PaymentState
    payout: PayoutState
    start_at: Instant
    end_at: Instant
    timezone: str
    place_kind: PlaceKind
    address: Annotated[str, Field(description="The suburb alone before the booking is accepted; empty online")]
    total: MoneySchema
    your_share: MoneySchema
    accept_by: Instant | None
    offer_id: Annotated[str | None, Field(description="The offer that it came of, if any: `/v1/offers/{id}`")]

    @classmethod
    def of(cls, booking: Booking) -> "JobView":
        """The view of a booking as the provider sees it (``common.domain.bookings.disclosure``)."""
        total = booking.price.total
        share = provider_share(booking.price, total.amount)
        return cls(
            id=booking.id,
            service_id=booking.service_id,
            title=booking.service.title,
            status=booking.status,
            payment=booking.payment,
            payout=booking.payout,
            start_at=booking.slot.start_at,
            end_at=booking.slot.end_at,
            timezone=booking.slot.timezone,
            place_kind=booking.place.kind,
            address=booking.place.address,
            total=MoneySchema.model_validate(total),
            your_share=MoneySchema(amount=share, currency=total.currency),
            accept_by=booking.accept_by,
            offer_id=booking.offer_id,
        )


class JobOfferView(ResponseModel):
    """A job that the provider was asked about and that is open; the whole offer is at ``/v1/offers/{id}``."""

    id: str
    service_id: str
    title: str
    suburb: str
    place_kind: PlaceKind
    from_at: Annotated[Instant, Field(description="The work begins then or later")]
    to_at: Annotated[Instant, Field(description="The work is done by then")]
    timezone: str
    price: Annotated[MoneySchema | None, Field(description="The quote, or what the service costs")]
    budget: MoneySchema | None
    is_quoted: Annotated[bool, Field(description="Whether the customer has to answer")]
    expires_at: Instant

    @classmethod
    def of(cls, offer: Offer, request: JobRequest) -> "JobOfferView":
        """The view of an offer as the provider may see its request."""
        shown = seen_by_provider(request)
        price = offer.quote.total if offer.quote else offer.price
        return cls(
            id=offer.id,
            service_id=offer.service_id,
            title=shown.title,
            suburb=shown.place.suburb,
            place_kind=shown.place_kind,
            from_at=shown.window.start_at,
            to_at=shown.window.end_at,
            timezone=shown.window.timezone,
            price=MoneySchema.model_validate(price) if price else None,
            budget=MoneySchema.model_validate(request.budget) if request.budget else None,
            is_quoted=offer.is_quoted,
            expires_at=offer.expires_at,
        )


class JobPage(Page[JobView]):
    """A page of jobs; the first one has the open offers, too."""

    offers: list[JobOfferView]


class EarningsView(ResponseModel):
    """One month and currency: what is still to be earned, held until settlement, paid out, and our commission.

    ``set_off`` paid what the provider owed instead of being paid out, and ``owed`` is what they still owe.
    """

    period: str
    bookings: int
    expected: SignedMoneySchema
    held: SignedMoneySchema
    paid_out: SignedMoneySchema
    set_off: SignedMoneySchema
    owed: SignedMoneySchema
    commission: SignedMoneySchema

    @classmethod
    def of(cls, earnings: Earnings) -> "EarningsView":
        """The view of a month."""

        def money(amount: int) -> SignedMoneySchema:
            return SignedMoneySchema(amount=amount, currency=earnings.currency)

        return cls(
            period=earnings.period,
            bookings=earnings.bookings,
            expected=money(earnings.expected),
            held=money(earnings.held),
            paid_out=money(earnings.paid_out),
            set_off=money(earnings.set_off),
            owed=money(earnings.owed),
            commission=money(earnings.commission),
        )


class EarningsList(ResponseModel):
    """Months in order, in the provider's time zone."""

    items: list[EarningsView]
    next_cursor: str | None = None
    timezone: str


class OfferStatsView(ResponseModel):
    """How a provider has answered offers in the last months; ``agreed`` are those accepted or quoted for."""

    received_lately: Annotated[int, Field(description="In the last 7 days")]
    decided: Annotated[int, Field(description="Answered, or run out without an answer")]
    agreed: int
    agreement_rate: float | None
    median_reply_seconds: Annotated[int | None, Field(description="About; `null` before the first answer")]

    @classmethod
    def of(cls, figures: OfferFigures) -> "OfferStatsView":
        """The view of the figures."""
        found = figures.answering
        return cls(
            received_lately=figures.recent_offers,
            decided=found.decided,
            agreed=found.agreed,
            agreement_rate=round(found.agreed / found.decided, 3) if found.decided else None,
            median_reply_seconds=found.median_reply_seconds if found.replied else None,
        )


class StatsView(ResponseModel):
    """How a provider answers and works; shares are 0 to 1, ``null`` where nothing has happened yet."""

    requests: int
    accepted: int
    completed: int
    declined: int
    expired: int
    cancelled_by_provider: int
    no_shows: int
    disputed: int
    acceptance_rate: float | None
    completion_rate: float | None
    reliability: float | None
    offers: OfferStatsView

    @classmethod
    def of(cls, stats: Stats, answers: OfferFigures | None) -> "StatsView":
        """The view of the figures; who was never asked has no answers."""
        return cls(**stats.model_dump(), offers=OfferStatsView.of(answers or OfferFigures()))


class PublishedRatingView(ResponseModel):
    """A customer's published rating; who wrote it stays private."""

    id: str
    service_id: str
    stars: int
    text: str
    reply: str | None
    published_at: Instant | None

    @classmethod
    def of(cls, rating: Rating) -> "PublishedRatingView":
        """The view of a rating."""
        return cls.model_validate(rating)
