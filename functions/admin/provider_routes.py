"""Applications of providers."""

from common.application.admin import providers
from common.domain.identity.users import ProviderStatus
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter

from functions.admin.access import Id, ProviderApprover
from functions.admin.container import ContainerDep
from functions.admin.schemas import ProviderView, ReasonRequest

router = APIRouter(prefix="/v1/admin/providers", tags=["administration"], route_class=CsvListRoute)


@router.get("")
async def list_providers(
    container: ContainerDep,
    staff: ProviderApprover,
    status: ProviderStatus | None = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ProviderView]:
    """Providers of a status, or all, in order of their application."""
    del staff
    after = decode_cursor(cursor, str)[0] if cursor else None
    rows = await container.admin.provider_lists.search(status.value if status else None, limit=limit + 1, after=after)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=ProviderView.model_validate)


@router.post("/{id}/approve", status_code=200)
async def approve_provider(id: Id, container: ContainerDep, staff: ProviderApprover, client: Client) -> ProviderView:  # noqa: A002
    """Accept an application; a mail tells."""
    return ProviderView.model_validate(await providers.approve_provider(container.admin, staff, id, client))


@router.post("/{id}/reject", status_code=200)
async def reject_provider(
    id: Id,  # noqa: A002
    body: ReasonRequest,
    container: ContainerDep,
    staff: ProviderApprover,
    client: Client,
) -> ProviderView:
    """Refuse an application with a reason, which is mailed."""
    return ProviderView.model_validate(await providers.reject_provider(container.admin, staff, id, client, body.reason))
