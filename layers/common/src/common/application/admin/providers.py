"""Deciding on applications of providers."""

from datetime import datetime
from typing import Any

from common.application.admin.deps import AdminDeps
from common.application.identity.onboarding.billing import may_be_listed
from common.application.shared.own_matters import require_others_matter
from common.application.shared.publishing import publish_committed
from common.application.shared.staff_acts import act_of_staff
from common.domain.catalogue.providers import Provider
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.identity.users import ProviderStatus, User
from common.domain.shared.errors import Conflict, NotFound
from common.domain.shared.events import Event, Topic, new_event


async def approve_provider(deps: AdminDeps, staff: Principal, provider_id: str, client: ClientInfo) -> Provider:
    """Accept an application and mail the provider; the profile is listed once billing is set up too.

    Raises:
        NotFound: there is no such provider.
        Forbidden: it is the caller's own (``own_matter``).
        Conflict: the application is not pending (``not_pending``).
    """
    return await _decide(deps, staff, provider_id, client, ProviderStatus.APPROVED, "")


async def reject_provider(
    deps: AdminDeps, staff: Principal, provider_id: str, client: ClientInfo, reason: str
) -> Provider:
    """Refuse an application with a reason, which is mailed; the provider may correct the details and apply again.

    Raises:
        NotFound: there is no such provider.
        Forbidden: it is the caller's own (``own_matter``).
        Conflict: the application is not pending (``not_pending``).
    """
    return await _decide(deps, staff, provider_id, client, ProviderStatus.REJECTED, reason)


async def _decide(
    deps: AdminDeps, staff: Principal, provider_id: str, client: ClientInfo, status: ProviderStatus, reason: str
) -> Provider:
    """Decide on the application as it stands in the transaction that commits the decision.

    An applicant who edits meanwhile makes the transaction begin anew, and does not make the decision fail.
    """
    now = deps.clock.now()

    async def write() -> tuple[Provider, Event]:
        provider, user = await _pending(deps, provider_id)
        require_others_matter(staff, user.id)
        decided = provider.model_copy(update={"status": status})
        fields = {"status": status, "is_listed": may_be_listed(decided, user, is_billable=provider.is_billable)}
        event = _decision_mail(provider, user, status, reason, now)
        changed = await deps.providers.update(provider.id, fields, now=now)
        await deps.users.update(user.id, {"provider_status": status, "updated_at": now})
        await deps.log.insert(_row(deps, staff, user, client, status=status, reason=reason))
        await deps.outbox.insert([event])
        return changed, event

    changed, event = await deps.unit_of_work.run(write)
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
    return changed


def _decision_mail(provider: Provider, user: User, status: ProviderStatus, reason: str, now: datetime) -> Event:
    template = "provider_approved" if status is ProviderStatus.APPROVED else "provider_rejected"
    data: dict[str, Any] = {"name": user.full_name, "trading_name": provider.trading_name, "reason": reason}
    return new_event(Topic.NOTIFICATIONS, "mail.requested", now, template=template, to_user_id=user.id, data=data)


async def _pending(deps: AdminDeps, provider_id: str) -> tuple[Provider, User]:
    provider = await deps.providers.get(provider_id)
    user = await deps.users.get(provider.user_id) if provider else None
    if provider is None or user is None or user.deleted_at is not None:
        raise NotFound("There is no such provider.")
    if provider.status is not ProviderStatus.PENDING:
        raise Conflict("This application is not pending.", code="not_pending", extra={"status": provider.status.value})
    return provider, user


def _row(
    deps: AdminDeps, staff: Principal, user: User, client: ClientInfo, *, status: ProviderStatus, reason: str
) -> SecurityEvent:
    is_approved = status is ProviderStatus.APPROVED
    type_ = SecurityEventType.PROVIDER_APPROVED if is_approved else SecurityEventType.PROVIDER_REJECTED
    states = {"before": ProviderStatus.PENDING.value, "after": status.value}
    return act_of_staff(staff, type_, client, deps.clock.now(), user_id=user.id, reason=reason, **states)
