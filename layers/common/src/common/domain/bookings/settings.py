"""Every window and limit of a booking's life as a setting, with the product's default."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from common.domain.payments.tax import TAX_RULES, TaxRule
from common.domain.shared.configured import Configured, Window, load_configured
from common.domain.shared.money import CurrencyCode

#: The variable that holds what differs from the defaults.
VARIABLE = "BOOKING_SETTINGS"


class CommissionRule(Configured):
    """A category's commission; what is ``None`` is the platform's. ``minimum`` is in minor units."""

    basis_points: int | None = Field(default=None, ge=0, le=10_000)
    minimum: int | None = Field(default=None, ge=0)


class BookingSettings(Configured):
    """Windows are durations relative to what their name says; amounts are minor units; shares are basis points.

    ``intent_hold`` is long enough to open a mail and fill in a profile, and short enough to keep a slot from nobody;
    ``holds_per_address`` bounds how many slots of one provider one network address keeps unpaid or unconfirmed.
    ``authorization_window`` is how long card networks keep an online authorization
    (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method#authorization-validity-windows);
    ``authorization_margin`` is how long before its end we stop relying on it.
    ``extra_limit`` bounds how many extras may be proposed, ``extras_basis_points`` what all of them may cost, as a
    share of what was booked.
    ``minimum_charge`` is Stripe's smallest charge in NZD and AUD
    (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts); smaller fees are waived.
    ``commission_by_category`` goes by the slug of the category that a service is filed under; ``tax_rules`` and
    ``platform_tax_numbers`` go by currency, and without a number our commission shows no tax.
    """

    payment_hold: Window = timedelta(minutes=15)
    intent_hold: Window = timedelta(minutes=30)
    holds_per_address: int = Field(default=5, ge=1)
    accept_window: Window = timedelta(hours=24)
    accept_before_start: Window = timedelta(hours=1)
    authorization_window: Window = timedelta(days=7)
    authorization_margin: Window = timedelta(hours=12)
    authorize_before_start: Window = timedelta(hours=48)
    payment_default_before_start: Window = timedelta(hours=12)
    reschedule_cutoff: Window = timedelta(hours=12)
    reschedule_hold: Window = timedelta(hours=24)
    reschedule_limit: int = Field(default=3, ge=0)
    extra_limit: int = Field(default=5, ge=0)
    extras_basis_points: int = Field(default=20_000, ge=0)
    start_early: Window = timedelta(minutes=30)
    start_late: Window = timedelta(hours=4)
    no_show_after: Window = timedelta(minutes=15)
    no_show_contest: Window = timedelta(hours=24)
    complete_after_end: Window = timedelta(hours=24)
    unstarted_after_end: Window = timedelta(hours=2)
    dispute_after_end: Window = timedelta(hours=48)
    dispute_deadline: Window = timedelta(days=30)
    evidence_limit: int = Field(default=20, ge=0)
    settle_after: Window = timedelta(hours=48)
    ratings_window: Window = timedelta(days=7)
    first_reminder: Window = timedelta(hours=24)
    second_reminder: Window = timedelta(hours=2)
    contact_after_close: Window = timedelta(days=30)
    payment_retry_after: Window = timedelta(hours=24)
    payment_retry_limit: int = Field(default=5, ge=0)
    two_people_above: int = Field(default=50_000, ge=0)
    minimum_charge: int = Field(default=50, ge=0)
    commission_basis_points: int = Field(default=1_200, ge=0, le=10_000)
    commission_minimum: int = Field(default=100, ge=0)
    commission_by_category: dict[str, CommissionRule] = Field(default_factory=dict)
    tax_rules: dict[CurrencyCode, TaxRule] = Field(default_factory=lambda: dict(TAX_RULES))
    platform_tax_numbers: dict[CurrencyCode, str] = Field(default_factory=dict)


def load_booking_settings(environment: Mapping[str, str]) -> BookingSettings:
    """The settings of the variable ``BOOKING_SETTINGS`` (``load_configured``).

    Args:
        environment: variables by name.

    Raises:
        ValueError: it cannot be used; the message names every wrong field.
    """
    return load_configured(BookingSettings, VARIABLE, environment)
