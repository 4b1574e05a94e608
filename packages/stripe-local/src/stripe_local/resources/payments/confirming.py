"""Confirmation: which card is asked, whether it wants authentication, what it answers."""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.render import public
from stripe_local.reference import cards
from stripe_local.reference.cards import AUTHENTICATION, Card, Decline
from stripe_local.resources.payments import charging
from stripe_local.resources.payments.payment_methods import declined, refuse_used_up, resolve

_FAILED = "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
Params = Json


def check_method(unit: Unit, intent: Json, reference: str) -> Json:
    """The payment method an intent may use.

    Raises:
        StripeError: Unknown, used up, or of another customer.
    """
    method = resolve(unit, reference)
    if method["type"] not in intent.get("payment_method_types", [method["type"]]):
        message = f"The PaymentMethod provided ({method['type']}) is not allowed for this intent. Please attach a "
        types = ", ".join(intent["payment_method_types"])
        raise invalid(f"{message}PaymentMethod of one of these types: {types}.", param="payment_method")
    if method["customer"] is None:
        refuse_used_up(method)
    elif intent["customer"] is None:
        raise invalid(
            "The payment method you provided is attached to a customer so for security purposes you must provide the "
            "customer in the request.",
            param="payment_method",
        )
    elif method["customer"] != intent["customer"]:
        message = f"The payment method supplied ({method['id']}) belongs to a different Customer."
        raise invalid(message, param="payment_method")
    return method


def challenge(unit: Unit, intent: Json, return_url: str | None) -> None:
    """Ask for the cardholder's authentication."""
    kind = "payment" if intent["object"] == "payment_intent" else "setup"
    page = f"{unit.base_url}/authenticate/{kind}/{intent['id']}?client_secret={intent['client_secret']}"
    intent["status"] = "requires_action"
    intent["_return_url"] = return_url
    if return_url:
        redirect = {"url": page, "return_url": return_url}
        intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
    else:
        use_sdk = {"type": "three_d_secure_redirect", "stripe_js": page, "source": f"src_{intent['id']}"}
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": use_sdk}
    unit.emit(f"{intent['object']}.requires_action", intent)


def wants_authentication(card: Card, method: Json, *, off_session: bool, requested: bool) -> bool:
    """Whether the issuer asks for 3D Secure, by the documented behaviour of the test card."""
    if card.authentication == "always":
        return True
    if card.authentication == "unless_set_up":
        return not (off_session and method.get("_set_up"))
    if card.authentication == "one_time":
        return not off_session
    return card.authentication == "supported" and requested and not off_session


def pay(unit: Unit, intent: Json, method: Json, options: Params, *, authenticated: bool = False) -> None:
    """Attempt a payment.

    Args:
        unit: The unit of work.
        intent: The PaymentIntent.
        method: The checked payment method.
        options: `off_session`, `return_url`, `error_on_requires_action` of the confirmation.
        authenticated: The cardholder has just passed the challenge.

    Raises:
        StripeError: The card is declined (402).
    """
    card = cards.of(method)
    off_session = bool(options.get("off_session"))
    wanted = not authenticated and wants_authentication(
        card, method, off_session=off_session, requested=_requested(intent)
    )
    intent["payment_method"] = method["id"]
    if wanted and (off_session or options.get("error_on_requires_action")):
        fail_payment(unit, intent, method, AUTHENTICATION)
    if wanted:
        challenge(unit, intent, options.get("return_url"))
        return
    if card.decline is not None:
        fail_payment(unit, intent, method, card.decline)
    charging.authorize(unit, intent, method, authenticated=authenticated, off_session=off_session)
    _save(unit, intent, method, set_up=intent["setup_future_usage"] == "off_session")


def fail_payment(unit: Unit, intent: Json, method: Json, decline: Decline) -> None:
    """Record a decline and raise it.

    Raises:
        StripeError: Always (402).
    """
    charge = charging.refuse(unit, intent, method, decline)
    intent["_attempts"] = int(intent.get("_attempts", 0)) + 1
    error = declined(decline, charge=charge["id"], payment_method=public(method))
    intent.update(
        status="requires_payment_method", payment_method=None, next_action=None, last_payment_error=error.error
    )
    unit.emit("payment_intent.payment_failed", intent)
    if intent["_attempts"] >= unit.settings.confirmation_limit:
        intent.update(status="canceled", canceled_at=unit.now, cancellation_reason="automatic")
        unit.emit("payment_intent.canceled", intent)
    raise declined(decline, charge=charge["id"], payment_method=public(method), payment_intent=dict(public(intent)))


def authentication_failed(unit: Unit, intent: Json) -> None:
    """The cardholder failed or left the challenge."""
    kind = str(intent["object"])
    short = "payment" if kind == "payment_intent" else "setup"
    method = unit.get(intent["payment_method"], "payment_method")
    error: Json = {
        "code": f"{kind}_authentication_failure",
        "type": "invalid_request_error",
        "message": f"{_FAILED}PaymentMethod to attempt to fulfill this {'Payment' if short == 'payment' else 'Setup'}"
        "Intent again.",
        "payment_method": public(method),
        "doc_url": f"https://docs.stripe.com/error-codes/{kind.replace('_', '-')}-authentication-failure",
    }
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    intent[f"last_{short}_error"] = error
    unit.emit(f"{kind}.{'payment_failed' if short == 'payment' else 'setup_failed'}", intent)


def authenticate(unit: Unit, intent: Json, outcome: str) -> None:
    """The end of a challenge: `success` goes on with the payment or setup, `failure` ends the attempt.

    Raises:
        StripeError: No challenge is open (400), or the card is declined after all (402).
    """
    if intent["status"] != "requires_action":
        raise invalid(f"{intent['id']} has status {intent['status']}: no authentication is awaited.")
    if outcome not in {"success", "failure"}:
        raise invalid("Invalid outcome: must be one of success or failure", param="outcome")
    if outcome == "failure":
        authentication_failed(unit, intent)
        return
    method = unit.get(intent["payment_method"], "payment_method")
    if intent["object"] == "payment_intent":
        pay(unit, intent, method, {}, authenticated=True)
    else:
        finish_setup(unit, intent, method)


def finish_setup(unit: Unit, intent: Json, method: Json) -> None:
    """The payment method is set up, and saved if the intent names a customer."""
    intent.update(status="succeeded", next_action=None, last_setup_error=None, payment_method=method["id"])
    _save(unit, {**intent, "setup_future_usage": intent["usage"]}, method, set_up=intent["usage"] == "off_session")
    unit.emit("setup_intent.succeeded", intent)


def _save(unit: Unit, intent: Json, method: Json, *, set_up: bool) -> None:
    if set_up:
        method["_set_up"] = True
    if method["customer"] is not None:
        return
    if intent["customer"] and intent["setup_future_usage"]:
        method["customer"] = intent["customer"]
        unit.emit("payment_method.attached", method)
    else:
        method["_consumed"] = True


def _requested(intent: Json) -> bool:
    options = (intent.get("payment_method_options") or {}).get("card") or {}
    return options.get("request_three_d_secure") in {"any", "challenge"}


def card_error(error: StripeError) -> bool:
    """Whether an error is the issuer's answer, not a mistake of the caller."""
    return bool(error.error["type"] == "card_error")
