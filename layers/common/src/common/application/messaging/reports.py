"""Reporting a message to moderators."""

from common.application.messaging.deps import MessagingDeps
from common.application.messaging.membership import require_side
from common.application.shared.together import together
from common.domain.identity.roles import Principal
from common.domain.moderation.items import NEIGHBOURS, ItemKind, ModerationItem, ReportReason, as_seen
from common.domain.shared.errors import Conflict, NotFound
from common.domain.shared.ids import new_id


async def report_message(
    deps: MessagingDeps, caller: Principal, conversation_id: str, seq: int, reason: ReportReason, note: str
) -> ModerationItem:
    """Let moderators look at a message of the other party, with those around it as they were written.

    Who reports a message again gets the first report.

    Raises:
        NotFound: the caller takes no part in such a conversation, or it has no message of that number.
        Conflict: it is the caller's own message (``own_message``).
    """
    found, around = await together(
        deps.conversations.get(conversation_id),
        deps.messages.list_after(conversation_id, seq - NEIGHBOURS - 1, limit=2 * NEIGHBOURS + 1),
    )
    await require_side(deps, caller, conversation_id, found)
    reported = next((each for each in around if each.seq == seq), None)
    if reported is None:
        raise NotFound("There is no such message.")
    if reported.sender_id == caller.user_id:
        raise Conflict("This is your own message.", code="own_message")
    now = deps.clock.now()
    item = ModerationItem(
        id=new_id("mod", now),
        kind=ItemKind.MESSAGE,
        subject=conversation_id,
        seq=seq,
        reporter_id=caller.user_id,
        reported_id=reported.sender_id,
        reason=reason,
        note=note,
        messages=[as_seen(each) for each in around],
        created_at=now,
    )
    return await deps.moderation.report(item)
