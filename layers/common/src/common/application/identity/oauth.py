"""Signing in at Google or Facebook, and linking such a sign-in to an account.

Accounts are found by issuer and subject. A mail address counts only where the issuer says that it is verified; else a
mail to that address must be followed first.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from common.application.identity.address_ownership import own_address
from common.application.identity.deps import AuthDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.recent_sign_in import require_recent_sign_in
from common.application.identity.records import log_event, mail_event, publish
from common.application.identity.registration import device_hash, request_verification
from common.application.identity.sessions import TokenPair, end_other_sessions, open_session, refuse_suspended
from common.application.identity.terms import accepted_or_none, record_terms
from common.application.ports.identity.oauth import IdentityProviders, ProvenIdentity, SignInAttempt, SignInAttempts
from common.domain.identity.clients import ClientInfo
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.registrations import REGISTRATION_LIFETIME, Registration
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.terms import AcceptedTerms
from common.domain.identity.users import User
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import Conflict, Forbidden, InvalidInput, NotFound
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id
from common.domain.shared.names import clean_name
from common.domain.shared.opaque_tokens import digest, new_token

_ATTEMPT_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class OAuthDeps(AuthDeps):
    """Ports of signing in at an identity provider."""

    identity_providers: IdentityProviders
    attempts: SignInAttempts


@dataclass(frozen=True)
class StartedAttempt:
    """What the browser needs to go on.

    Args:
        authorization_url: where it goes.
        state: comes back with it.
        binding: a secret it keeps; only who holds it may finish the attempt.
    """

    authorization_url: str
    state: str
    binding: str


async def start_attempt(deps: OAuthDeps, provider: str) -> StartedAttempt:
    """Begin to sign in at an identity provider.

    PKCE's verifier and the nonce derive from the binding's secret, which only the browser keeps: the database alone
    cannot finish an attempt (RFC 7636, RFC 9700 section 2.1.1).

    Raises:
        NotFound: this deployment does not know the provider.
        Unavailable: the provider does not answer.
    """
    now = deps.clock.now()
    state, binding = new_token(), new_token()
    redirect_uri = f"{deps.frontend_base_url}/auth/{provider}/callback"
    url = await deps.identity_providers.get(provider).authorization_url(
        state=state,
        nonce=_derive(binding, "nonce"),
        code_challenge=_challenge(_derive(binding, "verifier")),
        redirect_uri=redirect_uri,
    )
    attempt = SignInAttempt(
        id=digest(state),
        provider=provider,
        binding_hash=digest(binding),
        redirect_uri=redirect_uri,
        created_at=now,
        expires_at=now + _ATTEMPT_LIFETIME,
    )
    await deps.attempts.insert(attempt)
    return StartedAttempt(url, state, binding)


async def finish_sign_in(
    deps: OAuthDeps,
    provider: str,
    code: str,
    state: str,
    binding: str | None,
    client: ClientInfo,
    *,
    accepted_terms_version: str | None = None,
) -> TokenPair:
    """Sign in with the code and state that the provider returned to the browser; a first time may accept the terms.

    Raises:
        InvalidInput: the attempt is unknown, used, expired or another browser's, or the provider does not confirm it.
        Forbidden: the account is suspended, or a mail must be followed first (``email_confirmation_required``).
        Unavailable: the provider does not answer.
    """
    terms = accepted_or_none(deps, accepted_terms_version, "oauth")
    proven = await _proven(deps, provider, code, state, binding)
    identity = _identity(proven, provider)
    owner = await deps.credentials.find_owner(proven.issuer, proven.subject)
    user = await deps.users.get(owner) if owner else None
    if user is None:
        user = await _first_sign_in(deps, proven, identity, client, terms)
    return await open_session(deps, user, client, provider, identity=identity)


def _identity(proven: ProvenIdentity, provider: str) -> ExternalIdentity:
    """The external identity as it is stored; its mail address is stored only if it is valid."""
    try:
        email = parse_email(proven.email).text
    except InvalidInput:
        email = ""
    return ExternalIdentity(issuer=proven.issuer, subject=proven.subject, provider=provider, email=email)


async def _first_sign_in(
    deps: AuthDeps, proven: ProvenIdentity, identity: ExternalIdentity, client: ClientInfo, terms: AcceptedTerms | None
) -> User:
    """An identity without an account: its verified address has one, or gets one."""
    if not proven.email:
        raise InvalidInput.of("code", "Share your mail address with us to sign in.", "oauth_email_missing")
    address = parse_email(proven.email)
    if not proven.is_email_verified:
        now = deps.clock.now()
        registration = Registration(
            id=new_id("reg", now),
            email=address.text,
            email_key=address.key,
            identity=identity,
            device_hash=device_hash(client),
            accepted_terms=terms,
            created_at=now,
            expires_at=now + REGISTRATION_LIFETIME,
        )
        await request_verification(deps, registration)
        raise Forbidden("Follow the link mailed to your address first.", code="email_confirmation_required")

    told: list[Event] = []

    async def write() -> User:
        told.clear()
        user = await own_address(deps, address, client, identity=identity)
        refuse_suspended(user)
        await deps.users.touch(user.id)
        if await deps.credentials.find_owner(identity.issuer, identity.subject) is None:
            await deps.credentials.link(user.id, identity, deps.clock.now())
            told.append(_linked(deps, user.id, identity))
        await deps.outbox.insert(told)
        await log_event(deps, SecurityEventType.IDENTITY_LINKED, user.id, client, provider=identity.provider)
        user = await record_terms(deps, user, terms, client)
        if (name := clean_name(proven.name)) and not user.full_name:
            return await deps.users.update(user.id, {"full_name": name, "updated_at": deps.clock.now()})
        return user

    user = await deps.unit_of_work.run(write)
    await publish(deps, told)
    return user


async def link_identity(
    deps: OAuthDeps, caller: Principal, provider: str, code: str, state: str, binding: str | None, client: ClientInfo
) -> None:
    """Link an external identity to the caller's account; the mail addresses need not be the same.

    Raises:
        InvalidInput: as for signing in.
        Conflict: it belongs to another account, or the account has another one of this provider.
        Forbidden: the sign-in is not recent (``recent_sign_in_required``).
    """
    require_recent_sign_in(deps, caller)
    proven = await _proven(deps, provider, code, state, binding)
    identity = _identity(proven, provider)
    told = [_linked(deps, caller.user_id, identity)]

    async def write() -> None:
        await deps.users.touch(caller.user_id)
        await deps.credentials.link(caller.user_id, identity, deps.clock.now())
        await log_event(deps, SecurityEventType.IDENTITY_LINKED, caller.user_id, client, provider=provider)
        await deps.outbox.insert(told)

    await deps.unit_of_work.run(write)
    await publish(deps, told)


async def unlink_identity(deps: AuthDeps, caller: Principal, provider: str, client: ClientInfo) -> None:
    """Unlink an external identity; sign-ins that it opened end, except the caller's own.

    The account is touched by whatever adds or removes a way into it, so that two at once never remove the last ones.

    Raises:
        NotFound: none of this provider is linked.
        Conflict: it is the only way into the account (``last_credential``).
        Forbidden: the sign-in is not recent (``recent_sign_in_required``).
    """
    require_recent_sign_in(deps, caller)
    told: list[Event] = []

    async def write() -> None:
        await deps.users.touch(caller.user_id)
        identities = await deps.credentials.list_identities(caller.user_id)
        if not any(each.provider == provider for each in identities):
            raise NotFound("No sign-in of this provider is linked.")
        if len(identities) == 1 and await deps.credentials.find_password(caller.user_id) is None:
            raise Conflict("Set a password first, or nobody could sign in any more.", code="last_credential")
        told[:] = [_unlinked(deps, caller.user_id, each) for each in identities if each.provider == provider]
        await deps.credentials.unlink(caller.user_id, provider)
        await end_other_sessions(deps, caller.user_id, "identity_unlinked", but=caller.session_id, method=provider)
        await log_event(deps, SecurityEventType.IDENTITY_UNLINKED, caller.user_id, client, provider=provider)
        told.extend(await ended_sockets(deps.sessions, caller.user_id, deps.clock.now()))
        await deps.outbox.insert(told)

    await deps.unit_of_work.run(write)
    await publish(deps, told)


def _linked(deps: AuthDeps, user_id: str, identity: ExternalIdentity) -> Event:
    """A mail to the owner that a sign-in method was added."""
    where = identity.provider.title()
    return mail_event(deps, "identity_linked", user_id, provider=where, linked_email=identity.email)


def _unlinked(deps: AuthDeps, user_id: str, identity: ExternalIdentity) -> Event:
    """A mail to the owner that a sign-in method was removed."""
    where = identity.provider.title()
    return mail_event(deps, "identity_unlinked", user_id, provider=where, linked_email=identity.email)


async def _proven(deps: OAuthDeps, provider: str, code: str, state: str, binding: str | None) -> ProvenIdentity:
    """Consume the attempt, then ask the provider who signed in."""
    attempt = await deps.attempts.take(digest(state), deps.clock.now())
    is_same = (
        attempt is not None
        and binding is not None
        and attempt.provider == provider
        and hmac.compare_digest(attempt.binding_hash, digest(binding))
    )
    if attempt is None or binding is None or not is_same:
        raise InvalidInput.of(
            "state", "This sign-in was not begun here, or has ended. Try again.", "oauth_state_invalid"
        )
    proven = await deps.identity_providers.get(provider).redeem(
        code,
        code_verifier=_derive(binding, "verifier"),
        nonce=_derive(binding, "nonce"),
        redirect_uri=attempt.redirect_uri,
    )
    return replace(proven, email=proven.email.strip())


def _derive(binding: str, purpose: str) -> str:
    """A secret of its own for each purpose, 256 bits in base 64 for URLs, which is a valid PKCE verifier."""
    return urlsafe_b64encode(hmac.digest(binding.encode(), purpose.encode(), "sha256")).decode().rstrip("=")


def _challenge(verifier: str) -> str:
    """PKCE's S256 (RFC 7636 section 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
