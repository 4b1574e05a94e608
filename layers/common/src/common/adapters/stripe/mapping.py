"""Stripe's objects as the product's values."""

from datetime import UTC, datetime
from typing import Any

import stripe

from common.application.ports.payments.gateway import Intent, Movement, PaymentIntentStatus


def payment_intent(source: "stripe.PaymentIntent") -> Intent:
    """A PaymentIntent whose ``latest_charge`` and its ``balance_transaction`` were expanded where they exist."""
    charge = charge_of(source)
    error = source.last_payment_error
    return Intent(
        id=source.id,
        status=PaymentIntentStatus(source.status),
        client_secret=source.client_secret,
        amount=source.amount,
        amount_capturable=source.amount_capturable or 0,
        amount_received=source.amount_received or 0,
        currency=source.currency,
        customer_id=identifier(source.customer),
        payment_method_id=identifier(source.payment_method),
        charge_id=identifier(source.latest_charge),
        capture_before=_capture_before(charge),
        fee=_fee(charge),
        error_code=_member(error, "code"),
        decline_code=_member(error, "decline_code"),
        error_message=_member(error, "message"),
        next_action=plain(source.next_action),
        metadata=metadata(source.metadata),
    )


def charge_of(source: "stripe.PaymentIntent") -> "stripe.Charge | None":
    """The intent's latest charge, where it was expanded."""
    return source.latest_charge if isinstance(source.latest_charge, stripe.Charge) else None


def setup_intent(source: "stripe.SetupIntent") -> Intent:
    """A SetupIntent."""
    error = source.last_setup_error
    return Intent(
        id=source.id,
        is_setup=True,
        status=PaymentIntentStatus(source.status),
        client_secret=source.client_secret,
        customer_id=identifier(source.customer),
        payment_method_id=identifier(source.payment_method),
        error_code=_member(error, "code"),
        decline_code=_member(error, "decline_code"),
        error_message=_member(error, "message"),
        next_action=plain(source.next_action),
        metadata=metadata(source.metadata),
    )


def movement(source: "stripe.Refund | stripe.Transfer | stripe.TransferReversal") -> Movement:
    """A refund, transfer or reversal."""
    status = getattr(source, "status", None) or "succeeded"
    reason = getattr(source, "failure_reason", None)
    return Movement(
        id=source.id, amount=source.amount, status=status, failure_reason=reason, metadata=metadata(source.metadata)
    )


def instant(seconds: int | None) -> datetime | None:
    """Stripe's Unix seconds as an aware instant."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def identifier(reference: Any) -> str | None:
    """The id of an expandable field, expanded or not."""
    if reference is None or isinstance(reference, str):
        return reference
    return str(reference.id)


def metadata(source: Any) -> dict[str, str]:
    """Metadata of an object as a plain dictionary; empty where there is none."""
    return {} if source is None else dict(source.to_dict() if isinstance(source, stripe.StripeObject) else source)


def plain(source: stripe.StripeObject | None) -> dict[str, Any] | None:
    """A Stripe object as plain dictionaries and lists."""
    return None if source is None else dict(source.to_dict())


def _member(error: stripe.StripeObject | None, name: str) -> str | None:
    """A member that Stripe leaves out where it does not apply, such as the decline code of a failed 3D Secure."""
    value = getattr(error, name, None)
    return None if value is None else str(value)


def _capture_before(charge: "stripe.Charge | None") -> datetime | None:
    details = charge.payment_method_details if charge else None
    card = getattr(details, "card", None) if details else None
    return instant(getattr(card, "capture_before", None)) if card else None


def _fee(charge: "stripe.Charge | None") -> int | None:
    """What Stripe keeps of a charge, in the charge's currency.

    Where Stripe settles in another currency, the fee is brought back by what the captured amount became there
    (https://docs.stripe.com/currencies/conversions).
    """
    entry = charge.balance_transaction if charge else None
    if charge is None or not isinstance(entry, stripe.BalanceTransaction):
        return None
    if entry.currency == charge.currency or entry.amount == 0:
        return entry.fee
    return (2 * entry.fee * charge.amount_captured + entry.amount) // (2 * entry.amount)
