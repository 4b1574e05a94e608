"""Where the platform's own Stripe account is, and what follows: whom it can pay, and in which currencies.

Stripe transfers within a country, or between a few regions that a deployment must not rely on; and it transfers in the
currency that a charge settles in, which is the charge's own only where the platform has a bank account in it
(https://docs.stripe.com/connect/separate-charges-and-transfers, .../currencies/conversions). So one deployment serves
one country, and sells in the currencies that its account settles.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from common.domain.shared.errors import InvalidInput

#: Countries whose platforms may make separate charges and transfers, with the currency they settle in by default
#: (https://docs.stripe.com/connect/separate-charges-and-transfers, https://docs.stripe.com/payouts).
_CURRENCIES = {
    **dict.fromkeys("AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK".split(), "eur"),  # noqa: SIM905
    "AE": "aed",
    "AU": "aud",
    "BR": "brl",
    "CA": "cad",
    "CH": "chf",
    "CZ": "czk",
    "DK": "dkk",
    "GB": "gbp",
    "HK": "hkd",
    "HU": "huf",
    "JP": "jpy",
    "LI": "chf",
    "MX": "mxn",
    "MY": "myr",
    "NO": "nok",
    "NZ": "nzd",
    "PL": "pln",
    "RO": "ron",
    "SE": "sek",
    "SG": "sgd",
    "TH": "thb",
    "US": "usd",
}
_CODE = re.compile(r"[a-z]{3}")


@dataclass(frozen=True)
class Platform:
    """The platform's Stripe account.

    Args:
        country: ISO 3166-1 alpha-2.
        more_currencies: ISO 4217 codes in lower case in which it has further bank accounts.
    """

    country: str = "NZ"
    more_currencies: frozenset[str] = frozenset()

    @property
    def own_currency(self) -> str:
        """What its country pays with, as an ISO 4217 code in lower case."""
        return _CURRENCIES[self.country]

    @cached_property
    def currencies(self) -> frozenset[str]:
        """Currencies in which a service can be sold, because what it brings can be passed on."""
        return self.more_currencies | {self.own_currency}

    def require_provider_in(self, country: str) -> None:
        """Refuse an address from where a provider could never be paid.

        Args:
            country: ISO 3166-1 alpha-2; empty where the place is not known, which is left to Stripe's onboarding.

        Raises:
            InvalidInput: ``country_not_supported``, of the field ``address``.
        """
        if country not in {"", self.country}:
            message = f"Providers are paid in {self.country} only; this address is in {country}."
            raise InvalidInput.of("address", message, "country_not_supported")

    def sale_problem(self, currency: str) -> str | None:
        """Why nothing can be sold in a currency, as a sentence; ``None`` where it can."""
        if currency in self.currencies:
            return None
        return f"Services are sold in {self.currencies_text()} here; what other currencies bring cannot be paid on."

    def require_sale_in(self, currency: str, field: str) -> None:
        """Refuse a price or a budget of which no provider could be paid.

        Args:
            currency: ISO 4217 code in lower case.
            field: of the amount.

        Raises:
            InvalidInput: ``currency_not_supported``, of the field's ``currency``.
        """
        if problem := self.sale_problem(currency):
            raise InvalidInput.of(f"{field}.currency", problem, "currency_not_supported")

    def currencies_text(self) -> str:
        """The currencies for people, such as ``AUD, NZD``."""
        return ", ".join(sorted(code.upper() for code in self.currencies))


def platform_problems(country: str, more_currencies: Iterable[str]) -> list[str]:
    """Names of what is wrong with these settings."""
    is_code = all(_CODE.fullmatch(code) for code in more_currencies)
    wrong = {"PLATFORM_COUNTRY": country not in _CURRENCIES, "SETTLEMENT_CURRENCIES": not is_code}
    return [name for name, is_wrong in wrong.items() if is_wrong]
