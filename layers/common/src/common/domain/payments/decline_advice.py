"""What a payer can do about a declined card, in plain words (https://docs.stripe.com/declines/codes)."""

_GENERIC = "Your card was declined. Please use another card or ask your bank."
_NOT_AUTHENTICATED = "Your bank did not confirm that it is you. Please try again, or use another card."

_ADVICE = {
    # Error codes of a 3D Secure that was left or failed; they come without a decline code.
    "payment_intent_authentication_failure": _NOT_AUTHENTICATED,
    "setup_intent_authentication_failure": _NOT_AUTHENTICATED,
    "authentication_required": "Your bank wants you to confirm this payment. Please open the booking and confirm it.",
    "approve_with_id": "The payment could not be authorised. Please try again, or ask your bank.",
    "call_issuer": "Your bank declined the payment. Please ask your bank, or use another card.",
    "card_not_usable": "This saved card cannot be used. Please use another card.",
    "card_not_supported": "This card does not support this kind of purchase. Please use another card.",
    "card_velocity_exceeded": "This card has reached its limit. Please use another card or ask your bank.",
    "currency_not_supported": "This card does not support the currency. Please use another card.",
    "do_not_honor": "Your bank declined the payment. Please ask your bank, or use another card.",
    "duplicate_transaction": "The same payment was made a moment ago. Please check before you pay again.",
    "expired_card": "This card has expired. Please use another card.",
    "incorrect_cvc": "The security code is wrong. Please check the card and try again.",
    "incorrect_number": "The card number is wrong. Please check the card and try again.",
    "incorrect_zip": "The postal code does not match the card. Please check it and try again.",
    "insufficient_funds": "There is not enough money on this card. Please use another card.",
    "invalid_cvc": "The security code is wrong. Please check the card and try again.",
    "invalid_expiry_month": "The expiry date is wrong. Please check the card and try again.",
    "invalid_expiry_year": "The expiry date is wrong. Please check the card and try again.",
    "issuer_not_available": "Your bank cannot be reached just now. Please try again later.",
    "processing_error": "The card could not be processed. Please try again in a moment.",
    "reenter_transaction": "The payment could not be processed. Please try again.",
    "try_again_later": "Your bank could not process the payment. Please try again later.",
    "withdrawal_count_limit_exceeded": "This card has reached its limit. Please use another card.",
}


def decline_advice(code: str | None) -> str:
    """A sentence for the payer.

    Args:
        code: Stripe's decline code, or its error code where there is none. Unknown codes, and those that speak of
            fraud or a lost or stolen card, give the generic sentence, as Stripe asks: the payer may be the thief.
    """
    return _ADVICE.get(code or "", _GENERIC)
