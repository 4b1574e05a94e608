"""Refunds (https://docs.stripe.com/api/refunds)."""

from infra.stripe_local import cards
from infra.stripe_local.errors import Json, invalid
from infra.stripe_local.listing import page
from infra.stripe_local.parameters import only
from infra.stripe_local.resources import balance
from infra.stripe_local.routing import route, timer
from infra.stripe_local.unit import Unit, update

_OUTCOME_SECONDS = 5


@route("POST", "/v1/refunds", "RefundCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Refund a captured payment, in full or in part."""
    only(params, "charge", "payment_intent", "amount", "reason", "metadata")
    charge = _charge(unit, params)
    if not charge["captured"] or not charge["paid"]:
        intent = charge["payment_intent"]
        message = f"Payment {intent} has not been captured: cancel the PaymentIntent instead of refunding it."
        raise invalid(message, code="charge_not_refundable")
    if charge["disputed"]:
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid(message, param="amount", code="parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, param="amount", code="amount_too_large")
    return _make(unit, charge, amount, params)


@route("GET", "/v1/refunds/{refund}", "RefundRetrieveParams")
def retrieve(unit: Unit, params: Json, refund: str) -> Json:
    """Read a refund."""
    del params
    return unit.get(refund, "refund")


@route("POST", "/v1/refunds/{refund}", "RefundModifyParams")
def modify(unit: Unit, params: Json, refund: str) -> Json:
    """Change a refund's metadata."""
    found = update(unit.get(refund, "refund"), params)
    unit.emit("refund.updated", found)
    return found


@route("GET", "/v1/refunds", "RefundListParams")
def list_refunds(unit: Unit, params: Json) -> Json:
    """List refunds."""
    return page(unit, "refund", "/v1/refunds", params)


def settle(unit: Unit, refund: Json, outcome: str) -> Json:
    """End a pending refund, or let one fail afterwards; a failed one returns the money to the balance."""
    if outcome not in {"succeeded", "failed"} or refund["status"] == "failed":
        raise invalid(f"Refund {refund['id']} with status {refund['status']} cannot become {outcome}.")
    refund["status"] = outcome
    if outcome == "failed":
        charge = unit.get(refund["charge"], "charge")
        charge["amount_refunded"] -= refund["amount"]
        charge["refunded"] = False
        entry = balance.book(
            unit, "refund_failure", refund["id"], refund["amount"], refund["currency"], category="refund_failure"
        )
        refund.update(failure_reason="expired_or_canceled_card", failure_balance_transaction=entry["id"])
        unit.emit("refund.failed", refund)
    unit.emit("refund.updated", refund)
    unit.emit("charge.refund.updated", refund)
    return refund


@timer("refund_outcome")
def reach_outcome(unit: Unit, refund_id: str) -> None:
    """The later outcome that some test cards bring about."""
    refund = unit.get(refund_id, "refund")
    if refund["status"] in {"pending", "succeeded"} and refund["_outcome"] != refund["status"]:
        settle(unit, refund, refund["_outcome"])


def _charge(unit: Unit, params: Json) -> Json:
    charge = unit.referred(params, "charge", "charge")
    intent = unit.referred(params, "payment_intent", "payment_intent")
    if charge is None and intent is None:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if charge is None and intent is not None:
        if intent["latest_charge"] is None:
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid(message, code="payment_intent_unexpected_state")
        charge = unit.get(intent["latest_charge"], "charge")
    return charge or {}


def _make(unit: Unit, charge: Json, amount: int, params: Json) -> Json:
    outcome = cards.of(unit.get(charge["payment_method"], "payment_method")).refund
    refund = unit.create("refund", "re", {
        "amount": amount, "charge": charge["id"], "currency": charge["currency"],
        "destination_details": {
            "type": "card",
            "card": {"type": "refund", "reference_status": "pending", "reference_type": "acquirer_reference_number"},
        },
        "metadata": params.get("metadata"), "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"), "status": "pending" if outcome == "pending" else "succeeded",
        "_outcome": "succeeded" if outcome == "pending" else outcome,
    })  # fmt: skip
    entry = balance.book(unit, "refund", refund["id"], -amount, charge["currency"])
    refund["balance_transaction"] = entry["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    unit.emit("charge.refunded", charge)
    unit.emit("refund.created", refund)
    if refund["_outcome"] != refund["status"]:
        unit.later(unit.now + _OUTCOME_SECONDS, "refund_outcome", refund["id"])
    return refund
