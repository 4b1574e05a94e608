"""Where a call comes from, for the audit log."""

from typing import Annotated

from fastapi import Depends, Request

from common.domain.identity.clients import ClientInfo
from common.runtime.http.rate_limits import client_address

_MAX_USER_AGENT_LENGTH = 256


async def client_info(request: Request) -> ClientInfo:
    """The caller's address and program."""
    return ClientInfo(client_address(request), request.headers.get("user-agent", "")[:_MAX_USER_AGENT_LENGTH])


Client = Annotated[ClientInfo, Depends(client_info)]
