"""Calls of notifications' repositories."""

from __future__ import annotations

from common.adapters.mongo.notifications.inbox import MongoNotifications, MongoPreferences, MongoPushSubscriptions
from common.adapters.mongo.notifications.mails import MongoMailLog
from common.application.ports.notifications.inbox import PushSubscription
from common.application.ports.notifications.mail import MailStatus
from common.domain.notifications.inbox import Channel, InboxEntry, Preferences
from common.domain.shared.notification_kinds import Kind
from common.runtime.container.bootstrap import Container

from tests.integration.query_plans.calls import CUSTOMER, NOW, Calls

_ENTRY = InboxEntry(id="ntf_new", user_id=CUSTOMER, kind=Kind.BOOKINGS, type="t", title="", body="", created_at=NOW)
_KEYS = {"p256dh": "p", "auth": "a"}


async def _subscribe(c: Container) -> None:
    """One browser more than an account may have."""
    for n in range(11):
        await MongoPushSubscriptions(c.mongo.db).save(
            PushSubscription(
                id=f"psh_{n}", user_id=CUSTOMER, endpoint=f"https://p.test/{n}", created_at=NOW, renewed_at=NOW, **_KEYS
            )
        )


async def _begin_twice(c: Container) -> None:
    for _ in range(2):
        await MongoMailLog(c.mongo.db).begin("mail_1", template="t", user_id=CUSTOMER, now=NOW)


CALLS: Calls = {
    "MongoNotifications.insert": lambda c: MongoNotifications(c.mongo.db).insert(_ENTRY),
    "MongoNotifications.get_marks": lambda c: MongoNotifications(c.mongo.db).get_marks(CUSTOMER),
    "MongoNotifications.list_by_user": lambda c: MongoNotifications(c.mongo.db).list_by_user(
        CUSTOMER, unread_only=False, limit=20, before="ntf_9"
    ),
    "MongoNotifications.list_by_user: unread": lambda c: MongoNotifications(c.mongo.db).list_by_user(
        CUSTOMER, unread_only=True, limit=20, before="ntf_9"
    ),
    "MongoNotifications.count_unread": lambda c: MongoNotifications(c.mongo.db).count_unread(CUSTOMER, most=1_000),
    "MongoNotifications.mark_read": lambda c: MongoNotifications(c.mongo.db).mark_read(CUSTOMER, "ntf_new", NOW),
    "MongoNotifications.mark_all_read": lambda c: MongoNotifications(c.mongo.db).mark_all_read(CUSTOMER, NOW, most=5),
    "MongoNotifications.delete": lambda c: MongoNotifications(c.mongo.db).delete(CUSTOMER, "ntf_new"),
    "MongoPreferences.save": lambda c: MongoPreferences(c.mongo.db).save(Preferences(user_id=CUSTOMER)),
    "MongoPreferences.mute": lambda c: MongoPreferences(c.mongo.db).mute(CUSTOMER, Kind.BOOKINGS, Channel.EMAIL),
    "MongoPreferences.get_many": lambda c: MongoPreferences(c.mongo.db).get_many([CUSTOMER]),
    "MongoPreferences.get": lambda c: MongoPreferences(c.mongo.db).get(CUSTOMER),
    "MongoPushSubscriptions.save": _subscribe,
    "MongoPushSubscriptions.list_by_user": lambda c: MongoPushSubscriptions(c.mongo.db).list_by_user(CUSTOMER),
    "MongoPushSubscriptions.delete": lambda c: MongoPushSubscriptions(c.mongo.db).delete(CUSTOMER, "https://p.test/1"),
    "MongoMailLog.begin": _begin_twice,
    "MongoMailLog.end": lambda c: MongoMailLog(c.mongo.db).end("mail_1", MailStatus.SENT, "m", NOW),
    "MongoMailLog.delete": lambda c: MongoMailLog(c.mongo.db).delete("mail_1"),
}
