"""What a route may ask for: the container and the caller."""

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Annotated, Generic, TypeVar, cast

from fastapi import Depends, Request, Response
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from common.application.identity.access import authenticate, authenticate_account
from common.application.shared.together import together
from common.domain.identity.permissions import RULES, Permission
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import User
from common.domain.shared.errors import Forbidden, Unauthenticated
from common.runtime.container.http import HttpContainer

T = TypeVar("T")
W = TypeVar("W")
K = TypeVar("K", bound=HttpContainer)

#: No access token of ours comes near this length; longer ones are not worth parsing.
_MAX_TOKEN_LENGTH = 4096


async def get_container(request: Request) -> HttpContainer:
    """The process's container; each area says of which class its own is (``ContainerDep`` of its ``container.py``)."""
    return cast("HttpContainer", request.app.state.container)


def container_of(request: Request, kind: type[K]) -> K:  # noqa: ARG001 - says the type of the answer
    """The process's container as its area knows it, where a route's parameter cannot give it.

    Args:
        request: any of the process.
        kind: the class that the area's handler is made with.
    """
    return cast("K", request.app.state.container)


async def authenticate_request(request: Request) -> Principal | None:
    """The caller by the ``Authorization`` header, read once per request; ``None`` without the header.

    Raises:
        Unauthenticated: the header is there and proves nothing.
    """
    if hasattr(request.state, "principal"):
        return cast("Principal | None", request.state.principal)
    token = _token(request)
    principal = None if token is None else await authenticate((await get_container(request)).access, token)
    request.state.principal = principal
    return principal


def _token(request: Request) -> str | None:
    """The token in the ``Authorization`` header; ``None`` without the header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_LENGTH:
        raise Unauthenticated("Send the access token as 'Authorization: Bearer …'.", code="invalid_token")
    return token.strip()


class _Caller(SecurityBase):
    """Who calls, as one dependency that also tells OpenAPI how the access token is sent.

    One, because the framework works anew through every dependency of a route, and the dependencies of each, with every
    request.
    """

    scheme_name = "access_token"

    @cached_property
    def model(self) -> HTTPBearer:  # type: ignore[override] # FastAPI only reads it
        """The scheme as OpenAPI describes it, made when somebody asks for it."""
        return HTTPBearer(bearerFormat="JWT")


class MaybeCaller(_Caller):
    """The caller, if there is one; calling it raises ``Unauthenticated`` where a token was sent and proves nothing."""

    async def __call__(self, request: Request) -> Principal | None:
        """Read the token, where there is one."""
        return await authenticate_request(request)


class Caller(_Caller):
    """The caller; calling it raises ``Unauthenticated`` where no token was sent, or it proves nothing."""

    async def __call__(self, request: Request) -> Principal:
        """Read the token."""
        return await _signed_in(request)


class CallingAccount(_Caller):
    """The caller's whole account, in the place of the caller: one read where a route answers the account itself."""

    async def __call__(self, request: Request) -> User:
        """Read the token."""
        token = _token(request)
        if token is None:
            raise _nobody()
        return await authenticate_account((await get_container(request)).access, token)


async def _signed_in(request: Request) -> Principal:
    principal = await authenticate_request(request)
    if principal is None:
        raise _nobody()
    return principal


def _nobody() -> Unauthenticated:
    return Unauthenticated("Sign in first.")


class _CallerWithRole(Caller):
    """The caller who has any of some roles."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self._roles = roles

    async def __call__(self, request: Request) -> Principal:
        """Read the token and compare the roles."""
        principal = await _signed_in(request)
        if not principal.has(*self._roles):
            principal.refuse_withheld(*self._roles)
            raise Forbidden("Your account may not do this.")
        return principal


class Permitted(_CallerWithRole):
    """The caller who has a permission, as the table of roles says; ``permission`` is read by ``docs/roles.md``."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(RULES[permission].roles)
        self.permission = permission


class CallerAnd(_Caller, Generic[W, T]):
    """The caller and something else, read at once: ``Annotated[tuple[Principal, …], Depends(CallerAnd(…))]``.

    Without a token nothing is read, and what ``who`` raises comes before what ``read`` does.

    Args:
        who: ``current_user`` or ``current_account``.
        read: reads for a request what does not depend on who asks; it is shown to nobody before that is known.
    """

    def __init__(
        self, who: Callable[[Request], Awaitable[W]], read: Callable[[Request, Response], Awaitable[T]]
    ) -> None:
        self._who = who
        self._read = read

    async def __call__(self, request: Request, response: Response) -> tuple[W, T]:
        """Read both."""
        if _token(request) is None:
            raise _nobody()
        return await together(self._who(request), self._read(request, response))


current_user = Caller()
current_account = CallingAccount()

OptionalUser = Annotated[Principal | None, Depends(MaybeCaller())]
CurrentUser = Annotated[Principal, Depends(current_user)]
CurrentAccount = Annotated[User, Depends(current_account)]


def require(*roles: Role) -> Caller:
    """A dependency that gives the caller who has any of ``roles``: ``Annotated[Principal, Depends(require(...))]``.

    The dependency raises ``Unauthenticated`` without a caller and ``Forbidden`` for one without these roles, or who has
    them as staff and has not used a second factor (``staff_factor_required``).
    """
    return _CallerWithRole(roles)


def permit(permission: Permission) -> Permitted:
    """A dependency that gives the member of staff who has a permission, by ``domain.identity.permissions``.

    It refuses as that of ``require`` does.
    """
    return Permitted(permission)
