"""Opening a sign-in, and the token pair it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.application.identity.deps import AuthDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.factors.challenges import factor_required, new_challenge
from common.application.identity.records import log_event, mail_event, publish
from common.domain.identity.clients import ClientInfo, Standing, program_text
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.factors import MULTIPLE, ChallengePurpose
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import RefreshToken, Session, access_lifetime, refresh_lifetime, session_lifetime
from common.domain.identity.users import User
from common.domain.shared.errors import Forbidden, NotFound, Unauthenticated
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest, new_token


@dataclass(frozen=True)
class TokenPair:
    """What a client holds after signing in.

    Args:
        access_token: for requests.
        refresh_token: for the next pair; single-use.
        lifetime: how long the access token lives.
        user: the account.
        device_token: for this browser to keep and send along with later sign-ins.
        booking_intent_id: the guest booking this sign-in goes on with, if it came from such a mail.
    """

    access_token: str
    refresh_token: str
    lifetime: timedelta
    user: User
    device_token: str | None = None
    booking_intent_id: str | None = None


async def open_session(
    deps: AuthDeps,
    user: User,
    client: ClientInfo,
    method: str,
    *,
    booking_intent_id: str | None = None,
    password_hash: str | None = None,
    identity: ExternalIdentity | None = None,
    amr: Sequence[str] = (),
    challenge_id: str | None = None,
    continues: Session | None = None,
) -> TokenPair:
    """Sign an account in on a client; a client it has not met before is reported to it by mail.

    Every way in passes here, so here an account with a second factor is asked for it: without one among ``amr`` there
    are no tokens but a challenge, which ``factors.sign_in.finish`` takes up.

    Proving who somebody is takes time. What ended every sign-in meanwhile (a reset or changed password, a suspension,
    a deletion) ends this one before it begins: else a password that was just replaced would still open a session.

    Args:
        deps: ports.
        user: the account, whose identity has been proven.
        client: where the request comes from.
        method: how it was proven (``password``, ``email_link``, ``google``).
        booking_intent_id: what the sign-in goes on with.
        password_hash: the hash that the given password was right for, where a password was the proof.
        identity: the account elsewhere, where signing in there was the proof.
        amr: what was proven, as RFC 8176 names it.
        challenge_id: what this finishes, to be used up by it.
        continues: the earlier sign-in whose place this takes; what was proven then, and when, is what counts.

    Raises:
        Forbidden: the account is suspended, or a second factor is asked for (``factor_required``).
        Unauthenticated: what was proven does not hold any more (``invalid_credentials``).
    """
    refuse_suspended(user)
    if user.factor_kinds and continues is None and MULTIPLE not in amr:
        raise await _ask_for_factor(deps, user, method, password_hash, identity, amr, booking_intent_id)
    now = deps.clock.now()
    signed_in_at = continues.signed_in_at if continues else now
    device_token = client.device_token or new_token()
    device_hash = digest(device_token)
    standing = await deps.sessions.standing(
        user.id, ip=client.ip, user_agent=client.user_agent, device_hash=device_hash
    )
    session = Session(
        id=new_id("ses", now),
        user_id=user.id,
        method=method,
        ip=client.ip,
        user_agent=client.user_agent,
        device_hash=device_hash,
        amr=continues.amr if continues else list(amr),
        created_at=signed_in_at,
        last_used_at=now,
        expires_at=signed_in_at + session_lifetime(user),
    )
    refresh_token = new_token()
    events = _new_sign_in_mail(deps, user, session) if standing is Standing.NEW else []

    async def write() -> None:
        await _require_unchanged(deps, user, password_hash, identity)
        if challenge_id is not None and not await deps.factor_challenges.take(challenge_id):
            raise _proof_has_ended()
        await deps.sessions.open(session, make_refresh_token(user, session, refresh_token, deps))
        await log_event(deps, SecurityEventType.SIGNED_IN, user.id, client, session_id=session.id, method=method)
        await deps.outbox.insert(events)

    await deps.unit_of_work.run(write)
    await publish(deps, events)
    return TokenPair(
        access_token=sign_access_token(deps, user, session),
        refresh_token=refresh_token,
        lifetime=_lifetime(user, session, now),
        user=user,
        device_token=device_token,
        booking_intent_id=booking_intent_id,
    )


async def _ask_for_factor(
    deps: AuthDeps,
    user: User,
    method: str,
    password_hash: str | None,
    identity: ExternalIdentity | None,
    amr: Sequence[str],
    booking_intent_id: str | None,
) -> Forbidden:
    """Begin what a second factor finishes, and say so.

    It is stored on condition that the first proof still holds; what ends that later ends this too.
    """
    challenge, token = new_challenge(
        deps.clock.now(),
        ChallengePurpose.SIGN_IN,
        user_id=user.id,
        epoch=user.session_epoch,
        method=method,
        amr=list(amr),
        booking_intent_id=booking_intent_id,
    )

    async def write() -> None:
        await _require_unchanged(deps, user, password_hash, identity)
        await deps.factor_challenges.insert(challenge)

    await deps.unit_of_work.run(write)
    return factor_required(token, user.factor_kinds)


async def _require_unchanged(
    deps: AuthDeps, user: User, password_hash: str | None, identity: ExternalIdentity | None
) -> None:
    """Refuse to sign in an account that is not what it was when its owner was proven."""
    current = await deps.users.get(user.id)
    if current is None or current.deleted_at is not None:
        raise _proof_has_ended()
    refuse_suspended(current)
    if current.session_epoch != user.session_epoch or current.factor_kinds != user.factor_kinds:
        raise _proof_has_ended()
    if password_hash is not None:
        credential = await deps.credentials.find_password(user.id)
        if credential is None or credential.password_hash != password_hash:
            raise _proof_has_ended()
    if identity is not None and await deps.credentials.find_owner(identity.issuer, identity.subject) != user.id:
        raise _proof_has_ended()
    await deps.users.touch(user.id)


def _proof_has_ended() -> Unauthenticated:
    return Unauthenticated("Sign in again.", code="invalid_credentials")


async def extend_session(deps: AuthDeps, user: User, session_id: str, known: Session | None = None) -> TokenPair | None:
    """One more token pair of a sign-in that goes on; ``None`` if it has ended.

    Args:
        deps: ports.
        user: the account, whose ``session_epoch`` the access token gets.
        session_id: the sign-in.
        known: the sign-in where it was read before the account; only while that has the epoch from before, for what
            ends every sign-in raises it. One that ended alone is named in the account, and its tokens are refused.
    """
    session = known or await deps.sessions.get(session_id)
    if session is None or session.user_id != user.id or not session.is_live(deps.clock.now()):
        return None
    refresh_token = new_token()
    await deps.sessions.insert_token(make_refresh_token(user, session, refresh_token, deps))
    return pair_of(deps, user, session, refresh_token)


def pair_of(deps: AuthDeps, user: User, session: Session, refresh_token: str) -> TokenPair:
    """A token pair of a sign-in that goes on."""
    return TokenPair(
        access_token=sign_access_token(deps, user, session),
        refresh_token=refresh_token,
        lifetime=_lifetime(user, session, deps.clock.now()),
        user=user,
    )


def refuse_suspended(user: User) -> None:
    """Refuse an account that may not act.

    Raises:
        Forbidden: the account is suspended.
    """
    if not user.is_active:
        raise Forbidden("This account is suspended.", code="account_suspended")


def make_refresh_token(user: User, session: Session, token: str, deps: AuthDeps) -> RefreshToken:
    """What is stored of a refresh token; it never outlives its sign-in."""
    now = deps.clock.now()
    return RefreshToken(
        id=digest(token),
        session_id=session.id,
        user_id=user.id,
        created_at=now,
        expires_at=min(now + refresh_lifetime(user), session.expires_at),
    )


def sign_access_token(deps: AuthDeps, user: User, session: Session) -> str:
    """An access token of the account as it is now; it never outlives its sign-in."""
    now = deps.clock.now()
    return deps.tokens.issue(
        user_id=user.id,
        session_id=session.id,
        epoch=user.session_epoch,
        roles=[role.value for role in user.roles],
        token_id=new_id("tok", now),
        signed_in_at=session.signed_in_at,
        now=now,
        lifetime=_lifetime(user, session, now),
        amr=session.amr,
    )


def _lifetime(user: User, session: Session, now: datetime) -> timedelta:
    return min(access_lifetime(user), session.expires_at - now)


async def end_session(deps: AuthDeps, user_id: str, session_id: str, because: str) -> bool:
    """End one sign-in with its access tokens, at once; whether it was alive. Call it inside a unit of work."""
    now = deps.clock.now()
    was_alive = await deps.sessions.revoke(session_id, because, now)
    await deps.users.end_access(user_id, [session_id], now)
    return was_alive


async def end_other_sessions(
    deps: AuthDeps, user_id: str, because: str, *, but: str, method: str | None = None
) -> None:
    """End every sign-in but one with its access tokens, at once. Call it inside a unit of work.

    Args:
        deps: ports.
        user_id: the account.
        because: why, for its log.
        but: the sign-in that goes on.
        method: only those that were opened by it.
    """
    now = deps.clock.now()
    ended = await deps.sessions.revoke_others(user_id, because, now, but=but, method=method)
    await deps.users.end_access(user_id, ended, now)


async def log_out(deps: AuthDeps, caller: Principal, client: ClientInfo) -> None:
    """End the caller's sign-in, its access tokens included."""

    async def write() -> list[Event]:
        await end_session(deps, caller.user_id, caller.session_id, "logout")
        await log_event(
            deps, SecurityEventType.SIGNED_OUT, caller.user_id, client, session_id=caller.session_id, everywhere=False
        )
        return await close_sockets(deps, caller.user_id)

    await publish(deps, await deps.unit_of_work.run(write))


async def log_out_everywhere(deps: AuthDeps, caller: Principal, client: ClientInfo) -> None:
    """End every sign-in of the caller, access tokens included."""

    async def write() -> list[Event]:
        await deps.sessions.revoke_by_user(caller.user_id, "logout_all", deps.clock.now())
        await deps.users.update(caller.user_id, {}, end_sessions=True)
        await log_event(
            deps, SecurityEventType.SIGNED_OUT, caller.user_id, client, session_id=caller.session_id, everywhere=True
        )
        return await close_sockets(deps, caller.user_id)

    await publish(deps, await deps.unit_of_work.run(write))


async def revoke_session(deps: AuthDeps, caller: Principal, session_id: str, client: ClientInfo) -> None:
    """End one of the caller's sign-ins, its access tokens included.

    Raises:
        NotFound: no live sign-in of the caller's has this id.
    """

    async def write() -> list[Event]:
        session = await deps.sessions.get(session_id)
        if session is None or session.user_id != caller.user_id or not session.is_live(deps.clock.now()):
            raise NotFound("There is no such sign-in.")
        await end_session(deps, caller.user_id, session_id, "revoked_by_owner")
        await log_event(deps, SecurityEventType.SESSION_REVOKED, caller.user_id, client, session_id=session_id)
        return await close_sockets(deps, caller.user_id)

    await publish(deps, await deps.unit_of_work.run(write))


async def close_sockets(deps: AuthDeps, user_id: str) -> list[Event]:
    """Store what closes the sockets of ended sign-ins; to be published after the commit. Call it in a unit of work."""
    events = await ended_sockets(deps.sessions, user_id, deps.clock.now())
    await deps.outbox.insert(events)
    return events


def _new_sign_in_mail(deps: AuthDeps, user: User, session: Session) -> list[Event]:
    program = program_text(session.user_agent)
    return [mail_event(deps, "new_sign_in", user.id, at=session.created_at, ip=session.ip, user_agent=program)]
