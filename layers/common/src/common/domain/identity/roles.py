"""Who is calling: roles and the principal that every use case receives."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from common.domain.shared.errors import Forbidden


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
        epoch: the account's ``session_epoch``, which was the token's too; ``None`` where no token says so.
        provider_id: the provider profile of the account, where it has one.
        is_provisional: a guest who has not completed the account.
        signed_in_at: when the caller last proved who they are; ``None`` if the token does not say.
        has_factor: whether the account has a second factor, as the database says now.
        is_factor_used: whether this sign-in used one.
        withheld_roles: staff roles that the account has and this sign-in may not use, for want of a second factor.
    """

    user_id: str
    roles: frozenset[Role] = field(default_factory=lambda: frozenset({Role.USER}))
    session_id: str = ""
    epoch: int | None = None
    provider_id: str | None = None
    is_provisional: bool = False
    signed_in_at: datetime | None = None
    has_factor: bool = False
    is_factor_used: bool = False
    withheld_roles: frozenset[Role] = frozenset()

    def has(self, *roles: Role) -> bool:
        """Whether the caller has any of ``roles``; a super admin has every staff role."""
        return _include(self.roles, roles)

    def refuse_withheld(self, *roles: Role) -> None:
        """Tell staff who would have any of ``roles`` with a second factor so.

        Raises:
            Forbidden: ``staff_factor_required``; ``has_factor`` says whether to sign in with it or to add one first.
        """
        if _include(self.withheld_roles, roles):
            detail = "Sign in with your second factor." if self.has_factor else "Add a second factor, and sign in anew."
            raise Forbidden(detail, code="staff_factor_required", extra={"has_factor": self.has_factor})


def without_staff_roles(principal: Principal) -> Principal:
    """The caller as somebody who is no staff, for now."""
    withheld = principal.roles & STAFF_ROLES
    return replace(principal, roles=principal.roles - withheld, withheld_roles=withheld) if withheld else principal


def _include(held: frozenset[Role], wanted: tuple[Role, ...]) -> bool:
    if Role.SUPER_ADMIN in held and any(role in STAFF_ROLES for role in wanted):
        return True
    return any(role in held for role in wanted)
