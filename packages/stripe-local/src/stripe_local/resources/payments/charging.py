"""Moving money for an intent: authorize, capture, void, expire."""

from stripe_local.core.routing import timer
from stripe_local.core.unit import Unit, new_id
from stripe_local.protocol.errors import Json
from stripe_local.reference import cards
from stripe_local.reference.cards import Decline
from stripe_local.resources.money import settling
from stripe_local.resources.payments import disputing

# https://docs.stripe.com/payments/place-a-hold-on-a-payment-method#authorization-validity-windows: online, a hold that
# the customer makes lasts 7 days; one that is made off session lasts 4 days and 18 hours with Visa.
AUTHORIZATION_SECONDS = 7 * 24 * 3600
_VISA_OFF_SESSION_SECONDS = (4 * 24 + 18) * 3600


def authorize(unit: Unit, intent: Json, method: Json, *, authenticated: bool, off_session: bool) -> Json:
    """Charge or authorize the card of a payment that the issuer grants."""
    card = cards.of(method)
    manual = intent["capture_method"] == "manual"
    charge = _create(unit, intent, method, authenticated=authenticated)
    intent.update(latest_charge=charge["id"], next_action=None, last_payment_error=None)
    if manual:
        is_short = off_session and card.brand == "visa"
        until = unit.now + (_VISA_OFF_SESSION_SECONDS if is_short else AUTHORIZATION_SECONDS)
        charge["payment_method_details"]["card"]["capture_before"] = until
        unit.later(until, "authorization_expires", intent["id"])
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        unit.emit("charge.succeeded", charge)
        unit.emit("payment_intent.amount_capturable_updated", intent)
        return charge
    charge.update(captured=True, amount_captured=intent["amount"])
    if intent["capture_method"] == "automatic_async" and unit.settings.async_balance:
        settling.settle_soon(unit, charge)
    else:
        settling.settle(unit, charge)
    intent.update(status="succeeded", amount_received=intent["amount"])
    unit.emit("charge.succeeded", charge)
    unit.emit("payment_intent.succeeded", intent)
    disputing.follow_up(unit, charge, card)
    if intent.get("_invoice"):
        unit.later(unit.now, "invoice_intent_succeeded", intent["id"])
    return charge


def refuse(unit: Unit, intent: Json, method: Json, decline: Decline) -> Json:
    """Record the failed charge of a declined payment."""
    charge = _create(unit, intent, method, authenticated=False)
    charge.update(
        status="failed", paid=False, failure_code=decline.code, failure_message=decline.message,
        outcome={
            "type": "issuer_declined", "network_status": "declined_by_network",
            "reason": decline.reason or decline.code, "risk_level": "normal", "risk_score": 32,
            "advice_code": "try_again_later", "network_advice_code": None, "network_decline_code": None,
            "seller_message": "The bank did not return any further details with this decline.",
        },
    )  # fmt: skip
    intent["latest_charge"] = charge["id"]
    unit.emit("charge.failed", charge)
    return charge


def capture(unit: Unit, intent: Json, amount: int) -> None:
    """Capture an authorized payment, in full or less; the rest is released for good."""
    charge = unit.get(intent["latest_charge"], "charge")
    card = cards.of(unit.get(charge["payment_method"], "payment_method"))
    charge.update(
        captured=True, amount_captured=amount, application_fee_amount=intent.get("application_fee_amount"),
        transfer_data=intent.get("transfer_data"),
    )  # fmt: skip
    settling.settle(unit, charge)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    unit.emit("charge.captured", charge)
    unit.emit("payment_intent.succeeded", intent)
    disputing.follow_up(unit, charge, card)


@timer("authorization_expires")
def expire(unit: Unit, intent_id: str) -> None:
    """An authorization that nobody captured in time ends, and its intent with it."""
    intent = unit.get(intent_id, "payment_intent")
    if intent["status"] != "requires_capture":
        return
    unit.emit("charge.expired", unit.get(intent["latest_charge"], "charge"))
    intent.update(status="canceled", amount_capturable=0, canceled_at=unit.now, cancellation_reason="expired")
    unit.emit("payment_intent.canceled", intent)


def _create(unit: Unit, intent: Json, method: Json, *, authenticated: bool) -> Json:
    card = method["card"]
    three_d = {"authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0"}
    charge_id = new_id("ch")
    return unit.create("charge", "ch", {
        "id": charge_id, "amount": intent["amount"], "amount_captured": 0, "amount_refunded": 0,
        "application_fee": None, "application_fee_amount": intent.get("application_fee_amount"),
        "balance_transaction": None, "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "LOCAL STRIPE", "captured": False, "currency": intent["currency"],
        "customer": intent["customer"], "description": intent["description"], "disputed": False,
        "fraud_details": {}, "metadata": dict(intent["metadata"]),
        "outcome": {
            "type": "authorized", "network_status": "approved_by_network", "reason": None, "risk_level": "normal",
            "risk_score": 32, "seller_message": "Payment complete.", "advice_code": None,
            "network_advice_code": None, "network_decline_code": None,
        },
        "paid": True, "payment_intent": intent["id"], "payment_method": method["id"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "amount_authorized": intent["amount"], "authorization_code": "123456", "brand": card["brand"],
                "capture_before": None, "checks": card["checks"], "country": card["country"],
                "exp_month": card["exp_month"], "exp_year": card["exp_year"],
                "extended_authorization": {"status": "disabled"}, "fingerprint": card["fingerprint"],
                "funding": card["funding"], "incremental_authorization": {"status": "unavailable"},
                "installments": None, "last4": card["last4"], "mandate": None,
                "multicapture": {"status": "unavailable"}, "network": card["brand"], "network_token": {"used": False},
                "network_transaction_id": charge_id[-15:],
                "overcapture": {"maximum_amount_capturable": intent["amount"], "status": "unavailable"},
                "regulated_status": card["regulated_status"],
                "three_d_secure": three_d if authenticated else None, "wallet": None,
            },
        },
        "radar_options": {}, "receipt_email": intent["receipt_email"], "receipt_number": None,
        "receipt_url": f"{unit.base_url}/payments/{intent['id']}", "refunded": False, "shipping": intent["shipping"],
        "source": None, "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"], "status": "succeeded",
        "transfer_data": intent.get("transfer_data"), "transfer_group": intent["transfer_group"],
    })  # fmt: skip
