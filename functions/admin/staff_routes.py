"""Members of staff."""

from http import HTTPStatus

from common.application.admin import staff as use_cases
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import IdempotentCsvListRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter

from functions.admin.access import Id, StaffManager
from functions.admin.container import ContainerDep
from functions.admin.schemas import AppointRequest, StaffRolesRequest, UserView

router = APIRouter(prefix="/v1/admin/staff", tags=["administration"], route_class=IdempotentCsvListRoute)


@router.get("")
async def list_staff(
    container: ContainerDep, boss: StaffManager, limit: Limit = 20, cursor: Cursor = None
) -> Page[UserView]:
    """Members of staff, newest account first."""
    del boss
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.admin.staff.list_staff(limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=UserView.model_validate)


@router.post("", status_code=HTTPStatus.CREATED)
async def appoint_staff(body: AppointRequest, container: ContainerDep, boss: StaffManager, client: Client) -> UserView:
    """Give a person with a verified account staff roles."""
    return UserView.model_validate(await use_cases.appoint_staff(container.admin, boss, body.email, body.roles, client))


@router.patch("/{id}")
async def change_staff(
    id: Id,  # noqa: A002
    body: StaffRolesRequest,
    container: ContainerDep,
    boss: StaffManager,
    client: Client,
) -> UserView:
    """Replace somebody's staff roles; none ends the appointment."""
    return UserView.model_validate(await use_cases.change_staff(container.admin, boss, id, body.roles, client))
