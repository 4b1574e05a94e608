"""Payment methods (https://docs.stripe.com/api/payment_methods): cards only."""

import datetime as dt
import hashlib

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, StripeError, invalid, not_found
from stripe_local.protocol.parameters import only
from stripe_local.reference import cards
from stripe_local.reference.cards import Card, Decline

_MONTHS, _YEARS_AHEAD = 12, 50


@route("POST", "/v1/payment_methods", "PaymentMethodCreateParams", publishable=True)
def create(unit: Unit, params: Json) -> Json:
    """Make a payment method from a card's number or a test token."""
    only(params, "type", "card", "billing_details", "metadata", "allow_redisplay")
    if params.get("type", "card") != "card":
        raise invalid("stripe-local takes cards only.", param="type", code="not_supported")
    given = params.get("card")
    if not given:
        raise invalid("Missing required param: card.", param="card", code="parameter_missing")
    card, month, year = _card(unit, given)
    details = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    return _make(unit, card, month, year, {
        "billing_details": details | params.get("billing_details", {}), "metadata": params.get("metadata"),
        "allow_redisplay": params.get("allow_redisplay", "unspecified"),
    })  # fmt: skip


@route("GET", "/v1/payment_methods/{method}", "PaymentMethodRetrieveParams")
def retrieve(unit: Unit, params: Json, method: str) -> Json:
    """Read a payment method."""
    del params
    return unit.get(method, "payment_method", param="payment_method")


@route("POST", "/v1/payment_methods/{method}", "PaymentMethodModifyParams")
def modify(unit: Unit, params: Json, method: str) -> Json:
    """Change a saved payment method."""
    only(params, "billing_details", "metadata", "allow_redisplay")
    found = unit.get(method, "payment_method", param="payment_method")
    found["billing_details"].update(params.pop("billing_details", {}))
    return update(found, params)


@route("GET", "/v1/payment_methods", "PaymentMethodListParams")
def list_methods(unit: Unit, params: Json) -> Json:
    """List a customer's payment methods."""
    return page(unit, "payment_method", "/v1/payment_methods", params)


@route("GET", "/v1/customers/{customer}/payment_methods", "CustomerListPaymentMethodsParams")
def list_of_customer(unit: Unit, params: Json, customer: str) -> Json:
    """List one customer's payment methods."""
    unit.get(customer, "customer")
    return page(unit, "payment_method", f"/v1/customers/{customer}/payment_methods", params, customer=customer)


@route("GET", "/v1/customers/{customer}/payment_methods/{method}", "CustomerRetrievePaymentMethodParams")
def retrieve_of_customer(unit: Unit, params: Json, customer: str, method: str) -> Json:
    """Read one of a customer's payment methods."""
    del params
    found = unit.get(method, "payment_method", param="payment_method")
    if found["customer"] != customer:
        raise not_found("payment_method", method, param="payment_method", status=404)
    return found


@route("POST", "/v1/payment_methods/{method}/attach", "PaymentMethodAttachParams")
def attach(unit: Unit, params: Json, method: str) -> Json:
    """Save a payment method to a customer."""
    if "customer" not in params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    customer = unit.referred(params, "customer", "customer") or {}
    return attach_to(unit, method, customer, status=404)


@route("POST", "/v1/payment_methods/{method}/detach", "PaymentMethodDetachParams")
def detach(unit: Unit, params: Json, method: str) -> Json:
    """Take a payment method from its customer for good."""
    del params
    found = unit.get(method, "payment_method", param="payment_method")
    if found["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is impossible."
        raise invalid(message, param="payment_method")
    previous = found["customer"]
    found.update(customer=None, _consumed=True)
    unit.emit("payment_method.detached", found, {"customer": previous})
    return found


def resolve(unit: Unit, reference: str, *, param: str = "payment_method", status: int = 400) -> Json:
    """A payment method by id, or a new one for a test token such as `pm_card_visa`."""
    card = cards.by_token(reference) if reference.startswith("pm_card_") else None
    if card is None:
        found = unit.find(reference, "payment_method")
        if found is None:
            raise not_found("PaymentMethod", reference, param=param, status=status)
        return found
    return _make(unit, card, 8, _year(unit) + 1, {})


def attach_to(unit: Unit, reference: str, customer: Json, *, status: int = 400) -> Json:
    """Attach, after the check of the card that Stripe makes with the issuer.

    Raises:
        StripeError: The issuer refuses the card (402), or it belongs to another customer or was used up (400).
    """
    method = resolve(unit, reference, status=status)
    if method["customer"] == customer["id"]:
        return method
    if method["customer"] is not None:
        raise invalid("The payment method you provided has already been attached to a customer.")
    refuse_used_up(method)
    card = cards.of(method)
    if card.decline is not None and not card.attaches:
        raise declined(card.decline)
    method["customer"] = customer["id"]
    unit.emit("payment_method.attached", method)
    return method


def refuse_used_up(method: Json) -> None:
    """A method that was used once without a customer, or detached, cannot be used again."""
    if method.get("_consumed"):
        raise invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, "
            "shared with a connected account without Customer attachment, or was detached from a Customer. It may "
            "not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
        )


def declined(decline: Decline, **fields: object) -> StripeError:
    """The card error for a refusal (402); its trace is kept when it concerns an intent."""
    keep = any(name in fields for name in ("payment_intent", "setup_intent"))
    param = {"expired_card": "exp_month", "incorrect_cvc": "cvc"}.get(decline.code)
    return StripeError(
        402, "card_error", decline.message, keep=keep, code=decline.code, decline_code=decline.reason, param=param,
        **fields,
    )  # fmt: skip


def next_year(unit: Unit) -> int:
    """A year in which a card is still valid."""
    return _year(unit) + 1


def _card(unit: Unit, given: Json) -> tuple[Card, int, int]:
    year = _year(unit)
    if "token" in given:
        card = cards.by_token(given["token"])
        if card is None:
            raise not_found("token", given["token"], param="card[token]", status=400)
        return card, 8, year + 1
    for name in ("number", "exp_month", "exp_year"):
        if name not in given:
            param = f"card[{name}]"
            raise invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")
    number = "".join(given["number"].split())
    card = cards.by_number(number)
    if not number.isdigit() or not cards.passes_luhn(number):
        raise declined(Decline("incorrect_number", None, "Your card number is incorrect."))
    if card is None:
        message = "Your card was declined. Your request was in test mode, but used a non test card."
        raise declined(Decline("card_declined", "test_mode_live_card", message))
    _check_expiry(unit, given["exp_month"], given["exp_year"] % 100 + 2000)
    return card, given["exp_month"], given["exp_year"] % 100 + 2000


def _check_expiry(unit: Unit, month: int, year: int) -> None:
    today = dt.datetime.fromtimestamp(unit.now, dt.UTC)
    if not 1 <= month <= _MONTHS:
        raise declined(Decline("invalid_expiry_month", None, "Your card's expiration month is invalid."))
    if (year, month) < (today.year, today.month) or year > today.year + _YEARS_AHEAD:
        raise declined(Decline("invalid_expiry_year", None, "Your card's expiration year is invalid."))


def _make(unit: Unit, card: Card, month: int, year: int, fields: Json) -> Json:
    details = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    return unit.create("payment_method", "pm", {
        "type": "card",
        "customer": None,
        "billing_details": details,
        "allow_redisplay": "unspecified",
        "card": {
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": card.country, "display_brand": card.brand, "exp_month": month, "exp_year": year,
            "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
            "funding": card.funding, "generated_from": None, "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated", "three_d_secure_usage": {"supported": True}, "wallet": None,
        },
        "_number": card.number,
        "_set_up": card.authentication == "one_time",
        **fields,
    })  # fmt: skip


def _year(unit: Unit) -> int:
    return dt.datetime.fromtimestamp(unit.now, dt.UTC).year
