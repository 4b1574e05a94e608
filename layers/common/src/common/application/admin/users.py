"""Suspending accounts and restoring them; what stops an account and lets it go on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.application.admin.authority import require_super_admin
from common.application.admin.deps import AdminDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.onboarding.billing import may_be_listed
from common.application.identity.present_account import present_account
from common.application.identity.records import MAIL_REQUESTED
from common.application.shared.own_matters import require_others_matter
from common.application.shared.publishing import publish_committed
from common.application.shared.staff_acts import act_of_staff
from common.domain.catalogue.providers import PROVIDER_SWITCHED
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import is_staff
from common.domain.identity.users import User
from common.domain.shared.errors import Conflict
from common.domain.shared.events import Event, Topic, new_event

#: What an account is told to be already, by whether it is to be active.
_ALREADY = {
    False: ("This account is suspended already.", "already_suspended"),
    True: ("This account is not suspended.", "not_suspended"),
}


async def suspend_user(deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo, reason: str) -> User:
    """Suspend an account at once: its tokens are revoked, its provider profile leaves the searches, its person is told.

    Args:
        deps: ports.
        staff: who suspends.
        user_id: the account.
        client: where the request comes from.
        reason: why, for its person and for the log.

    Raises:
        NotFound: there is no such account.
        Forbidden: it is the caller's own (``own_matter``), or staff's and the caller is no super admin.
        Conflict: it is suspended already.
    """
    return await _switch(deps, staff, user_id, client, is_active=False, reason=reason)


async def restore_user(deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo) -> User:
    """Restore a suspended account; its person is told, and must sign in again.

    Raises:
        NotFound: there is no such account.
        Forbidden: it is the caller's own (``own_matter``), or staff's and the caller is no super admin.
        Conflict: it is not suspended, or banned (``account_banned``): that takes the decision of the queue.
    """
    return await _switch(deps, staff, user_id, client, is_active=True, reason="")


async def ban_user(
    deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo, *, is_lifted: bool, reason: str, now: datetime
) -> list[Event]:
    """Stop an account for good, or let it go on after all, inside the unit of work that decides so.

    Returns:
        Events to be published once it has committed.

    Raises:
        NotFound: there is no such account.
        Forbidden: as ``suspend_user``.
    """
    user = await reachable_user(deps, staff, user_id)
    type_ = SecurityEventType.BAN_LIFTED if is_lifted else SecurityEventType.BANNED
    fields = {"is_active": is_lifted, "banned_at": None if is_lifted else now}
    _, events = await _write(deps, staff, user, client, type_, fields, reason)
    return events


async def reachable_user(deps: AdminDeps, staff: Principal, user_id: str) -> User:
    """The account as read in the present transaction, if the caller may stop it.

    Raises:
        NotFound: there is no such account.
        Forbidden: it is the caller's own (``own_matter``), or staff's and the caller is no super admin.
    """
    user = await present_account(deps.users, user_id)
    require_others_matter(staff, user.id)
    if is_staff(user):
        await require_super_admin(deps, staff)
    return user


async def _switch(
    deps: AdminDeps, staff: Principal, user_id: str, client: ClientInfo, *, is_active: bool, reason: str
) -> User:
    async def write() -> tuple[User, list[Event]]:
        user = await reachable_user(deps, staff, user_id)
        if user.is_active is is_active:
            raise Conflict(_ALREADY[is_active][0], code=_ALREADY[is_active][1])
        if user.banned_at is not None:
            detail = "This account is banned: another member of staff lifts that where it was decided."
            raise Conflict(detail, code="account_banned")
        type_ = SecurityEventType.RESTORED if is_active else SecurityEventType.SUSPENDED
        changed, events = await _write(deps, staff, user, client, type_, {"is_active": is_active}, reason)
        told = _mail(changed, deps.clock.now(), reason)
        await deps.outbox.insert([told])
        return changed, [*events, told]

    switched, events = await deps.unit_of_work.run(write)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return switched


def _mail(user: User, now: datetime, reason: str) -> Event:
    """What the person is told; of a ban the decision of the queue tells them."""
    template = "account_restored" if user.is_active else "account_suspended"
    data = {"reason": reason}
    return new_event(Topic.NOTIFICATIONS, MAIL_REQUESTED, now, template=template, to_user_id=user.id, data=data)


async def _write(
    deps: AdminDeps,
    staff: Principal,
    user: User,
    client: ClientInfo,
    type_: SecurityEventType,
    fields: Mapping[str, Any],
    reason: str,
) -> tuple[User, list[Event]]:
    """Write an account that stops or goes on, and all that follows from it; its events are in the outbox then."""
    now = deps.clock.now()
    changed = await deps.users.update(user.id, {**fields, "updated_at": now}, end_sessions=True)
    await deps.sessions.revoke_by_user(user.id, "suspended", now)
    await _relist(deps, changed)
    states = {"before": _state(user), "after": _state(changed)}
    await deps.log.insert(act_of_staff(staff, type_, client, now, user_id=user.id, reason=reason, **states))
    events = await ended_sockets(deps.sessions, user.id, now)
    if changed.provider_id is not None:
        events.append(new_event(Topic.PAYMENTS, PROVIDER_SWITCHED, now, provider_id=changed.provider_id))
    await deps.outbox.insert(events)
    return changed, events


def _state(user: User) -> str:
    if user.banned_at is not None:
        return "banned"
    return "active" if user.is_active else "suspended"


async def _relist(deps: AdminDeps, user: User) -> None:
    provider = await deps.providers.get(user.provider_id) if user.provider_id else None
    if provider is not None:
        is_listed = may_be_listed(provider, user, is_billable=provider.is_billable)
        await deps.providers.update(provider.id, {"is_listed": is_listed}, now=deps.clock.now())
