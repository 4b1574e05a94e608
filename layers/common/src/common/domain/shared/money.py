"""Money: integers in minor units with one currency; never a float."""

from typing import Annotated

from pydantic import Field

from common.domain.shared.model import Model

CurrencyCode = Annotated[str, Field(pattern=r"^[a-z]{3}$", description="ISO 4217 code in lower case")]

#: Stripe's largest amount has eight digits (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
MAX_AMOUNT = 99_999_999

#: Digits of minor units that differ from 2, of the currencies Stripe charges: ISO 4217's, save for ISK and UGX, which
#: have none there and two at Stripe (https://docs.stripe.com/currencies#special-cases).
_EXPONENTS = {
    **dict.fromkeys(
        [
            "bif",
            "clp",
            "djf",
            "gnf",
            "jpy",
            "kmf",
            "krw",
            "mga",
            "pyg",
            "rwf",
            "vnd",
            "vuv",
            "xaf",
            "xof",
            "xpf",
        ],
        0,
    ),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}

_BASIS_POINTS = 10_000


class Money(Model):
    """An amount in minor units of one currency: ``Money(amount=12500, currency="nzd")`` is NZ$125.00."""

    amount: int
    currency: CurrencyCode

    def __add__(self, other: "Money") -> "Money":
        """Sum of two amounts of one currency.

        Raises:
            ValueError: the currencies differ.
        """
        self._same_currency(other)
        return Money(amount=self.amount + other.amount, currency=self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Difference of two amounts of one currency.

        Raises:
            ValueError: the currencies differ.
        """
        self._same_currency(other)
        return Money(amount=self.amount - other.amount, currency=self.currency)

    def share(self, basis_points: int) -> "Money":
        """The given share of this amount, rounded half up to a whole minor unit.

        Args:
            basis_points: hundredths of a per cent, 0 to 10000.
        """
        return Money(amount=rounded_share(self.amount, basis_points), currency=self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            msg = f"cannot combine {self.currency} with {other.currency}"
            raise ValueError(msg)


def rounded_share(amount: int, basis_points: int, step: int = 1) -> int:
    """``amount * basis_points / 10000`` rounded half up to a multiple of ``step``, in integers only.

    Args:
        amount: minor units; must not be negative.
        basis_points: hundredths of a per cent, 0 to 10000.
        step: what the share must be a multiple of; more than 1 where a card takes no single minor units.
    """
    whole = _BASIS_POINTS * step
    return (amount * basis_points + whole // 2) // whole * step


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency's main unit at Stripe: 2 for NZD, 0 for JPY, 3 for BHD."""
    return _EXPONENTS.get(currency, 2)
