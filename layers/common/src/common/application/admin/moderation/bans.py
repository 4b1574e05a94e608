"""Proposing that somebody is banned: another member of staff has to agree."""

from common.application.admin.moderation.deps import ModerationDeps
from common.application.admin.users import reachable_user
from common.application.shared.staff_acts import act_of_staff
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.moderation.items import ITEM_PREFIX, MAX_NOTE, ItemKind, ModerationItem, ReportReason
from common.domain.shared.errors import Conflict
from common.domain.shared.ids import new_id


async def propose_ban(
    deps: ModerationDeps, staff: Principal, user_id: str, client: ClientInfo, reason: str
) -> ModerationItem:
    """Propose that somebody is banned; it waits in the queue for somebody else who may ban.

    Raises:
        NotFound: there is no such account.
        Forbidden: it is the caller's own (``own_matter``), or staff's and the caller is no super admin.
        Conflict: it is banned (``already_banned``), or that is proposed already (``already_proposed``).
    """
    return await deps.unit_of_work.run(lambda: propose(deps, staff, user_id, client, reason))


async def propose(
    deps: ModerationDeps, staff: Principal, user_id: str, client: ClientInfo, reason: str, *, because_of: str = ""
) -> ModerationItem:
    """The same inside a unit of work; ``because_of`` is the item whose decision led to it.

    Raises:
        NotFound, Forbidden, Conflict: as ``propose_ban``.
    """
    user, now = await reachable_user(deps, staff, user_id), deps.clock.now()
    if user.banned_at is not None:
        raise Conflict("This account is banned already.", code="already_banned")
    proposed = ModerationItem(
        id=new_id(ITEM_PREFIX, now),
        kind=ItemKind.BAN,
        subject=user.id,
        parent=because_of,
        seq=int(now.timestamp() * 1000),
        reporter_id=staff.user_id,
        reported_id=user.id,
        reason=ReportReason.OTHER,
        note=reason[:MAX_NOTE],
        created_at=now,
    )
    if await deps.moderation.is_waiting(ItemKind.BAN, user.id):
        raise Conflict("A ban of this account waits to be decided on.", code="already_proposed")
    type_ = SecurityEventType.BAN_PROPOSED
    row = act_of_staff(staff, type_, client, now, user_id=user.id, reason=reason, item_id=proposed.id)
    await deps.users.touch(user.id)
    await deps.log.insert(row)
    return await deps.moderation.report(proposed)
