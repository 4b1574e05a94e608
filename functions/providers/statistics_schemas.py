"""Responses of jobs, earnings, stats and ratings."""

from typing import Annotated, Literal

from common.application.catalogue.statistics import Earnings, Stats
from common.domain.bookings.booking import Booking, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.commission import provider_share
from common.domain.bookings.ratings import Rating
from common.domain.catalogue.place_kinds import PlaceKind
from common.runtime.http.schemas import Instant, MoneySchema, ResponseModel, SignedMoneySchema
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
        )


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

    @classmethod
    def of(cls, stats: Stats) -> "StatsView":
        """The view of the figures."""
        return cls(**stats.model_dump())


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
