"""Each of Stripe's errors has one meaning, and only what surely did not act is called so."""

from __future__ import annotations

import httpx
import pytest
import stripe
from common.adapters.stripe.errors import translated
from common.domain.shared.errors import GatewayRefused, GatewayUncertain, NotFound, PaymentDeclined, Unavailable


def connection_error(cause: Exception) -> stripe.APIConnectionError:
    error = stripe.APIConnectionError("an inner detail")  # type: ignore[no-untyped-call]
    error.__cause__ = cause
    return error


def invalid_request(code: str, status: int) -> stripe.InvalidRequestError:
    return stripe.InvalidRequestError("an inner detail", "id", code, http_status=status)  # type: ignore[no-untyped-call]


def card_error(code: str, decline_code: str | None = None) -> stripe.CardError:
    body = {"error": {"code": code, "decline_code": decline_code, "payment_intent": {"id": "pi_1"}}}
    return stripe.CardError("declined", None, code, json_body=body)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (connection_error(httpx.ConnectError("refused")), Unavailable),
        (connection_error(httpx.ConnectTimeout("slow")), Unavailable),
        (connection_error(httpx.PoolTimeout("full")), Unavailable),
        (connection_error(httpx.ReadTimeout("slow")), GatewayUncertain),
        (connection_error(httpx.RemoteProtocolError("gone")), GatewayUncertain),
        (connection_error(httpx.WriteError("gone")), GatewayUncertain),
        (stripe.APIError("500", http_status=500), GatewayUncertain),
        (stripe.APIError("in use", http_status=409), GatewayUncertain),
        (stripe.RateLimitError("slow down", http_status=429), Unavailable),
        (stripe.AuthenticationError("no key", http_status=401), Unavailable),
        (stripe.PermissionError("not yours", http_status=403), Unavailable),
        (invalid_request("resource_missing", 404), NotFound),
        (invalid_request("amount_too_large", 400), GatewayRefused),
        (stripe.IdempotencyError("other parameters"), GatewayRefused),
        (card_error("card_declined", "insufficient_funds"), PaymentDeclined),
    ],
)
def test_the_meaning_of_an_error(error: stripe.StripeError, meaning: type[Exception]) -> None:
    with pytest.raises(meaning) as caught, translated():
        raise error
    assert type(caught.value) is meaning
    assert error.user_message not in str(caught.value)


def test_a_replayed_500_is_final_and_a_fresh_one_is_not() -> None:
    for headers, is_final in (({"idempotent-replayed": "true"}, True), ({}, False)):
        with pytest.raises(GatewayUncertain) as caught, translated():
            raise stripe.APIError("500", http_status=500, headers=headers)
        assert caught.value.is_final is is_final


@pytest.mark.parametrize(
    ("code", "decline_code", "words"),
    [
        ("card_declined", "insufficient_funds", "not enough money"),
        ("expired_card", None, "expired"),
        ("authentication_required", "authentication_required", "confirm"),
        ("payment_intent_authentication_failure", None, "did not confirm that it is you"),
        ("setup_intent_authentication_failure", None, "did not confirm that it is you"),
        ("card_declined", "stolen_card", "declined"),
        ("card_declined", "fraudulent", "declined"),
    ],
)
def test_a_decline_becomes_plain_advice_that_accuses_nobody(code: str, decline_code: str | None, words: str) -> None:
    with pytest.raises(PaymentDeclined) as caught, translated():
        raise card_error(code, decline_code)
    assert words in caught.value.detail
    assert caught.value.intent_id == "pi_1"
    assert "stolen" not in caught.value.detail
    assert "fraud" not in caught.value.detail
