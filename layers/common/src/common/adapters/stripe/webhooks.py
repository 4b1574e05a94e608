"""Stripe's webhook signatures (https://docs.stripe.com/webhooks#verify-manually).

The SDK compares the signatures; it takes those from the future, so that the time is checked here.
"""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import stripe

from common.application.ports.payments.webhooks import StripeEvent
from common.domain.payments.ownership import DATABASE, STAGE
from common.domain.shared.errors import InvalidInput, InvalidSignature, Unavailable

#: Seconds by which a signature's time may differ from ours, either way; the SDK has the same, for the past alone.
TOLERANCE_SECONDS = stripe.Webhook.DEFAULT_TOLERANCE


class StripeWebhookVerifier:
    """Checks a webhook against the endpoint's signing secrets; several while one is being rotated.

    Args:
        secrets: signing secrets (``whsec_…``), any of which may have signed.
        now: the present as Unix seconds; the signature is checked against real time, whatever the product's clock.
        reread: gives the secrets as they are now, where none of those at hand has signed.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        now: Callable[[], float] = time.time,
        reread: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        self._secrets = tuple(secrets)
        self._now = now
        self._reread = reread

    def verify(self, body: bytes, signature: str | None) -> StripeEvent:
        """The event that a signed body carries.

        Args:
            body: the raw bytes as they were received.
            signature: the ``Stripe-Signature`` header.

        Raises:
            InvalidSignature: no signature, a wrong or an old one.
            InvalidInput: a body that is no event.
        """
        if not signature or not self._is_signed(body, signature):
            raise InvalidSignature("The signature is not valid.")
        return _event(body)

    def _is_signed(self, body: bytes, signature: str) -> bool:
        if abs(self._now() - _signed_at(signature)) > TOLERANCE_SECONDS:
            return False
        if any(_is_signed_with(secret, body, signature) for secret in self._secrets):
            return True
        return any(_is_signed_with(secret, body, signature) for secret in self._newer_secrets())

    def _newer_secrets(self) -> Sequence[str]:
        """The secrets that have come since those at hand were read."""
        if self._reread is None:
            return ()
        try:
            found = tuple(self._reread())
        except Unavailable:  # Stripe sends the event again
            return ()
        known, self._secrets = self._secrets, found
        return [secret for secret in found if secret not in known]


def _is_signed_with(secret: str, body: bytes, signature: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
    except stripe.SignatureVerificationError:
        return False
    except (ValueError, TypeError):  # bytes or a signature that are no text of Stripe's
        return False
    return True


def _signed_at(signature: str) -> float:
    """The header's first ``t=``, as the SDK reads it; minus infinity where it is missing or no number."""
    pairs = (part.partition("=") for part in signature.split(","))
    given = next((value for key, _, value in pairs if key == "t"), "")
    return float(given) if given.isdecimal() else float("-inf")


def _event(body: bytes) -> StripeEvent:
    """What is kept of an event; one of a shape that says nothing to us, such as a thin event, has no object."""
    try:
        found: Any = json.loads(body)
        event_id, event_type = found["id"], found["type"]
        source = _object_of(found)
        metadata = source.get("metadata")
        marks = _texts(metadata if isinstance(metadata, dict) else {}, ("booking_id", STAGE, DATABASE))
        return StripeEvent(
            id=event_id,
            type=event_type,
            object_id=_text(source.get("id")),
            object_type=_text(source.get("object")),
            booking_id=marks.pop("booking_id", None),
            marks=marks,
            related=_related(source),
            account_id=found.get("account"),
            created=_seconds(found.get("created")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput("The body is not a Stripe event.", code="invalid_event") from error


def _object_of(event: dict[str, Any]) -> dict[str, Any]:
    """The object that an event carries; thin events carry none (https://docs.stripe.com/event-destinations)."""
    data = event.get("data")
    source = data.get("object") if isinstance(data, dict) else None
    return source if isinstance(source, dict) else {}


def _related(source: dict[str, Any]) -> dict[str, str]:
    """Identifiers of the objects that the event's object belongs to; ids only, nothing personal.

    An invoice names its subscription under ``parent`` since 2025-03-31
    (https://docs.stripe.com/changelog/basil/2025-03-18/adds-new-parent-field-to-invoicing-objects).
    """
    names = ("payment_intent", "charge", "customer", "subscription", "destination", "client_reference_id")
    found = _texts(source, names)
    parent = source.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, dict) else None
    return {**found, **_texts(details if isinstance(details, dict) else {}, ("subscription",))}


def _texts(source: dict[str, Any], names: Sequence[str]) -> dict[str, str]:
    return {name: source[name] for name in names if isinstance(source.get(name), str)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: Any) -> int:
    """Unix seconds; zero for the text that thin events have instead."""
    return value if isinstance(value, int) else 0
