"""Stripe's documented test cards (https://docs.stripe.com/testing) and how each behaves."""

from dataclasses import dataclass
from typing import Literal

from stripe_local.protocol.errors import Json

Authentication = Literal["never", "supported", "unless_set_up", "one_time", "always"]


@dataclass(frozen=True)
class Decline:
    """Why a card is refused.

    Args:
        code: Stripe's error code.
        reason: Stripe's decline code; None where there is none.
        message: Text shown to the customer.
    """

    code: str
    reason: str | None
    message: str


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
LOST = Decline("card_declined", "lost_card", "Your card was declined.")
STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
VELOCITY = Decline("card_declined", "card_velocity_exceeded", "Your card was declined for making repeated attempts.")
FRAUD = Decline("card_declined", "fraudulent", "Your card was declined.")
EXPIRED = Decline("expired_card", None, "Your card has expired.")
CVC = Decline("incorrect_cvc", None, "Your card's security code is incorrect.")
PROCESSING = Decline(
    "processing_error", None, "An error occurred while processing your card. Try again in a little bit."
)
AUTHENTICATION = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)


@dataclass(frozen=True)
class Card:
    """One test card.

    Args:
        number: The card's number.
        brand: Network.
        country: Issuer's country.
        decline: Why charges are refused; None when they succeed.
        attaches: Whether it can be saved to a customer although charges are refused.
        authentication: When the issuer asks for 3D Secure: always; unless the card was set up for off-session use
            before; only for payments on session (the card counts as set up); never.
        dispute: Reason of the dispute that follows a charge; empty for none.
        dispute_kind: `chargeback` or `inquiry`.
        refund: What becomes of refunds: `succeeded`, `failed` (later), or `pending` (later succeeded).
        settles_at_once: Whether the funds are available immediately.
    """

    number: str
    brand: str = "visa"
    country: str = "US"
    decline: Decline | None = None
    attaches: bool = True
    authentication: Authentication = "never"
    dispute: str = ""
    dispute_kind: str = "chargeback"
    refund: str = "succeeded"
    settles_at_once: bool = False
    funding: str = "credit"


def _refused(number: str, decline: Decline) -> Card:
    return Card(number, decline=decline, attaches=False)


_BY_TOKEN: dict[str, Card] = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", brand="mastercard"),
    "mastercard_debit": Card("5200828282828210", brand="mastercard", funding="debit"),
    "amex": Card("378282246310005", brand="amex"),
    "nz": Card("4000005540000008", country="NZ"),
    "au": Card("4000000360000006", country="AU"),
    "gb": Card("4000008260000000", country="GB"),
    "visa_chargeDeclined": _refused("4000000000000002", GENERIC),
    "visa_chargeDeclinedInsufficientFunds": _refused("4000000000009995", FUNDS),
    "visa_chargeDeclinedLostCard": _refused("4000000000009987", LOST),
    "visa_chargeDeclinedStolenCard": _refused("4000000000009979", STOLEN),
    "visa_chargeDeclinedVelocityLimitExceeded": _refused("4000000000006975", VELOCITY),
    "chargeDeclinedExpiredCard": _refused("4000000000000069", EXPIRED),
    "chargeDeclinedIncorrectCvc": _refused("4000000000000127", CVC),
    "chargeDeclinedProcessingError": _refused("4000000000000119", PROCESSING),
    "radarBlock": _refused("4100000000000019", FRAUD),
    "chargeCustomerFail": Card("4000000000000341", decline=GENERIC),
    "createDispute": Card("4000000000000259", dispute="fraudulent"),
    "createDisputeInquiry": Card("4000000000001976", dispute="fraudulent", dispute_kind="inquiry"),
    "createDisputeProductNotReceived": Card("4000000000002685", dispute="product_not_received"),
    "authenticationRequired": Card("4000002760003184", country="DE", authentication="always"),
    "authenticationRequiredOnSetup": Card("4000002500003155", country="DE", authentication="unless_set_up"),
    "authenticationRequiredSetupForOffSession": Card("4000003800000446", country="DK", authentication="one_time"),
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", country="GB", authentication="always", decline=FUNDS
    ),
    "threeDSecure2Required": Card("4000000000003220", authentication="always"),
    "threeDSecureRequired": Card("4000000000003063", authentication="always"),
    "threeDSecureOptional": Card("4000000000003055", authentication="supported"),
    "refundFail": Card("4000000000005126", refund="failed"),
    "pendingRefund": Card("4000000000007726", refund="pending"),
    "bypassPending": Card("4000000000000077", settles_at_once=True),
    "bypassPendingInternational": Card("4000003720000278", country="IE", settles_at_once=True),
}
# Shorter names that Stripe's documents use for the same cards.
_ALIASES = {
    "chargeDeclined": "visa_chargeDeclined",
    "chargeDeclinedInsufficientFunds": "visa_chargeDeclinedInsufficientFunds",
    "chargeDeclinedFraudulent": "radarBlock",
}
_BY_NUMBER = {card.number: card for card in _BY_TOKEN.values()}


def names() -> list[str]:
    """What stands after `pm_card_` for each card."""
    return list(_BY_TOKEN)


def by_token(token: str) -> Card | None:
    """The card that `pm_card_…` or `tok_…` stands for."""
    for prefix in ("pm_card_", "tok_"):
        if token.startswith(prefix):
            name = token.removeprefix(prefix)
            return _BY_TOKEN.get(_ALIASES.get(name, name))
    return None


def by_number(number: str) -> Card | None:
    """The card with this number; None when it is no test card."""
    return _BY_NUMBER.get("".join(number.split()))


def of(method: Json) -> Card:
    """The card behind a stored payment method."""
    return _BY_NUMBER[method["_number"]]


def passes_luhn(number: str) -> bool:
    """The check digit is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return len(digits) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
