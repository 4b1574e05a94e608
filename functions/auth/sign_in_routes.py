"""Registering, proving an address, signing in, recovering a password."""

from http import HTTPStatus

from common.application.identity import login, recovery, registration
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Response

from functions.auth.client import Client, known_client, remember_device
from functions.auth.container import ContainerDep
from functions.auth.schemas import (
    CHECK_MAIL,
    Accepted,
    EmailRequest,
    LoginRequest,
    RegisterRequest,
    ResetPasswordRequest,
    Tokens,
    VerifyEmailRequest,
)

_HOUR = 3600
_MINUTE = 60

router = APIRouter(prefix="/v1/auth", tags=["identity"])


@router.post(
    "/register",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(rate_limit("register", limit=100, per_seconds=_HOUR))],
)
async def register(body: RegisterRequest, container: ContainerDep, client: Client, response: Response) -> Accepted:
    """Register an address; the answer is the same whether or not it has an account."""
    known = known_client(response, container, client)
    await registration.register(
        container.auth, body.email, body.password, known, accepted_terms_version=body.accepted_terms_version
    )
    return CHECK_MAIL


@router.post("/verify-email", dependencies=[Depends(rate_limit("verify-email", limit=60, per_seconds=_MINUTE))])
async def verify_email(body: VerifyEmailRequest, container: ContainerDep, client: Client, response: Response) -> Tokens:
    """Follow a mailed link: prove the address and sign in.

    The registered password comes into force where the link is followed by the browser or app that registered, which is
    known by its `gigsta_device` cookie; for everybody else `requires_password_setup` is true. A client that keeps no
    cookies sends the person's `password` along instead.
    """
    pair = await registration.verify_email(
        container.auth,
        body.token,
        client,
        password=body.password,
        discard_password=body.discard_password,
        accepted_terms_version=body.accepted_terms_version,
    )
    remember_device(response, container, pair.device_token)
    return Tokens.of(pair)


@router.post(
    "/resend-verification",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(rate_limit("resend-verification", limit=30, per_seconds=_HOUR))],
)
async def resend_verification(body: EmailRequest, container: ContainerDep) -> Accepted:
    """Mail the verification link again; the answer is the same for every address."""
    await registration.resend_verification(container.auth, body.email)
    return CHECK_MAIL


@router.post("/login", dependencies=[Depends(rate_limit("login", limit=60, per_seconds=_MINUTE))])
async def log_in(body: LoginRequest, container: ContainerDep, client: Client, response: Response) -> Tokens:
    """Sign in with mail address and password."""
    pair = await login.log_in(container.auth, body.email, body.password, client)
    remember_device(response, container, pair.device_token)
    return Tokens.of(pair)


@router.post(
    "/forgot-password",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(rate_limit("forgot-password", limit=30, per_seconds=_HOUR))],
)
async def forgot_password(body: EmailRequest, container: ContainerDep) -> Accepted:
    """Mail a link to set a new password; the answer is the same for every address."""
    await recovery.forgot_password(container.auth, body.email)
    return CHECK_MAIL


@router.post(
    "/mail-sign-in",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(rate_limit("mail-sign-in", limit=30, per_seconds=_HOUR))],
)
async def mail_sign_in(body: EmailRequest, container: ContainerDep) -> Accepted:
    """Mail a link that signs in; the answer is the same for every address.

    Its code goes to `POST /v1/auth/verify-email`. It works without a password, and whatever strangers have failed at.
    """
    await recovery.mail_sign_in(container.auth, body.email)
    return CHECK_MAIL


@router.post(
    "/reset-password",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(rate_limit("reset-password", limit=30, per_seconds=_MINUTE))],
)
async def reset_password(
    body: ResetPasswordRequest, container: ContainerDep, client: Client, response: Response
) -> Accepted:
    """Set a new password with a mailed code; every sign-in ends at once, and linked sign-ins elsewhere are dropped."""
    known = known_client(response, container, client)
    await recovery.reset_password(container.auth, body.token, body.password, known)
    return Accepted(message="The password is set. Sign in with it.")
