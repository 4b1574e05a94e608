"""Suspending accounts and restoring them."""

from common.application.admin.authority import require_super_admin
from common.application.admin.deps import AdminDeps
from common.application.identity.onboarding.billing import may_be_listed
from common.application.identity.present_account import present_account
from common.application.shared.own_matters import require_others_matter
from common.application.shared.publishing import publish_committed
from common.domain.catalogue.providers import PROVIDER_SWITCHED
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.identity.sessions import is_staff
from common.domain.identity.users import User
from common.domain.shared.errors import Conflict
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.ids import new_id

#: What an account is told to be already, by whether it is to be active.
_ALREADY = {
    False: ("This account is suspended already.", "already_suspended"),
    True: ("This account is not suspended.", "not_suspended"),
}


async def suspend_user(deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo, reason: str) -> User:
    """Suspend an account at once: its tokens are revoked and its provider profile leaves the searches.

    Raises:
        NotFound: there is no such account.
        Forbidden: it is the caller's own (``own_matter``), or staff's and the caller is no super admin.
        Conflict: it is suspended already.
    """
    return await _switch(deps, staff, user_id, client, is_active=False, reason=reason)


async def restore_user(deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo) -> User:
    """Restore a suspended account; it must sign in again.

    Raises:
        NotFound: there is no such account.
        Forbidden: it is the caller's own (``own_matter``), or staff's and the caller is no super admin.
        Conflict: it is not suspended.
    """
    return await _switch(deps, staff, user_id, client, is_active=True, reason="")


async def _target(deps: AdminDeps, staff: Principal, user_id: str, *, is_active: bool) -> User:
    """The account as read in the present transaction, if the caller may suspend or restore it."""
    user = await present_account(deps.users, user_id)
    require_others_matter(staff, user.id)
    if is_staff(user):
        await require_super_admin(deps, staff)
    if user.is_active is is_active:
        raise Conflict(_ALREADY[is_active][0], code=_ALREADY[is_active][1])
    return user


async def _switch(
    deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo, *, is_active: bool, reason: str
) -> User:
    now = deps.clock.now()
    row = SecurityEvent(
        id=new_id("sev", now),
        type=SecurityEventType.RESTORED if is_active else SecurityEventType.SUSPENDED,
        user_id=user_id,
        actor_id=staff.user_id,
        session_id=staff.session_id,
        ip=client.ip,
        user_agent=client.user_agent,
        details={"reason": reason} if reason else {},
        at=now,
    )

    async def write() -> tuple[User, list[Event]]:
        user = await _target(deps, staff, user_id, is_active=is_active)
        changed = await deps.users.update(user.id, {"is_active": is_active, "updated_at": now}, end_sessions=True)
        await deps.sessions.revoke_by_user(user.id, "suspended", now)
        await _relist(deps, changed)
        await deps.log.insert(row)
        events = []
        if changed.provider_id is not None:
            events = [new_event(Topic.PAYMENTS, PROVIDER_SWITCHED, now, provider_id=changed.provider_id)]
            await deps.outbox.insert(events)
        return changed, events

    switched, events = await deps.unit_of_work.run(write)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return switched


async def _relist(deps: AdminDeps, user: User) -> None:
    provider = await deps.providers.get(user.provider_id) if user.provider_id else None
    if provider is not None:
        is_listed = may_be_listed(provider, user, is_billable=provider.is_billable)
        await deps.providers.update(provider.id, {"is_listed": is_listed}, now=deps.clock.now())
