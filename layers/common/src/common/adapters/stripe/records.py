"""Stripe's own records, for the verification: the ``StripeRecords`` port."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.application.ports.payments import Intent, IntentStatus
from common.domain.discrepancies import StripeBooks

if TYPE_CHECKING:
    import stripe
    from stripe import params

_CHARGE = "latest_charge.balance_transaction"
_RELEASES = "latest_charge.refunds.data.balance_transaction"
_MOST = 100
_FAILED = frozenset({"failed", "canceled"})


class StripeRecordBooks:
    """``StripeRecords`` over Stripe's lists, which are up to date at once, unlike its search."""

    def __init__(self, client: "stripe.StripeClient") -> None:
        self._v1 = client.v1

    async def books_of(self, booking_id: str, intent_ids: Sequence[str]) -> StripeBooks:
        """Sums of a booking's intents, refunds, transfers and fees."""
        captured = fees = refunded = failed = 0
        with translated():
            for intent_id in intent_ids:
                found = await self._v1.payment_intents.retrieve_async(intent_id, {"expand": [_CHARGE, _RELEASES]})
                intent = mapping.payment_intent(found)
                if intent.status is IntentStatus.SUCCEEDED:
                    captured, fees = captured + intent.amount_received, fees + (intent.fee or 0)
                listed = await self._v1.refunds.list_async(
                    {"payment_intent": intent_id, "limit": _MOST, "expand": ["data.balance_transaction"]}
                )
                refunds = [each for each in listed.data if _moved_money(each)]
                refunded += sum(each.amount for each in refunds if each.status not in _FAILED)
                failed += sum(each.amount for each in refunds if each.status in _FAILED)
            transfers = await self._v1.transfers.list_async({"transfer_group": booking_id, "limit": _MOST})
        return StripeBooks(
            captured=captured,
            refunded=refunded,
            failed_refunds=failed,
            transferred=sum(each.amount for each in transfers.data),
            reversed=sum(each.amount_reversed for each in transfers.data),
            fees=fees,
        )

    async def intents_between(
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
            found = await self._v1.payment_intents.list_async(wanted)
        return [mapping.payment_intent(each) for each in found.data]


def _moved_money(refund: "stripe.Refund") -> bool:
    """Stripe lists what was authorized and never captured as refunds too, without a balance entry or as a release."""
    entry = refund.balance_transaction
    return entry is not None and (isinstance(entry, str) or not mapping.is_release(entry))
