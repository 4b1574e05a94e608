"""Amounts: bounds of a charge and Stripe's fee."""

from infra.stripe_local.errors import invalid

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units.
_MINIMUM = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
# https://docs.stripe.com/currencies#zero-decimal and #three-decimal
ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf",
}  # fmt: skip
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
_OTHERS = {"cny", "fjd", "idr", "ils", "php", "krw", "twd", "zar"}
_MOST = 99_999_999  # eight digits
_FEE_PER_MILLE, _FEE_FIXED = 29, 30  # Stripe's usual 2.9 % and 30 cents; real fees depend on the account


def check_charge(amount: int, currency: str) -> None:
    """Refuse what Stripe would not charge.

    Args:
        amount: Minor units.
        currency: Three letters, lower case.

    Raises:
        StripeError: Unknown currency, or an amount outside the bounds.
    """
    check_currency(currency)
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid(message, param="amount", code="parameter_invalid_integer")
    if amount > _MOST:
        message = f"Amount must be no more than {display(_MOST, currency)}"
        raise invalid(message, param="amount", code="amount_too_large")
    least = _MINIMUM.get(currency, 1)
    if amount < least:
        message = f"Amount must be at least {display(least, currency)}"
        raise invalid(message, param="amount", code="amount_too_small")
    if currency in THREE_DECIMAL and amount % 10:
        message = "Amounts in three-decimal currencies must end in 0, for card networks take two decimals."
        raise invalid(message, param="amount", code="parameter_invalid_integer")


def check_currency(currency: str) -> None:
    """Refuse a currency Stripe does not know."""
    if currency not in set(_MINIMUM) | ZERO_DECIMAL | THREE_DECIMAL | _OTHERS:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {', '.join(sorted(_MINIMUM))}",
            param="currency",
        )


def display(amount: int, currency: str) -> str:
    """An amount for people, such as `12.50 NZD`."""
    decimals = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    return f"{amount / 10**decimals:,.{decimals}f} {currency.upper()}"


def fee(amount: int) -> int:
    """Stripe's fee on a charge, in minor units, rounded half up."""
    return min(amount, (amount * _FEE_PER_MILLE + 500) // 1000 + _FEE_FIXED)
