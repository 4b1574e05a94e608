"""The contract of what operators do about payments."""

from typing import Annotated, Self

from common.domain.bookings.booking import Booking
from common.domain.bookings.discrepancies import Discrepancy, DiscrepancyKind
from common.domain.shared.money import MAX_AMOUNT, CurrencyCode, Money
from common.domain.shared.texts import PROSE
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel, ResponseModel
from pydantic import Field


class RefundAmount(RequestModel):
    """What to refund: a positive number of minor units."""

    amount: Annotated[int, Field(gt=0, le=MAX_AMOUNT, strict=True)]
    currency: CurrencyCode

    def to_domain(self) -> Money:
        """The domain's value."""
        return Money(amount=self.amount, currency=self.currency)


class RefundRequest(RequestModel):
    """A refund; without ``amount`` everything that is left."""

    amount: RefundAmount | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500), PROSE]


class DiscrepancyView(ResponseModel):
    """One difference: ``expected`` is ours, ``found`` is Stripe's."""

    id: str
    booking_id: str
    kind: DiscrepancyKind
    expected: int
    found: int
    currency: str
    stripe_id: str | None
    note: str
    first_seen_at: Instant
    last_seen_at: Instant

    @classmethod
    def of(cls, discrepancy: Discrepancy) -> Self:
        """As it was recorded."""
        return cls.model_validate(discrepancy)


class DebtView(ResponseModel):
    """What a provider owes of one booking; ``next_try_at`` is when its transfer is asked for again."""

    booking_id: str
    provider_id: str
    title: str
    amount: MoneySchema
    next_try_at: Instant | None
    start_at: Instant

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """The debt of a booking."""
        details = booking.payment_details
        return cls(
            booking_id=booking.id,
            provider_id=booking.provider_id,
            title=booking.service.title,
            amount=MoneySchema(amount=details.debt_amount, currency=booking.price.total.currency),
            next_try_at=details.debt_retry_at,
            start_at=booking.slot.start_at,
        )
