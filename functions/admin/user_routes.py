"""Accounts: finding, suspending, restoring."""

from typing import Annotated

from common.application.admin import activity, users
from common.domain.identity.people_search import stages_of
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Query

from functions.admin.access import ActivityReader, Id, PeopleReader, Suspender
from functions.admin.container import ContainerDep
from functions.admin.schemas import ActivityView, ReasonRequest, UserView

router = APIRouter(prefix="/v1/admin/users", tags=["administration"], route_class=CsvListRoute)


@router.get("")
async def list_users(
    container: ContainerDep,
    staff: PeopleReader,
    q: Annotated[str | None, Query(max_length=254, description="An id, or how a mail, name or number begins")] = None,
    is_active: bool | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[UserView]:
    """Accounts, newest first; with `q` those whose address, name, last name or telephone number begins so.

    Neither case nor accents count, and a number is found as it is written at home or abroad. A whole id finds its
    account.
    """
    del staff
    if stages := stages_of(q or ""):
        after = decode_cursor(cursor, int, str) if cursor else None
        found = await container.admin.people.search(stages, is_active=is_active, limit=limit + 1, after=after)
        return make_page(
            found,
            limit,
            cursor=lambda row: (row.stage, row.user.id),
            item=lambda row: UserView.model_validate(row.user),
        )
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.admin.users.list_newest(is_active=is_active, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=UserView.model_validate)


@router.post("/{id}/suspend", status_code=200)
async def suspend_user(
    id: Id,  # noqa: A002
    body: ReasonRequest,
    container: ContainerDep,
    staff: Suspender,
    client: Client,
) -> UserView:
    """Stop an account at once; its person is mailed the `reason`."""
    return UserView.model_validate(await users.suspend_user(container.admin, staff, id, client, body.reason))


@router.post("/{id}/restore", status_code=200)
async def restore_user(id: Id, container: ContainerDep, staff: Suspender, client: Client) -> UserView:  # noqa: A002
    """Let a suspended account act again, and mail its person so."""
    return UserView.model_validate(await users.restore_user(container.admin, staff, id, client))


@router.get("/{id}/activity")
async def list_activity(
    id: Id,  # noqa: A002
    container: ContainerDep,
    staff: ActivityReader,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ActivityView]:
    """What happened to or by an account, over all systems, newest first; messages are counted and not shown.

    `details` has amounts for who may see money, and nobody else.
    """
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await activity.list_activity(container.admin, staff, id, limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=ActivityView.model_validate)
