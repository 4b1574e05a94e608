"""Provider plans."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from common.application.payments.subscriptions import checkout
from common.application.payments.subscriptions import plans as subscriptions
from common.runtime.http.dependencies import container_of, current_user
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from fastapi import APIRouter, Request

from functions.payments.access import Provider
from functions.payments.container import ContainerDep, PaymentsFunction
from functions.payments.plan_schemas import CheckoutRequest, MyPlan, Page, Plans, PlanView

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"], route_class=IdempotentRoute)


@router.get("/plans")
async def list_plans(container: ContainerDep) -> Plans:
    """What a provider can subscribe to; the first plan is free."""
    usual = container.booking_settings.commission_basis_points
    return Plans(items=[PlanView.of(plan) for plan in container.plans], usual_commission_basis_points=usual)


@router.get("/me")
async def get_my_plan(container: ContainerDep, caller: Provider) -> MyPlan:
    """The caller's subscription, and the plan that applies now."""
    return MyPlan.of(await subscriptions.my_plan(container.subscriptions, caller))


async def _checkout_again(request: Request, _: Mapping[str, Any]) -> dict[str, Any]:
    """A fresh page in place of the first, which is closed."""
    container, caller = container_of(request, PaymentsFunction), await current_user(request)
    body = CheckoutRequest.model_validate_json(await request.body())
    return {"url": await checkout.start_checkout(container.subscriptions, caller, body.plan_id)}


async def _portal_again(request: Request, _: Mapping[str, Any]) -> dict[str, Any]:
    """A fresh page."""
    container, caller = container_of(request, PaymentsFunction), await current_user(request)
    return {"url": await subscriptions.open_portal(container.subscriptions, caller)}


@router.post("/checkout", status_code=HTTPStatus.CREATED)
@keeps_out(_checkout_again, "url")
async def create_checkout(container: ContainerDep, caller: Provider, body: CheckoutRequest) -> Page:
    """Subscribe on Stripe's own page."""
    return Page(url=await checkout.start_checkout(container.subscriptions, caller, body.plan_id))


@router.post("/portal", status_code=HTTPStatus.CREATED)
@keeps_out(_portal_again, "url")
async def create_portal(container: ContainerDep, caller: Provider) -> Page:
    """Change card or plan, or cancel, on Stripe's own page."""
    return Page(url=await subscriptions.open_portal(container.subscriptions, caller))
