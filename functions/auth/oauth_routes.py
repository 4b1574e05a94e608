"""Signing in at Google or Facebook; linking and unlinking."""

from http import HTTPStatus
from typing import Annotated, Literal

from common.application.identity import oauth
from common.runtime.http import CurrentUser
from common.runtime.http.cookies import set_cookie
from common.runtime.http.rate_limits import rate_limit
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Depends, Request, Response

from functions.auth.client import Client, known_client, remember_device
from functions.auth.container import ContainerDep
from functions.auth.oauth_schemas import AuthorizationAnswer, CallbackRequest, IdentityView, SignInCallbackRequest
from functions.auth.schemas import Tokens

Provider = Literal["google", "facebook"]

_COOKIE = "gigsta_oauth"
_ATTEMPT_SECONDS = 600
_GENTLY = Depends(rate_limit("oauth", limit=60, per_seconds=60))

router = APIRouter(tags=["identity"])


async def read_binding(request: Request) -> str | None:
    """The secret that binds an attempt to this browser."""
    return request.cookies.get(_COOKIE)


Binding = Annotated[str | None, Depends(read_binding)]


@router.get("/v1/auth/oauth/{provider}/authorize", dependencies=[_GENTLY])
async def start_sign_in(
    provider: Provider, container: ContainerDep, client: Client, response: Response
) -> AuthorizationAnswer:
    """Begin to sign in elsewhere: authorization code flow with PKCE S256."""
    started = await oauth.start_attempt(container.oauth, provider)
    known_client(response, container, client)
    set_cookie(response, container, _COOKIE, started.binding, path="/v1", seconds=_ATTEMPT_SECONDS)
    return AuthorizationAnswer(
        authorization_url=started.authorization_url, state=started.state, binding=started.binding
    )


@router.post("/v1/auth/oauth/{provider}/callback", dependencies=[_GENTLY])
async def finish_sign_in(
    provider: Provider,
    body: SignInCallbackRequest,
    container: ContainerDep,
    client: Client,
    cookie: Binding,
    response: Response,
) -> Tokens:
    """Sign in with what the provider sent the browser back with."""
    binding = body.binding or cookie
    pair = await oauth.finish_sign_in(
        container.oauth,
        provider,
        body.code,
        body.state,
        binding,
        client,
        accepted_terms_version=body.accepted_terms_version,
    )
    set_cookie(response, container, _COOKIE, "", path="/v1", seconds=0)
    remember_device(response, container, pair.device_token)
    return Tokens.of(pair)


@router.get("/v1/users/me/identities")
async def list_identities(container: ContainerDep, caller: CurrentUser) -> Page[IdentityView]:
    """Linked sign-ins elsewhere."""
    linked = await container.auth.credentials.list_identities(caller.user_id)
    return Page(items=[IdentityView.model_validate(each) for each in linked], next_cursor=None)


@router.post("/v1/users/me/identities/{provider}", status_code=HTTPStatus.NO_CONTENT, dependencies=[_GENTLY])
async def link_identity(
    provider: Provider,
    body: CallbackRequest,
    container: ContainerDep,
    caller: CurrentUser,
    client: Client,
    cookie: Binding,
) -> None:
    """Link a sign-in elsewhere to this account."""
    binding = body.binding or cookie
    await oauth.link_identity(container.oauth, caller, provider, body.code, body.state, binding, client)


@router.delete("/v1/users/me/identities/{provider}", status_code=HTTPStatus.NO_CONTENT)
async def unlink_identity(provider: Provider, container: ContainerDep, caller: CurrentUser, client: Client) -> None:
    """Unlink a sign-in elsewhere, unless it is the only way in."""
    await oauth.unlink_identity(container.auth, caller, provider, client)
