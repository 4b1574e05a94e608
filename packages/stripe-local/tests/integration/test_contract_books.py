"""What the product reads of Stripe's books, and how it sells plans: balance transactions, prices, open pages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pytest
import stripe

from stripe_local.testing import until
from support.payments import customer_with_card, fund, pay, plan

if TYPE_CHECKING:
    from support.contract import Contract


async def test_balance_transactions_of_a_period_name_what_moved_the_money(contract: Contract) -> None:
    since = int(time.time()) - 3_600
    await fund(contract.api)
    booking = contract.unique("bkg")
    intent = await pay(contract.api, metadata={"booking_id": booking}, transfer_group=booking)
    refund = await contract.api.refunds.create_async({"payment_intent": intent.id, "amount": 1_000})
    found = await contract.api.balance_transactions.list_async(
        {"created": {"gte": since, "lt": since + 7_200}, "limit": 100, "expand": ["data.source"]}
    )
    entries = {entry.source.id: entry for entry in found.data if entry.source is not None}  # type: ignore[union-attr]
    charge, back = entries[str(intent.latest_charge)], entries[refund.id]
    assert (charge.amount, charge.net) == (10_000, 10_000 - charge.fee)
    assert (back.amount, back.fee) == (-1_000, 0)
    assert cast("Any", charge.source).transfer_group == booking
    assert cast("Any", back.source).payment_intent == intent.id


async def test_a_captured_part_nets_to_itself_less_its_fee(contract: Contract) -> None:
    intent = await pay(contract.api, capture_method="manual")
    await contract.api.payment_intents.capture_async(intent.id, {"amount_to_capture": 4_000})
    read = await contract.api.payment_intents.retrieve_async(
        intent.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    entry = cast("stripe.BalanceTransaction", cast("stripe.Charge", read.latest_charge).balance_transaction)
    assert (entry.amount, entry.net) == (4_000, 4_000 - entry.fee)


async def test_a_balance_transaction_may_come_after_the_payment(contract: Contract) -> None:
    """With the default `automatic_async`; https://docs.stripe.com/payments/payment-intents/asynchronous-capture."""
    intent = await pay(contract.api, capture_method="automatic_async")
    assert intent.status == "succeeded"

    async def is_settled() -> bool:
        return (await contract.api.charges.retrieve_async(str(intent.latest_charge))).balance_transaction is not None

    await until(is_settled)


async def test_a_product_has_one_id_and_a_lookup_key_moves_on(contract: Contract) -> None:
    product_id, key = contract.unique("product"), contract.unique("key")
    with pytest.raises(stripe.InvalidRequestError) as missing:
        await contract.api.products.retrieve_async(product_id)
    assert missing.value.code == "resource_missing"
    await contract.api.products.create_async({"id": product_id, "name": "Plus"})
    assert (await contract.api.products.retrieve_async(product_id)).id == product_id
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.products.create_async({"id": product_id, "name": "Plus"})
    made = [
        await contract.api.prices.create_async({
            "product": product_id, "currency": "nzd", "unit_amount": amount, "recurring": {"interval": "month"},
            "lookup_key": key, "transfer_lookup_key": True, "metadata": {"plan_id": "plus"},
        })
        for amount in (2_900, 3_900)
    ]  # fmt: skip
    found = await contract.api.prices.list_async({"lookup_keys": [key], "active": True, "limit": 1})
    assert [price.id for price in found.data] == [made[1].id]
    earlier = await contract.api.prices.retrieve_async(made[0].id)
    assert (earlier.lookup_key, earlier.active) == (None, True)


async def test_open_pages_of_a_customer_can_be_closed(contract: Contract) -> None:
    customer, price = await customer_with_card(contract.api), await plan(contract.api)
    for _ in range(2):
        await contract.api.checkout.sessions.create_async({
            "mode": "subscription", "customer": customer.id, "line_items": [{"price": price.id, "quantity": 1}],
            "success_url": "https://example.com/done", "cancel_url": "https://example.com/plans",
        })  # fmt: skip
    opened = await contract.api.checkout.sessions.list_async({"customer": customer.id, "status": "open", "limit": 100})
    assert len(opened.data) == 2
    for session in opened.data:
        await contract.api.checkout.sessions.expire_async(session.id)
    left = await contract.api.checkout.sessions.list_async({"customer": customer.id, "status": "open"})
    assert left.data == []
