"""Disputes and payouts at Stripe: the ``PayoutGateway`` port."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import stripe
from stripe import params

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.application.ports.payments.payouts import BankDispute, Payout, PayoutBalance
from common.domain.shared.money import Money


class StripePayouts:
    """``PayoutGateway`` over Stripe; payouts are read as the connected account."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    async def get_dispute(self, dispute_id: str) -> BankDispute:
        """Re-read a dispute."""
        with translated():
            found = await self._v1.disputes.retrieve_async(dispute_id)
        return BankDispute(
            id=found.id,
            status=found.status,
            amount=found.amount,
            fees=_fees(found.balance_transactions),
            moved=sum(entry.amount for entry in found.balance_transactions) if found.balance_transactions else None,
            charge_id=mapping.identifier(found.charge),
            payment_intent_id=mapping.identifier(found.payment_intent),
        )

    async def get_payout(self, account_id: str, payout_id: str) -> Payout:
        """Re-read a payout of a connected account."""
        with translated():
            return _payout(await self._v1.payouts.retrieve_async(payout_id, {}, {"stripe_account": account_id}))

    async def list_payouts(self, account_id: str, *, limit: int, after: str | None) -> Sequence[Payout]:
        """Payouts of a connected account, newest first; ``after`` is the id of the last one seen."""
        wanted: params.PayoutListParams = {"limit": limit}
        if after is not None:
            wanted["starting_after"] = after
        with translated():
            found = await self._v1.payouts.list_async(wanted, {"stripe_account": account_id})
        return [_payout(each) for each in found.data]

    async def balance(self, account_id: str) -> PayoutBalance:
        """What waits for a connected account."""
        with translated():
            found = await self._v1.balance.retrieve_async({}, {"stripe_account": account_id})
        return PayoutBalance(
            available=[Money(amount=each.amount, currency=each.currency) for each in found.available],
            pending=[Money(amount=each.amount, currency=each.currency) for each in found.pending],
        )

    async def dashboard_link(self, account_id: str) -> str:
        """A single-use link to the account's own dashboard at Stripe."""
        with translated():
            return (await self._v1.accounts.login_links.create_async(account_id)).url


def _fees(entries: Iterable[stripe.BalanceTransaction]) -> list[Money]:
    """What is kept of the fees, in each currency that the entries are in: the one in which Stripe settles with us."""
    sums: Counter[str] = Counter()
    for entry in entries:
        sums[entry.currency] += entry.fee
    return [Money(amount=amount, currency=currency) for currency, amount in sums.items() if amount]


def _payout(source: stripe.Payout) -> Payout:
    return Payout(
        id=source.id,
        amount=Money(amount=source.amount, currency=source.currency),
        status=source.status,
        arrival_date=datetime.fromtimestamp(source.arrival_date, UTC),
        created_at=datetime.fromtimestamp(source.created, UTC),
        failure_code=source.failure_code,
        failure_message=source.failure_message,
    )
