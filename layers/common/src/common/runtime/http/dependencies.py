"""What a route may ask for: the container and the caller."""

from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from common.application.identity.access import authenticate
from common.domain.identity.roles import Principal, Role
from common.domain.shared.errors import Forbidden, Unauthenticated
from common.runtime.container.bootstrap import Container

#: No access token of ours comes near this length; longer ones are not worth parsing.
_MAX_TOKEN_LENGTH = 4096


class _BearerToken(SecurityBase):
    """Tells OpenAPI how the access token is sent; the description is made when somebody asks for it."""

    scheme_name = "access_token"

    @cached_property
    def model(self) -> HTTPBearer:  # type: ignore[override] # FastAPI only reads it
        """The scheme as OpenAPI describes it."""
        return HTTPBearer(bearerFormat="JWT")

    async def __call__(self) -> None:
        """Read nothing: the token is read by ``authenticate_request``."""


_BEARER = _BearerToken()


async def get_container(request: Request) -> Container:
    """The process's container."""
    return cast("Container", request.app.state.container)


ContainerDep = Annotated[Container, Depends(get_container)]


async def authenticate_request(request: Request) -> Principal | None:
    """The caller by the ``Authorization`` header, read once per request; ``None`` without the header.

    Raises:
        Unauthenticated: the header is there and proves nothing.
    """
    if hasattr(request.state, "principal"):
        return cast("Principal | None", request.state.principal)
    header = request.headers.get("authorization")
    principal = None
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_LENGTH:
            raise Unauthenticated("Send the access token as 'Authorization: Bearer …'.", code="invalid_token")
        container = await get_container(request)
        principal = await authenticate(container.access, token.strip())
    request.state.principal = principal
    return principal


async def optional_user(request: Request, _: Annotated[Any, Depends(_BEARER)]) -> Principal | None:
    """The caller, if there is one.

    Raises:
        Unauthenticated: a token was sent and proves nothing.
    """
    return await authenticate_request(request)


OptionalUser = Annotated[Principal | None, Depends(optional_user)]


async def current_user(principal: OptionalUser) -> Principal:
    """The caller.

    Raises:
        Unauthenticated: no token was sent, or it proves nothing.
    """
    if principal is None:
        raise Unauthenticated("Sign in first.")
    return principal


CurrentUser = Annotated[Principal, Depends(current_user)]


def require(*roles: Role) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """A dependency that gives the caller who has any of ``roles``: ``Annotated[Principal, Depends(require(...))]``.

    The dependency raises ``Unauthenticated`` without a caller and ``Forbidden`` for one without these roles, or who has
    them as staff and has not used a second factor (``staff_factor_required``).
    """

    async def check(principal: CurrentUser) -> Principal:
        if not principal.has(*roles):
            principal.refuse_withheld(*roles)
            raise Forbidden("Your account may not do this.")
        return principal

    return check
