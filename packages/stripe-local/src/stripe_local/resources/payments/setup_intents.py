"""SetupIntents (https://docs.stripe.com/api/setup_intents): a card is set up for later, nothing is charged."""

import secrets

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, new_id, update
from stripe_local.protocol.errors import Json, invalid, unexpected_state
from stripe_local.protocol.parameters import only
from stripe_local.protocol.render import public
from stripe_local.reference import cards
from stripe_local.resources.payments import confirming, offered
from stripe_local.resources.payments.payment_intents import check_secret
from stripe_local.resources.payments.payment_methods import declined

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_PLAIN = ("description", "metadata")


@route("POST", "/v1/setup_intents", "SetupIntentCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Create an intent, and confirm it if asked to."""
    only(
        params, *_PLAIN, "customer", "payment_method", "allowed_payment_method_types", "automatic_payment_methods",
        "usage", "confirm", "return_url", "use_stripe_sdk", "mandate_data", "payment_method_options",
    )  # fmt: skip
    unit.referred(params, "customer", "customer")
    intent_id = new_id("seti")
    offered.check(params)
    types, automatic = offered.of(unit, params)
    intent = unit.create("setup_intent", "seti", {
        "id": intent_id, "automatic_payment_methods": automatic,
        "client_secret": f"{intent_id}_secret_{secrets.token_urlsafe(18)}", "customer": params.get("customer"),
        "description": params.get("description"), "last_setup_error": None, "latest_attempt": None,
        "metadata": params.get("metadata"), "next_action": None, "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": types, "status": "requires_payment_method",
        "usage": params.get("usage", "off_session"),
    })  # fmt: skip
    if params.get("payment_method"):
        method = confirming.check_method(unit, intent, params["payment_method"])
        intent.update(payment_method=method["id"], status="requires_confirmation")
    unit.emit("setup_intent.created", intent)
    if params.get("confirm"):
        _confirm(unit, intent, params)
    return intent


@route("GET", "/v1/setup_intents/{intent}", "SetupIntentRetrieveParams", publishable=True)
def retrieve(unit: Unit, params: Json, intent: str) -> Json:
    """Read an intent."""
    found = unit.get(intent, "setup_intent", param="intent")
    check_secret(unit, found, params)
    return found


@route("POST", "/v1/setup_intents/{intent}", "SetupIntentModifyParams")
def modify(unit: Unit, params: Json, intent: str) -> Json:
    """Change an intent that is not done."""
    only(params, *_PLAIN, "customer", "payment_method", "allowed_payment_method_types")
    found = unit.get(intent, "setup_intent", param="intent")
    unit.referred(params, "customer", "customer")
    reference = params.pop("payment_method", None)
    offered.change(unit, found, params)
    update(found, params)
    if reference:
        method = confirming.check_method(unit, found, reference)
        found.update(payment_method=method["id"], status="requires_confirmation")
    return found


@route("GET", "/v1/setup_intents", "SetupIntentListParams")
def list_intents(unit: Unit, params: Json) -> Json:
    """List intents."""
    return page(unit, "setup_intent", "/v1/setup_intents", params)


@route("POST", "/v1/setup_intents/{intent}/confirm", "SetupIntentConfirmParams", publishable=True)
def confirm(unit: Unit, params: Json, intent: str) -> Json:
    """Confirm: let the issuer check the card."""
    only(params, "payment_method", "return_url", "client_secret", "mandate_data", "use_stripe_sdk")
    found = unit.get(intent, "setup_intent", param="intent")
    check_secret(unit, found, params)
    _confirm(unit, found, params)
    return found


@route("POST", "/v1/setup_intents/{intent}/cancel", "SetupIntentCancelParams")
def cancel(unit: Unit, params: Json, intent: str) -> Json:
    """Cancel an intent that is not done."""
    found = unit.get(intent, "setup_intent", param="intent")
    if found["status"] not in _OPEN:
        message = f"You cannot cancel this SetupIntent because it has a status of {found['status']}."
        raise unexpected_state(message, public(found))
    found.update(status="canceled", next_action=None, cancellation_reason=params.get("cancellation_reason"))
    unit.emit("setup_intent.canceled", found)
    return found


def _confirm(unit: Unit, intent: Json, params: Json) -> None:
    if intent["status"] not in _OPEN:
        message = f"You cannot confirm this SetupIntent because it has a status of {intent['status']}."
        raise unexpected_state(message, public(intent))
    automatic = intent["automatic_payment_methods"] or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects") == "always"
    if redirects and not unit.publishable and not params.get("return_url"):
        raise invalid(
            "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`."
        )
    reference = params.get("payment_method") or intent["payment_method"]
    if reference is None:
        message = "You cannot confirm this SetupIntent because it's missing a payment method."
        raise unexpected_state(message, public(intent))
    method = confirming.check_method(unit, intent, reference)
    card = cards.of(method)
    intent["payment_method"] = method["id"]
    if card.authentication in {"always", "unless_set_up"} and not method.get("_set_up"):
        confirming.challenge(unit, intent, params.get("return_url"))
        return
    if card.decline is not None and not card.attaches:
        error = declined(card.decline, payment_method=public(method))
        intent.update(status="requires_payment_method", payment_method=None, last_setup_error=error.error)
        unit.emit("setup_intent.setup_failed", intent)
        raise declined(card.decline, payment_method=public(method), setup_intent=dict(public(intent)))
    confirming.finish_setup(unit, intent, method)
