"""Accounts: finding, suspending, restoring."""

from typing import Annotated

from common.application.admin import users
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Query

from functions.admin.access import Admin, Client, Id, Moderator
from functions.admin.container import ContainerDep
from functions.admin.schemas import ReasonRequest, SecurityEventView, UserView

router = APIRouter(prefix="/v1/admin/users", tags=["administration"])


@router.get("")
async def list_users(
    container: ContainerDep,
    staff: Admin,
    q: Annotated[str | None, Query(max_length=254, description="Beginning of the mail address")] = None,
    is_active: bool | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[UserView]:
    """Accounts, newest first; with `q`, in the order of their mail addresses."""
    del staff
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.admin.users.search(text=q, is_active=is_active, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=UserView.model_validate)


@router.post("/{id}/suspend", status_code=200)
async def suspend_user(
    id: Id,  # noqa: A002
    body: ReasonRequest,
    container: ContainerDep,
    staff: Admin,
    client: Client,
) -> UserView:
    """Stop an account at once."""
    return UserView.model_validate(await users.suspend_user(container.admin, staff, id, client, body.reason))


@router.post("/{id}/restore", status_code=200)
async def restore_user(id: Id, container: ContainerDep, staff: Admin, client: Client) -> UserView:  # noqa: A002
    """Let a suspended account act again."""
    return UserView.model_validate(await users.restore_user(container.admin, staff, id, client))


@router.get("/{id}/activity")
async def list_activity(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: Moderator,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[SecurityEventView]:
    """The security log of one account, newest first."""
    del staff
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.admin.log.search(user_id=id, type_=None, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=SecurityEventView.model_validate)
