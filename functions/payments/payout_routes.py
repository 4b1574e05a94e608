"""A provider's payouts and dashboard at Stripe."""

from http import HTTPStatus

from common.application.payments import payouts
from common.runtime.http import Deps
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from fastapi import APIRouter

from functions.payments.access import Provider
from functions.payments.payout_schemas import DashboardLink, PayoutPage, PayoutView, balance_view

router = APIRouter(prefix="/v1/payments", tags=["payments"], route_class=IdempotentRoute)

_MOST_AT_STRIPE = 100


@router.get("/payouts")
async def list_payouts(deps: Deps, caller: Provider, limit: Limit = 20, cursor: Cursor = None) -> PayoutPage:
    """Payouts to the caller's bank, newest first, and what waits for the next one."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    wanted = min(limit + 1, _MOST_AT_STRIPE)
    found = await payouts.list_payouts(deps.payouts, caller, limit=wanted, after=after)
    page = make_page(found, min(limit, wanted - 1), cursor=lambda payout: (payout.id,), item=PayoutView.of)
    balance = balance_view(await payouts.get_balance(deps.payouts, caller)) if after is None else None
    return PayoutPage(items=page.items, next_cursor=page.next_cursor, balance=balance)


@router.post("/payouts/dashboard-link", status_code=HTTPStatus.CREATED)
async def create_dashboard_link(deps: Deps, caller: Provider) -> DashboardLink:
    """A single-use link to the caller's own dashboard at Stripe."""
    return DashboardLink(url=await payouts.make_dashboard_link(deps.payouts, caller))
