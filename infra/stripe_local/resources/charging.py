"""Moving money for an intent: authorize, capture, void, expire."""

from infra.stripe_local import cards, currencies
from infra.stripe_local.cards import Card, Decline
from infra.stripe_local.errors import Json
from infra.stripe_local.resources import balance, disputing
from infra.stripe_local.routing import timer
from infra.stripe_local.unit import Unit, new_id

# https://docs.stripe.com/payments/place-a-hold-on-a-payment-method: most online card authorizations last 7 days
AUTHORIZATION_SECONDS = 7 * 24 * 3600


def authorize(unit: Unit, intent: Json, method: Json, *, authenticated: bool) -> Json:
    """Charge or authorize the card of a payment that the issuer grants."""
    card = cards.of(method)
    manual = intent["capture_method"] == "manual"
    charge = _create(unit, intent, method, authenticated=authenticated)
    intent.update(latest_charge=charge["id"], next_action=None, last_payment_error=None)
    if manual:
        until = unit.now + AUTHORIZATION_SECONDS
        charge["payment_method_details"]["card"]["capture_before"] = until
        unit.later(until, "authorization_expires", intent["id"])
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        unit.emit("charge.succeeded", charge)
        unit.emit("payment_intent.amount_capturable_updated", intent)
        return charge
    charge.update(captured=True, amount_captured=intent["amount"])
    _settle(unit, charge, card)
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
    charge.update(captured=True, amount_captured=amount)
    _settle(unit, charge, card)
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    released = charge["amount"] - amount
    if released:
        _release(unit, charge, released, reason=None)
    unit.emit("charge.captured", charge)
    unit.emit("payment_intent.succeeded", intent)
    disputing.follow_up(unit, charge, card)


def void(unit: Unit, intent: Json, *, expired: bool = False) -> None:
    """Release an authorization that was not captured."""
    charge = unit.get(intent["latest_charge"], "charge")
    reason = "expired_uncaptured_charge" if expired else None
    _release(unit, charge, charge["amount"], reason=reason)
    charge["refunded"] = True
    unit.emit("charge.expired" if expired else "charge.refunded", charge)


@timer("authorization_expires")
def expire(unit: Unit, intent_id: str) -> None:
    """An authorization that nobody captured in time ends, and its intent with it."""
    intent = unit.get(intent_id, "payment_intent")
    if intent["status"] != "requires_capture":
        return
    void(unit, intent, expired=True)
    intent.update(status="canceled", amount_capturable=0, canceled_at=unit.now, cancellation_reason="automatic")
    unit.emit("payment_intent.canceled", intent)


def _settle(unit: Unit, charge: Json, card: Card) -> None:
    """Book the whole charge, as Stripe does even when less is captured; the release books the rest back."""
    due = balance.settlement(unit, at_once=card.settles_at_once)
    entry = balance.book(
        unit, "charge", charge["id"], charge["amount"], charge["currency"],
        fee=currencies.fee(charge["amount"]), available_on=due,
    )  # fmt: skip
    charge["balance_transaction"] = entry["id"]
    charge["_available_on"] = due


def _release(unit: Unit, charge: Json, amount: int, *, reason: str | None) -> None:
    """What is not captured appears as a refund of the charge."""
    refund = unit.create("refund", "re", {
        "amount": amount, "balance_transaction": None, "charge": charge["id"], "currency": charge["currency"],
        "destination_details": {"type": "card", "card": {"type": "reversal", "reference_status": "available"}},
        "payment_intent": charge["payment_intent"], "reason": reason, "status": "succeeded", "_release": True,
    })  # fmt: skip
    charge["amount_refunded"] += amount
    if charge["captured"]:
        kept = currencies.fee(charge["amount"]) - currencies.fee(charge["amount"] - amount)
        entry = balance.book(
            unit, "refund", refund["id"], -amount, charge["currency"], fee=-kept,
            available_on=charge["_available_on"], category="partial_capture_reversal",
        )  # fmt: skip
        refund["balance_transaction"] = entry["id"]
    unit.emit("refund.created", refund)


def _create(unit: Unit, intent: Json, method: Json, *, authenticated: bool) -> Json:
    card = method["card"]
    three_d = {"authentication_flow": "challenge", "result": "authenticated", "version": "2.2.0"}
    charge_id = new_id("ch")
    return unit.create("charge", "ch", {
        "id": charge_id, "amount": intent["amount"], "amount_captured": 0, "amount_refunded": 0,
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
        "transfer_group": intent["transfer_group"],
    })  # fmt: skip
