"""Opening a booking's payment at Stripe, under an operation's key."""

import os
from typing import Any

import httpx

_headers = {"Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}"}
_stripe = httpx.AsyncClient(base_url=os.environ["STRIPE_API_BASE"], headers=_headers, timeout=10)


async def open_payment(booking_id: str, key: str) -> Any:
    """Make the intent, to be captured later; returns it.

    Args:
        booking_id: What is paid.
        key: What is done once under it.
    """
    form = {"amount": "12500", "currency": "nzd", "capture_method": "manual", "metadata[booking_id]": booking_id}
    response = await _stripe.post("/v1/payment_intents", data=form, headers={"Idempotency-Key": key})
    return response.raise_for_status().json()
