"""The inbox in the app, preferences and push subscriptions."""

from collections.abc import Sequence

from common.application.notifications.deps import InboxDeps
from common.application.ports.notifications.inbox import PushSubscription
from common.application.shared.together import together
from common.domain.identity.roles import Principal
from common.domain.notifications.inbox import Channel, InboxEntry, Preferences
from common.domain.shared.errors import NotFound
from common.domain.shared.ids import new_id

#: Counting stops here; a client shows "99+" long before.
MOST_UNREAD = 1_000


async def list_notifications(
    deps: InboxDeps, user_id: str, *, unread_only: bool, limit: int, before: str | None
) -> tuple[Sequence[InboxEntry], int]:
    """One page of an inbox, newest first, and how many entries are unread."""
    marks = await deps.notifications.get_marks(user_id)
    return await together(
        deps.notifications.list_by_user(user_id, unread_only=unread_only, limit=limit, before=before, marks=marks),
        deps.notifications.count_unread(user_id, most=MOST_UNREAD, marks=marks),
    )


async def read_notification(deps: InboxDeps, user_id: str, notification_id: str) -> InboxEntry:
    """Mark one entry as read.

    Raises:
        NotFound: it is not the caller's.
    """
    marks = await deps.notifications.get_marks(user_id)
    entry = await deps.notifications.mark_read(user_id, notification_id, deps.clock.now(), marks=marks)
    if entry is None:
        raise NotFound("There is no such notification.")
    return entry


async def read_all_notifications(deps: InboxDeps, user_id: str) -> int:
    """Mark every entry as read, however many there are; returns how many were not, at most ``MOST_UNREAD``."""
    marks = await deps.notifications.get_marks(user_id)
    return await deps.notifications.mark_all_read(user_id, deps.clock.now(), most=MOST_UNREAD, marks=marks)


async def delete_notification(deps: InboxDeps, user_id: str, notification_id: str) -> None:
    """Remove one entry.

    Raises:
        NotFound: it is not the caller's.
    """
    if not await deps.notifications.delete(user_id, notification_id):
        raise NotFound("There is no such notification.")


async def change_preferences(deps: InboxDeps, preferences: Preferences) -> Preferences:
    """Replace the caller's preferences."""
    await deps.preferences.save(preferences)
    return preferences


async def unsubscribe_mails(deps: InboxDeps, token: str) -> None:
    """Switch off the kind of mail that a mail's token names, for who got it; again, or with any other token, nothing.

    Args:
        deps: ports.
        token: of a mail's header, the only proof.
    """
    what = deps.unsubscribe_links.read(token)
    user = await deps.users.get(what.user_id) if what else None
    if what is None or user is None or user.deleted_at is not None:
        return
    await deps.preferences.mute(user.id, what.kind, Channel.EMAIL)


async def subscribe_push(deps: InboxDeps, caller: Principal, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Store a browser that takes push messages; it ends with the sign-in it was made in."""
    now = deps.clock.now()
    subscription = PushSubscription(
        id=new_id("psh", now),
        user_id=caller.user_id,
        session_id=caller.session_id,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        created_at=now,
        renewed_at=now,
    )
    return await deps.push_subscriptions.save(subscription)


async def unsubscribe_push(deps: InboxDeps, user_id: str, endpoint: str) -> None:
    """Remove a browser's push subscription.

    Raises:
        NotFound: it is not the caller's.
    """
    if not await deps.push_subscriptions.delete(user_id, endpoint):
        raise NotFound("There is no such subscription.")
