"""Every window and limit of a booking's life as a setting, with the product's default."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from common.domain.payments.tax import TAX_RULES, TaxRule
from common.domain.shared.model import Model
from common.domain.shared.money import CurrencyCode

_PREFIX = "BOOKING_"


def _from_json(value: Any) -> Any:
    """A variable's text as what it stands for; what is no text stays."""
    return json.loads(value) if isinstance(value, str) else value


FromJson = BeforeValidator(_from_json)


class CommissionRule(Model):
    """A category's commission; what is ``None`` is the platform's. ``minimum`` is in minor units."""

    basis_points: int | None = Field(default=None, ge=0, le=10_000)
    minimum: int | None = Field(default=None, ge=0)


class BookingSettings(Model):
    """Windows are durations relative to what their name says; amounts are minor units; shares are basis points.

    ``intent_hold`` is long enough to open a mail and fill in a profile, and short enough to keep a slot from nobody;
    ``holds_per_address`` bounds how many slots of one provider one network address keeps unpaid or unconfirmed.
    ``authorization_window`` is how long card networks keep an online authorization
    (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method#authorization-validity-windows);
    ``authorization_margin`` is how long before its end we stop relying on it.
    ``minimum_charge`` is Stripe's smallest charge in NZD and AUD
    (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts); smaller fees are waived.
    ``commission_by_category`` goes by the slug of the category that a service is filed under; ``tax_rules`` and
    ``platform_tax_numbers`` go by currency, and without a number our commission shows no tax. All three are JSON
    objects where they come from variables.
    """

    payment_hold: timedelta = timedelta(minutes=15)
    intent_hold: timedelta = timedelta(minutes=30)
    holds_per_address: int = Field(default=5, ge=1)
    accept_window: timedelta = timedelta(hours=24)
    accept_before_start: timedelta = timedelta(hours=1)
    authorization_window: timedelta = timedelta(days=7)
    authorization_margin: timedelta = timedelta(hours=12)
    authorize_before_start: timedelta = timedelta(hours=48)
    payment_default_before_start: timedelta = timedelta(hours=12)
    reschedule_cutoff: timedelta = timedelta(hours=12)
    reschedule_hold: timedelta = timedelta(hours=24)
    reschedule_limit: int = Field(default=3, ge=0)
    start_early: timedelta = timedelta(minutes=30)
    start_late: timedelta = timedelta(hours=4)
    no_show_after: timedelta = timedelta(minutes=15)
    no_show_contest: timedelta = timedelta(hours=24)
    complete_after_end: timedelta = timedelta(hours=24)
    unstarted_after_end: timedelta = timedelta(hours=2)
    dispute_after_end: timedelta = timedelta(hours=48)
    dispute_deadline: timedelta = timedelta(days=30)
    evidence_limit: int = Field(default=20, ge=0)
    settle_after: timedelta = timedelta(hours=48)
    ratings_window: timedelta = timedelta(days=7)
    first_reminder: timedelta = timedelta(hours=24)
    second_reminder: timedelta = timedelta(hours=2)
    contact_after_close: timedelta = timedelta(days=30)
    payment_retry_after: timedelta = timedelta(hours=24)
    payment_retry_limit: int = Field(default=5, ge=0)
    two_people_above: int = Field(default=50_000, ge=0)
    minimum_charge: int = Field(default=50, ge=0)
    commission_basis_points: int = Field(default=1_200, ge=0, le=10_000)
    commission_minimum: int = Field(default=100, ge=0)
    commission_by_category: Annotated[dict[str, CommissionRule], FromJson] = Field(default_factory=dict)
    tax_rules: Annotated[dict[CurrencyCode, TaxRule], FromJson] = Field(default_factory=lambda: dict(TAX_RULES))
    platform_tax_numbers: Annotated[dict[CurrencyCode, str], FromJson] = Field(default_factory=dict)


def load_booking_settings(environment: Mapping[str, str]) -> BookingSettings:
    """Settings from variables such as ``BOOKING_PAYMENT_HOLD=PT15M`` (ISO 8601) or ``BOOKING_RESCHEDULE_LIMIT=3``.

    Args:
        environment: variables by name; others than ours are ignored, absent and empty ones keep their default.

    Raises:
        ValueError: a value does not parse or is out of range; the message names every such variable.
    """
    names = {f"{_PREFIX}{field.upper()}": field for field in BookingSettings.model_fields}
    values = {field: environment[name] for name, field in names.items() if environment.get(name)}
    try:
        settings = BookingSettings.model_validate(values)
    except ValidationError as error:
        wrong = ", ".join(sorted(f"{_PREFIX}{str(problem['loc'][0]).upper()}" for problem in error.errors()))
        raise ValueError(f"booking settings that cannot be used: {wrong}") from error
    negative = [
        f"{_PREFIX}{field.upper()}"
        for field in values
        if isinstance(window := getattr(settings, field), timedelta) and window < timedelta(0)
    ]
    if negative:
        raise ValueError(f"booking settings that must not be negative: {', '.join(negative)}")
    return settings
