"""How what runs by itself does, and sending dead letters to work again."""

from http import HTTPStatus
from typing import Annotated

from common.application.admin.operations import read_operations, redrive
from common.domain.identity.permissions import Permission
from common.domain.identity.roles import Principal
from common.runtime.http import permit
from common.runtime.http.clients import Client
from fastapi import APIRouter, Depends, Path

from functions.admin.container import ContainerDep
from functions.admin.operations_schemas import MovedView, OperationsView

router = APIRouter(prefix="/v1/admin/operations", tags=["administration"])

Watcher = Annotated[Principal, Depends(permit(Permission.SEE_OPERATIONS))]
Operator = Annotated[Principal, Depends(permit(Permission.OPERATE))]


@router.get("")
async def get_operations(container: ContainerDep, staff: Watcher) -> OperationsView:
    """Queues with their dead letters, lags of schedules and of reconciliation, breakers, open discrepancies."""
    del staff
    return OperationsView.of(await read_operations(container.operations))


@router.post("/dead-letters/{queue}/redrive", status_code=HTTPStatus.OK)
async def redrive_dead_letters(
    queue: Annotated[str, Path(max_length=64, description="As `queues` names it")],
    container: ContainerDep,
    staff: Operator,
    client: Client,
) -> MovedView:
    """Send a queue's dead letters to work again, a hundred at most; what was done already is not done twice."""
    return MovedView.of(await redrive(container.operations, staff, queue, client))
