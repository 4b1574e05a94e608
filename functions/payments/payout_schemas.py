"""The contract of payouts."""

from collections.abc import Sequence
from typing import Self

from common.application.ports.payments.payouts import Payout, PayoutBalance
from common.domain.shared.money import Money
from common.runtime.http.schemas import Instant, ResponseModel, SignedMoneySchema


class PayoutView(ResponseModel):
    """A payout to the provider's bank. ``failure_message`` says why one failed."""

    id: str
    amount: SignedMoneySchema
    status: str
    arrival_date: Instant
    created_at: Instant
    failure_code: str | None
    failure_message: str | None

    @classmethod
    def of(cls, payout: Payout) -> Self:
        """As Stripe has it."""
        return cls.model_validate(payout)


class BalanceView(ResponseModel):
    """What waits at Stripe, by currency; ``owed`` is what the provider owes us, and what next transfers pay first."""

    available: list[SignedMoneySchema]
    pending: list[SignedMoneySchema]
    owed: list[SignedMoneySchema]


class PayoutPage(ResponseModel):
    """One page of payouts; the first one has the balance too."""

    items: list[PayoutView]
    next_cursor: str | None = None
    balance: BalanceView | None = None


class DashboardLink(ResponseModel):
    """A link that works once."""

    url: str


def balance_view(balance: PayoutBalance, owed: Sequence[Money]) -> BalanceView:
    """As Stripe has it, and what is owed."""
    return BalanceView.model_validate({"available": balance.available, "pending": balance.pending, "owed": owed})
