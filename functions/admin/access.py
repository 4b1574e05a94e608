"""Who may call which of these routes, and where a call comes from."""

from typing import Annotated

from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.runtime.http import require
from common.runtime.http.rate_limits import client_address
from fastapi import Depends, Path, Request

_MAX_ID_LENGTH = 64
_MAX_USER_AGENT_LENGTH = 256

Moderator = Annotated[Principal, Depends(require(Role.MODERATOR, Role.OPERATOR, Role.ADMIN))]
Admin = Annotated[Principal, Depends(require(Role.ADMIN))]
SuperAdmin = Annotated[Principal, Depends(require(Role.SUPER_ADMIN))]
Id = Annotated[str, Path(max_length=_MAX_ID_LENGTH)]


async def client_info(request: Request) -> ClientInfo:
    """The caller's address and program."""
    return ClientInfo(client_address(request), request.headers.get("user-agent", "")[:_MAX_USER_AGENT_LENGTH])


Client = Annotated[ClientInfo, Depends(client_info)]
