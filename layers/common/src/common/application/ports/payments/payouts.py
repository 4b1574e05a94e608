"""What has happened to money after the payment: disputes with the bank, and payouts to providers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import Field

from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: Statuses in which the bank has the money. A decision may be appealed, and the money stays where it is meanwhile.
_TAKEN = frozenset({"needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "lost"})


class BankDispute(Model):
    """A chargeback as Stripe has it now; ``amount`` in minor units of the payment's currency.

    ``status`` is Stripe's (https://docs.stripe.com/api/disputes/object#dispute_object-status). ``fees`` are what Stripe
    keeps for it now, countering included, less what it gave back, in the currency in which it settles. ``moved`` is
    what all its balance transactions did to our balance without fees, ``None`` where there are none: inquiries
    (``warning_…``) and ``prevented`` disputes mostly have none.
    """

    id: str
    status: str
    amount: int
    fees: list[Money] = Field(default_factory=list)
    moved: int | None = None
    charge_id: str | None = None
    payment_intent_id: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the bank has the money now: as the balance says, else as the status does."""
        return self.status in _TAKEN if self.moved is None else self.moved < 0

    @property
    def is_won(self) -> bool:
        """Whether it was decided for us and the money is back."""
        return self.status == "won" and not self.is_taken


class Payout(Model):
    """A payout from a provider's Stripe balance to their bank."""

    id: str
    amount: Money
    status: str
    arrival_date: datetime
    created_at: datetime
    failure_code: str | None = None
    failure_message: str | None = None


class PayoutBalance(Model):
    """What waits at Stripe for a provider, by currency: to be paid out, and not yet available."""

    available: list[Money]
    pending: list[Money]


class PayoutGateway(Protocol):
    """Disputes and payouts at Stripe. Errors are those of ``PaymentGateway``."""

    async def get_dispute(self, dispute_id: str) -> BankDispute:
        """Re-read a dispute."""
        ...

    async def get_payout(self, account_id: str, payout_id: str) -> Payout:
        """Re-read a payout of a connected account."""
        ...

    async def list_payouts(self, account_id: str, *, limit: int, after: str | None) -> Sequence[Payout]:
        """Payouts of a connected account, newest first; ``after`` is the id of the last one seen."""
        ...

    async def balance(self, account_id: str) -> PayoutBalance:
        """What waits for a connected account."""
        ...

    async def dashboard_link(self, account_id: str) -> str:
        """A single-use link to the account's own dashboard at Stripe."""
        ...
