"""Provider plans: what they cost, what they allow, and which one applies now."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: The variable that may hold other plans than the defaults, as a JSON list of ``Plan``.
PLANS_VARIABLE = "PROVIDER_PLANS"


class Plan(Model):
    """One plan. ``lookup_key`` names its price at Stripe; the free plan has neither.

    ``active_services`` is how many services may be active at once, ``None`` for any number;
    ``commission_basis_points`` and ``commission_minimum`` (minor units of a booking's currency) replace the platform's
    commission, ``None`` keeps it.
    """

    id: str
    name: str
    price: Money | None = None
    interval: Literal["day", "week", "month", "year"] = "month"
    lookup_key: str | None = None
    trial_days: int = Field(default=0, ge=0, le=730)
    active_services: int | None = Field(default=None, ge=0)
    commission_basis_points: int | None = Field(default=None, ge=0, le=10_000)
    commission_minimum: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _priced_under_a_key(self) -> Self:
        if (self.price is None) != (self.lookup_key is None):
            raise ValueError("a plan has both a price and a lookup_key, or neither")
        return self


class PlanStatus(StrEnum):
    """Stripe's subscription statuses (https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses)."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"
    UNPAID = "unpaid"
    PAUSED = "paused"


class Subscription(Model):
    """A provider's subscription as Stripe had it when we last read it; ``id`` is the provider's.

    ``revision`` rises by one with each write and is the optimistic lock.
    """

    id: str
    stripe_id: str
    plan_id: str
    status: PlanStatus
    current_period_end: datetime | None = None
    trial_end: datetime | None = None
    cancel_at_period_end: bool = False
    past_due_since: datetime | None = None
    revision: int = 1
    updated_at: datetime


#: These begin no more.
ENDED = frozenset({PlanStatus.CANCELED, PlanStatus.INCOMPLETE_EXPIRED})

#: How long a plan goes on while its payment is retried.
GRACE = timedelta(days=7)

FREE = Plan(id="free", name="Free", active_services=10)
DEFAULT_PLANS: tuple[Plan, ...] = (
    FREE,
    Plan(
        id="plus",
        name="Plus",
        price=Money(amount=2_900, currency="nzd"),
        lookup_key="gigsta_plus_month",
        trial_days=14,
        active_services=50,
        commission_basis_points=900,
    ),
    Plan(
        id="pro",
        name="Pro",
        price=Money(amount=7_900, currency="nzd"),
        lookup_key="gigsta_pro_month",
        trial_days=14,
        commission_basis_points=600,
    ),
)

_LIVE = frozenset({PlanStatus.TRIALING, PlanStatus.ACTIVE})


def load_plans(environment: Mapping[str, str]) -> tuple[Plan, ...]:
    """The plans of the configuration, else the defaults; the first one is free.

    Raises:
        ValueError: the variable does not hold a list of plans that begins with a free one.
    """
    given = environment.get(PLANS_VARIABLE)
    if not given:
        return DEFAULT_PLANS
    try:
        plans = TypeAdapter(tuple[Plan, ...]).validate_python(json.loads(given))
    except (ValidationError, json.JSONDecodeError) as error:
        raise ValueError(f"{PLANS_VARIABLE} is not a list of plans") from error
    if not plans or plans[0].lookup_key is not None:
        raise ValueError(f"{PLANS_VARIABLE} must begin with the free plan")
    return plans


def effective_plan(plans: Sequence[Plan], subscription: Subscription | None, now: datetime) -> Plan:
    """The plan that applies now: the paid one while it lives or is in grace, else the free one."""
    if subscription is None:
        return plans[0]
    paid = next((each for each in plans if each.id == subscription.plan_id), plans[0])
    if subscription.status in _LIVE:
        return paid
    in_grace = subscription.past_due_since is not None and now < subscription.past_due_since + GRACE
    return paid if subscription.status is PlanStatus.PAST_DUE and in_grace else plans[0]
