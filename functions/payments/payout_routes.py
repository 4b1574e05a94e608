"""A provider's payouts, statements and dashboard at Stripe."""

from http import HTTPStatus
from typing import Annotated

from common.application.payments import payouts, statements
from common.runtime.http import Deps
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Instant
from fastapi import APIRouter, Query, Response

from functions.payments.access import Provider
from functions.payments.payout_schemas import DashboardLink, PayoutPage, PayoutView, balance_view

router = APIRouter(prefix="/v1/payments", tags=["payments"])

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


@router.get("/statements.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def get_statement(
    deps: Deps,
    caller: Provider,
    since: Annotated[Instant, Query(alias="from")],
    before: Annotated[Instant, Query(alias="to")],
) -> Response:
    """The caller's ledger lines of a period (at most a year) as CSV (RFC 4180), for an accountant."""
    text = await statements.provider_statement(deps.payments, caller, since, before)
    headers = {"Content-Disposition": 'attachment; filename="statement.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
