"""The audit log: security events, and what staff did."""

from typing import Annotated

from common.application.ports.identity.security_log import LogQuery
from common.domain.identity.security_events import SecurityEventType
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.queries import query_of
from common.runtime.http.schemas import Instant, Page
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from functions.admin.access import AuditReader
from functions.admin.container import ContainerDep
from functions.admin.schemas import SecurityEventView

router = APIRouter(prefix="/v1/admin/audit-logs", tags=["administration"], route_class=CsvListRoute)
_MAX_ID = 64


class AuditParams(BaseModel):
    """Which rows; all of them without."""

    user_id: Annotated[str | None, Query(max_length=_MAX_ID, description="About this account")] = None
    actor_id: Annotated[str | None, Query(max_length=_MAX_ID, description="Done by this account")] = None
    subject: Annotated[str | None, Query(max_length=_MAX_ID, description="About this booking, report, rating, …")] = (
        None
    )
    type: SecurityEventType | None = None
    since: Annotated[Instant | None, Query(alias="from", description="At this instant or later")] = None
    until: Annotated[Instant | None, Query(alias="to", description="Before this instant")] = None
    limit: Limit = 20
    cursor: Cursor = None


@router.get("")
async def list_security_events(
    container: ContainerDep, staff: AuditReader, params: Annotated[AuditParams, Depends(query_of(AuditParams))]
) -> Page[SecurityEventView]:
    """Security events and what staff did, newest first: who, what, why, and what was before and after."""
    del staff
    before = decode_cursor(params.cursor, str)[0] if params.cursor else None
    query = LogQuery(**params.model_dump(exclude={"limit", "cursor"}))
    rows = await container.admin.log.search(query, limit=params.limit + 1, before=before)
    return make_page(rows, params.limit, cursor=lambda row: (row.id,), item=SecurityEventView.model_validate)
