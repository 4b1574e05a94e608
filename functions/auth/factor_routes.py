"""Second factors: the account's own, and signing in with one."""

from http import HTTPStatus
from typing import Annotated

from common.application.identity.factors import enrolment, sign_in
from common.runtime.http import CurrentUser
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Path, Response

from functions.auth.client import Client, remember_device
from functions.auth.container import ContainerDep
from functions.auth.factor_schemas import (
    AddedFactorView,
    ChallengeRequest,
    ConfirmTotpRequest,
    FactorProofRequest,
    FactorsView,
    NewPasskeyRequest,
    PasskeyOptions,
    ReauthenticateRequest,
    RecoveryCodesView,
    TotpRequest,
    TotpView,
    factor_view,
)
from functions.auth.schemas import Tokens

_MAX_ID_LENGTH = 64
_MINUTE, _HOUR = 60, 3600
#: Adding and removing is rare; each of it writes.
_RARELY = [Depends(rate_limit("change-factors", limit=30, per_seconds=_HOUR, by="user"))]
_GENTLY = [Depends(rate_limit("factor", limit=60, per_seconds=_MINUTE))]

router = APIRouter(tags=["identity"])


@router.post("/v1/auth/factor/options", status_code=HTTPStatus.OK, dependencies=_GENTLY)
async def ask_passkey(body: ChallengeRequest, container: ContainerDep) -> PasskeyOptions:
    """Options to ask the browser for a passkey with, for what answered `factor_required`."""
    return PasskeyOptions.of(await sign_in.ask_passkey(container.auth, body.challenge_token))


@router.post("/v1/auth/factor", status_code=HTTPStatus.OK, dependencies=_GENTLY)
async def prove_factor(body: FactorProofRequest, container: ContainerDep, client: Client, response: Response) -> Tokens:
    """Finish with a second factor what answered `factor_required`, or a sign-in by passkey alone.

    A wrong factor is 401 `invalid_factor`; the challenge lives on for another try, until it ends.
    """
    pair = await sign_in.finish(container.auth, body.challenge_token, body.proof, client)
    remember_device(response, container, pair.device_token)
    return Tokens.of(pair)


@router.post("/v1/auth/passkey/options", status_code=HTTPStatus.OK, dependencies=_GENTLY)
async def begin_passkey_sign_in(container: ContainerDep) -> PasskeyOptions:
    """Begin to sign in by passkey alone; the browser's answer goes to `POST /v1/auth/factor`."""
    return PasskeyOptions.of(await sign_in.begin_passkey_sign_in(container.auth))


@router.post(
    "/v1/auth/reauthenticate",
    status_code=HTTPStatus.OK,
    dependencies=[Depends(rate_limit("reauthenticate", limit=30, per_seconds=_MINUTE, by="user"))],
)
async def reauthenticate(
    body: ReauthenticateRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> Tokens:
    """Prove again who you are, within this sign-in; the tokens of the answer count as recent.

    With a second factor it answers 403 `factor_required`, and `POST /v1/auth/factor` gives the tokens.
    """
    return Tokens.of(await sign_in.reauthenticate(container.auth, caller, body.password, client))


@router.get("/v1/users/me/factors")
async def list_factors(container: ContainerDep, caller: CurrentUser) -> FactorsView:
    """The account's second factors, the oldest first."""
    factors, left = await enrolment.list_factors(container.auth, caller)
    return FactorsView(items=[factor_view(each) for each in factors], recovery_codes_left=left)


@router.post("/v1/users/me/factors/totp", status_code=HTTPStatus.OK, dependencies=_RARELY)
async def begin_totp(body: TotpRequest, container: ContainerDep, caller: CurrentUser) -> TotpView:
    """Begin to add an authenticator app; it counts once its code was given to `…/totp/confirm`."""
    return TotpView.of(await enrolment.begin_totp(container.auth, caller, body.name))


@router.post("/v1/users/me/factors/totp/confirm", status_code=HTTPStatus.OK, dependencies=_RARELY)
async def confirm_totp(
    body: ConfirmTotpRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> AddedFactorView:
    """Add the app by its present code. With an account's first factor come its recovery codes."""
    return AddedFactorView.of(await enrolment.confirm_totp(container.auth, caller, body.factor_id, body.code, client))


@router.post("/v1/users/me/factors/passkeys/options", status_code=HTTPStatus.OK, dependencies=_RARELY)
async def begin_passkey(container: ContainerDep, caller: CurrentUser) -> PasskeyOptions:
    """Begin to add a passkey, in this sign-in."""
    return PasskeyOptions.of(await enrolment.begin_passkey(container.auth, caller))


@router.post("/v1/users/me/factors/passkeys", status_code=HTTPStatus.OK, dependencies=_RARELY)
async def add_passkey(
    body: NewPasskeyRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> AddedFactorView:
    """Add the passkey that the browser made. With an account's first factor come its recovery codes."""
    added = await enrolment.finish_passkey(
        container.auth, caller, body.challenge_token, body.credential.as_json(), body.name, client
    )
    return AddedFactorView.of(added)


@router.delete("/v1/users/me/factors/{factor_id}", status_code=HTTPStatus.NO_CONTENT, dependencies=_RARELY)
async def remove_factor(
    container: ContainerDep,
    caller: CurrentUser,
    client: Client,
    factor_id: Annotated[str, Path(max_length=_MAX_ID_LENGTH)],
) -> None:
    """Remove a second factor; staff keep at least one."""
    await enrolment.remove_factor(container.auth, caller, factor_id, client)


@router.post("/v1/users/me/recovery-codes", status_code=HTTPStatus.OK, dependencies=_RARELY)
async def replace_recovery_codes(container: ContainerDep, caller: CurrentUser, client: Client) -> RecoveryCodesView:
    """Ten new recovery codes in the place of all earlier ones."""
    codes = await enrolment.replace_recovery_codes(container.auth, caller, client)
    return RecoveryCodesView(recovery_codes=list(codes))
