"""How disputes open and end."""

from infra.stripe_local.cards import Card
from infra.stripe_local.errors import Json, invalid
from infra.stripe_local.resources import balance
from infra.stripe_local.unit import Unit

_EVIDENCE_SECONDS = 7 * 24 * 3600
_FEE = 1500  # Stripe's dispute fee is a flat amount by country; 15.00 here
_CLOSED = {"won", "lost", "warning_closed", "prevented"}


def follow_up(unit: Unit, charge: Json, card: Card) -> None:
    """Open the dispute that some test cards bring about once their charge is captured."""
    if card.dispute:
        open_dispute(unit, charge, card.dispute)


def open_dispute(unit: Unit, charge: Json, reason: str, amount: int | None = None) -> Json:
    """The cardholder's bank takes the money back until the dispute ends."""
    if charge["disputed"] or not charge["captured"]:
        raise invalid(f"Charge {charge['id']} cannot be disputed.")
    taken = charge["amount_captured"] if amount is None else amount
    dispute = unit.create("dispute", "du", {
        "amount": taken, "balance_transactions": [], "charge": charge["id"], "currency": charge["currency"],
        "enhanced_eligibility_types": [], "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": unit.now + _EVIDENCE_SECONDS, "enhanced_eligibility": {}, "has_evidence": False,
            "past_due": False, "submission_count": 0, "submission_method": "not_submitted",
        },
        "is_charge_refundable": False, "network_reason_code": "10.4", "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4",
            },
        },
        "reason": reason, "status": "needs_response",
    })  # fmt: skip
    charge["disputed"] = True
    _book(unit, dispute, -taken, _FEE)
    unit.emit("charge.dispute.created", dispute)
    unit.emit("charge.dispute.funds_withdrawn", dispute)
    unit.later(dispute["evidence_details"]["due_by"], "dispute_unanswered", dispute["id"])
    return dispute


def close(unit: Unit, dispute: Json, outcome: str) -> Json:
    """End a dispute: `won` gives the money back, `lost` does not."""
    if dispute["status"] in _CLOSED:
        raise invalid(f"This dispute is already closed ({dispute['status']}).")
    if outcome not in {"won", "lost"}:
        raise invalid("Invalid outcome: must be one of won or lost", param="outcome")
    dispute["status"] = outcome
    if outcome == "won":
        _book(unit, dispute, dispute["amount"], 0)
        unit.emit("charge.dispute.funds_reinstated", dispute)
    unit.emit("charge.dispute.closed", dispute)
    return dispute


def _book(unit: Unit, dispute: Json, amount: int, fee: int) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    entry = balance.book(unit, "adjustment", dispute["id"], amount, dispute["currency"], fee=fee, category=category)
    dispute["balance_transactions"].append({name: value for name, value in entry.items() if name[0] != "_"})
