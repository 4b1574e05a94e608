"""Sign-ins, their refresh tokens, and how long each lives."""

from datetime import datetime, timedelta

from pydantic import Field

from common.domain.identity.roles import STAFF_ROLES, Role
from common.domain.identity.users import User
from common.domain.shared.model import Model

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


class Session(Model):
    """One sign-in on one device, and the family of all refresh tokens that follow from it.

    ``amr`` is how its owner was proven (RFC 8176), empty for a mailed link or a sign-in elsewhere alone;
    ``authenticated_at`` when that was done again since, without a new sign-in.
    """

    id: str
    user_id: str
    method: str
    ip: str
    user_agent: str
    device_hash: str | None = None
    amr: list[str] = Field(default_factory=list)
    created_at: datetime
    authenticated_at: datetime | None = None
    last_used_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_because: str | None = None

    @property
    def signed_in_at(self) -> datetime:
        """When its owner last proved who they are."""
        return self.authenticated_at or self.created_at

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
