"""Invoices of subscriptions and their payment."""

import secrets
from collections.abc import Callable
from typing import NamedTuple

from stripe_local.core.routing import timer
from stripe_local.core.unit import Unit, new_id
from stripe_local.protocol.errors import Json, StripeError
from stripe_local.resources.payments import confirming, payment_intents

PaidHook = Callable[[Unit, Json], None]
_HOOKS: list[PaidHook] = []


class Line(NamedTuple):
    """What an invoice charges for.

    Args:
        description: For people.
        amount: Minor units, negative for a credit.
        price: The price's id.
        quantity: How many.
        item: The subscription item's id.
        start: Beginning of the period, in seconds since the epoch.
        end: End of the period.
        proration: Whether the line evens out a change within a period.
    """

    description: str
    amount: int
    price: str
    quantity: int
    item: str
    start: int
    end: int
    proration: bool = False


def on_paid(hook: PaidHook) -> PaidHook:
    """Register what follows when an invoice of a subscription is paid."""
    _HOOKS.append(hook)
    return hook


def issue(unit: Unit, subscription: Json, lines: list[Line], reason: str) -> Json:
    """Write and finalize an invoice for a subscription; nothing is paid yet, unless nothing is due."""
    customer = unit.get(subscription["customer"], "customer")
    total = max(0, sum(line.amount for line in lines))
    invoice_id = new_id("in")
    number = f"LOCAL-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    rows = [_line(subscription, invoice_id, line) for line in lines]
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    invoice = unit.create("invoice", "in", {
        "id": invoice_id, "amount_due": total, "amount_overpaid": 0, "amount_paid": 0, "amount_remaining": total,
        "amount_shipping": 0, "attempt_count": 0, "attempted": False, "auto_advance": True,
        "automatic_tax": {"enabled": False, "liability": None, "status": None, "provider": None,
                          "disabled_reason": None},
        "billing_reason": reason, "collection_method": subscription["collection_method"],
        "currency": subscription["currency"], "customer": customer["id"], "customer_email": customer.get("email"),
        "customer_name": customer.get("name"), "default_tax_rates": [], "discounts": [], "effective_at": unit.now,
        "hosted_invoice_url": f"{unit.base_url}/objects/{invoice_id}", "issuer": {"type": "self"},
        "lines": _listed(rows, f"/v1/invoices/{invoice_id}/lines"), "number": number,
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
        "payments": _listed([], "/v1/invoice_payments"),
        "period_end": max((line.end for line in lines), default=unit.now),
        "period_start": min((line.start for line in lines), default=unit.now),
        "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0, "starting_balance": 0,
        "status": "open", "subtotal": total, "total": total, "subtotal_excluding_tax": total,
        "total_excluding_tax": total,
        "status_transitions": {"finalized_at": unit.now, "marked_uncollectible_at": None, "paid_at": None,
                               "voided_at": None},
        "_subscription": subscription["id"],
    })  # fmt: skip
    subscription["latest_invoice"] = invoice_id
    unit.emit("invoice.created", invoice)
    unit.emit("invoice.finalized", invoice)
    if total == 0:
        mark_paid(unit, invoice)
    return invoice


def collect(unit: Unit, invoice: Json, method: str | None, *, off_session: bool, authenticated: bool = False) -> None:
    """Try to take an invoice's amount from a payment method; the invoice tells how it went."""
    if invoice["status"] != "open":
        return
    intent = _intent(unit, invoice)
    if method is None:
        _failed(unit, invoice)
        return
    options = {"off_session": off_session}
    try:
        found = confirming.check_method(unit, intent, method)
        confirming.pay(unit, intent, found, options, authenticated=authenticated)
    except StripeError:
        _failed(unit, invoice)
        return
    if intent["status"] == "succeeded":
        mark_paid(unit, invoice)
    else:
        unit.emit("invoice.payment_action_required", invoice)


def prepare(unit: Unit, invoice: Json) -> None:
    """Make the PaymentIntent that the customer is to confirm."""
    _intent(unit, invoice)


def mark_paid(unit: Unit, invoice: Json) -> None:
    """An invoice is paid: say so, and let the subscription go on."""
    invoice.update(
        status="paid", amount_paid=invoice["amount_due"], amount_remaining=0, attempted=True,
        next_payment_attempt=None,
    )  # fmt: skip
    invoice["attempt_count"] += 1
    invoice["status_transitions"]["paid_at"] = unit.now
    for payment in invoice["payments"]["data"]:
        payment.update(status="paid", amount_paid=invoice["amount_due"])
        payment["status_transitions"]["paid_at"] = unit.now
    unit.emit("invoice.paid", invoice)
    unit.emit("invoice.payment_succeeded", invoice)
    for hook in _HOOKS:
        hook(unit, invoice)


def void(unit: Unit, invoice: Json, status: str = "void") -> None:
    """Give an open invoice up: `void` or `uncollectible`."""
    if invoice["status"] != "open":
        return
    invoice.update(status=status, next_payment_attempt=None, auto_advance=False)
    name = "voided_at" if status == "void" else "marked_uncollectible_at"
    invoice["status_transitions"][name] = unit.now
    unit.emit("invoice.voided" if status == "void" else "invoice.marked_uncollectible", invoice)


@timer("invoice_intent_succeeded")
def intent_succeeded(unit: Unit, intent_id: str) -> None:
    """A customer paid an invoice's PaymentIntent directly, after authentication."""
    intent = unit.get(intent_id, "payment_intent")
    invoice = unit.get(intent["_invoice"], "invoice")
    if intent["status"] == "succeeded" and invoice["status"] == "open":
        mark_paid(unit, invoice)


def _intent(unit: Unit, invoice: Json) -> Json:
    """The invoice's PaymentIntent, made at the first attempt."""
    payments = invoice["payments"]["data"]
    if payments:
        return unit.get(payments[0]["payment"]["payment_intent"], "payment_intent")
    intent = payment_intents.make(unit, {
        "amount": invoice["amount_due"], "customer": invoice["customer"], "setup_future_usage": "off_session",
        "allowed_payment_method_types": ["card"], "description": "Subscription", "metadata": {},
    }, invoice["currency"])  # fmt: skip
    intent["_invoice"] = invoice["id"]
    unit.emit("payment_intent.created", intent)
    payments.append({
        "id": f"inpay_{secrets.token_hex(12)}", "object": "invoice_payment", "amount_paid": None,
        "amount_requested": invoice["amount_due"], "created": unit.now, "currency": invoice["currency"],
        "invoice": invoice["id"], "is_default": True, "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": intent["id"], "charge": None},
        "status": "open", "status_transitions": {"canceled_at": None, "paid_at": None},
    })  # fmt: skip
    invoice["confirmation_secret"] = {"client_secret": intent["client_secret"], "type": "payment_intent"}
    return intent


def _failed(unit: Unit, invoice: Json) -> None:
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    unit.emit("invoice.payment_failed", invoice)


def _line(subscription: Json, invoice_id: str, line: Line) -> Json:
    details = {
        "invoice_item": None, "proration": line.proration, "proration_details": {"credited_items": None},
        "subscription": subscription["id"], "subscription_item": line.item,
    }  # fmt: skip
    return {
        "id": f"il_{secrets.token_hex(12)}", "object": "line_item", "amount": line.amount,
        "currency": subscription["currency"], "description": line.description, "discount_amounts": [],
        "discountable": True, "discounts": [], "invoice": invoice_id, "livemode": False, "metadata": {},
        "parent": {
            "invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details",
        },
        "period": {"start": line.start, "end": line.end}, "quantity": line.quantity, "subtotal": line.amount,
        "pricing": {
            "type": "price_details", "price_details": {"price": line.price, "product": None},
            "unit_amount_decimal": str(line.amount // (line.quantity or 1)),
        },
        "subscription": subscription["id"], "taxes": [],
    }  # fmt: skip


def _listed(rows: list[Json], url: str) -> Json:
    return {"object": "list", "data": rows, "has_more": False, "total_count": len(rows), "url": url}
