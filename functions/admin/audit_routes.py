"""The security log."""

from typing import Annotated

from common.domain.identity.security_events import SecurityEventType
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Query

from functions.admin.access import Moderator
from functions.admin.container import ContainerDep
from functions.admin.schemas import SecurityEventView

router = APIRouter(prefix="/v1/admin/audit-logs", tags=["administration"])


@router.get("")
async def list_security_events(
    container: ContainerDep,
    staff: Moderator,
    user_id: Annotated[str | None, Query(max_length=64)] = None,
    type: SecurityEventType | None = None,  # noqa: A002
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[SecurityEventView]:
    """Security events, newest first."""
    del staff
    before = decode_cursor(cursor, str)[0] if cursor else None
    type_ = type.value if type else None
    rows = await container.admin.log.search(user_id=user_id, type_=type_, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=SecurityEventView.model_validate)
