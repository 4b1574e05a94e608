"""What staff may do, by role: the one table from which routes, use cases and ``docs/roles.md`` are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from common.domain.identity.roles import Principal, Role

_MODERATOR, _OPERATOR, _ADMIN, _SUPER = Role.MODERATOR, Role.OPERATOR, Role.ADMIN, Role.SUPER_ADMIN


class Permission(StrEnum):
    """One thing that not everybody may do."""

    SEE_FIGURES = "see_figures"
    SEE_MONEY = "see_money"
    MOVE_MONEY = "move_money"
    SEE_ALL_BOOKINGS = "see_all_bookings"
    DECIDE_DISPUTES = "decide_disputes"
    MODERATE_CONTENT = "moderate_content"
    PROPOSE_BANS = "propose_bans"
    BAN = "ban"
    SEE_PEOPLE = "see_people"
    SEE_ACTIVITY = "see_activity"
    SUSPEND = "suspend"
    APPROVE_PROVIDERS = "approve_providers"
    SEE_AUDIT_LOG = "see_audit_log"
    RECOMPUTE_FIGURES = "recompute_figures"
    SEE_OPERATIONS = "see_operations"
    OPERATE = "operate"
    MANAGE_STAFF = "manage_staff"


@dataclass(frozen=True)
class Rule:
    """Who has a permission.

    Args:
        meaning: what it lets somebody do, as ``docs/roles.md`` says it.
        roles: who has it; a super admin has every one.
    """

    meaning: str
    roles: tuple[Role, ...]


RULES: Mapping[Permission, Rule] = {
    Permission.SEE_FIGURES: Rule("see the dashboard", (_MODERATOR, _OPERATOR, _ADMIN)),
    Permission.SEE_MONEY: Rule(
        "see amounts: in figures, in the activity of an account, in statements, debts and discrepancies",
        (_OPERATOR, _ADMIN),
    ),
    Permission.MOVE_MONEY: Rule("give money back to customers", (_OPERATOR,)),
    Permission.SEE_ALL_BOOKINGS: Rule("see and act on bookings, offers and job requests of others", (_OPERATOR,)),
    Permission.DECIDE_DISPUTES: Rule("decide disputes; above a threshold two people do", (_OPERATOR,)),
    Permission.MODERATE_CONTENT: Rule(
        "decide on reports, comments, messages, ratings and photos, and on appeals", (_MODERATOR, _ADMIN)
    ),
    Permission.PROPOSE_BANS: Rule("propose that somebody is banned", (_MODERATOR, _ADMIN)),
    Permission.BAN: Rule("decide on a proposed ban that somebody else has proposed", (_ADMIN,)),
    Permission.SEE_PEOPLE: Rule("search accounts by name, telephone number and mail address", (_ADMIN,)),
    Permission.SEE_ACTIVITY: Rule("see what an account has done", (_MODERATOR, _OPERATOR, _ADMIN)),
    Permission.SUSPEND: Rule("suspend accounts and restore them; those of staff only as a super admin", (_ADMIN,)),
    Permission.APPROVE_PROVIDERS: Rule("decide on applications of providers", (_MODERATOR, _OPERATOR, _ADMIN)),
    Permission.SEE_AUDIT_LOG: Rule("read the audit log", (_MODERATOR, _OPERATOR, _ADMIN)),
    Permission.RECOMPUTE_FIGURES: Rule("have the figures of a day counted anew", (_ADMIN,)),
    Permission.SEE_OPERATIONS: Rule("see queues, lags, breakers and discrepancies", (_OPERATOR, _ADMIN)),
    Permission.OPERATE: Rule("send dead letters to work again", (_OPERATOR,)),
    Permission.MANAGE_STAFF: Rule("appoint staff, change their roles and dismiss them", (_SUPER,)),
}


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that have a permission, the super admin's included."""
    return frozenset((*RULES[permission].roles, Role.SUPER_ADMIN))


def may(principal: Principal, permission: Permission) -> bool:
    """Whether somebody has a permission now; a staff role that lacks its second factor gives none."""
    return principal.has(*RULES[permission].roles)


def refuse_withheld(principal: Principal, permission: Permission) -> None:
    """Tell staff who would have a permission with a second factor so.

    Raises:
        Forbidden: as ``Principal.refuse_withheld``.
    """
    principal.refuse_withheld(*RULES[permission].roles)
