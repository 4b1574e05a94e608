"""Signatures."""

from __future__ import annotations

import datetime as dt

import pytest
import stripe

from stripe_local.core.deliveries import sign


def test_the_signature_is_one_that_the_sdk_accepts() -> None:
    now = int(dt.datetime.now(dt.UTC).timestamp())
    body = '{"id": "evt_1", "object": "event"}'
    assert stripe.WebhookSignature.verify_header(body, sign("whsec_a", now, body), "whsec_a", 300)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, sign("whsec_b", now, body), "whsec_a", 300)
