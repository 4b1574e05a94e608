"""Who is staff: only a super admin decides."""

from collections.abc import Sequence

from common.application.admin.authority import require_super_admin
from common.application.admin.deps import AdminDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.records import MAIL_REQUESTED
from common.application.shared.own_matters import require_others_matter
from common.application.shared.staff_acts import act_of_staff
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import STAFF_ROLES, Principal, Role
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.users import User
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import Conflict, NotFound
from common.domain.shared.events import Topic, new_event


async def appoint_staff(
    deps: AdminDeps, boss: Principal, email: str, roles: Sequence[Role], client: ClientInfo
) -> User:
    """Give a person with a verified account staff roles; the tokens they hold end, so that new ones live an hour.

    Raises:
        NotFound: the address has no verified account.
        Forbidden: it is the caller's own account (``own_matter``), or the caller has ceased to be a super admin.
        Conflict: the account is staff already (``already_staff``); change its roles instead.
    """
    email_key = parse_email(email).key

    async def write() -> User:
        await require_super_admin(deps, boss)
        return await _appoint(deps, boss, email_key, roles, client)

    return await deps.unit_of_work.run(write)


async def appoint_first_super_admin(deps: AdminDeps, operator: Principal, email: str, client: ClientInfo) -> User:
    """Make a person with a verified account a super admin; authorized by access to the database.

    Raises:
        NotFound: the address has no verified account.
        Conflict: the account is staff already (``already_staff``).
    """
    email_key = parse_email(email).key
    return await deps.unit_of_work.run(lambda: _appoint(deps, operator, email_key, [Role.SUPER_ADMIN], client))


async def _appoint(deps: AdminDeps, boss: Principal, email_key: str, roles: Sequence[Role], client: ClientInfo) -> User:
    user = await deps.users.find_by_email_key(email_key)
    if user is None or not user.is_verified or not user.is_active:
        raise NotFound("No verified account has this address.")
    require_others_matter(boss, user.id)
    if STAFF_ROLES & set(user.roles):
        raise Conflict("This account is staff already.", code="already_staff")
    return await _set_roles(deps, boss, user, roles, client)


async def change_staff(
    deps: AdminDeps, boss: Principal, user_id: str, roles: Sequence[Role], client: ClientInfo
) -> User:
    """Replace a person's staff roles; an empty list removes them all.

    Raises:
        NotFound: nobody of staff has this id.
        Forbidden: it is the caller (``own_matter``): a super admin cannot lock everybody out by mistake; or the caller
            has ceased to be a super admin.
    """

    async def write() -> User:
        user = await deps.users.get(user_id)
        if user is None or user.deleted_at is not None or not STAFF_ROLES & set(user.roles):
            raise NotFound("There is no such member of staff.")
        require_others_matter(boss, user.id)
        await require_super_admin(deps, boss)
        return await _set_roles(deps, boss, user, roles, client)

    return await deps.unit_of_work.run(write)


async def reset_factors(deps: AdminDeps, operator: Principal, email: str, client: ClientInfo) -> User:
    """Remove every second factor and recovery code of a person who has lost them; authorized by access to the database.

    Every sign-in of the person ends, and a mail tells of it. Who the person is has been made sure of before.

    Raises:
        NotFound: the address has no account.
    """
    email_key = parse_email(email).key
    now = deps.clock.now()

    async def write() -> User:
        user = await deps.users.find_by_email_key(email_key)
        if user is None:
            raise NotFound("No account has this address.")
        await deps.factors.delete_by_user(user.id)
        changed = await deps.users.update(user.id, {"factor_kinds": [], "updated_at": now}, end_sessions=True)
        await deps.sessions.revoke_by_user(user.id, "factors_reset", now)
        await deps.log.insert(act_of_staff(operator, SecurityEventType.FACTORS_RESET, client, now, user_id=user.id))
        mail = new_event(
            Topic.NOTIFICATIONS, MAIL_REQUESTED, now, template="factors_reset", to_user_id=user.id, data={}
        )
        # The outbox's schedule publishes it: who runs this has no queues.
        await deps.outbox.insert([mail, *await ended_sockets(deps.sessions, user.id, now)])
        return changed

    return await deps.unit_of_work.run(write)


async def _set_roles(deps: AdminDeps, boss: Principal, user: User, roles: Sequence[Role], client: ClientInfo) -> User:
    """Set the roles inside the transaction that has read the account, whose other roles stay as they are now."""
    now = deps.clock.now()
    kept = [role for role in user.roles if role not in STAFF_ROLES]
    fields = {"roles": [*kept, *dict.fromkeys(roles)], "updated_at": now}
    changed = await deps.users.update(user.id, fields, end_sessions=True)
    await deps.sessions.revoke_by_user(user.id, "roles_changed", now)
    await deps.outbox.insert(await ended_sockets(deps.sessions, user.id, now))
    before = [role.value for role in user.roles if role in STAFF_ROLES]
    after = [role.value for role in roles]
    type_ = SecurityEventType.ROLES_CHANGED
    row = act_of_staff(boss, type_, client, now, user_id=user.id, roles=after, before=before, after=after)
    await deps.log.insert(row)
    return changed
