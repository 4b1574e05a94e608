"""PaymentIntents (https://docs.stripe.com/api/payment_intents)."""

import secrets

from stripe_local.core import searching
from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, new_id, update
from stripe_local.protocol.errors import Json, StripeError, invalid, unexpected_state
from stripe_local.protocol.parameters import only
from stripe_local.protocol.render import public
from stripe_local.reference import currencies
from stripe_local.resources.payments import charging, confirming, offered, sharing

_PLAIN = (
    "description", "metadata", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor",
    "statement_descriptor_suffix", "transfer_group", "payment_method_options",
)  # fmt: skip
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELABLE = (*_OPEN, "requires_capture", "processing")
_CONFIRM = ("off_session", "return_url", "error_on_requires_action", "mandate_data", "use_stripe_sdk")


@route("POST", "/v1/payment_intents", "PaymentIntentCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Create an intent, and confirm it if asked to."""
    only(
        params, *_PLAIN, *_CONFIRM, *sharing.MEMBERS, "amount", "currency", "customer", "payment_method",
        "allowed_payment_method_types", "automatic_payment_methods", "capture_method", "confirmation_method", "confirm",
        "excluded_payment_method_types",
    )  # fmt: skip
    currency = params["currency"].lower()
    currencies.check_charge(params["amount"], currency, unit.settings)
    confirm_now = params.pop("confirm", False)
    for name in ("off_session", "return_url", "error_on_requires_action"):
        if name in params and not confirm_now:
            raise invalid(f"The parameter `{name}` cannot be passed when creating a PaymentIntent unless `confirm` "
                          "is set to true.", param=name)  # fmt: skip
    sharing.check_direct(unit)
    unit.referred(params, "customer", "customer")
    offered.check(params)
    intent = make(unit, params, currency)
    if params.get("payment_method"):
        method = confirming.check_method(unit, intent, params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    unit.emit("payment_intent.created", intent)
    if confirm_now:
        _confirm(unit, intent, params)
    return intent


@route("GET", "/v1/payment_intents/search", "PaymentIntentSearchParams")
def search(unit: Unit, params: Json) -> Json:
    """Search intents."""
    return searching.search(unit, "payment_intent", "/v1/payment_intents/search", params)


@route("GET", "/v1/payment_intents/{intent}", "PaymentIntentRetrieveParams", publishable=True)
def retrieve(unit: Unit, params: Json, intent: str) -> Json:
    """Read an intent."""
    found = unit.get(intent, "payment_intent", param="intent")
    check_secret(unit, found, params)
    return found


@route("POST", "/v1/payment_intents/{intent}", "PaymentIntentModifyParams")
def modify(unit: Unit, params: Json, intent: str) -> Json:
    """Change an intent that is not under way."""
    only(
        params, *_PLAIN, *sharing.MEMBERS, "amount", "currency", "customer", "payment_method",
        "allowed_payment_method_types",
    )  # fmt: skip
    found = unit.get(intent, "payment_intent", param="intent")
    if set(params) - {"metadata", "description"} and found["status"] not in _OPEN:
        message = f"This PaymentIntent's {next(iter(params))} could not be updated because it has a status of "
        raise unexpected_state(message + found["status"] + ".", public(found))
    if "amount" in params or "currency" in params:
        wanted = {**found, **params}
        currencies.check_charge(wanted["amount"], wanted["currency"].lower(), unit.settings)
    unit.referred(params, "customer", "customer")
    reference = params.pop("payment_method", None)
    offered.change(unit, found, params)
    terms = {name: params.pop(name) for name in sharing.MEMBERS if name in params}
    update(found, params)
    sharing.take_terms(unit, found, terms)
    if reference:
        method = confirming.check_method(unit, found, reference)
        found.update(payment_method=method["id"], status="requires_confirmation", next_action=None)
    return found


@route("GET", "/v1/payment_intents", "PaymentIntentListParams")
def list_intents(unit: Unit, params: Json) -> Json:
    """List intents."""
    return page(unit, "payment_intent", "/v1/payment_intents", params)


@route("POST", "/v1/payment_intents/{intent}/confirm", "PaymentIntentConfirmParams", publishable=True)
def confirm(unit: Unit, params: Json, intent: str) -> Json:
    """Confirm: attempt the payment."""
    only(
        params, *_CONFIRM, "payment_method", "client_secret", "receipt_email", "setup_future_usage", "shipping",
        "capture_method", "payment_method_options", "allowed_payment_method_types",
    )  # fmt: skip
    found = unit.get(intent, "payment_intent", param="intent")
    check_secret(unit, found, params)
    plain = ("receipt_email", "setup_future_usage", "shipping", "capture_method", "payment_method_options")
    update(found, {name: params[name] for name in plain if name in params})
    offered.change(unit, found, params)
    _confirm(unit, found, params)
    return found


@route("POST", "/v1/payment_intents/{intent}/capture", "PaymentIntentCaptureParams")
def capture(unit: Unit, params: Json, intent: str) -> Json:
    """Capture an authorized payment, in full or less."""
    only(
        params, *sharing.MEMBERS, "amount_to_capture", "metadata", "statement_descriptor",
        "statement_descriptor_suffix",
    )  # fmt: skip
    found = unit.get(intent, "payment_intent", param="intent")
    if found["status"] != "requires_capture":
        raise unexpected_state(
            f"This PaymentIntent could not be captured because it has a status of {found['status']}. Only a "
            "PaymentIntent with one of the following statuses may be captured: requires_capture.",
            public(found),
        )
    amount = params.pop("amount_to_capture", found["amount_capturable"])
    if amount > found["amount_capturable"]:
        message = f"The amount_to_capture ({amount}) is greater than the amount_capturable of this PaymentIntent."
        raise invalid(message, param="amount_to_capture", code="amount_too_large")
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid(message, param="amount_to_capture", code="parameter_invalid_integer")
    sharing.take_terms(unit, found, params)
    update(found, params)
    charging.capture(unit, found, amount)
    return found


@route("POST", "/v1/payment_intents/{intent}/cancel", "PaymentIntentCancelParams")
def cancel(unit: Unit, params: Json, intent: str) -> Json:
    """Cancel an intent; an authorization is released."""
    found = unit.get(intent, "payment_intent", param="intent")
    if found["status"] not in _CANCELABLE:
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {found['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(_CANCELABLE)}.",
            public(found),
        )
    found.update(
        status="canceled", canceled_at=unit.now, amount_capturable=0, next_action=None,
        cancellation_reason=params.get("cancellation_reason"),
    )  # fmt: skip
    unit.emit("payment_intent.canceled", found)
    return found


def check_secret(unit: Unit, intent: Json, params: Json) -> None:
    """A publishable key is worth something only together with the intent's client secret."""
    given = params.get("client_secret")
    if given is None and not unit.publishable:
        return
    if given is None:
        raise invalid("Missing required param: client_secret.", param="client_secret", code="parameter_missing")
    if not secrets.compare_digest(given, intent["client_secret"]):
        message = f"The client_secret provided does not match any associated {intent['object']} on this account."
        raise invalid(message, param="client_secret", code=f"{intent['object']}_invalid_parameter")


def _confirm(unit: Unit, intent: Json, params: Json) -> None:
    if intent["status"] not in _OPEN:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it has already "
            f"{'succeeded after being previously confirmed' if intent['status'] == 'succeeded' else 'been confirmed'}."
            if intent["status"] != "canceled"
            else "You cannot confirm this PaymentIntent because it has been canceled.",
            public(intent),
        )
    _require_return_url(unit, intent, params)
    reference = params.get("payment_method") or intent["payment_method"]
    if reference is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            public(intent),
        )
    method = confirming.check_method(unit, intent, reference)
    confirming.pay(unit, intent, method, params)


def _require_return_url(unit: Unit, intent: Json, params: Json) -> None:
    automatic = intent["automatic_payment_methods"] or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects", "always") == "always"
    if redirects and not unit.publishable and not params.get("return_url") and not params.get("off_session"):
        raise StripeError(
            400,
            "invalid_request_error",
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`. If "
            "you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to "
            "`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
            "Payment Intents.",
        )


def make(unit: Unit, params: Json, currency: str) -> Json:
    """A new intent from checked parameters, not yet announced."""
    intent_id = new_id("pi")
    types, automatic = offered.of(unit, params)
    plain = {name: params.get(name) for name in _PLAIN if name != "metadata"}
    default_options = {"card": {"installments": None, "network": None, "request_three_d_secure": "automatic"}}
    intent = unit.create("payment_intent", "pi", {
        **plain,
        "id": intent_id, "amount": params["amount"], "amount_capturable": 0, "amount_details": {"tip": {}},
        "amount_received": 0, "automatic_payment_methods": automatic, "canceled_at": None,
        "cancellation_reason": None, "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{secrets.token_urlsafe(18)}",
        "confirmation_method": params.get("confirmation_method", "automatic"), "currency": currency,
        "customer": params.get("customer"), "last_payment_error": None, "latest_charge": None,
        "metadata": params.get("metadata"), "next_action": None, "payment_method": None,
        "payment_method_options": params.get("payment_method_options") or default_options,
        "payment_method_types": types, "status": "requires_payment_method",
    })  # fmt: skip
    sharing.take_terms(unit, intent, params)
    return intent
