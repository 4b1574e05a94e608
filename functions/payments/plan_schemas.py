"""The contract of provider plans."""

from typing import Annotated, Self

from common.application.payments.subscriptions.plans import PlanStanding
from common.domain.payments.plans import Plan, PlanStatus
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel, ResponseModel
from pydantic import Field


class PlanView(ResponseModel):
    """A plan; ``active_services`` ``null`` means any number, a commission that is ``null`` the usual one."""

    id: str
    name: str
    price: MoneySchema | None
    interval: str
    trial_days: int
    active_services: int | None
    commission_basis_points: int | None
    commission_minimum: int | None

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """What may be shown of it."""
        return cls.model_validate(plan)


class Plans(ResponseModel):
    """Every plan, and the usual commission of those that name none; categories may have another."""

    items: list[PlanView]
    usual_commission_basis_points: int
    next_cursor: str | None = None


class SubscriptionView(ResponseModel):
    """The caller's subscription as Stripe had it last."""

    plan_id: str
    status: PlanStatus
    current_period_end: Instant | None
    trial_end: Instant | None
    cancel_at_period_end: bool
    past_due_since: Instant | None


class MyPlan(ResponseModel):
    """The plan that applies now, and the subscription behind it, where there is one."""

    plan: PlanView
    subscription: SubscriptionView | None

    @classmethod
    def of(cls, standing: PlanStanding) -> Self:
        """Where a provider stands."""
        known = standing.subscription and SubscriptionView.model_validate(standing.subscription)
        return cls(plan=PlanView.of(standing.plan), subscription=known)


class CheckoutRequest(RequestModel):
    """Which plan to subscribe to."""

    plan_id: Annotated[str, Field(min_length=1, max_length=64)]


class Page(ResponseModel):
    """A page of Stripe's to send the provider to."""

    url: str
