"""The platform's terms: which are in force, and accepting them."""

from http import HTTPStatus

from common.application.identity import terms
from common.runtime.http import CurrentUser
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Response

from functions.auth.account_schemas import AcceptTermsRequest, TermsState, TermsView
from functions.auth.client import Client
from functions.auth.container import ContainerDep

_CACHE = "public, max-age=300"

router = APIRouter(tags=["account"])


@router.get("/v1/terms")
async def get_terms(container: ContainerDep, response: Response) -> TermsView:
    """The terms and the privacy notice in force, and where they can be read."""
    response.headers["Cache-Control"] = _CACHE
    return TermsView.of(container.terms)


@router.post(
    "/v1/users/me/terms",
    status_code=HTTPStatus.OK,
    dependencies=[Depends(rate_limit("accept-terms", limit=30, per_seconds=3600, by="user"))],
)
async def accept_terms(
    body: AcceptTermsRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> TermsState:
    """Accept the version in force; another is 422 `terms_outdated`."""
    return TermsState.of(await terms.accept_terms(container.auth, caller, body.version, client), container.terms)
