"""Proof of who somebody is: credentials, sign-ins, mailed codes, and the log of what happened to an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field

from common.domain.identity.roles import STAFF_ROLES, Role
from common.domain.identity.users import User
from common.domain.shared.model import Model
from common.domain.shared.opaque_tokens import digest

#: Two tabs of one browser may send the same refresh token within this time; both get the same successor.
REFRESH_GRACE = timedelta(seconds=10)
#: A sign-in ends after this long without a refresh, and after ``SESSION_LIFETIME`` in any case.
REFRESH_LIFETIME = timedelta(days=30)
SESSION_LIFETIME = timedelta(days=90)
ACCESS_LIFETIME = timedelta(minutes=15)
#: Staff's tokens of both kinds live one hour, and their sign-in ends with the working day.
STAFF_TOKEN_LIFETIME = timedelta(hours=1)
LONGEST_ACCESS_LIFETIME = max(ACCESS_LIFETIME, STAFF_TOKEN_LIFETIME)
STAFF_SESSION_LIFETIME = timedelta(hours=12)


class MailPurpose(StrEnum):
    """What a mailed code is good for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    SIGN_IN = "sign_in"
    CHANGE_EMAIL = "change_email"


REGISTRATION_LIFETIME = timedelta(hours=24)
MAIL_LIFETIMES = {
    MailPurpose.VERIFY_EMAIL: REGISTRATION_LIFETIME,
    MailPurpose.RESET_PASSWORD: timedelta(hours=1),
    MailPurpose.SIGN_IN: timedelta(hours=2),
    MailPurpose.CHANGE_EMAIL: timedelta(hours=2),
}


@dataclass(frozen=True)
class ClientInfo:
    """Where a request comes from.

    Args:
        ip: the network address.
        user_agent: what the program calls itself, cut to 256 characters.
        device_token: the secret this browser or app got earlier, if it sent it.
    """

    ip: str = ""
    user_agent: str = ""
    device_token: str | None = None


class ExternalIdentity(Model):
    """An account at an identity provider: only issuer and subject together name it (OpenID Connect Core section 2)."""

    issuer: str
    subject: str
    provider: str
    email: str = ""


class Standing(StrEnum):
    """How an account knows a client that signs in."""

    FIRST = "first"
    KNOWN = "known"
    NEW = "new"


class PasswordCredential(Model):
    """A password as it is kept: an Argon2id hash in PHC string format."""

    user_id: str
    password_hash: str
    changed_at: datetime


class Session(Model):
    """One sign-in on one device, and the family of all refresh tokens that follow from it."""

    id: str
    user_id: str
    method: str
    ip: str
    user_agent: str
    device_hash: str | None = None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_because: str | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether it may still be refreshed."""
        return self.revoked_at is None and now < self.expires_at


class RefreshToken(Model):
    """One refresh token of a family, by its digest. ``sealed_successor`` opens only with the token itself."""

    id: str
    session_id: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    sealed_successor: str | None = None


class Registration(Model):
    """What somebody set up for an address before proving that it is theirs: a password, or an external identity.

    It is not an account and opens nothing. It comes into force when the mailed link is followed by the device that
    made it (``is_of``), and dies unused with every other registration of the address once anybody proves to own that.
    """

    id: str
    email: str
    email_key: str
    password_hash: str | None = None
    identity: ExternalIdentity | None = None
    device_hash: str | None = None
    created_at: datetime
    expires_at: datetime

    def is_of(self, client: ClientInfo) -> bool:
        """Whether the client is the device that registered, by its device token.

        Every registration is answered with one, so nothing else is asked: many share a network address, and a
        stranger behind the victim's may be who registered.
        """
        return client.device_token is not None and self.device_hash == digest(client.device_token)


class MailToken(Model):
    """A mailed single-use code, by its digest: for an account, or for a registration that will become one.

    ``event_id`` is the event the mail was sent for; a newer event's code replaces it, a redelivery's does not.
    """

    id: str
    purpose: MailPurpose
    email: str
    email_key: str
    event_id: str
    user_id: str | None = None
    registration_id: str | None = None
    booking_intent_id: str | None = None
    created_at: datetime
    expires_at: datetime


class SecurityEventType(StrEnum):
    """What the log of security events tells."""

    REGISTERED = "registered"
    CLAIMED = "claimed"
    VERIFIED = "email_verified"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGNED_OUT = "signed_out"
    SESSION_REVOKED = "session_revoked"
    REFRESH_REPLAYED = "refresh_replayed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an event
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    EMAIL_LINK_REQUESTED = "email_link_requested"
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CHANGED = "email_changed"
    EXPORTED = "exported"
    DELETED = "deleted"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    ROLES_CHANGED = "roles_changed"
    PROVIDER_APPROVED = "provider_approved"
    PROVIDER_REJECTED = "provider_rejected"


class SecurityEvent(Model):
    """One row of the append-only log. ``actor_id`` differs from ``user_id`` where staff acted."""

    id: str
    type: SecurityEventType
    user_id: str | None
    actor_id: str | None = None
    session_id: str | None = None
    ip: str = ""
    user_agent: str = ""
    details: dict[str, Any] = Field(default_factory=dict)
    at: datetime


def is_staff(user: User) -> bool:
    """Whether the account has any staff role."""
    return any(Role(role) in STAFF_ROLES for role in user.roles)


def access_lifetime(user: User) -> timedelta:
    """How long an access token of this account lives."""
    return STAFF_TOKEN_LIFETIME if is_staff(user) else ACCESS_LIFETIME


def refresh_lifetime(user: User) -> timedelta:
    """How long a refresh token of this account waits for its use."""
    return STAFF_TOKEN_LIFETIME if is_staff(user) else REFRESH_LIFETIME


def session_lifetime(user: User) -> timedelta:
    """How long a sign-in of this account lasts at most."""
    return STAFF_SESSION_LIFETIME if is_staff(user) else SESSION_LIFETIME
