"""Token pairs and sign-ins."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from common.application.identity import sessions, token_refresh
from common.domain.identity.sessions import Session
from common.runtime.http import CurrentUser
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.rate_limits import rate_limit
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Depends, Path

from functions.auth.client import Client
from functions.auth.container import ContainerDep
from functions.auth.schemas import RefreshRequest, SessionView, Tokens

_MAX_ID_LENGTH = 64

router = APIRouter(prefix="/v1/auth", tags=["identity"])


@router.post("/refresh", dependencies=[Depends(rate_limit("refresh", limit=120, per_seconds=60))])
async def refresh(body: RefreshRequest, container: ContainerDep, client: Client) -> Tokens:
    """Trade a refresh token for the next pair; a replayed one ends its whole family."""
    return Tokens.of(await token_refresh.refresh(container.auth, body.refresh_token, client))


@router.post("/logout", status_code=HTTPStatus.NO_CONTENT)
async def log_out(container: ContainerDep, caller: CurrentUser, client: Client) -> None:
    """End this sign-in."""
    await sessions.log_out(container.auth, caller, client)


@router.post("/logout-all", status_code=HTTPStatus.NO_CONTENT)
async def log_out_everywhere(container: ContainerDep, caller: CurrentUser, client: Client) -> None:
    """End every sign-in of the account at once."""
    await sessions.log_out_everywhere(container.auth, caller, client)


@router.get("/sessions")
async def list_sessions(
    container: ContainerDep, caller: CurrentUser, limit: Limit = 20, cursor: Cursor = None
) -> Page[SessionView]:
    """Where the account is signed in, the latest used first."""
    seen = decode_cursor(cursor, datetime, str) if cursor else None
    after = (seen[0], seen[1]) if seen else None
    live = await container.auth.sessions.list_live(caller.user_id, container.clock.now(), limit=limit + 1, after=after)

    def view(session: Session) -> SessionView:
        fields = session.model_dump(include=set(SessionView.model_fields))
        return SessionView(**fields, is_current=session.id == caller.session_id)

    return make_page(live, limit, cursor=lambda session: (session.last_used_at, session.id), item=view)


@router.delete("/sessions/{session_id}", status_code=HTTPStatus.NO_CONTENT)
async def revoke_session(
    container: ContainerDep,
    caller: CurrentUser,
    client: Client,
    session_id: Annotated[str, Path(max_length=_MAX_ID_LENGTH)],
) -> None:
    """End one sign-in of the account."""
    await sessions.revoke_session(container.auth, caller, session_id, client)
