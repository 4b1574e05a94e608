"""Who is calling: roles and the principal that every use case receives."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an account may do. ``user`` and ``provider`` go together; the others are staff."""

    USER = "user"
    PROVIDER = "provider"
    MODERATOR = "moderator"
    OPERATOR = "operator"
    ADMIN = "admin"
    SUPER_ADMIN = "super_admin"


STAFF_ROLES = frozenset({Role.MODERATOR, Role.OPERATOR, Role.ADMIN, Role.SUPER_ADMIN})


@dataclass(frozen=True)
class Principal:
    """The authenticated caller.

    Args:
        user_id: the account.
        roles: what it may do, as the database says now.
        session_id: the sign-in this request belongs to.
        provider_id: the provider profile of the account, where it has one.
        is_provisional: a guest who has not completed the account.
        signed_in_at: when the caller last proved who they are; ``None`` if the token does not say.
    """

    user_id: str
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.USER}))
    session_id: str = ""
    provider_id: str | None = None
    is_provisional: bool = False
    signed_in_at: datetime | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the caller has any of ``roles``; a super admin has every staff role."""
        if Role.SUPER_ADMIN in self.roles and any(role in STAFF_ROLES for role in roles):
            return True
        return any(role in self.roles for role in roles)
