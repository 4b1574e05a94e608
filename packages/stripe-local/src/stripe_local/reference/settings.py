"""What differs between one Stripe account and another, as data; strict where Stripe is strict by default."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from stripe_local.reference import countries

#: Units of each currency for one US dollar: round figures, so that sums can be checked by hand.
_RATES = {
    "aed": 3.67, "aud": 1.5, "brl": 5.5, "cad": 1.4, "chf": 0.8, "czk": 21, "dkk": 6.4, "eur": 0.85, "gbp": 0.75,
    "hkd": 7.8, "huf": 335, "idr": 16500, "inr": 88, "isk": 125, "jpy": 150, "mxn": 18.5, "myr": 4.2, "nok": 10,
    "nzd": 1.7, "pln": 3.65, "ron": 4.3, "sek": 9.5, "sgd": 1.3, "thb": 32.5, "ugx": 3600, "usd": 1,
}  # fmt: skip


class Settings(BaseModel):
    """The platform's account and how the server behaves, given at the start or changed by `POST /_control/settings`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    country: str = "NZ"
    """Where the platform is; decides its currency and whom it may transfer to."""
    settlement_currencies: tuple[str, ...] = ()
    """Further currencies in which the platform has a bank account; charges in all others are converted."""
    rates: dict[str, float] = Field(default_factory=lambda: dict(_RATES))
    """Units of a currency for one US dollar; what is not named is converted one to one."""
    conversion_fee_basis_points: int = Field(200, ge=0, le=10_000)
    """What Stripe keeps of a conversion."""
    fee_basis_points: int = Field(290, ge=0, le=10_000)
    """Fee of a charge."""
    fee_fixed: int = Field(30, ge=0)
    """The fixed part of that fee, in minor units of the settlement currency."""
    dispute_fee: int = Field(1_500, ge=0)
    """Fee of a dispute, in minor units."""
    countered_fee: int = Field(1_500, ge=0)
    """Further fee where evidence is given, returned when the dispute is won."""
    transfers_only: bool = False
    """Whether Stripe has approved accounts with `transfers` and without `card_payments`."""
    payouts: Literal["daily", "manual"] = "daily"
    """The platform's own schedule; `manual` keeps the balance."""
    refunds_debit_bank: bool = False
    """Whether Stripe may take what a refund lacks from the platform's bank account at once."""
    refund_waits_days: int = Field(0, ge=0)
    """After how many days a refund that finds no funds fails; 0 for never."""
    reversals_count_pending: bool = True
    """Whether reversals may use what is still pending on the connected account."""
    payment_methods: tuple[str, ...] = ("card", "link")
    """Types the dashboard has switched on; payments can be made with cards only."""
    portal_saved: bool = False
    """Whether somebody has saved the customer portal's settings in the dashboard."""
    onboarding_seconds: int = Field(0, ge=0)
    """How long what an account's owner gave is verified (capabilities are `pending` meanwhile)."""
    retry_days: tuple[int, ...] = (3, 5, 7)
    """Days after a failed renewal at which it is tried again."""
    after_retries: Literal["cancel", "unpaid", "past_due"] = "cancel"
    """What becomes of a subscription then."""
    async_balance: bool = True
    """Whether charges of `automatic_async` get their balance transaction a moment later."""
    confirmation_limit: int = Field(20, ge=1)
    """After how many confirmations without success an intent is cancelled."""
    rate_limit: int = Field(0, ge=0)
    """Requests in a second beyond which 429 is answered; 0 for none (Stripe's test mode: 25)."""

    @field_validator("country")
    @classmethod
    def _known(cls, value: str) -> str:
        if not countries.is_known(value):
            raise ValueError(f"Stripe has no accounts in this country: {value}")
        return value

    @property
    def home_currency(self) -> str:
        """The platform's default currency."""
        return countries.currency_of(self.country)

    def settled(self) -> frozenset[str]:
        """Currencies that the platform keeps as they come."""
        return frozenset(self.settlement_currencies) | {self.home_currency}

    def rate(self, source: str, target: str) -> float:
        """Units of `target` for one unit of `source`, less the fee of a conversion."""
        kept = 1 - self.conversion_fee_basis_points / 10_000
        return round(self.rates.get(target, 1.0) / self.rates.get(source, 1.0) * kept, 6)
