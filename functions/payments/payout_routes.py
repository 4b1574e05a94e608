"""A provider's payouts and dashboard at Stripe."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from common.application.payments import payouts
from common.runtime.http.dependencies import container_of, current_user
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from fastapi import APIRouter, Request

from functions.payments.access import Provider
from functions.payments.container import ContainerDep, PaymentsFunction
from functions.payments.payout_schemas import DashboardLink, PayoutPage, PayoutView, balance_view

router = APIRouter(prefix="/v1/payments", tags=["payments"], route_class=IdempotentRoute)

_MOST_AT_STRIPE = 100


@router.get("/payouts")
async def list_payouts(
    container: ContainerDep, caller: Provider, limit: Limit = 20, cursor: Cursor = None
) -> PayoutPage:
    """Payouts to the caller's bank, newest first, and what waits for the next one."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    wanted = min(limit + 1, _MOST_AT_STRIPE)
    found = await payouts.list_payouts(container.payouts, caller, limit=wanted, after=after)
    page = make_page(found, min(limit, wanted - 1), cursor=lambda payout: (payout.id,), item=PayoutView.of)
    balance = None
    if after is None:
        owed = await payouts.owed_by(container.payouts, caller)
        balance = balance_view(await payouts.get_balance(container.payouts, caller), owed)
    return PayoutPage(items=page.items, next_cursor=page.next_cursor, balance=balance)


async def _link_again(request: Request, _: Mapping[str, Any]) -> dict[str, Any]:
    """A fresh link, since one works once."""
    container, caller = container_of(request, PaymentsFunction), await current_user(request)
    return {"url": await payouts.make_dashboard_link(container.payouts, caller)}


@router.post("/payouts/dashboard-link", status_code=HTTPStatus.CREATED)
@keeps_out(_link_again, "url")
async def create_dashboard_link(container: ContainerDep, caller: Provider) -> DashboardLink:
    """A single-use link to the caller's own dashboard at Stripe."""
    return DashboardLink(url=await payouts.make_dashboard_link(container.payouts, caller))
