"""Stripe's own records, for reconciliation: the ``ProviderRecords`` port."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import stripe
from stripe import params

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.adapters.stripe.pacing import PacedReads
from common.application.ports.payments.gateway import Intent, PaymentIntentStatus
from common.application.ports.payments.reconciliation import MovedAtStripe
from common.domain.bookings.discrepancies import StripeBooks
from common.domain.payments.ownership import Owner
from common.domain.shared.errors import NotFound

_CHARGE = "latest_charge.balance_transaction"
#: The refunds with their entries, four levels deep, which is as far as Stripe goes
#: (https://docs.stripe.com/expand); a charge carries ten of them.
_REFUNDS = tuple(
    f"latest_charge.refunds.data.{entry}" for entry in ("balance_transaction", "failure_balance_transaction")
)
_ENTRY = "data.balance_transaction"
_REVERSALS = "data.reversals.data.balance_transaction"
_MOST = 100
_FAILED = frozenset({"failed", "canceled"})


@dataclass
class _Sums:
    """What is added up of a booking."""

    captured: int = 0
    fees: int = 0
    refunded: int = 0
    failed: int = 0
    waiting: int = 0
    currency: str = ""
    entries: list[Any] = field(default_factory=list)

    @property
    def balance(self) -> int | None:
        """What our balance gained, less refunds that wait for funds; unknown where Stripe keeps another currency."""
        known = [each for each in self.entries if each is not None and not isinstance(each, str)]
        if any(each.currency != self.currency for each in known):
            return None
        return sum(int(each.net) for each in known) - self.waiting


class StripeRecordBooks:
    """``ProviderRecords`` over Stripe's lists, which are up to date at once, unlike its search.

    Args:
        client: Stripe.
        owner: whose bookings are asked after; entries of another deployment's objects name none.
        reads: paces the calls.
    """

    def __init__(self, client: stripe.StripeClient, owner: Owner, reads: PacedReads) -> None:
        self._v1 = client.v1
        self._owner = owner
        self._ask = reads.ask

    async def get_books(self, booking_id: str, intent_ids: Sequence[str]) -> StripeBooks:
        """Sums of a booking's intents, refunds, transfers and fees, and of what all that did to our balance.

        One call for the transfers and one for each intent, which brings its refunds along; more only where there are
        more than ten of them, or a dispute.
        """
        sums = _Sums()
        for intent_id in intent_ids:
            with suppress(NotFound), translated():
                await self._add_intent(sums, intent_id)
        with translated():
            transfers = await self._ask(
                lambda: self._v1.transfers.list_async(
                    {"transfer_group": booking_id, "limit": _MOST, "expand": [_ENTRY, _REVERSALS]}
                )
            )
        for transfer in transfers.data:
            sums.currency = sums.currency or transfer.currency
            sums.entries.append(transfer.balance_transaction)
            sums.entries.extend(each.balance_transaction for each in transfer.reversals.data)
        return StripeBooks(
            captured=sums.captured,
            refunded=sums.refunded,
            failed_refunds=sums.failed,
            transferred=sum(each.amount for each in transfers.data),
            reversed=sum(each.amount_reversed for each in transfers.data),
            fees=sums.fees,
            balance=sums.balance,
        )

    async def _add_intent(self, sums: _Sums, intent_id: str) -> None:
        """Add one intent; of one that Stripe has no more, nothing is there."""
        expand = [_CHARGE, *_REFUNDS]
        found = await self._ask(lambda: self._v1.payment_intents.retrieve_async(intent_id, {"expand": expand}))
        intent = mapping.payment_intent(found)
        sums.currency = intent.currency
        if intent.status is PaymentIntentStatus.SUCCEEDED:
            sums.captured, sums.fees = sums.captured + intent.amount_received, sums.fees + (intent.fee or 0)
        charge = mapping.charge_of(found)
        if charge is None:
            return
        sums.entries.append(charge.balance_transaction)
        _add_refunds(sums, await self._refunds(intent_id, charge))
        if charge.disputed:
            disputes = await self._ask(
                lambda: self._v1.disputes.list_async({"payment_intent": intent_id, "limit": _MOST})
            )
            sums.entries.extend(entry for each in disputes.data for entry in each.balance_transactions)

    async def _refunds(self, intent_id: str, charge: stripe.Charge) -> Sequence[stripe.Refund]:
        """The refunds that came with the charge, or all where it did not carry all."""
        carried = charge.refunds
        if carried is not None and not carried.has_more:
            return carried.data
        listed = await self._ask(
            lambda: self._v1.refunds.list_async(
                {"payment_intent": intent_id, "limit": _MOST, "expand": [_ENTRY, "data.failure_balance_transaction"]}
            )
        )
        return listed.data

    async def list_intents(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[Intent]:
        """Payment intents made in a period, newest first; ``after`` is the id of the last one seen."""
        wanted: params.PaymentIntentListParams = {
            "created": {"gte": int(since.timestamp()), "lt": int(before.timestamp())},
            "limit": min(limit, _MOST),
            "expand": [f"data.{_CHARGE}"],
        }
        if after is not None:
            wanted["starting_after"] = after
        with translated():
            found = await self._ask(lambda: self._v1.payment_intents.list_async(wanted))
        return [mapping.payment_intent(each) for each in found.data]

    async def list_movements(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[MovedAtStripe]:
        """Entries of our balance made in a period, newest first; ``after`` is the id of the last one seen."""
        wanted: params.BalanceTransactionListParams = {
            "created": {"gte": int(since.timestamp()), "lt": int(before.timestamp())},
            "limit": min(limit, _MOST),
            "expand": ["data.source"],
        }
        if after is not None:
            wanted["starting_after"] = after
        with translated():
            found = await self._ask(lambda: self._v1.balance_transactions.list_async(wanted))
        return [self._moved(each.id, each.source) for each in found.data]

    def _moved(self, entry_id: str, source: Any) -> MovedAtStripe:
        """What an entry's source names of a booking; a payout names nothing."""
        metadata = mapping.metadata(getattr(source, "metadata", None))
        if self._owner.is_theirs(metadata):
            return MovedAtStripe(entry_id, None, None)
        booking_id = metadata.get("booking_id") or getattr(source, "transfer_group", None)
        intent_id = mapping.identifier(getattr(source, "payment_intent", None))
        return MovedAtStripe(entry_id, str(booking_id) if booking_id else None, intent_id)


def _add_refunds(sums: _Sums, refunds: Iterable[stripe.Refund]) -> None:
    """Count refunds; one that waits for funds counts, though it has not moved the balance yet.

    See https://docs.stripe.com/refunds#refund-requests: such a one is ``pending`` and has no balance transaction.
    """
    for each in refunds:
        if each.balance_transaction is None and each.status not in _FAILED:
            sums.waiting += each.amount
        sums.entries.extend((each.balance_transaction, getattr(each, "failure_balance_transaction", None)))
        if each.status in _FAILED:
            sums.failed += each.amount
        else:
            sums.refunded += each.amount
