"""Stripe's errors in the product's terms, in one place (https://docs.stripe.com/error-low-level)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import stripe

from common.domain.payments.decline_advice import decline_advice
from common.domain.payments.operations import ACCOUNT_GONE, CUSTOMER_GONE, KEY_REUSED, OBJECT_GONE
from common.domain.shared.errors import (
    GatewayRefused,
    GatewayUncertain,
    NotFound,
    OutOfTime,
    PaymentDeclined,
    Unavailable,
)

#: These end before a byte of the request has left us.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

_REPLAYED = "idempotent-replayed"
#: An earlier call with the same key, whose answer we no longer waited for, is still under way
#: (https://docs.stripe.com/error-codes#idempotency-key-in-use).
_KEY_IN_USE = "idempotency_key_in_use"

#: The code of Stripe's 403 for an account that does not exist or has disconnected from us
#: (https://docs.stripe.com/error-codes#account-invalid).
_INACCESSIBLE = "account_invalid"
#: What is missing, by the parameter that named it; the object that was asked for itself has another one.
_GONE_BY_PARAMETER: Mapping[str | None, str] = {
    "customer": CUSTOMER_GONE,
    "destination": ACCOUNT_GONE,
    "account": ACCOUNT_GONE,
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise the product's error for each of Stripe's that leaves the block.

    Raises:
        PaymentDeclined: 402.
        NotFound: the object does not exist, or not for us; the code tells customers and accounts from others.
        GatewayRefused: another 4xx: the call as such is wrong in Stripe's present state.
        Unavailable: nothing was sent (``OutOfTime`` where no time was left for it), a rate limit, or our key is not
            accepted: Stripe has not acted.
        GatewayUncertain: anything else: Stripe may have acted.
    """
    try:
        yield
    except stripe.StripeError as error:
        raise _translate(error) from error


def _translate(error: stripe.StripeError) -> Exception:
    if isinstance(error, stripe.CardError):
        return _declined(error)
    if isinstance(error, stripe.RateLimitError):
        return Unavailable("The payment provider is busy.", retry_after=2)
    if isinstance(error, stripe.APIConnectionError):
        return _without_answer(error.__cause__)
    if _is_refusal(error):
        return _refused(error)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Unavailable("Payments are not set up correctly.", code="payment_misconfigured", retry_after=60)
    return GatewayUncertain(is_final=_is_replayed(error))


def _without_answer(cause: BaseException | None) -> Exception:
    if isinstance(cause, OutOfTime):
        return OutOfTime()
    if isinstance(cause, _NOT_SENT):
        return Unavailable("The payment provider cannot be reached.", code="payment_unavailable")
    return GatewayUncertain()


def _is_refusal(error: stripe.StripeError) -> bool:
    is_wrong = isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError)
    return _code(error) == _INACCESSIBLE or (is_wrong and _code(error) != _KEY_IN_USE)


def _refused(error: stripe.StripeError) -> Exception:
    if isinstance(error, stripe.IdempotencyError):
        return GatewayRefused(reason=KEY_REUSED)
    if _code(error) == _INACCESSIBLE:
        return NotFound("The payment provider lets us into no such account.", code=ACCOUNT_GONE)
    if error.code == "resource_missing":
        code = _GONE_BY_PARAMETER.get(getattr(error, "param", None), OBJECT_GONE)
        return NotFound("The payment provider has no such object.", code=code)
    return GatewayRefused(reason=error.code or "invalid_request")


def _code(error: stripe.StripeError) -> str | None:
    """Stripe's error code; of a 403 the SDK keeps it in the body only."""
    return error.code or _error_body(error).get("code")


def _is_replayed(error: stripe.StripeError) -> bool:
    return str((error.headers or {}).get(_REPLAYED, "")).lower() == "true"


def _declined(error: stripe.CardError) -> PaymentDeclined:
    body = _error_body(error)
    code = str(body.get("decline_code") or error.code or "card_declined")
    intent = body.get("payment_intent") or body.get("setup_intent") or {}
    return PaymentDeclined(decline_advice(code), decline_code=code, intent_id=intent.get("id"))


def _error_body(error: stripe.StripeError) -> dict[str, Any]:
    if isinstance(error.json_body, dict):
        body = error.json_body.get("error")
        if isinstance(body, dict):
            return body
    return {}
