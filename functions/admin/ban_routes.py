"""Proposing that somebody is banned."""

from http import HTTPStatus

from common.application.admin.moderation import bans
from common.runtime.http.clients import Client
from common.runtime.http.idempotency import IdempotentRoute
from fastapi import APIRouter

from functions.admin.access import BanProposer, Id
from functions.admin.container import ContainerDep
from functions.admin.moderation_schemas import BanProposalView
from functions.admin.schemas import ReasonRequest

router = APIRouter(prefix="/v1/admin", tags=["administration"], route_class=IdempotentRoute)


@router.post("/users/{id}/ban", status_code=HTTPStatus.CREATED)
async def propose_ban(
    id: Id,  # noqa: A002
    body: ReasonRequest,
    container: ContainerDep,
    staff: BanProposer,
    client: Client,
) -> BanProposalView:
    """Propose that somebody is banned; another member of staff decides on it in the queue."""
    proposed = await bans.propose_ban(container.moderating, staff, id, client, body.reason)
    return BanProposalView.model_validate(proposed)
