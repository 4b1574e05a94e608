"""Registering and proving a mail address. No answer and no timing tells whether an address has an account.

A registration is stored and a mail requested in the same way for every address; only the worker that sends the mail
looks whether there is an account, and writes what fits.
"""

from common.application.identity.address_ownership import own_address
from common.application.identity.deps import AuthDeps
from common.application.identity.records import LINK_REQUESTED, limit_mails, publish
from common.application.identity.sessions import TokenPair, open_session, refuse_suspended
from common.application.identity.terms import accepted_or_none, record_terms
from common.domain.identity.clients import ClientInfo
from common.domain.identity.mailed_codes import MailPurpose, MailToken
from common.domain.identity.passwords import check_password
from common.domain.identity.registrations import REGISTRATION_LIFETIME, Registration
from common.domain.identity.users import User
from common.domain.shared.emails import EmailAddress, parse_email
from common.domain.shared.errors import Conflict, InvalidInput
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest


async def register(
    deps: AuthDeps, email: str, password: str, client: ClientInfo, *, accepted_terms_version: str | None = None
) -> None:
    """Keep a registration and have its link mailed.

    Args:
        deps: ports.
        email: as typed.
        password: as typed; it comes into force only where the link is followed by the same client.
        client: where the request comes from.
        accepted_terms_version: the terms that are accepted by it; they are kept with the account it becomes.

    Raises:
        InvalidInput: no usable address, a password that is too short, too long or too common, or terms that are not
            in force.
        RateLimited: the address has had enough mails for now.
    """
    address = parse_email(email)
    terms = accepted_or_none(deps, accepted_terms_version, "register")
    accepted = check_password(password, email=address.key)
    await limit_mails(deps, "register", address.key)
    password_hash = await deps.passwords.hash(accepted)
    now = deps.clock.now()
    registration = Registration(
        id=new_id("reg", now),
        email=address.text,
        email_key=address.key,
        password_hash=password_hash,
        device_hash=device_hash(client),
        accepted_terms=terms,
        created_at=now,
        expires_at=now + REGISTRATION_LIFETIME,
    )
    await request_verification(deps, registration)


def device_hash(client: ClientInfo) -> str | None:
    """What is stored of a browser's device token, if it has one."""
    return digest(client.device_token) if client.device_token else None


async def request_verification(deps: AuthDeps, registration: Registration) -> None:
    """Store a registration together with the request for its mail."""
    event = new_event(
        Topic.NOTIFICATIONS,
        LINK_REQUESTED,
        deps.clock.now(),
        purpose=MailPurpose.VERIFY_EMAIL.value,
        email=registration.email,
        registration_id=registration.id,
    )

    async def write() -> None:
        await deps.registrations.insert(registration)
        await deps.outbox.insert([event])

    await deps.unit_of_work.run(write)
    await publish(deps, [event])


async def resend_verification(deps: AuthDeps, email: str) -> None:
    """Have the link of a waiting registration mailed again, if there is one.

    Raises:
        InvalidInput: no usable address.
        RateLimited: the address has had enough mails for now.
    """
    await request_link(deps, parse_email(email), MailPurpose.VERIFY_EMAIL)


async def request_link(deps: AuthDeps, address: EmailAddress, purpose: MailPurpose) -> None:
    """Ask the worker for a mail with a link; whether one is sent depends on what it finds."""
    await limit_mails(deps, purpose.value, address.key)
    event = new_event(Topic.NOTIFICATIONS, LINK_REQUESTED, deps.clock.now(), purpose=purpose.value, email=address.text)
    await deps.outbox.insert([event])
    await publish(deps, [event])


async def verify_email(
    deps: AuthDeps,
    token: str,
    client: ClientInfo,
    *,
    password: str | None = None,
    discard_password: bool = False,
    accepted_terms_version: str | None = None,
) -> TokenPair:
    """Follow a mailed link: prove the address and sign in.

    What was registered for the address comes into force only for the client that registered it. Anyone else who follows
    the link owns the account too, and alone: what a stranger set up for the address is dead, and a password is still
    to be set.

    Args:
        deps: ports.
        token: the code in the link.
        client: where the request comes from.
        password: the follower's own choice, instead of any that was registered.
        discard_password: the follower did not choose the password that was registered; it dies.
        accepted_terms_version: the terms that the follower accepts.

    Raises:
        InvalidInput: the code is unknown, expired or used, or the password or the terms are not accepted; then the
            code lives on.
        Conflict: a password is given and the address was proven before (``already_verified``); the code lives on.
        Forbidden: the account is suspended.
    """
    now = deps.clock.now()
    terms = accepted_or_none(deps, accepted_terms_version, "verify_email")
    chosen = await deps.passwords.hash(check_password(password)) if password is not None else None

    async def write() -> tuple[MailToken, User] | None:
        code = await deps.mail_tokens.take(digest(token), (MailPurpose.VERIFY_EMAIL, MailPurpose.SIGN_IN), now)
        if code is None:
            return None
        if password is not None:
            check_password(password, email=code.email_key)
        user = await _prove(deps, code, client, chosen=chosen, discard_password=discard_password)
        return code, await record_terms(deps, user, terms, client)

    proven = await deps.unit_of_work.run(write)
    if proven is None:
        raise invalid_code()
    code, user = proven
    return await open_session(deps, user, client, "email_link", booking_intent_id=code.booking_intent_id)


async def _prove(
    deps: AuthDeps, code: MailToken, client: ClientInfo, *, chosen: str | None, discard_password: bool
) -> User:
    user = await deps.users.get(code.user_id) if code.user_id else await deps.users.find_by_email_key(code.email_key)
    if code.user_id is not None and (user is None or user.deleted_at is not None):
        raise invalid_code()
    if user is not None:
        refuse_suspended(user)
    if user is not None and user.is_verified and chosen is not None:
        raise Conflict("The address is confirmed; set the password in the account.", code="already_verified")
    own = None if code.user_id else await _own_registration(deps, code, client)
    registered = own.password_hash if own is not None and not discard_password else None
    owner = await own_address(
        deps,
        EmailAddress(user.email if user else code.email, code.email_key),
        client,
        password_hash=chosen or registered,
        identity=own.identity if own else None,
    )
    return await record_terms(deps, owner, own.accepted_terms if own else None, client)


async def _own_registration(deps: AuthDeps, code: MailToken, client: ClientInfo) -> Registration | None:
    """What the follower registered for the address: the one the link was mailed for, else the newest; not others'."""
    waiting = await deps.registrations.list_by_address(code.email_key, deps.clock.now())
    if code.registration_id is not None:
        linked = await deps.registrations.get(code.registration_id)
        if linked is None:
            raise invalid_code()
        waiting = [linked, *waiting]
    return next((each for each in waiting if each.is_of(client)), None)


def invalid_code() -> InvalidInput:
    """What a code that opens nothing is answered with."""
    return InvalidInput.of("token", "This link has expired or has been used.", "token_invalid")
