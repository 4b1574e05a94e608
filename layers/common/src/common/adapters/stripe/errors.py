"""Stripe's errors in the product's terms, in one place (https://docs.stripe.com/error-low-level)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import stripe

from common.domain.decline_advice import decline_advice
from common.domain.errors import GatewayRefused, GatewayUncertain, NotFound, OutOfTime, PaymentDeclined, Unavailable

#: These end before a byte of the request has left us.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

_REPLAYED = "idempotent-replayed"
#: An earlier call with the same key, whose answer we no longer waited for, is still under way
#: (https://docs.stripe.com/error-codes#idempotency-key-in-use).
_KEY_IN_USE = "idempotency_key_in_use"


@contextmanager
def translated() -> Iterator[None]:
    """Raise the product's error for each of Stripe's that leaves the block.

    Raises:
        PaymentDeclined: 402.
        NotFound: the object does not exist.
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
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return Unavailable("Payments are not set up correctly.", code="payment_misconfigured", retry_after=60)
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError) and error.code != _KEY_IN_USE:
        return _refused(error)
    return GatewayUncertain(is_final=_is_replayed(error))


def _without_answer(cause: BaseException | None) -> Exception:
    if isinstance(cause, OutOfTime):
        return OutOfTime()
    if isinstance(cause, _NOT_SENT):
        return Unavailable("The payment provider cannot be reached.", code="payment_unavailable")
    return GatewayUncertain()


def _refused(error: stripe.InvalidRequestError | stripe.IdempotencyError) -> Exception:
    if isinstance(error, stripe.IdempotencyError):
        return GatewayRefused(reason="idempotency_key_reused")
    if error.code == "resource_missing":
        return NotFound("The payment provider has no such object.", code="payment_object_missing")
    return GatewayRefused(reason=error.code or "invalid_request")


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
