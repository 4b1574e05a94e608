"""How disputes open, go on and end (https://docs.stripe.com/disputes/how-disputes-work).

Inquiries (`warning_…`) move no money. A chargeback takes the disputed amount and a fee; evidence costs a further fee,
which comes back when the dispute is won (https://support.stripe.com/topics/disputes, read 2026-11-28). Where the
platform appeals, a lost dispute goes on as `appeal_…` (https://docs.stripe.com/disputes/arbitration).
"""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, invalid
from stripe_local.reference.cards import Card
from stripe_local.resources.money import balance, settling

_DAY_SECONDS = 24 * 3600
_EVIDENCE_SECONDS = 7 * _DAY_SECONDS
_INQUIRY_SECONDS = 120 * _DAY_SECONDS  # an inquiry that was not escalated by then is closed
_FINAL = {"won", "warning_closed", "prevented"}
KINDS = ("chargeback", "inquiry", "prevented")
#: The status that follows evidence, by the one before.
ANSWERED = {
    "needs_response": "under_review",
    "warning_needs_response": "warning_under_review",
    "appeal_needs_response": "appeal_under_review",
}
_OUTCOMES = {
    "needs_response": ("won", "lost"),
    "under_review": ("won", "lost", "appeal_needs_response"),
    "appeal_needs_response": ("won", "lost"),
    "appeal_under_review": ("won", "lost"),
    "warning_needs_response": ("warning_closed", "needs_response"),
    "warning_under_review": ("warning_closed", "needs_response"),
    "lost": ("won", "appeal_needs_response"),
}


def follow_up(unit: Unit, charge: Json, card: Card) -> None:
    """Open the dispute that some test cards bring about once their charge is captured."""
    if card.dispute:
        open_dispute(unit, charge, card.dispute, kind=card.dispute_kind)


def open_dispute(unit: Unit, charge: Json, reason: str, amount: int | None = None, kind: str = "chargeback") -> Json:
    """The cardholder's bank asks (`inquiry`), takes the money back (`chargeback`), or the network settles it first.

    A `prevented` one is paid back to the cardholder without a fee and is over at once.
    """
    if charge["disputed"] or not charge["captured"]:
        raise invalid(f"Charge {charge['id']} cannot be disputed.")
    if kind not in KINDS:
        raise invalid(f"Invalid kind: must be one of {', '.join(KINDS)}", param="kind")
    left = charge["amount_captured"] - charge["amount_refunded"]
    taken = left if amount is None else amount
    is_inquiry = kind == "inquiry"
    dispute = unit.create("dispute", "du", {
        "amount": taken, "balance_transactions": [], "charge": charge["id"], "currency": charge["currency"],
        "enhanced_eligibility_types": [], "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": unit.now + _EVIDENCE_SECONDS, "enhanced_eligibility": {}, "has_evidence": False,
            "past_due": False, "submission_count": 0, "submission_method": "not_submitted",
        },
        "is_charge_refundable": is_inquiry, "network_reason_code": "10.4", "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "type": "card",
            "card": {
                "brand": "visa", "case_type": "inquiry" if is_inquiry else "chargeback", "network": "visa",
                "network_reason_code": "10.4",
            },
        },
        "reason": reason, "status": {"inquiry": "warning_needs_response", "prevented": "prevented"}.get(
            kind, "needs_response"),
    })  # fmt: skip
    charge["disputed"] = True
    unit.emit("charge.dispute.created", dispute)
    if is_inquiry:
        unit.later(unit.now + _INQUIRY_SECONDS, "inquiry_lapses", dispute["id"])
        return dispute
    _withdraw(unit, dispute, 0 if kind == "prevented" else unit.settings.dispute_fee)
    if kind == "prevented":
        unit.emit("charge.dispute.closed", dispute)
        return dispute
    unit.later(dispute["evidence_details"]["due_by"], "dispute_unanswered", dispute["id"])
    return dispute


def answer(unit: Unit, dispute: Json) -> None:
    """Evidence was submitted: it goes to the bank, and the fee for it is taken."""
    is_chargeback = dispute["status"] == "needs_response"
    dispute["status"] = ANSWERED.get(dispute["status"], dispute["status"])
    if is_chargeback and unit.settings.countered_fee and not dispute.get("_countered"):
        dispute["_countered"] = True
        _book_fee(unit, dispute, unit.settings.countered_fee)


def close(unit: Unit, dispute: Json, outcome: str) -> Json:
    """Go on as the bank or the network decides.

    `won` gives the money back, `lost` does not; an inquiry ends as `warning_closed` or becomes a chargeback
    (`needs_response`); a lost dispute may be reopened (`appeal_needs_response`) or won after all.
    """
    before = dispute["status"]
    if before in _FINAL:
        raise invalid(f"This dispute is already closed ({before}).")
    possible = _OUTCOMES[before]
    if outcome not in possible:
        raise invalid(f"Invalid outcome: must be one of {', '.join(possible)}", param="outcome")
    dispute["status"] = outcome
    if outcome == "needs_response":
        dispute["is_charge_refundable"] = False
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
        _withdraw(unit, dispute, unit.settings.dispute_fee)
    if outcome == "won":
        _reinstate(unit, dispute)
    is_open = outcome in {"needs_response", "appeal_needs_response"}
    unit.emit("charge.dispute.updated" if is_open else "charge.dispute.closed", dispute)
    return dispute


def _withdraw(unit: Unit, dispute: Json, fee: int) -> None:
    charge = unit.get(dispute["charge"], "charge")
    settling.settle(unit, charge)
    taken = balance.share(unit, charge["balance_transaction"], dispute["amount"], charge["amount_captured"])
    entry = balance.book(
        unit, "adjustment", dispute["id"], -taken.amount, taken.currency, fee=fee, category="dispute", rate=taken.rate
    )
    dispute["_taken"] = entry["id"]
    _list(dispute, entry)
    unit.emit("charge.dispute.funds_withdrawn", dispute)


def _reinstate(unit: Unit, dispute: Json) -> None:
    taken = unit.get(dispute["_taken"], "balance_transaction")
    entry = balance.book(
        unit, "adjustment", dispute["id"], -taken["amount"], taken["currency"], category="dispute_reversal",
        rate=taken["exchange_rate"],
    )  # fmt: skip
    _list(dispute, entry)
    if dispute.pop("_countered", False):
        _book_fee(unit, dispute, -unit.settings.countered_fee)
    unit.emit("charge.dispute.funds_reinstated", dispute)


def _book_fee(unit: Unit, dispute: Json, fee: int) -> None:
    """The fee for countering is an entry of its own, which the dispute does not list: that has one or two at most."""
    currency = unit.get(dispute["_taken"], "balance_transaction")["currency"]
    balance.book(unit, "stripe_fee", dispute["id"], 0, currency, fee=fee, category="fee")


def _list(dispute: Json, entry: Json) -> None:
    dispute["balance_transactions"].append({name: value for name, value in entry.items() if name[0] != "_"})
