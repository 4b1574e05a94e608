"""Statements for accountants: of a provider and of a booking."""

from typing import Annotated, Any

from common.application.payments import statements
from common.runtime.http import ContainerDep, CurrentUser
from common.runtime.http.schemas import Instant
from fastapi import APIRouter, Query, Response

from functions.payments.access import Auditor, Id, Provider
from functions.payments.statement_schemas import Statements, StatementView

router = APIRouter(prefix="/v1", tags=["payments"])

Since = Annotated[Instant, Query(alias="from")]
Before = Annotated[Instant, Query(alias="to")]
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}


@router.get("/payments/statements")
async def get_statement(container: ContainerDep, caller: Provider, since: Since, before: Before) -> Statements:
    """The caller's figures of a period (at most a year), one for each currency."""
    found = await statements.provider_summary(container.payments, caller, since, before)
    return Statements(since=since, before=before, items=[StatementView.of(each) for each in found])


@router.get("/payments/statements.csv", response_class=Response, responses=_CSV)
async def get_statement_csv(container: ContainerDep, caller: Provider, since: Since, before: Before) -> Response:
    """The caller's ledger lines of a period (at most a year) as CSV (RFC 4180), for an accountant."""
    return _csv(await statements.own_statement(container.payments, caller, since, before), "statement")


@router.get("/bookings/{id}/payment/statement.csv", response_class=Response, responses=_CSV)
async def get_booking_statement(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """A booking's ledger lines as CSV."""
    return _csv(await statements.booking_statement(container.payments, caller, id), "booking")


@router.get("/admin/providers/{id}/statements.csv", response_class=Response, responses=_CSV)
async def get_provider_statement(
    container: ContainerDep,
    staff: Auditor,  # noqa: ARG001 - the role is the check
    id: Id,  # noqa: A002
    since: Since,
    before: Before,
) -> Response:
    """A provider's ledger lines of a period (at most a year) as CSV."""
    return _csv(await statements.provider_statement(container.payments, id, since, before), "provider")


def _csv(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
