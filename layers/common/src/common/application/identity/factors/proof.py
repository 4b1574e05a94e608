"""Checking what somebody gives as a second factor. Every refusal is the same, whatever was wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.application.identity.deps import AuthDeps
from common.application.identity.records import log_event, mail_event, publish
from common.domain.identity.clients import ClientInfo
from common.domain.identity.factors import (
    KEY,
    ONE_TIME_CODE,
    PRESENT,
    ChallengePurpose,
    Factor,
    FactorChallenge,
    FactorKind,
    is_replayed_count,
    matching_step,
    recovery_digest,
)
from common.domain.identity.security_events import SecurityEventType
from common.domain.shared.errors import InvalidInput, RateLimited, Unauthenticated

#: Wrong codes for one account before the first wait, from wherever; who gives them knows the password already.
_FREE_TRIES = 5


@dataclass(frozen=True)
class Proof:
    """What is given as a second factor: one of these.

    Args:
        code: of an authenticator app.
        recovery_code: one of those that were given out.
        credential: a passkey's answer, as ``PublicKeyCredential.toJSON`` makes it.
    """

    code: str | None = None
    recovery_code: str | None = None
    credential: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Proven:
    """Whose second factor it was, and how that is said (RFC 8176)."""

    user_id: str
    amr: tuple[str, ...]


async def prove(deps: AuthDeps, challenge: FactorChallenge, proof: Proof, client: ClientInfo) -> Proven:
    """Check a second factor against what was begun; it is used up, whatever follows.

    Codes count only as a second proof; where nothing was proven before, a passkey must verify the person itself.

    Raises:
        Unauthenticated: it proves nothing (``invalid_factor``).
        RateLimited: too many wrong codes for the account.
    """
    if proof.credential is not None:
        return await _by_passkey(deps, challenge, proof.credential, client)
    if challenge.user_id is None or is_whole(challenge):
        raise _refused()
    return await _by_code(deps, challenge.user_id, proof, client)


def is_whole(challenge: FactorChallenge) -> bool:
    """Whether nothing was proven before, so that the factor must be proof enough alone."""
    return challenge.purpose is ChallengePurpose.PASSKEY_SIGN_IN or (
        challenge.purpose is ChallengePurpose.REAUTHENTICATE and not challenge.amr
    )


async def use_code(deps: AuthDeps, factor: Factor, code: str) -> int | None:
    """The time step of a right code of one app, which is used up by it; ``None`` for a wrong or a used one."""
    now = deps.clock.now()
    step = matching_step(code, deps.codes.codes_at(factor, now), last_step=factor.last_step)
    if step is None or not await deps.factors.use(factor, now, step=step, sign_count=factor.sign_count):
        return None
    return step


async def begin_code_try(deps: AuthDeps, user_id: str) -> str:
    """Count a try before it is made; returns what ``guard.clear`` takes when it succeeds.

    Raises:
        RateLimited: too many wrong codes.
    """
    key = f"factor:{user_id}"
    if wait := await deps.guard.begin_try({key: _FREE_TRIES}, deps.clock.now()):
        raise RateLimited("Too many wrong codes; wait before the next try.", retry_after=wait, limit=_FREE_TRIES)
    return key


async def _by_code(deps: AuthDeps, user_id: str, proof: Proof, client: ClientInfo) -> Proven:
    key = await begin_code_try(deps, user_id)
    is_right = (
        await _use_any_code(deps, user_id, proof.code)
        if proof.code is not None
        else await _use_recovery_code(deps, user_id, proof.recovery_code or "", client)
    )
    if not is_right:
        raise await _failed(deps, user_id, client, "code" if proof.code is not None else "recovery_code")
    await deps.guard.clear([key])
    return Proven(user_id, (ONE_TIME_CODE,))


async def _use_any_code(deps: AuthDeps, user_id: str, code: str) -> bool:
    for factor in await deps.factors.list_confirmed(user_id):
        if factor.kind is FactorKind.TOTP and await use_code(deps, factor, code) is not None:
            return True
    return False


async def _use_recovery_code(deps: AuthDeps, user_id: str, code: str, client: ClientInfo) -> bool:
    async def write() -> int | None:
        if not await deps.factors.use_recovery_code(user_id, recovery_digest(user_id, code)):
            return None
        left = await deps.factors.count_recovery_codes(user_id)
        await log_event(deps, SecurityEventType.RECOVERY_CODE_USED, user_id, client, left=left)
        told[:] = [mail_event(deps, "recovery_code_used", user_id, left=left)]
        await deps.outbox.insert(told)
        return left

    told: list[Any] = []
    if await deps.unit_of_work.run(write) is None:
        return False
    await publish(deps, told)
    return True


async def _by_passkey(
    deps: AuthDeps, challenge: FactorChallenge, credential: Mapping[str, Any], client: ClientInfo
) -> Proven:
    nonce = await deps.factor_challenges.take_nonce(challenge.id)
    try:
        factor = await deps.factors.find_passkey(deps.passkeys.credential_id(credential))
        if nonce is None or factor is None or challenge.user_id not in {None, factor.user_id}:
            raise await _failed(deps, challenge.user_id, client, "passkey")
        told = deps.passkeys.verify_assertion(nonce, factor, credential, must_verify_user=is_whole(challenge))
    except InvalidInput as error:
        raise await _failed(deps, challenge.user_id, client, "passkey") from error
    if is_replayed_count(factor.sign_count, told.sign_count):
        raise await _failed(deps, factor.user_id, client, "passkey_counter")
    if not await deps.factors.use(factor, deps.clock.now(), step=factor.last_step, sign_count=told.sign_count):
        raise await _failed(deps, factor.user_id, client, "passkey")
    return Proven(factor.user_id, (KEY, PRESENT))


async def _failed(deps: AuthDeps, user_id: str | None, client: ClientInfo, what: str) -> Unauthenticated:
    await log_event(deps, SecurityEventType.FACTOR_FAILED, user_id, client, what=what)
    return _refused()


def _refused() -> Unauthenticated:
    return Unauthenticated("This does not confirm who you are.", code="invalid_factor")
