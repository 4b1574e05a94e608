"""Amounts: bounds of a charge, Stripe's special cases, conversion and fees (https://docs.stripe.com/currencies)."""

from stripe_local.protocol.errors import invalid
from stripe_local.reference.settings import Settings

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in minor units.
_MINIMUM = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000, "usd": 50,
}  # fmt: skip
# https://docs.stripe.com/currencies#zero-decimal and #three-decimal
ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
}  # fmt: skip
THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}
# https://docs.stripe.com/currencies#special-cases: ISK and UGX have no decimals and are written with two, always 00.
_WRITTEN_WITH_DECIMALS = {"isk", "ugx"}
# The same page: HUF and TWD are charged with decimals and paid out without.
PAID_OUT_WHOLE = {"huf", "isk", "twd", "ugx"}
_OTHERS = {"cny", "fjd", "idr", "ils", "krw", "php", "twd", "zar", *_WRITTEN_WITH_DECIMALS}
_KNOWN = set(_MINIMUM) | ZERO_DECIMAL | THREE_DECIMAL | _OTHERS
_MOST = 99_999_999  # eight digits


def check_charge(amount: int, currency: str, settings: Settings) -> None:
    """Refuse what Stripe would not charge.

    Args:
        amount: Minor units.
        currency: Three letters, lower case.
        settings: The account's; what has no minimum of its own is held to that of the currency it settles in.

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
    _check_least(amount, currency, settings)
    _check_step(amount, currency)


def check_currency(currency: str) -> None:
    """Refuse a currency Stripe does not know."""
    if currency not in _KNOWN:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: {', '.join(sorted(_KNOWN))}",
            param="currency",
        )


def check_payout(amount: int, currency: str) -> None:
    """Refuse a fraction of what is paid out whole."""
    if currency in PAID_OUT_WHOLE and amount % 100:
        raise invalid(f"Invalid amount: payouts in {currency} must be a multiple of 100.", param="amount")


def display(amount: int, currency: str) -> str:
    """An amount for people, such as `12.50 NZD`."""
    decimals = _decimals(currency)
    return f"{amount / 10**decimals:,.{decimals}f} {currency.upper()}"


def convert(amount: int, source: str, target: str, settings: Settings) -> int:
    """An amount in another currency, at the account's rate, rounded half up."""
    if source == target:
        return amount
    exact = amount * settings.rate(source, target) * 10.0 ** (_decimals(target) - _decimals(source))
    return int(exact + 0.5) if exact >= 0 else -int(-exact + 0.5)


def fee(amount: int, settings: Settings) -> int:
    """Stripe's fee on a charge, in minor units, rounded half up."""
    return min(amount, (amount * settings.fee_basis_points + 5_000) // 10_000 + settings.fee_fixed)


def _check_least(amount: int, currency: str, settings: Settings) -> None:
    least, given, shown = _MINIMUM.get(currency), amount, currency
    if least is None:
        shown = settings.home_currency
        least, given = _MINIMUM.get(shown, 50), convert(amount, currency, shown, settings)
    if given < least:
        same = "" if shown == currency else f" when it is converted to {shown}"
        raise invalid(f"Amount must be at least {display(least, shown)}{same}", param="amount", code="amount_too_small")


def _check_step(amount: int, currency: str) -> None:
    if currency in THREE_DECIMAL and amount % 10:
        message = "Amounts in three-decimal currencies must end in 0, for card networks take two decimals."
        raise invalid(message, param="amount", code="parameter_invalid_integer")
    if currency in _WRITTEN_WITH_DECIMALS and amount % 100:
        message = f"Invalid amount: {currency.upper()} has no decimals, so an amount must be a multiple of 100."
        raise invalid(message, param="amount", code="parameter_invalid_integer")


def _decimals(currency: str) -> int:
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
