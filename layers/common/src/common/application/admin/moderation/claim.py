"""Taking an item of the queue, so that no two moderators read the same one."""

from common.application.admin.moderation.deps import ModerationDeps
from common.domain.identity.roles import Principal
from common.domain.moderation.items import LEASE, WAITING, ModerationItem
from common.domain.moderation.rules import already_decided, claimed, require_decider
from common.domain.shared.errors import NotFound


async def claim_item(deps: ModerationDeps, staff: Principal, item_id: str) -> ModerationItem:
    """Take an item for ``LEASE``; who has it takes it for as long again.

    Raises:
        NotFound: there is no such item.
        Forbidden: the caller may not decide on it (as ``require_decider``).
        Conflict: another moderator has it (``claimed``), or it was decided on (``already_decided``).
    """
    item, now = await find_item(deps, item_id), deps.clock.now()
    require_decider(item, staff, now)
    taken = await deps.moderation.claim(item_id, staff.user_id, now=now, until=now + LEASE)
    if taken is not None:
        return taken
    current = await find_item(deps, item_id)
    raise claimed(current) if current.state in WAITING else already_decided(current)


async def find_item(deps: ModerationDeps, item_id: str) -> ModerationItem:
    """An item of the queue.

    Raises:
        NotFound: there is none.
    """
    item = await deps.moderation.get(item_id)
    if item is None:
        raise NotFound("There is no such item.")
    return item
