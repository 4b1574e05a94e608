"""Stripe's objects as the product's values."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from common.adapters.stripe import mapping


def intent_with(captured: int, entry: dict[str, Any]) -> stripe.PaymentIntent:
    """An intent whose charge in Australian dollars has this balance transaction."""
    charge = {
        "id": "ch_1", "object": "charge", "amount": 20_000, "amount_captured": captured, "currency": "aud",
        "payment_method_details": None,
        "balance_transaction": {"id": "txn_1", "object": "balance_transaction", **entry},
    }  # fmt: skip
    given = {
        "id": "pi_1", "object": "payment_intent", "status": "succeeded", "client_secret": "s", "amount": 20_000,
        "amount_capturable": 0, "amount_received": captured, "currency": "aud", "customer": None,
        "payment_method": None, "latest_charge": charge, "last_payment_error": None, "next_action": None,
        "metadata": {},
    }  # fmt: skip
    return stripe.PaymentIntent.construct_from(given, None)


@pytest.mark.parametrize(
    ("entry", "fee"),
    [
        ({"amount": 10_000, "currency": "aud", "fee": 320, "exchange_rate": None}, 320),
        ({"amount": 11_000, "currency": "nzd", "fee": 352, "exchange_rate": 1.1}, 320),
        # Whatever a rate means between a currency with decimals and one without, amounts say the same.
        ({"amount": 9_600, "currency": "jpy", "fee": 307, "exchange_rate": 96.0}, 320),
    ],
)
def test_a_fee_is_told_in_the_charges_currency(entry: dict[str, Any], fee: int) -> None:
    assert mapping.payment_intent(intent_with(10_000, entry)).fee == fee
