"""What authors see of decisions about what is theirs, and appealing against one, once."""

import hmac

from common.application.admin.moderation.deps import ModerationDeps
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.moderation.items import Appeal, ItemState, ModerationItem
from common.domain.moderation.rules import require_appealable
from common.domain.shared.errors import NotFound, Unauthenticated
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest


async def appeal_decision(
    deps: ModerationDeps, caller: Principal | None, token: str | None, item_id: str, text: str, client: ClientInfo
) -> ModerationItem:
    """Appeal against a decision about what one has written, or about one's account; another moderator looks at it.

    Args:
        deps: ports.
        caller: the author, where they can sign in.
        token: what the mail about the decision had, where they cannot.
        item_id: the decided item.
        text: what the author says.
        client: from where.

    Raises:
        Unauthenticated: nobody says who they are.
        NotFound: there is no such decision about the caller.
        Conflict: there was an appeal (``already_appealed``), or nothing can be appealed against (``not_appealable``).
    """
    if caller is None and not token:
        raise Unauthenticated("Sign in, or send the token of the mail.")

    async def write() -> ModerationItem:
        item, now = await find_own_item(deps, caller, token, item_id), deps.clock.now()
        require_appealable(item, now)
        fields = {"state": ItemState.APPEALED, "appeal": Appeal(text=text, at=now), "appeal_hash": None}
        appealed = item.model_copy(update=fields)
        await deps.moderation.save(appealed)
        await deps.log.insert(
            SecurityEvent(
                id=new_id("sev", now),
                type=SecurityEventType.APPEALED,
                user_id=item.reported_id,
                actor_id=item.reported_id,
                session_id=caller.session_id if caller else None,
                ip=client.ip,
                user_agent=client.user_agent,
                details={"item_id": item.id, "kind": item.kind.value},
                at=now,
            )
        )
        return appealed

    return await deps.unit_of_work.run(write)


async def find_own_item(
    deps: ModerationDeps, caller: Principal | None, token: str | None, item_id: str
) -> ModerationItem:
    """A decided item about what is the caller's.

    Raises:
        NotFound: there is none about them, or nothing was decided.
    """
    item = await deps.moderation.get(item_id)
    if item is None or not item.decisions or not _is_authors(item, caller, token):
        raise NotFound("There is no such decision.")
    return item


def _is_authors(item: ModerationItem, caller: Principal | None, token: str | None) -> bool:
    if caller is not None and item.reported_id == caller.user_id:
        return True
    return bool(token and item.appeal_hash) and hmac.compare_digest(digest(token or ""), item.appeal_hash or "")
