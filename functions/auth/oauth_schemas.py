"""Requests and responses of signing in elsewhere."""

from typing import Annotated

from common.runtime.http.schemas import RequestModel, ResponseModel
from pydantic import Field

from functions.auth.schemas import AcceptsTerms


class AuthorizationAnswer(ResponseModel):
    """Where the browser goes, and what it must come back with.

    The same secret as ``binding`` is set as a cookie; a client without cookies keeps it and sends it itself.
    """

    authorization_url: str
    state: str
    binding: str


class CallbackRequest(RequestModel):
    """What the provider sent the browser back with."""

    code: Annotated[str, Field(min_length=1, max_length=2048)]
    state: Annotated[str, Field(min_length=1, max_length=128)]
    binding: Annotated[str, Field(min_length=1, max_length=128)] | None = None


class SignInCallbackRequest(CallbackRequest, AcceptsTerms):
    """The same, to sign in with; somebody new may accept the terms with it."""


class IdentityView(ResponseModel):
    """A linked sign-in elsewhere."""

    provider: str
    issuer: str
    email: str
