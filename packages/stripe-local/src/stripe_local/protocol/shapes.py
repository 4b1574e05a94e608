"""Members that Stripe's SDK declares as nullable, so that every answer carries them."""

import functools
import typing
from types import NoneType

import stripe

from stripe_local.protocol.errors import Json

# Not sent by Stripe unless they apply.
_ABSENT = {"deleted", "object", "account", "context"}
_SKIPPED = {"payment_method", "event", "list"}


def complete(body: Json) -> Json:
    """Add a null for each nullable member that the SDK's class for this object declares and the body lacks."""
    return {**_nulls(str(body.get("object"))), **body}


@functools.cache
def _nulls(kind: str) -> Json:
    declared = _classes().get(kind)
    if declared is None or kind in _SKIPPED:
        return {}
    return {
        name: None
        for name, annotation in declared.__annotations__.items()
        if name not in _ABSENT and _takes_null(annotation)
    }


def _takes_null(annotation: object) -> bool:
    members = typing.get_args(annotation)
    if NoneType not in members:
        return False
    return not any("ListObject" in str(member) for member in members)


@functools.cache
def _classes() -> dict[str, type]:
    names = (
        "Account", "ApplicationFee", "ApplicationFeeRefund", "Balance", "BalanceTransaction", "Capability", "Charge",
        "Customer", "Dispute", "Invoice", "InvoiceLineItem", "PaymentIntent", "Payout", "Price", "Product", "Refund",
        "SetupIntent", "Subscription", "SubscriptionItem", "Transfer", "TransferReversal", "WebhookEndpoint",
    )  # fmt: skip
    classes = {getattr(stripe, name).OBJECT_NAME: getattr(stripe, name) for name in names}
    classes["checkout.session"] = stripe.checkout.Session
    classes["billing_portal.session"] = stripe.billing_portal.Session
    return classes
