"""Refunds (https://docs.stripe.com/api/refunds)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route, timer
from stripe_local.core.unit import PLATFORM, Unit, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only
from stripe_local.reference import cards
from stripe_local.resources.money import application_fees, balance, settling, transferring
from stripe_local.resources.payments import disputing

_OUTCOME_SECONDS = 5
_DAY_SECONDS = 24 * 3600


@route("POST", "/v1/refunds", "RefundCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Refund a captured payment, in full or in part."""
    only(
        params, "charge", "payment_intent", "amount", "reason", "metadata", "reverse_transfer", "refund_application_fee"
    )
    charge = _charge(unit, params)
    if not charge["captured"] or not charge["paid"]:
        intent = charge["payment_intent"]
        message = f"Payment {intent} has not been captured: cancel the PaymentIntent instead of refunding it."
        raise invalid(message, code="charge_not_refundable")
    if charge["disputed"] and not _is_refundable(unit, charge):
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid(message, param="amount", code="parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, param="amount", code="amount_too_large")
    refund = _make(unit, charge, amount, params)
    if params.get("refund_application_fee"):
        _return_fee(unit, charge, amount)
    if params.get("reverse_transfer"):
        _reverse_transfer(unit, charge, refund)
    return refund


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
    """End a pending refund, or let one fail afterwards; a failed one returns what it took from the balance."""
    if outcome not in {"succeeded", "failed"} or refund["status"] in {"failed", outcome}:
        raise invalid(f"Refund {refund['id']} with status {refund['status']} cannot become {outcome}.")
    if outcome == "failed":
        _fail(unit, refund)
    else:
        charge = unit.get(refund["charge"], "charge")
        if refund["balance_transaction"] is None:
            _take(unit, refund, charge)
        refund.update(status="succeeded", pending_reason=None)
    unit.emit("refund.updated", refund)
    unit.emit("charge.refund.updated", refund)
    return refund


def carry_out_waiting(unit: Unit, currency: str) -> None:
    """Refunds that found no funds are made, the oldest first, as far as the available balance now goes."""
    for refund in reversed(unit.select("refund", status="pending", pending_reason="insufficient_funds")):
        charge = unit.get(refund["charge"], "charge")
        taken = balance.share(unit, charge["balance_transaction"], refund["amount"], charge["amount_captured"])
        if taken.currency != currency:
            continue
        if balance.funds(unit, currency, "available") < taken.amount:
            return
        settle(unit, refund, "succeeded")


@timer("refund_outcome")
def reach_outcome(unit: Unit, refund_id: str) -> None:
    """The later outcome that some test cards bring about."""
    refund = unit.get(refund_id, "refund")
    is_waiting = refund["pending_reason"] == "insufficient_funds"
    if refund["status"] in {"pending", "succeeded"} and refund["_outcome"] != refund["status"] and not is_waiting:
        settle(unit, refund, refund["_outcome"])


@timer("refund_waited_long")
def give_up(unit: Unit, refund_id: str) -> None:
    """No funds came for a refund that waited for them."""
    refund = unit.get(refund_id, "refund")
    if refund["status"] == "pending" and refund["pending_reason"] == "insufficient_funds":
        settle(unit, refund, "failed")


def _is_refundable(unit: Unit, charge: Json) -> bool:
    """Whether a disputed charge can be refunded all the same: an inquiry can, a chargeback cannot, even when won."""
    dispute = unit.select("dispute", charge=charge["id"])[0]
    return bool(dispute["is_charge_refundable"])


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
    settling.settle(unit, charge)
    taken = balance.share(unit, charge["balance_transaction"], amount, charge["amount_captured"])
    is_covered = unit.settings.refunds_debit_bank or balance.funds(unit, taken.currency, "available") >= taken.amount
    reason = "insufficient_funds" if not is_covered else "processing" if outcome == "pending" else None
    refund = unit.create("refund", "re", {
        "amount": amount, "balance_transaction": None, "charge": charge["id"], "currency": charge["currency"],
        "destination_details": {
            "type": "card",
            "card": {"type": "refund", "reference_status": "pending", "reference_type": "acquirer_reference_number"},
        },
        "metadata": params.get("metadata"), "payment_intent": charge["payment_intent"], "pending_reason": reason,
        "reason": params.get("reason"), "status": "pending" if reason else "succeeded",
        "_outcome": "succeeded" if outcome == "pending" else outcome,
    })  # fmt: skip
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    if is_covered:
        _take(unit, refund, charge)
    elif unit.settings.refund_waits_days:
        unit.later(unit.now + unit.settings.refund_waits_days * _DAY_SECONDS, "refund_waited_long", refund["id"])
    unit.emit("charge.refunded", charge)
    unit.emit("refund.created", refund)
    if charge["disputed"] and charge["refunded"]:
        disputing.close(unit, unit.select("dispute", charge=charge["id"])[0], "warning_closed")
    if is_covered and refund["_outcome"] != refund["status"]:
        unit.later(unit.now + _OUTCOME_SECONDS, "refund_outcome", refund["id"])
    return refund


def _reverse_transfer(unit: Unit, charge: Json, refund: Json) -> None:
    """Take the refunded part back from the destination; all that is left of it with the last part."""
    if not charge.get("transfer"):
        message = f"Cannot reverse the transfer of charge {charge['id']}: it has no associated transfer."
        raise invalid(message, param="reverse_transfer")
    transfer = unit.get(charge["transfer"], "transfer")
    part = _part(charge, refund["amount"], transfer["amount"], transfer["amount_reversed"])
    reversal = transferring.reverse(unit, transfer, part, refund_id=refund["id"])
    refund["transfer_reversal"] = reversal["id"]


def _return_fee(unit: Unit, charge: Json, amount: int) -> None:
    """Give the refunded part of the application fee back; all that is left of it with the last part."""
    if not charge.get("application_fee"):
        message = f"Attempting to refund_application_fee on charge ({charge['id']}), but it has no application fee"
        raise invalid(message, param="refund_application_fee")
    platform = unit.within(PLATFORM)
    fee = platform.get(charge["application_fee"], "application_fee")
    part = _part(charge, amount, fee["amount"], fee["amount_refunded"])
    if part:
        application_fees.give_back(platform, fee, part)


def _part(charge: Json, amount: int, whole: int, done: int) -> int:
    """The part of `whole` that belongs to a refund of `amount`, of what is not `done` yet."""
    left = whole - done
    return left if charge["refunded"] else min(left, round(whole * amount / charge["amount_captured"]))


def _take(unit: Unit, refund: Json, charge: Json) -> None:
    taken = balance.share(unit, charge["balance_transaction"], refund["amount"], charge["amount_captured"])
    entry = balance.book(unit, "refund", refund["id"], -taken.amount, taken.currency, rate=taken.rate)
    refund["balance_transaction"] = entry["id"]


def _fail(unit: Unit, refund: Json) -> None:
    charge = unit.get(refund["charge"], "charge")
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    reason = "insufficient_funds" if refund["balance_transaction"] is None else "expired_or_canceled_card"
    refund.update(status="failed", failure_reason=reason, pending_reason=None)
    if refund["balance_transaction"] is not None:
        taken = unit.get(refund["balance_transaction"], "balance_transaction")
        entry = balance.book(
            unit, "refund_failure", refund["id"], -taken["amount"], taken["currency"], category="refund_failure",
            rate=taken["exchange_rate"],
        )  # fmt: skip
        refund["failure_balance_transaction"] = entry["id"]
    unit.emit("refund.failed", refund)
