"""Adding and removing second factors, and replacing recovery codes. All of it asks for a recent sign-in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.application.identity.deps import AuthDeps
from common.application.identity.factors.challenges import challenge_ended, new_challenge, new_nonce
from common.application.identity.factors.proof import begin_code_try
from common.application.identity.factors.sign_in import PasskeyRequest
from common.application.identity.present_account import present_account
from common.application.identity.recent_sign_in import require_recent_sign_in
from common.application.identity.records import log_event, mail_event, publish
from common.domain.identity.clients import ClientInfo
from common.domain.identity.factors import (
    ENROLMENT_LIFETIME,
    MOST_FACTORS,
    ChallengePurpose,
    Factor,
    FactorKind,
    matching_step,
    new_recovery_codes,
    recovery_digest,
)
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import is_staff
from common.domain.shared.errors import Conflict, InvalidInput, NotFound
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest

#: Writes a factor inside the present transaction.
Store = Callable[[], Awaitable[None]]

_CALLED = {FactorKind.TOTP: "an authenticator app", FactorKind.PASSKEY: "a passkey"}


@dataclass(frozen=True)
class StartedTotp:
    """What an authenticator app needs, shown once."""

    factor: Factor
    secret: str
    uri: str


@dataclass(frozen=True)
class AddedFactor:
    """A factor that counts from now on; with an account's first come its recovery codes, shown once."""

    factor: Factor
    recovery_codes: Sequence[str]


async def list_factors(deps: AuthDeps, caller: Principal) -> tuple[Sequence[Factor], int]:
    """The caller's factors, and how many recovery codes are left."""
    factors = await deps.factors.list_confirmed(caller.user_id)
    return factors, await deps.factors.count_recovery_codes(caller.user_id) if factors else 0


async def begin_totp(deps: AuthDeps, caller: Principal, name: str) -> StartedTotp:
    """Make a shared secret for an authenticator app; it counts once a code of it was given (``confirm_totp``).

    Raises:
        Forbidden: the sign-in is not recent (``recent_sign_in_required``).
        Conflict: the account has as many as it may (``too_many_factors``).
    """
    require_recent_sign_in(deps, caller)
    user = await present_account(deps.users, caller.user_id)
    _refuse_too_many(await deps.factors.list_confirmed(user.id))
    now = deps.clock.now()
    secret, sealed = deps.codes.new_secret(user.id)
    factor = Factor(
        id=new_id("fac", now),
        user_id=user.id,
        kind=FactorKind.TOTP,
        name=name,
        created_at=now,
        expires_at=now + ENROLMENT_LIFETIME,
        sealed_secret=sealed,
    )
    await deps.factors.insert(factor)
    return StartedTotp(factor, secret, deps.codes.uri(secret, user.email))


async def confirm_totp(deps: AuthDeps, caller: Principal, factor_id: str, code: str, client: ClientInfo) -> AddedFactor:
    """Prove that the app has the secret, which makes it a factor.

    Raises:
        Forbidden: the sign-in is not recent.
        NotFound: nothing waits under this id, or not any more.
        InvalidInput: the code is wrong.
        Conflict: the account has as many as it may.
        RateLimited: too many wrong codes.
    """
    require_recent_sign_in(deps, caller)
    key = await begin_code_try(deps, caller.user_id)

    async def read() -> Factor:
        factor = await deps.factors.get(caller.user_id, factor_id)
        is_waiting = factor is not None and factor.confirmed_at is None and factor.kind is FactorKind.TOTP
        if factor is None or not is_waiting or (factor.expires_at or deps.clock.now()) <= deps.clock.now():
            raise NotFound("Nothing waits to be confirmed under this id.")
        return factor

    waiting = await read()
    now = deps.clock.now()
    step = matching_step(code, deps.codes.codes_at(waiting, now), last_step=0)
    if step is None:
        raise InvalidInput.of("code", "This is not the present code of the app.", "code_invalid")
    confirmed = waiting.model_copy(update={"confirmed_at": now, "expires_at": None, "last_step": step})

    async def store() -> None:
        await read()
        await deps.factors.confirm(confirmed)

    added = await _add(deps, caller, confirmed, client, store)
    await deps.guard.clear([key])
    return added


async def begin_passkey(deps: AuthDeps, caller: Principal) -> PasskeyRequest:
    """Options for the browser to make a passkey with, bound to this sign-in.

    Raises:
        Forbidden: the sign-in is not recent.
        Conflict: the account has as many factors as it may.
    """
    require_recent_sign_in(deps, caller)
    user = await present_account(deps.users, caller.user_id)
    known = await deps.factors.list_confirmed(user.id)
    _refuse_too_many(known)
    nonce = new_nonce()
    challenge, token = new_challenge(
        deps.clock.now(), ChallengePurpose.ADD_PASSKEY, user_id=user.id, session_id=caller.session_id, nonce=nonce
    )
    await deps.factor_challenges.insert(challenge)
    return PasskeyRequest(token, deps.passkeys.creation_options(user, nonce, known))


async def finish_passkey(
    deps: AuthDeps, caller: Principal, token: str, credential: Mapping[str, Any], name: str, client: ClientInfo
) -> AddedFactor:
    """Add the passkey that the browser made.

    Raises:
        Forbidden: the sign-in is not recent.
        InvalidInput: nothing waits under this token in this sign-in, or the passkey proves nothing.
        Conflict: the passkey is an account's already, or the account has as many factors as it may.
    """
    require_recent_sign_in(deps, caller)
    now = deps.clock.now()
    challenge = await deps.factor_challenges.get(digest(token), (ChallengePurpose.ADD_PASSKEY,), now)
    if challenge is None or (challenge.user_id, challenge.session_id) != (caller.user_id, caller.session_id):
        raise challenge_ended()
    nonce = await deps.factor_challenges.take_nonce(challenge.id)
    if nonce is None:
        raise challenge_ended()
    made = deps.passkeys.verify_creation(nonce, credential)
    factor = Factor(
        id=new_id("fac", now),
        user_id=caller.user_id,
        kind=FactorKind.PASSKEY,
        name=name,
        created_at=now,
        confirmed_at=now,
        credential_id=made.credential_id,
        credential=made.credential,
        sign_count=made.sign_count,
        transports=list(made.transports),
    )

    async def store() -> None:
        if not await deps.factor_challenges.take(challenge.id):
            raise challenge_ended()
        await deps.factors.insert(factor)

    return await _add(deps, caller, factor, client, store)


async def remove_factor(deps: AuthDeps, caller: Principal, factor_id: str, client: ClientInfo) -> None:
    """Remove a factor; with the last one go the recovery codes.

    Raises:
        Forbidden: the sign-in is not recent.
        NotFound: the caller has no such factor.
        Conflict: it is the last one of a member of staff (``last_factor``): add another first.
    """
    require_recent_sign_in(deps, caller)
    told: list[Event] = []

    async def write() -> None:
        await deps.users.touch(caller.user_id)
        user = await present_account(deps.users, caller.user_id)
        confirmed = await deps.factors.list_confirmed(user.id)
        left = [each for each in confirmed if each.id != factor_id]
        if confirmed and not left and is_staff(user):
            raise Conflict("Staff need a second factor: add another one first.", code="last_factor")
        factor = await deps.factors.get(user.id, factor_id)
        if factor is None or not await deps.factors.delete(user.id, factor_id):
            raise NotFound("There is no such factor.")
        if factor.confirmed_at is None:
            return
        if not left:
            await deps.factors.replace_recovery_codes(user.id, [], deps.clock.now())
        await deps.users.update(user.id, {"factor_kinds": _kinds(left)})
        await log_event(deps, SecurityEventType.FACTOR_REMOVED, user.id, client, kind=factor.kind.value)
        told[:] = [mail_event(deps, "factor_removed", user.id, factor=_CALLED[factor.kind])]
        await deps.outbox.insert(told)

    await deps.unit_of_work.run(write)
    await publish(deps, told)


async def replace_recovery_codes(deps: AuthDeps, caller: Principal, client: ClientInfo) -> Sequence[str]:
    """A new set of recovery codes, shown once; the earlier ones open nothing any more.

    Raises:
        Forbidden: the sign-in is not recent.
        Conflict: the account has no second factor (``no_factor``).
    """
    require_recent_sign_in(deps, caller)
    codes = new_recovery_codes()
    told = [mail_event(deps, "recovery_codes_replaced", caller.user_id)]

    async def write() -> None:
        await deps.users.touch(caller.user_id)
        if not await deps.factors.list_confirmed(caller.user_id):
            raise Conflict("Add a second factor first.", code="no_factor")
        await _store_codes(deps, caller.user_id, codes)
        await log_event(deps, SecurityEventType.RECOVERY_CODES_REPLACED, caller.user_id, client)
        await deps.outbox.insert(told)

    await deps.unit_of_work.run(write)
    await publish(deps, told)
    return codes


async def _add(deps: AuthDeps, caller: Principal, factor: Factor, client: ClientInfo, store: Store) -> AddedFactor:
    """Make a factor count, tell its owner, and give the recovery codes that come with the first."""
    codes: list[str] = []
    told = [mail_event(deps, "factor_added", caller.user_id, factor=_CALLED[factor.kind])]

    async def write() -> None:
        await deps.users.touch(caller.user_id)
        known = await deps.factors.list_confirmed(caller.user_id)
        _refuse_too_many(known)
        await store()
        codes[:] = [] if known else new_recovery_codes()
        if codes:
            await _store_codes(deps, caller.user_id, codes)
        await deps.users.update(caller.user_id, {"factor_kinds": _kinds([*known, factor])})
        await log_event(
            deps,
            SecurityEventType.FACTOR_ADDED,
            caller.user_id,
            client,
            session_id=caller.session_id,
            kind=factor.kind.value,
        )
        await deps.outbox.insert(told)

    await deps.unit_of_work.run(write)
    await publish(deps, told)
    return AddedFactor(factor, codes)


async def _store_codes(deps: AuthDeps, user_id: str, codes: Sequence[str]) -> None:
    digests = [recovery_digest(user_id, code) for code in codes]
    await deps.factors.replace_recovery_codes(user_id, digests, deps.clock.now())


def _kinds(factors: Sequence[Factor]) -> list[FactorKind]:
    """The kinds among factors, each once, in the order of the first of each."""
    return list(dict.fromkeys(each.kind for each in factors))


def _refuse_too_many(known: Sequence[Factor]) -> None:
    if len(known) >= MOST_FACTORS:
        raise Conflict("Remove one first; these are as many as an account may have.", code="too_many_factors")
