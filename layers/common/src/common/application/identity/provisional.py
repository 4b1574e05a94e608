"""Provisional accounts of guests, made for a booking before the mail address is proven."""

from common.application.identity.deps import AuthDeps
from common.application.identity.records import LINK_REQUESTED, limit_mails
from common.domain.identity.mailed_codes import MailPurpose
from common.domain.identity.users import User
from common.domain.shared.emails import parse_email
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.ids import new_id


async def ensure_provisional_user(deps: AuthDeps, email: str) -> User:
    """The account of an address: the one it has, proven or not, or a new provisional one.

    A provisional account has no password and no session; only the mailed link opens it. What the guest typed (name,
    telephone number, address) belongs into the booking intent, never onto an account whose address is unproven. The
    same commands are sent whether or not there is an account, so that no timing tells.

    Raises:
        InvalidInput: no usable address.
        RateLimited: the address has had enough mails for now.
    """
    address = parse_email(email)
    await limit_mails(deps, MailPurpose.SIGN_IN.value, address.key)
    now = deps.clock.now()
    user = User(
        id=new_id("usr", now),
        email=address.text,
        email_key=address.key,
        is_provisional=True,
        requires_password_setup=True,
        created_at=now,
        updated_at=now,
    )
    return await deps.users.find_or_insert(user)


def sign_in_link_event(deps: AuthDeps, user: User, booking_intent_id: str, **shown: str) -> Event:
    """The event that mails a link which signs in and continues a booking intent; commit it with the intent.

    Args:
        deps: ports.
        user: whose address the guest gave.
        booking_intent_id: what the link goes on with.
        shown: what the mail tells of it: ``service``, ``when`` and ``kept_until``.
    """
    return new_event(
        Topic.NOTIFICATIONS,
        LINK_REQUESTED,
        deps.clock.now(),
        purpose=MailPurpose.SIGN_IN.value,
        email=user.email,
        booking_intent_id=booking_intent_id,
        **shown,
    )
