"""What happens when a customer completes a Checkout page."""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.parameters import only
from stripe_local.reference import cards
from stripe_local.resources.billing import customers, subscriptions
from stripe_local.resources.payments import confirming, payment_intents, payment_methods


def challenged(number: str) -> bool:
    """Whether a card asks the customer for authentication at the checkout."""
    card = cards.by_number(number)
    return card is not None and card.authentication not in {"never", "supported"}


def complete(unit: Unit, session_id: str, card: str, email: str = "customer@example.com") -> Json:
    """Pay or subscribe with a card that the customer typed and, where asked, authenticated.

    Args:
        unit: The unit of work.
        session_id: The session.
        card: Card number.
        email: For a customer who is not known yet.

    Raises:
        StripeError: The session is not open (400), or the card is declined (402).
    """
    session = unit.get(session_id, "checkout.session")
    if session["status"] != "open":
        raise invalid(f"This session is {session['status']}.")
    address = session["customer_email"] or email
    customer = unit.find(session["customer"]) if session["customer"] else None
    if customer is None:
        customer = customers.create(unit, {"email": address})
    method = payment_methods.create(
        unit, {"type": "card", "card": {"number": card, "exp_month": 12, "exp_year": payment_methods.next_year(unit)}}
    )
    session["customer"] = customer["id"]
    details: Json = {"address": None, "business_name": None, "individual_name": None, "name": customer.get("name"),
               "phone": None, "tax_exempt": "none", "tax_ids": []}  # fmt: skip
    session["customer_details"] = {**details, "email": customer.get("email") or address}
    if session["mode"] == "payment":
        _pay(unit, session, customer, method)
    else:
        _subscribe(unit, session, customer, method)
    session.update(status="complete", url=None)
    unit.emit("checkout.session.completed", session)
    return session


def _pay(unit: Unit, session: Json, customer: Json, method: Json) -> None:
    data = session["_payment_intent_data"]
    only(
        data, "metadata", "capture_method", "setup_future_usage", "transfer_group", "description", "receipt_email",
        "statement_descriptor", "statement_descriptor_suffix", "shipping", "application_fee_amount", "transfer_data",
    )  # fmt: skip
    intent = payment_intents.make(unit, {
        **data, "amount": session["amount_total"], "customer": customer["id"], "allowed_payment_method_types": ["card"],
    }, session["currency"])  # fmt: skip
    unit.emit("payment_intent.created", intent)
    confirming.pay(unit, intent, method, {}, authenticated=True)
    session.update(payment_intent=intent["id"], payment_status="paid")


def _subscribe(unit: Unit, session: Json, customer: Json, method: Json) -> None:
    data = session["_subscription_data"]
    payment_methods.attach_to(unit, method["id"], customer)
    method["_set_up"] = True
    subscription = subscriptions.begin(unit, {
        **{name: data[name] for name in ("metadata", "description", "trial_period_days", "trial_end", "trial_settings")
           if name in data},
        "customer": customer["id"], "default_payment_method": method["id"],
        "items": [{"price": item["price"]["id"], "quantity": item["quantity"]} for item in session["_items"]],
    }, authenticated=True)  # fmt: skip
    if subscription["status"] == "incomplete":
        raise StripeError(402, "card_error", "Your card was declined.", code="card_declined")
    trial = subscription["status"] == "trialing"
    session.update(
        subscription=subscription["id"], invoice=subscription["latest_invoice"],
        payment_status="no_payment_required" if trial else "paid",
    )  # fmt: skip
