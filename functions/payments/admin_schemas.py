"""The contract of what operators do about payments."""

from typing import Annotated, Self

from common.domain.discrepancies import Discrepancy, DiscrepancyKind
from common.domain.money import MAX_AMOUNT, CurrencyCode, Money
from common.domain.texts import PROSE
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
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
