"""Finishing what waits for a second factor, signing in by passkey alone, and proving oneself again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.application.identity.deps import AuthDeps
from common.application.identity.factors.challenges import (
    challenge_ended,
    factor_required,
    new_challenge,
    new_nonce,
)
from common.application.identity.factors.proof import Proof, is_whole, prove
from common.application.identity.records import log_event
from common.application.identity.recovery import check_current_password
from common.application.identity.sessions import TokenPair, extend_session, open_session
from common.domain.identity.clients import ClientInfo
from common.domain.identity.factors import (
    MULTIPLE,
    PASSWORD,
    ChallengePurpose,
    FactorChallenge,
    FactorKind,
)
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.shared.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from common.domain.shared.opaque_tokens import digest

_FINISHED_HERE = (ChallengePurpose.SIGN_IN, ChallengePurpose.PASSKEY_SIGN_IN, ChallengePurpose.REAUTHENTICATE)


@dataclass(frozen=True)
class PasskeyRequest:
    """What a browser is asked to sign: the challenge's token, and the options for its authenticator."""

    token: str
    options: Mapping[str, Any]


async def ask_passkey(deps: AuthDeps, token: str) -> PasskeyRequest:
    """Options for a passkey to finish what was begun; asking again makes the earlier ones void.

    Raises:
        InvalidInput: nothing waits under this token (``challenge_invalid``).
    """
    challenge = await _waiting(deps, token)
    known = await deps.factors.list_confirmed(challenge.user_id) if challenge.user_id else []
    nonce = new_nonce()
    if not await deps.factor_challenges.set_nonce(challenge.id, nonce):
        raise challenge_ended()
    keys = [each for each in known if each.kind is FactorKind.PASSKEY]
    return PasskeyRequest(token, deps.passkeys.request_options(nonce, keys, must_verify_user=is_whole(challenge)))


async def begin_passkey_sign_in(deps: AuthDeps) -> PasskeyRequest:
    """Begin to sign in by passkey alone: any passkey of ours that verifies the person."""
    nonce = new_nonce()
    challenge, token = new_challenge(deps.clock.now(), ChallengePurpose.PASSKEY_SIGN_IN, nonce=nonce, method="passkey")
    await deps.factor_challenges.insert(challenge)
    return PasskeyRequest(token, deps.passkeys.request_options(nonce, [], must_verify_user=True))


async def finish(deps: AuthDeps, token: str, proof: Proof, client: ClientInfo) -> TokenPair:
    """Finish a sign-in or a repeated proof with a second factor.

    A wrong code leaves what was begun as it is; success uses it up, and of two at once one succeeds.

    Raises:
        InvalidInput: nothing waits under this token (``challenge_invalid``).
        Unauthenticated: the factor proves nothing (``invalid_factor``), or what was proven first has ended meanwhile.
        RateLimited: too many wrong codes.
        Forbidden: the account is suspended.
    """
    challenge = await _waiting(deps, token)
    proven = await prove(deps, challenge, proof, client)
    amr = (*challenge.amr, *proven.amr, MULTIPLE)
    if challenge.purpose is ChallengePurpose.REAUTHENTICATE:
        return await _renew(deps, challenge, proven.user_id, amr, client)
    user = await deps.users.get(proven.user_id)
    is_same = challenge.user_id is None or (user is not None and user.session_epoch == challenge.epoch)
    if user is None or user.deleted_at is not None or not is_same:
        raise challenge_ended()
    return await open_session(
        deps,
        user,
        client,
        challenge.method,
        booking_intent_id=challenge.booking_intent_id,
        amr=amr,
        challenge_id=challenge.id,
    )


async def reauthenticate(deps: AuthDeps, caller: Principal, password: str | None, client: ClientInfo) -> TokenPair:
    """Prove again who one is, within the sign-in that goes on; its tokens count as recent from then on.

    Args:
        deps: ports.
        caller: who is signed in.
        password: the account's; without it a passkey that verifies the person must do.
        client: where the request comes from.

    Raises:
        Forbidden: the password is wrong (``wrong_password``), or a second factor is asked for (``factor_required``).
        Conflict: the account has no password (``password_not_set``): sign in again.
        InvalidInput: neither a password is given nor has the account a passkey.
        RateLimited: too many wrong guesses.
    """
    user = await deps.users.get(caller.user_id)
    if user is None:
        raise NotFound("There is no such account.")
    if password is None and FactorKind.PASSKEY not in user.factor_kinds:
        raise InvalidInput.of("password", "Give your password, or sign in again.", "required")
    if password is not None:
        credential = await deps.credentials.find_password(user.id)
        if credential is None:
            raise Conflict("The account has no password; sign in again.", code="password_not_set")
        await check_current_password(deps, user, password, credential.password_hash)
    challenge, token = new_challenge(
        deps.clock.now(),
        ChallengePurpose.REAUTHENTICATE,
        user_id=user.id,
        session_id=caller.session_id,
        epoch=user.session_epoch,
        amr=[PASSWORD] if password is not None else [],
    )
    if user.factor_kinds:
        await deps.factor_challenges.insert(challenge)
        kinds = user.factor_kinds if password is not None else [FactorKind.PASSKEY]
        raise factor_required(token, kinds)
    return await _renew(deps, challenge, user.id, (PASSWORD,), client, is_stored=False)


async def _renew(
    deps: AuthDeps,
    challenge: FactorChallenge,
    user_id: str,
    amr: tuple[str, ...],
    client: ClientInfo,
    *,
    is_stored: bool = True,
) -> TokenPair:
    """Note the proof in the sign-in that goes on, and give it new tokens."""
    session_id = challenge.session_id or ""

    async def write() -> TokenPair | None:
        await deps.users.touch(user_id)
        if is_stored and not await deps.factor_challenges.take(challenge.id):
            raise challenge_ended()
        user = await deps.users.get(user_id)
        if user is None or user.session_epoch != challenge.epoch:
            return None
        await deps.sessions.reauthenticate(session_id, amr, deps.clock.now())
        await log_event(deps, SecurityEventType.REAUTHENTICATED, user_id, client, session_id=session_id)
        return await extend_session(deps, user, session_id)

    pair = await deps.unit_of_work.run(write)
    if pair is None:
        raise Unauthenticated("This sign-in has ended.", code="session_ended")
    return pair


async def _waiting(deps: AuthDeps, token: str) -> FactorChallenge:
    challenge = await deps.factor_challenges.get(digest(token), _FINISHED_HERE, deps.clock.now())
    if challenge is None:
        raise challenge_ended()
    return challenge
