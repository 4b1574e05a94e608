"""What has happened to money after the payment: disputes with the bank, and payouts to providers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from common.domain.model import Model
from common.domain.money import Money


class BankDispute(Model):
    """A chargeback as Stripe has it now; amounts in minor units.

    ``status`` is Stripe's (https://docs.stripe.com/api/disputes/object#dispute_object-status). ``fee`` is what Stripe
    took for it, and ``fee_returned`` what of that it gave back.
    """

    id: str
    status: str
    amount: int
    fee: int = 0
    fee_returned: int = 0
    charge_id: str | None = None
    payment_intent_id: str | None = None

    @property
    def is_inquiry(self) -> bool:
        """Whether the bank only asks: no money has moved."""
        return self.status.startswith("warning_")


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
