"""Statements for accountants: of a provider and of a booking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from common.application.payments import statements
from common.runtime.http import CurrentUser
from common.runtime.http.paging import decode_cursor, encode_cursor
from common.runtime.http.schemas import Instant
from fastapi import APIRouter, Query, Request, Response

from functions.payments.access import Auditor, Id, Provider
from functions.payments.container import ContainerDep
from functions.payments.statement_schemas import Statements, StatementView

router = APIRouter(prefix="/v1", tags=["payments"])

Since = Annotated[Instant, Query(alias="from")]
Before = Annotated[Instant, Query(alias="to")]
PartCursor = Annotated[
    str | None, Query(max_length=200, description="From the `Link` of the part before; all else is as it was there")
]
_NEXT = {"Link": {"description": "The part that follows, where there is one", "schema": {"type": "string"}}}
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
_PARTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}, "headers": _NEXT}}


@router.get("/payments/statements")
async def get_statement(container: ContainerDep, caller: Provider, since: Since, before: Before) -> Statements:
    """The caller's figures of a period (at most a year), one for each currency."""
    found = await statements.provider_summary(container.payments, caller, since, before)
    items = [StatementView.of(each) for each in found]
    return Statements.model_validate({"from": since, "to": before, "items": items})


@router.get("/payments/statements.csv", response_class=Response, responses=_PARTS)
async def get_statement_csv(
    request: Request, container: ContainerDep, caller: Provider, since: Since, before: Before, cursor: PartCursor = None
) -> Response:
    """The caller's ledger lines of a period (at most a year) as CSV (RFC 4180), for an accountant.

    Of more than 20 000 lines, or 4.5 MB, the header `Link` (RFC 8288) with `rel="next"` names the part that follows;
    each part has the header row, and the last one has no `Link`.
    """
    return _part(
        request, await statements.own_statement(container.payments, caller, since, before, _after(cursor)), "statement"
    )


@router.get("/bookings/{id}/payment/statement.csv", response_class=Response, responses=_CSV)
async def get_booking_statement(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """A booking's ledger lines as CSV."""
    return _csv(await statements.booking_statement(container.payments, caller, id), "booking", {})


@router.get("/admin/providers/{id}/statements.csv", response_class=Response, responses=_PARTS)
async def get_provider_statement(
    request: Request,
    container: ContainerDep,
    staff: Auditor,  # noqa: ARG001 - the role is the check
    id: Id,  # noqa: A002
    since: Since,
    before: Before,
    cursor: PartCursor = None,
) -> Response:
    """A provider's ledger lines of a period (at most a year) as CSV, in parts like the provider's own."""
    part = await statements.provider_statement(container.payments, id, since, before, _after(cursor))
    return _part(request, part, "provider")


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, line_id = decode_cursor(cursor, datetime, str)
    return at, line_id


def _part(request: Request, part: statements.StatementPart, name: str) -> Response:
    """A part of a statement; the address of the next one is relative to the API's."""
    headers = {}
    if part.after is not None:
        query = request.url.include_query_params(cursor=encode_cursor(*part.after)).query
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    return _csv(part.text, name, headers)


def _csv(text: str, name: str, headers: Mapping[str, str]) -> Response:
    named = {"Content-Disposition": f'attachment; filename="{name}.csv"', **headers}
    return Response(text, media_type="text/csv; charset=utf-8", headers=named)
