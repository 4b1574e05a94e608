"""Disputes in all their statuses, and what each does to the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stripe

from support.payments import fund, pay

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

DAY = 86_400


async def balance_of(api: V1Services) -> int:
    """Available and pending together."""
    held = await api.balance.retrieve_async()
    return held.available[0].amount + held.pending[0].amount


async def statuses(api: V1Services, dispute_id: str) -> tuple[str, int, bool]:
    """Status, number of balance transactions, whether the charge may still be refunded."""
    found = await api.disputes.retrieve_async(dispute_id)
    return found.status, len(found.balance_transactions), found.is_charge_refundable


async def test_an_inquiry_moves_no_money_and_lapses(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await pay(api)
    before = await balance_of(api)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge), kind="inquiry")
    assert await statuses(api, dispute["id"]) == ("warning_needs_response", 0, True)
    assert await balance_of(api) == before
    await api.disputes.update_async(dispute["id"], {"evidence": {"uncategorized_text": "A receipt"}})
    assert await statuses(api, dispute["id"]) == ("warning_under_review", 0, True)
    await stripe_local.control.settings(payouts="manual")
    await stripe_local.control.advance(121 * DAY)
    assert await statuses(api, dispute["id"]) == ("warning_closed", 0, True)


async def test_an_inquiry_can_be_refunded_and_can_become_a_chargeback(
    stripe_local: RunningStripe, api: V1Services
) -> None:
    await fund(api)
    intent = await pay(api)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge), kind="inquiry")
    refund = await api.refunds.create_async({"payment_intent": intent.id, "amount": 1_000})
    assert refund.status == "succeeded"
    await stripe_local.control.close_dispute(dispute["id"], "needs_response")
    assert await statuses(api, dispute["id"]) == ("needs_response", 1, False)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await api.refunds.create_async({"payment_intent": intent.id})
    assert caught.value.code == "charge_disputed"


async def test_a_full_refund_ends_an_inquiry(stripe_local: RunningStripe, api: V1Services) -> None:
    await fund(api)
    intent = await pay(api)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge), kind="inquiry")
    await api.refunds.create_async({"payment_intent": intent.id})
    assert (await statuses(api, dispute["id"]))[0] == "warning_closed"


async def test_a_prevented_dispute_costs_its_amount_and_no_fee(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await pay(api)
    before = await balance_of(api)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge), kind="prevented")
    assert await statuses(api, dispute["id"]) == ("prevented", 1, False)
    assert await balance_of(api) == before - 10_000


async def test_countering_costs_a_fee_that_a_win_gives_back(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await pay(api)
    before = await balance_of(api)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge))
    assert await balance_of(api) == before - 10_000 - 1_500
    await api.disputes.update_async(dispute["id"], {"evidence": {"uncategorized_text": "A receipt"}})
    assert await balance_of(api) == before - 10_000 - 3_000
    await stripe_local.control.close_dispute(dispute["id"], "won")
    assert await balance_of(api) == before - 1_500
    assert await statuses(api, dispute["id"]) == ("won", 2, False)


async def test_a_lost_dispute_can_be_appealed_and_won(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await pay(api)
    dispute = await stripe_local.control.dispute(str(intent.latest_charge))
    await api.disputes.close_async(dispute["id"])
    assert await statuses(api, dispute["id"]) == ("lost", 1, False)
    await stripe_local.control.close_dispute(dispute["id"], "appeal_needs_response")
    with pytest.raises(stripe.InvalidRequestError):
        await api.disputes.update_async(dispute["id"], {"evidence": {"uncategorized_text": "Too late"}})
    appeal: Any = {"evidence": {"appeal": {"card": {"reason_for_filing": "The bank missed the receipt"}}}}
    await api.disputes.update_async(dispute["id"], appeal)
    assert (await statuses(api, dispute["id"]))[0] == "appeal_under_review"
    await stripe_local.control.close_dispute(dispute["id"], "won")
    assert await statuses(api, dispute["id"]) == ("won", 2, False)
