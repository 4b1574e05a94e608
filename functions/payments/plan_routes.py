"""Provider plans."""

from http import HTTPStatus

from common.application.payments import checkout, subscriptions
from common.runtime.http import Deps
from common.runtime.http.idempotency import IdempotentRoute
from fastapi import APIRouter

from functions.payments.access import Provider
from functions.payments.plan_schemas import CheckoutRequest, MyPlan, Page, Plans, PlanView

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"], route_class=IdempotentRoute)


@router.get("/plans")
async def list_plans(deps: Deps) -> Plans:
    """What a provider can subscribe to; the first plan is free."""
    return Plans(items=[PlanView.of(plan) for plan in deps.plans])


@router.get("/me")
async def get_my_plan(deps: Deps, caller: Provider) -> MyPlan:
    """The caller's subscription, and the plan that applies now."""
    return MyPlan.of(await subscriptions.my_plan(deps.subscriptions, caller))


@router.post("/checkout", status_code=HTTPStatus.CREATED)
async def create_checkout(deps: Deps, caller: Provider, body: CheckoutRequest) -> Page:
    """Subscribe on Stripe's own page."""
    return Page(url=await checkout.start_checkout(deps.subscriptions, caller, body.plan_id))


@router.post("/portal", status_code=HTTPStatus.CREATED)
async def create_portal(deps: Deps, caller: Provider) -> Page:
    """Change card or plan, or cancel, on Stripe's own page."""
    return Page(url=await subscriptions.open_portal(deps.subscriptions, caller))
